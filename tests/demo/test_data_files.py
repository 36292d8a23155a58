"""The files of data/ are what the generator makes."""

from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyogrio
import pytest
from click.testing import CliRunner

from gridgeo.cli.demo import command
from gridgeo.demo import build_demo, incident_table, write_demo
from gridgeo.demo.files import DISTRICT_FILE, INCIDENTS_FILE, LAYERS
from gridgeo.errors import FileWriteError

DATA = Path(__file__).resolve().parents[2] / "data"


@pytest.mark.parametrize("layer", LAYERS)
def test_a_layer_in_data_is_what_the_generator_makes(district, layer):
    stored = gpd.read_file(DATA / DISTRICT_FILE, layer=layer, engine="pyogrio")
    made = getattr(district, layer)
    assert stored.crs == made.crs
    assert stored.columns.tolist() == made.columns.tolist()
    assert stored.geometry.normalize().to_wkb().tolist() == made.geometry.normalize().to_wkb().tolist()
    for column in made.columns.drop("geometry"):
        pd.testing.assert_series_equal(stored[column], made[column], check_dtype=False)


def test_data_holds_the_layers_and_nothing_more():
    assert tuple(pyogrio.list_layers(DATA / DISTRICT_FILE)[:, 0]) == (*LAYERS, "manifest")


def test_the_incidents_in_data_are_what_the_generator_makes(district):
    stored = pd.read_csv(DATA / INCIDENTS_FILE, dtype={"address": "string"})
    pd.testing.assert_frame_equal(stored, incident_table(district), check_dtype=False)


def test_the_files_are_small():
    assert sum((DATA / name).stat().st_size for name in (DISTRICT_FILE, INCIDENTS_FILE)) < 5_000_000


def test_writing_twice_gives_the_same_bytes(tmp_path):
    demo = build_demo(2, 2_000)
    first = [path.read_bytes() for path in write_demo(demo, tmp_path / "a")]
    again = [path.read_bytes() for path in write_demo(demo, tmp_path / "a")]
    assert first == again
    assert sorted(path.name for path in (tmp_path / "a").iterdir()) == [DISTRICT_FILE, INCIDENTS_FILE]


def test_a_folder_that_cannot_be_made_is_said(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(FileWriteError, match="choose a folder you may write to"):
        write_demo(build_demo(1, 1_500), tmp_path / "file")


def test_the_command_writes_the_files_and_sums_up(tmp_path):
    options = ["--communities", "2", "--households", "2000", "--seed", "3"]
    result = CliRunner().invoke(command, [str(tmp_path / "out"), *options])
    assert result.exit_code == 0, result.output
    assert "2,000 households" in result.output
    assert (tmp_path / "out" / DISTRICT_FILE).exists()


def test_the_command_refuses_a_place_too_small(tmp_path):
    result = CliRunner().invoke(command, [str(tmp_path), "--households", "10"])
    assert result.exit_code == 1
    assert "ask for at least" in result.output
