import shutil

import pandas as pd
import pytest
from click.testing import CliRunner
from towns import block, layer, town

import gridgeo
from gridgeo import GridSpec, read_division
from gridgeo.cli import main


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    made = town(["A" * 20] * 3, streets=[[(4 * x, -1), (4 * x, 4)] for x in range(1, 5)])
    houses = [block(4 * x + 1, 1, 4 * x + 3, 2) for x in range(5)]
    ids = [f"b{x}" for x in range(5)]
    buildings = layer(houses, building_id=ids, households=[250] * 5, people=[700] * 5)
    division = gridgeo.divide(made.communities, buildings, made.streets, GridSpec(effort="fast"))
    path = tmp_path_factory.mktemp("levels") / "base.gpkg"
    division.write(path)
    return path


def call(*words):
    return CliRunner().invoke(main, [str(word) for word in words])


def test_grids_are_grouped_by_the_command_line(file, tmp_path):
    result = call("group", file, "--per-group", "2:3", "--out", tmp_path / "level.gpkg")
    assert result.exit_code == 0, result.output
    assert "2 service grids of 5 grids" in result.output
    assert len(read_division(tmp_path / "level.gpkg").grids) == 2
    result = call("group", file, "--target-people", 1400, "--out", tmp_path / "people.gpkg")
    assert result.exit_code == 0, result.output
    assert "people_" in result.output  # one of five grids is left over, or three are together
    assert ", 700 people, " in result.output or ", 2100 people, " in result.output
    assert call("group", file, "--out", tmp_path / "x.gpkg").exit_code == 1
    assert "such as 2:3" in call("group", file, "--per-group", "2-3", "--out", tmp_path / "x.gpkg").output


@pytest.mark.parametrize(
    "words",
    [
        ("group", "FILE", "--number", 2, "--out", "FILE"),
        ("pair", "FILE", "--out", "FILE"),
        ("compare", "FILE", "OTHER", "--out", "FILE"),
        ("compare", "OTHER", "FILE", "--out", "FILE"),
        ("map", "OTHER", "--against", "FILE", "--out", "FILE"),
        ("report", "FILE", "--out", "FILE"),
    ],
)
def test_no_command_writes_over_a_division_that_it_reads(file, tmp_path, words):
    kept, other = tmp_path / "kept.gpkg", tmp_path / "other.gpkg"
    shutil.copy(file, kept)
    shutil.copy(file, other)
    result = call(*[{"FILE": kept, "OTHER": other}.get(word, word) for word in words])
    assert result.exit_code == 1
    assert "is read as well" in result.output
    assert kept.read_bytes() == file.read_bytes()


def test_grids_are_paired_by_the_command_line(file, tmp_path):
    result = call("pair", file, "--out", tmp_path / "pairs.csv")
    assert result.exit_code == 0, result.output
    assert "2 pairs of 5 grids" in result.output
    assert "is left over; its stand-in is" in result.output
    assert len(pd.read_csv(tmp_path / "pairs.csv", dtype=str)) == 5


def test_workers_are_checked_by_the_command_line(file, tmp_path):
    codes = read_division(file).grids["grid_code"]
    table = pd.DataFrame({"worker_id": ["W1", "W1", "W2", "W2", "W3"], "grid_code": codes})
    table.to_csv(tmp_path / "workers.csv", index=False)
    result = call("workers", tmp_path / "workers.csv", "--division", file, "--out", tmp_path / "load.csv")
    assert result.exit_code == 0, result.output
    assert "250 to 500" in result.output
    table.iloc[:4].to_csv(tmp_path / "workers.csv", index=False)
    result = call("workers", tmp_path / "workers.csv", "--division", file)
    assert result.exit_code == 1
    assert "grid without a worker" in result.output
