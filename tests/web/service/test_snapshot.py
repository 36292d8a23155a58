"""The division in memory: replaced while the service runs, or damaged, or gone."""

import threading
from dataclasses import replace

import numpy as np
import pytest
from gridgeo_web.config import ExtraLayer, ServiceConfig
from gridgeo_web.service.snapshot import Snapshot, SnapshotHolder

from gridgeo import read_division
from gridgeo.errors import FileReadError


@pytest.fixture
def config(town_file, tmp_path):
    file = tmp_path / "town.gpkg"
    file.write_bytes(town_file.read_bytes())
    return ServiceConfig(division=file, background=False)


def rename_grids(file, word):
    division = read_division(file)
    replace(division, grids=division.grids.assign(name=word)).write(file)


def test_the_layers_are_in_degrees_and_the_grids_in_the_order_of_their_codes(config):
    snapshot = Snapshot.read(config)
    for layer in (snapshot.grids, snapshot.communities, snapshot.buildings, snapshot.streets):
        assert layer.crs.to_epsg() == 4326
    assert snapshot.grids["grid_code"].tolist() == snapshot.codes.tolist() == sorted(snapshot.codes)
    assert len(snapshot.areas) == len(snapshot.codes)


def test_a_place_in_degrees_is_found_in_its_grid(config):
    snapshot = Snapshot.read(config)
    inside = snapshot.grids.representative_point()
    found = snapshot.locate(inside.x, inside.y)
    assert np.array_equal(found, np.arange(len(snapshot.codes)))
    assert snapshot.locate([0.0], [0.0]).tolist() == [-1]


def test_the_same_file_has_the_same_revision_and_another_one_another(config):
    first = Snapshot.read(config).revision
    assert Snapshot.read(config).revision == first
    rename_grids(config.division, "新名")
    assert Snapshot.read(config).revision != first


def test_a_replaced_file_is_shown_without_a_restart(config):
    holder = SnapshotHolder(config)
    before = holder.current()
    assert not holder.check()
    rename_grids(config.division, "新名")
    assert holder.check()
    assert holder.current().grids["name"].unique().tolist() == ["新名"]
    assert before.grids["name"].unique().tolist() != ["新名"]


def test_a_file_copied_over_itself_is_no_news(config):
    holder = SnapshotHolder(config)
    shown = holder.current()
    config.division.write_bytes(config.division.read_bytes())
    assert not holder.check()
    assert holder.current() is shown


@pytest.mark.parametrize("damage", ["gone", "empty", "cut", "noise", "other"])
def test_a_damaged_file_leaves_the_old_map_says_why_and_recovers_by_itself(config, damage):
    holder = SnapshotHolder(config)
    shown, whole = holder.current(), config.division.read_bytes()
    broken = {"empty": b"", "cut": whole[: len(whole) // 3], "noise": b"\x07" * 5000, "other": b"{}"}
    if damage == "gone":
        config.division.unlink()
    else:
        config.division.write_bytes(broken[damage])
    assert not holder.check()
    assert holder.current() is shown
    assert "as it was last read" in holder.problem
    assert not holder.check()
    config.division.write_bytes(whole)
    holder.check()
    assert holder.problem is None


def test_a_service_does_not_start_on_a_damaged_file(config):
    config.division.write_bytes(b"\x07" * 5000)
    with pytest.raises(FileReadError):
        SnapshotHolder(config)


def test_requests_under_way_while_the_file_is_replaced_are_all_answered(start, tmp_path):
    app = start()
    service, client = app.extensions["gridgeo"], app.test_client()
    statuses, stop = set(), threading.Event()

    def ask():
        while not stop.is_set():
            for path in ("/api/v1/grids", "/api/v1/revision", "/api/v1/communities", "/api/v1/settings"):
                statuses.add(client.get(path).status_code)

    thread = threading.Thread(target=ask)
    thread.start()
    revisions = {service.snapshots.current().revision}
    for word in ("甲", "乙"):
        rename_grids(tmp_path / "town.gpkg", word)
        service.refresh()
        revisions.add(service.snapshots.current().revision)
    stop.set()
    thread.join()
    assert statuses == {200}
    assert len(revisions) == 3
    assert "乙" in client.get("/api/v1/grids").text


def test_a_missing_division_is_told_on_the_page_and_by_health(start, tmp_path):
    app = start()
    client = app.test_client()
    before = client.get("/api/v1/revision")
    file = tmp_path / "town.gpkg"
    whole = file.read_bytes()
    file.unlink()
    app.extensions["gridgeo"].refresh()
    told = client.get("/api/v1/revision", headers={"If-None-Match": before.headers["ETag"]})
    assert told.status_code == 200
    assert "cannot be read" in told.get_json()["problem"]
    assert "is not there" in app.extensions["gridgeo"].problems["division"]
    assert told.get_json()["problems"] == ["division"]
    assert str(tmp_path) not in told.text
    assert app.extensions["gridgeo"].problems["division"].count(str(tmp_path)) == 1
    assert client.get("/healthz").get_json()["problems"] == ["division"]
    assert client.get("/api/v1/grids").status_code == 200
    file.write_bytes(whole)
    app.extensions["gridgeo"].refresh()
    assert client.get("/api/v1/revision").get_json()["problem"] is None


def test_a_layer_that_is_missing_is_told_by_its_option(config):
    layer = ExtraLayer.parse("cameras=nowhere.gpkg:cameras")
    with pytest.raises(FileReadError, match=r"nowhere.gpkg is not there; correct --layer"):
        SnapshotHolder(replace(config, layers=(layer,)))
    with pytest.raises(FileReadError, match=r"gone.gpkg is not there; .*gridgeo divide"):
        SnapshotHolder(replace(config, division=config.division.with_name("gone.gpkg")))
