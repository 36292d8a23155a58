import contextlib
import multiprocessing
import os
import random
import resource
import sqlite3
import subprocess

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from gridgeo.errors import FileReadError, FileWriteError
from gridgeo.io import hash_file, list_layers, read_layer, read_manifest, read_table, write_layers

can_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork, which Windows has not")
forked = multiprocessing.get_context("fork") if hasattr(os, "fork") else None


def squares(n, value=0):
    columns = {"name": ["西陵街道"] * n, "value": [value] * n}
    return gpd.GeoDataFrame(columns, geometry=shapely.box(np.arange(n), 0, np.arange(n) + 1, 1), crs=4546)


def write_run(path, run, n=400):
    """One division: its number stands in the manifest and in every row."""
    write_layers(
        path, {"grids": squares(n, run), "lineage": pd.DataFrame({"old": ["a"], "new": ["b"]})}, {"run": run}
    )


def check_whole(path):
    """Return the number of the run that wrote the file, after a look at all of it."""
    with contextlib.closing(sqlite3.connect(path)) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    run = read_manifest(path)["run"]
    grids = read_layer(f"{path}:grids")
    assert len(grids) == 400
    assert set(grids["value"]) == {run}
    return run


def test_layers_tables_and_manifest_come_back_as_they_were(tmp_path):
    file = tmp_path / "out.gpkg"
    lineage = pd.DataFrame({"old": ["a", None], "moved": pd.array([3, None], dtype="Int64")})
    manifest = {"spec": {"households": [200, 300]}, "城市": "宜昌", "score": 0.5, "none": None}
    write_layers(file, {"grids": squares(3), "lineage": lineage}, manifest)
    assert list_layers(file) == {"grids": "Polygon", "lineage": None, "manifest": None}
    assert read_manifest(file) == manifest
    assert read_layer(f"{file}:grids")["name"].tolist() == ["西陵街道"] * 3
    back = read_table(f"{file}:lineage")
    assert back["moved"].tolist()[0] == 3
    assert back["moved"].isna().tolist() == [False, True]


def test_every_layer_has_a_spatial_index_and_tables_are_attributes(tmp_path):
    file = tmp_path / "out.gpkg"
    write_run(file, 1)
    with contextlib.closing(sqlite3.connect(file)) as database:
        kinds = dict(database.execute("SELECT table_name, data_type FROM gpkg_contents"))
        indexes = database.execute(
            "SELECT table_name FROM gpkg_extensions WHERE extension_name='gpkg_rtree_index'"
        )
        assert indexes.fetchall() == [("grids",)]
    assert kinds == {"grids": "features", "lineage": "attributes", "manifest": "attributes"}


def test_the_same_content_gives_the_same_bytes(tmp_path):
    files = [tmp_path / "a.gpkg", tmp_path / "b.gpkg"]
    for file in files:
        write_run(file, 7)
    assert hash_file(files[0]) == hash_file(files[1])
    write_run(files[1], 8)
    assert hash_file(files[0]) != hash_file(files[1])


def test_a_file_is_replaced_as_a_whole_and_nothing_else_is_left(tmp_path):
    file = tmp_path / "out.gpkg"
    write_layers(file, {"old": squares(2)}, {})
    write_run(file, 1)
    assert list(list_layers(file)) == ["grids", "lineage", "manifest"]
    assert [entry.name for entry in tmp_path.iterdir()] == ["out.gpkg"]


def test_single_and_multiple_polygons_become_one_type(tmp_path):
    file = tmp_path / "out.gpkg"
    frame = squares(2)
    frame.loc[0, "geometry"] = shapely.MultiPolygon([shapely.box(0, 0, 1, 1), shapely.box(5, 5, 6, 6)])
    write_layers(file, {"grids": frame}, {})
    assert list_layers(file)["grids"] == "MultiPolygon"


@pytest.mark.parametrize(
    ("layers", "manifest", "message"),
    [
        ({"grids": squares(1).set_crs(None, allow_override=True)}, {}, "grids: has no CRS"),
        (
            {"grids": squares(1).assign(parts=[[1, 2]])},
            {},
            "column parts holds list; make it text or numbers",
        ),
        ({"grids": squares(1)}, {"score": float("nan")}, "value of 'score' is no JSON"),
        ({"manifest": squares(1)}, {}, "cannot be called manifest"),
    ],
)
def test_what_a_geopackage_cannot_hold_is_refused_before_anything_is_written(
    tmp_path, layers, manifest, message
):
    file = tmp_path / "out.gpkg"
    write_run(file, 1)
    with pytest.raises(FileWriteError, match=message):
        write_layers(file, layers, manifest)
    assert check_whole(file) == 1


def test_an_empty_layer_and_a_column_named_fid_are_kept(tmp_path):
    file = tmp_path / "out.gpkg"
    write_layers(file, {"rejected": squares(0), "grids": squares(2).assign(fid=[9, 9])}, {})
    assert len(read_layer(f"{file}:rejected")) == 0
    assert read_layer(f"{file}:grids")["input_fid"].tolist() == [9, 9]


def test_a_file_of_somebody_else_has_no_manifest(tmp_path):
    squares(1).to_file(tmp_path / "a.gpkg", layer="a")
    with pytest.raises(FileReadError, match="has no manifest, so gridgeo did not write it; it has a"):
        read_manifest(tmp_path / "a.gpkg")


@can_fork
def test_a_kill_at_any_moment_leaves_the_old_file_or_the_new_one(tmp_path):
    file = tmp_path / "out.gpkg"
    write_run(file, 0)

    def write_on_and_on(first):
        for run in range(first, first + 10_000):
            write_run(file, run)

    waits = random.Random(20)
    last = 0
    for longest in [0.3] * 20 + [5.0] * 5:
        if longest > 1 and last > 0:
            break  # the longer waits are for a machine that is too busy to write within a third of a second
        writer = forked.Process(target=write_on_and_on, args=(last + 1,))
        writer.start()
        writer.join(timeout=waits.uniform(0.02, longest))
        writer.kill()
        writer.join()
        run = check_whole(file)
        assert run >= last
        last = run
        assert len(strays := find_strays(tmp_path)) <= 1, f"the rubbish of killed runs piles up: {strays}"
    assert last > 0, "no run came through: the test kills too early"
    for folder in tmp_path.glob(".*"):
        os.utime(folder, (0, 0))  # an empty folder may be one that a living run is just making, for a minute
    write_run(file, last + 1)
    assert [entry.name for entry in tmp_path.iterdir()] == ["out.gpkg"]


def find_strays(folder):
    """Return what killed runs left in the folder that takes room."""
    return [stray for stray in folder.glob(".*") if any(stray.iterdir())]


@can_fork
@pytest.mark.parametrize("limit", [0, 5_000, 60_000, 100_000, 150_000])
def test_a_disk_that_fills_up_while_writing_leaves_the_old_file(tmp_path, limit):
    file = tmp_path / "out.gpkg"
    write_run(file, 1)
    assert file.stat().st_size > 150_000
    said = forked.SimpleQueue()

    def write_with_little_room():
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
        try:
            write_run(file, 2)
            said.put("written")
        except FileWriteError as error:
            said.put(str(error))

    writer = forked.Process(target=write_with_little_room)
    writer.start()
    writer.join()
    assert not said.empty(), "another error than FileWriteError"
    message = said.get()
    assert "disk" in message
    assert "untouched" in message or "is the disk full?" in message
    assert check_whole(file) == 1
    assert [entry.name for entry in tmp_path.iterdir()] == ["out.gpkg"]


@pytest.fixture
def small_disk(tmp_path):
    """A disk of 700 kB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=700k", "tmpfs", str(disk)]
    if os.name == "nt" or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("only root can mount a small disk")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


def test_a_really_full_disk_says_so_and_leaves_the_old_file(small_disk):
    file = small_disk / "out.gpkg"
    write_run(file, 1)
    with pytest.raises(FileWriteError, match="disk"):
        write_run(file, 2, n=20_000)
    assert check_whole(file) == 1
    assert [entry.name for entry in small_disk.iterdir()] == ["out.gpkg"]
