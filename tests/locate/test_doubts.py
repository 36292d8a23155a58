"""Layers in another system than said are noticed wherever they are joined."""

import warnings
from functools import lru_cache
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from click.testing import CliRunner

from gridgeo.cli import main
from gridgeo.demo import build_demo
from gridgeo.locate.assign import assign_buildings, assign_points
from gridgeo.locate.doubts import PlacementWarning, find_table_doubts
from gridgeo.locate.gazetteer import Gazetteer, build_gazetteer, write_gazetteer
from gridgeo.locate.geocode.placing import prepare_grids
from gridgeo.offset import wgs84_to_gcj02

LUJIAZUI = Path(__file__).resolve().parents[2] / "../shared/data/shanghai/lujiazui.gpkg"
needs_lujiazui = pytest.mark.skipif(not LUJIAZUI.exists(), reason="the shared data of Lujiazui are not here")


def to_gcj02(layer: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return a layer as a Chinese web map gives it, under its old label."""
    lonlat = layer.to_crs(4326)
    moved = shapely.transform(
        lonlat.geometry.array, lambda c: np.column_stack(wgs84_to_gcj02(c[:, 0], c[:, 1]))
    )
    return lonlat.set_geometry(gpd.GeoSeries(moved, index=layer.index, crs=4326)).to_crs(layer.crs)


def swapped(layer: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return a layer with latitude first."""
    lonlat = layer.to_crs(4326)
    return lonlat.set_geometry(shapely.transform(lonlat.geometry.array, lambda c: c[:, ::-1]), crs=4326)


@lru_cache(maxsize=1)
def tables() -> dict[str, gpd.GeoDataFrame]:
    demo = build_demo(14, 20_000, 5)
    names = ("addresses", "buildings", "streets", "pois", "communities")
    return {name: getattr(demo, name) for name in names}


def grids() -> gpd.GeoDataFrame:
    return tables()["communities"].assign(grid_code=lambda c: c["area_code"])


@lru_cache(maxsize=1)
def gazetteer() -> Gazetteer:
    return build_gazetteer(**tables())


def quiet(call, *arguments):
    """Return an answer; a warning is a failure."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return call(*arguments)


@needs_lujiazui
def test_the_districts_of_lujiazui_as_the_web_map_gives_them_are_noticed_beside_the_buildings():
    buildings = gpd.read_file(LUJIAZUI, layer="buildings")
    raw, right = (
        gpd.read_file(LUJIAZUI, layer=name).assign(grid_code=lambda d: [f"{i}" for i in range(len(d))])
        for name in ("districts_gcj02_raw", "districts_wgs84")
    )
    with pytest.warns(PlacementWarning, match="grids lies about 4.. m from buildings, just as GCJ-02"):
        assign_buildings(buildings, raw)
    quiet(assign_buildings, buildings, right)


@needs_lujiazui
def test_a_file_of_the_districts_and_buildings_of_lujiazui_is_noticed_on_the_command_line(tmp_path):
    buildings = gpd.read_file(LUJIAZUI, layer="buildings")
    middles = buildings.geometry.representative_point().to_crs(4326)
    pd.DataFrame({"lon": middles.x, "lat": middles.y}).to_csv(tmp_path / "in.csv", index=False)
    for name, said in (("districts_gcj02_raw", True), ("districts_wgs84", False)):
        file = tmp_path / f"{name}.gpkg"
        layer = gpd.read_file(LUJIAZUI, layer=name)
        layer.assign(grid_code=[f"{i}" for i in range(len(layer))]).to_file(file, layer="grids")
        buildings.to_file(file, layer="buildings")
        words = [
            "assign",
            str(tmp_path / "in.csv"),
            "--grids",
            f"{file}:grids",
            "--out",
            str(tmp_path / "o.csv"),
        ]
        result = CliRunner().invoke(main, words)
        assert result.exit_code == 0, result.output
        assert ("just as GCJ-02 lies from WGS 84" in result.output) is said


def test_tables_that_fit_are_not_doubted():
    assert find_table_doubts(tables()) == []


@pytest.mark.parametrize("name", ["addresses", "buildings", "communities"])
def test_the_one_table_of_a_gazetteer_that_comes_from_a_web_map_is_named(name):
    (text,) = find_table_doubts(tables() | {name: to_gcj02(tables()[name])})
    assert text.startswith(f"{name} lies about")
    assert "--crs GCJ-02" in text


def test_a_table_with_latitude_first_is_named():
    (text,) = find_table_doubts(tables() | {"pois": swapped(tables()["pois"])})
    assert text.startswith("longitude and latitude of pois look exchanged")


def test_grids_beside_a_gazetteer_are_looked_at():
    quiet(prepare_grids, grids(), gazetteer())
    with pytest.warns(PlacementWarning, match="GCJ-02"):
        prepare_grids(to_gcj02(grids()), gazetteer())


def test_points_with_latitude_first_are_noticed():
    points = tables()["addresses"].geometry.to_crs(4326)
    other_way = gpd.GeoSeries.from_xy(points.y, points.x, crs=4326)
    with pytest.warns(PlacementWarning, match="x and y of points look exchanged"):
        assign_points(other_way, grids())


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("doubts")
    write_gazetteer(gazetteer(), place / "gaz.gpkg")
    grids().to_file(place / "grids.gpkg", layer="grids")
    to_gcj02(grids()).to_file(place / "web.gpkg", layer="grids")
    points = tables()["addresses"].geometry.to_crs(4326).iloc[::20]
    frame = pd.DataFrame({"text": "积水", "lon": points.x, "lat": points.y})
    frame.to_csv(place / "in.csv", index=False)
    return place


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--grids", "grids.gpkg"], ""),
        (["--grids", "web.gpkg"], "just as GCJ-02 lies from WGS 84"),
        (["--grids", "grids.gpkg", "--x", "lon", "--y", "lat"], ""),
        (["--grids", "grids.gpkg", "--x", "lat", "--y", "lon"], "x and y of lat and lon look exchanged"),
    ],
)
def test_geocode_says_on_the_command_line_what_looks_misplaced(folder, words, said):
    words = [str(folder / word) if word.endswith(".gpkg") else word for word in words]
    fixed = ["geocode", str(folder / "in.csv"), "--text", "text", "--gazetteer", str(folder / "gaz.gpkg")]
    result = CliRunner().invoke(main, [*fixed, *words, "--out", str(folder / "out.csv")])
    assert result.exit_code == 0, result.output
    assert ("Warning:" in result.output) is bool(said)
    assert said in result.output


def test_gazetteer_build_says_on_the_command_line_what_looks_misplaced(tmp_path):
    for name in ("addresses", "streets"):
        layer = tables()[name]
        (to_gcj02(layer) if name == "addresses" else layer).to_file(tmp_path / f"{name}.gpkg")
    words = [f"--{name}={tmp_path / name}.gpkg" for name in ("addresses", "streets")]
    result = CliRunner().invoke(main, ["gazetteer", "build", *words, "--out", str(tmp_path / "gaz.gpkg")])
    assert result.exit_code == 0, result.output
    assert "Warning: addresses lies about" in result.output
