import json

import geopandas as gpd
import pytest
from click.testing import CliRunner
from towns import CRS, block, layer, town

from gridgeo import read_division
from gridgeo.cli import main


@pytest.fixture
def files(tmp_path):
    made = town(["A" * 24] * 4, streets=[[(12, -1), (12, 5)]])
    houses = [block(3 * x + 0.5, 1, 3 * x + 2.5, 3) for x in range(8)]
    buildings = layer(houses, building_id=[f"b{x}" for x in range(8)], households=[60] * 8)
    shapes = [block(0, 0, 12, 4), block(13, 0, 24, 4)]
    grids = gpd.GeoDataFrame({"编码": ["W", "E"]}, geometry=shapes, crs=CRS)
    place = tmp_path / "place.gpkg"
    for name, frame in (
        ("communities", made.communities),
        ("buildings", buildings),
        ("streets", made.streets),
    ):
        frame.to_file(place, layer=name)
    grids.to_file(tmp_path / "drawn.gpkg", layer="grids")
    return tmp_path


def call(files, *more):
    place = files / "place.gpkg"
    options = ["--communities", f"{place}:communities", "--area-code", "area_code"]
    options += ["--buildings", f"{place}:buildings", "--streets", f"{place}:streets"]
    options += ["--out", str(files / "out.gpkg"), *more]
    return CliRunner().invoke(main, ["adopt", str(files / "drawn.gpkg"), *options])


def test_drawn_grids_are_adopted_and_the_report_names_the_gap(files):
    result = call(files)
    assert result.exit_code == 0, result.output
    assert "2 grids drawn, 2 adopted" in result.output
    assert "1 gaps, 400 m²" in result.output
    division = read_division(files / "out.gpkg")
    assert sorted(division.grids["grid_code"]) == ["E", "W"]
    assert "drawn.gpkg" in division.manifest["inputs"]["sha256"]


def test_the_report_of_an_adoption_comes_as_json_too(files):
    result = call(files, "--json", "--range", "100:300")
    assert json.loads(result.output)["gaps"][0]["area_m2"] == 400.0


def test_a_column_of_codes_that_is_not_there_is_named(files):
    result = call(files, "--grid-code", "code_3")
    assert result.exit_code == 1
    assert "no column code_3; there are 编码" in result.output
    assert call(files, "--range", "1:2", "--preset", "minhe").exit_code == 2


def test_a_drawing_without_a_declared_system_can_be_told_one(files):
    drawn = gpd.read_file(files / "drawn.gpkg", layer="grids")
    drawn.to_file(files / "drawn.shp", encoding="UTF-8")
    (files / "drawn.prj").unlink()
    place, out = files / "place.gpkg", files / "out.gpkg"
    options = ["--communities", f"{place}:communities", "--area-code", "area_code", "--out", str(out)]
    options += ["--buildings", f"{place}:buildings", "--streets", f"{place}:streets"]
    command = ["adopt", str(files / "drawn.shp"), *options]
    refused = CliRunner().invoke(main, command)
    assert refused.exit_code == 1
    assert "CRS" in refused.output
    assert CliRunner().invoke(main, [*command, "--crs", f"grids={CRS}"]).exit_code == 0
    assert sorted(read_division(out).grids["grid_code"]) == ["E", "W"]


@pytest.mark.parametrize("target", ["drawn.gpkg", "place.gpkg"])
def test_neither_the_drawing_nor_the_layers_are_written_over(files, target):
    before = (files / target).read_bytes()
    answer = call(files, "--out", str(files / target))
    assert answer.exit_code == 1
    assert "is read as well, and would be lost" in answer.output
    assert (files / target).read_bytes() == before
