import json
from itertools import pairwise

import geopandas as gpd
import pytest
from click.testing import CliRunner
from towns import CRS, block, layer, town

from gridgeo import read_division
from gridgeo.cli import main


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("merge")
    made = town(["A" * 24] * 4, streets=[[(6, -1), (6, 5)], [(12, -1), (12, 5)], [(18, -1), (18, 5)]])
    houses = [block(2 * x + 0.3, 1, 2 * x + 1.7, 3) for x in range(12)]
    buildings = layer(houses, building_id=[f"b{x}" for x in range(12)], households=[80] * 12)
    for name, frame in (
        ("communities", made.communities),
        ("buildings", buildings),
        ("streets", made.streets),
    ):
        frame.to_file(place / "place.gpkg", layer=name)
    for name, cuts in (("police", (0, 12, 24)), ("health", (0, 6, 12, 18, 24))):
        shapes = [block(a, 0, b, 4) for a, b in pairwise(cuts)]
        codes = [f"{name}-{i}" for i in range(len(shapes))]
        gpd.GeoDataFrame({"grid_code": codes}, geometry=shapes, crs=CRS).to_file(place / f"{name}.gpkg")
    return place


def call(folder, *words):
    place = folder / "place.gpkg"
    options = ["--communities", f"{place}:communities", "--area-code", "area_code", "--effort", "fast"]
    options += ["--buildings", f"{place}:buildings", "--streets", f"{place}:streets"]
    return CliRunner().invoke(main, ["merge", *words, *options, "--out", str(folder / "one.gpkg")])


def test_two_networks_become_one_and_their_conflicts_are_named(folder):
    named = [f"{name}={folder / name}.gpkg" for name in ("police", "health")]
    result = call(folder, *named, "--range", "200:300")
    assert result.exit_code == 0, result.output
    assert "4 grids out of police 2, health 4" in result.output
    assert "police-0 of police lies in 2 grids of health, 240 households apart" in result.output
    division = read_division(folder / "one.gpkg")
    assert set(division.lineage["network"]) == {"police", "health"}
    assert {"police.gpkg", "health.gpkg"} <= set(division.manifest["inputs"]["sha256"])
    told = json.loads(call(folder, *named, "--range", "200:300", "--json").output)
    assert told["pairs"][0]["networks"] == ["police", "health"]


def test_networks_need_names_and_a_size(folder):
    assert call(folder, f"{folder / 'police.gpkg'}", "--range", "200:300").exit_code == 2
    assert call(folder, f"police={folder / 'police.gpkg'}").exit_code == 2
    alone = call(folder, f"police={folder / 'police.gpkg'}", "--range", "200:300")
    assert alone.exit_code == 1
    assert "two networks or more" in alone.output


@pytest.mark.parametrize("target", ["police", "place"])
def test_neither_a_network_nor_the_layers_are_written_over(folder, target):
    before = (folder / f"{target}.gpkg").read_bytes()
    networks = [f"{name}={folder / name}.gpkg" for name in ("police", "health")]
    place = folder / "place.gpkg"
    options = ["--communities", f"{place}:communities", "--area-code", "area_code", "--range", "200:300"]
    options += ["--buildings", f"{place}:buildings", "--streets", f"{place}:streets"]
    words = ["merge", *networks, *options, "--out", str(folder / f"{target}.gpkg")]
    answer = CliRunner().invoke(main, words)
    assert answer.exit_code == 1
    assert "is read as well, and would be lost" in answer.output
    assert (folder / f"{target}.gpkg").read_bytes() == before
