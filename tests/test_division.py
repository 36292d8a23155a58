import dataclasses
import json

import pytest
import shapely
from geopandas.testing import assert_geodataframe_equal
from towns import block, layer, town

import gridgeo
from gridgeo import GridSpec, read_division
from gridgeo.errors import FileReadError, FileWriteError, SchemaError
from gridgeo.io import list_layers, write_layers

LAYERS = ["communities", "grids", "atoms", "buildings", "streets"]


@pytest.fixture(scope="module")
def division():
    drawn = town(
        ["AAAAAAAA"] * 4,
        ["........", ".a....b.", ".a....b.", "........"],
        {"a": 388, "b": 250},
        [[(4, -1), (4, 5)]],
    )
    outside = layer([block(20, 0, 21, 1), None], building_id=["out", "none"], households=[3, 4])
    houses = gridgeo.division.GeoDataFrame(
        {
            "building_id": [*drawn.buildings["building_id"], *outside["building_id"]],
            "households": [388, 250, 3, 4],
        },
        geometry=[*drawn.buildings.geometry, *outside.geometry],
        crs=drawn.buildings.crs,
    )
    return gridgeo.divide(drawn.communities, houses, drawn.streets, GridSpec(effort="fast"))


def test_a_division_is_read_back_as_it_was_written(division, tmp_path):
    file = tmp_path / "out.gpkg"
    division.write(file)
    assert set(LAYERS) | {"rejected"} <= set(list_layers(file))
    again = read_division(file)
    for name in LAYERS:
        here, there = getattr(division, name), getattr(again, name)
        assert set(here.columns) == set(there.columns)
        texts = {name: "string" for name in here.columns if here[name].dtype == "string"}
        assert_geodataframe_equal(
            here.reset_index(drop=True), there.astype(texts)[here.columns], check_dtype=False
        )
    assert again.rejected["building_id"].tolist() == ["none"]
    assert again.lineage is None
    assert again.manifest == json.loads(json.dumps(dict(division.manifest)))
    assert again.score == division.score
    assert shapely.coverage_is_valid(again.grids.geometry.to_numpy())


def test_missing_answers_stay_missing_in_the_file(division, tmp_path):
    division.write(tmp_path / "out.gpkg")
    again = read_division(tmp_path / "out.gpkg")
    codes = again.buildings.set_index("building_id")["grid_code"]
    assert codes.isna().to_dict() == {"a": False, "b": False, "out": True, "none": True}
    for grids in (division.grids, again.grids):
        assert grids["people"].dtype == "Int64"
        assert grids["end_date"].dtype == "string"
        assert grids[["people", "start_date", "end_date"]].isna().all(axis=None)


def test_people_are_counted_where_buildings_know_them(tmp_path):
    drawn = town(["AAAA"] * 2, ["....", ".a.b"], {"a": 250, "b": 240}, [[(2, -1), (2, 3)]])
    houses = drawn.buildings.assign(people=[600, 500])
    gridgeo.divide(drawn.communities, houses, drawn.streets).write(tmp_path / "out.gpkg")
    assert read_division(tmp_path / "out.gpkg").grids["people"].tolist() == [600, 500]


def test_a_range_of_people_wants_people_who_were_counted():
    drawn = town(["AAAA"] * 2, ["....", ".a.b"], {"a": 250, "b": 240}, [])
    with pytest.raises(SchemaError, match="buildings has no column people; name one with --people"):
        gridgeo.divide(drawn.communities, drawn.buildings, drawn.streets, GridSpec(people=(600, 900)))


def test_the_same_division_gives_the_same_bytes(division, tmp_path):
    for name in ("one.gpkg", "two.gpkg"):
        division.write(tmp_path / name)
    assert (tmp_path / "one.gpkg").read_bytes() == (tmp_path / "two.gpkg").read_bytes()


def test_exceptions_are_the_grids_out_of_range(division):
    assert division.exceptions["reason"].tolist() == ["single building of 388 households"]
    assert len(division.grids) == 2


def test_a_division_is_a_value(division):
    with pytest.raises(dataclasses.FrozenInstanceError):
        division.grids = None
    division.score["n_grids"] = 0
    assert division.score["n_grids"] == 2


def test_a_division_shows_itself_in_a_notebook(division):
    page = division._repr_html_()
    assert "single building of 388" in page
    assert 'src="data:image/svg+xml' in page
    assert "http" not in page


def test_a_file_that_cannot_be_written_is_named(division, tmp_path):
    with pytest.raises(FileWriteError, match="nowhere"):
        division.write(tmp_path / "nowhere" / "out.gpkg")


def test_a_file_of_other_layers_is_no_division(division, tmp_path):
    file = tmp_path / "other.gpkg"
    write_layers(file, {"grids": division.grids}, {})
    with pytest.raises(FileReadError, match=r"is no division file: it lacks .*communities, atoms"):
        read_division(file)


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(FileReadError, match=r"none\.gpkg"):
        read_division(tmp_path / "none.gpkg")
