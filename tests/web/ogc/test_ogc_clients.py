"""Real clients read the collections over a real port: GDAL's OAPIF driver, as QGIS uses it, and OWSLib.

GDAL holds Python's lock while it waits for an answer, so the clients are a process of their own.
"""

import json
import subprocess
import sys

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from reading import N_INCIDENTS, open_service
from served import serving

import gridgeo

PROGRAM = """
import json, sys
import pyogrio
from owslib.ogcapi.features import Features

base, folder, code, box = sys.argv[1], sys.argv[2], sys.argv[3], json.loads(sys.argv[4])
source = f"OAPIF:{base}"
said = {"layers": [str(row[0]) for row in pyogrio.list_layers(source)]}
for name in said["layers"]:
    frame = pyogrio.read_dataframe(source, layer=name, INITIAL_REQUEST_PAGE_SIZE=5, PAGE_SIZE=70)
    frame.to_pickle(f"{folder}/{name}.pickle")
    said[f"{name} crs"] = frame.crs.to_epsg()
where = f"grid_code = '{code}'"
said["one"] = pyogrio.read_dataframe(source, layer="grids", where=where)["grid_code"].tolist()
said["window"] = pyogrio.read_dataframe(source, layer="grids", bbox=tuple(box))["grid_code"].tolist()
client = Features(base)
said["owslib"] = {
    "conforms": client.conformance()["conformsTo"],
    "collections": client.feature_collections(),
    "openapi": client.api()["openapi"],
    "paths": sorted(client.api()["paths"]),
    "grids": [feature["id"] for feature in client.collection_items("grids", limit=1000)["features"]],
    "one": client.collection_item("grids", code)["id"],
    "queryables": sorted(client.collection_queryables("incidents")["properties"]),
    "window": [f["id"] for f in client.collection_items("grids", bbox=box, limit=1000)["features"]],
}
print(json.dumps(said))
"""


@pytest.fixture(scope="module")
def division(town_file):
    return gridgeo.read_division(town_file)


@pytest.fixture(scope="module")
def box(division):
    west, south, east, north = division.grids.to_crs(4326).total_bounds
    return [west, south, (west + east) / 2, north]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("clients")


@pytest.fixture(scope="module")
def said(town_file, folder, division, box):
    """What the clients read; the layers lie in the folder."""
    app = open_service(town_file, folder)
    with serving(app) as address:
        call = [sys.executable, "-c", PROGRAM, f"{address}/ogc", str(folder)]
        call += [division.grids["grid_code"].iloc[1], json.dumps(box)]
        done = subprocess.run(call, capture_output=True, text=True, timeout=120, check=False)
    app.extensions["gridgeo"].close()
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def layer(folder, name, key):
    return pd.read_pickle(folder / f"{name}.pickle").sort_values(key, ignore_index=True)


def test_gdal_finds_the_collections_in_wgs_84(said):
    assert said["layers"] == ["grids", "communities", "incidents"]
    assert {said[f"{name} crs"] for name in said["layers"]} == {4326}


@pytest.mark.parametrize(("name", "key"), [("grids", "grid_code"), ("communities", "area_code")])
def test_gdal_reads_the_layers_of_the_file(said, folder, division, name, key):
    read = layer(folder, name, key)
    own = getattr(division, name).to_crs(4326).sort_values(key, ignore_index=True)
    figures = ["grid_code", "kind", "households", "n_buildings", "area_m2", "status"]
    columns = ["area_code", "name", *(figures if name == "grids" else [])]
    pd.testing.assert_frame_equal(
        pd.DataFrame(read[columns]), pd.DataFrame(own[columns]), check_dtype=False, rtol=1e-6
    )
    gap = shapely.hausdorff_distance(read.geometry.to_numpy(), own.geometry.to_numpy())
    assert gap.max() < 1e-6


def test_gdal_reads_the_incidents_page_by_page(said, folder):
    read = layer(folder, "incidents", "incident_id")
    written = pd.read_csv(folder / "recent.csv", dtype={"category": "string"})
    assert len(read) == N_INCIDENTS
    assert read["incident_id"].tolist() == written["incident_id"].tolist()
    assert read["category"].tolist() == written["category"].tolist()
    points = gpd.GeoSeries.from_xy(written["lon"], written["lat"], crs=4326)
    assert (shapely.distance(read.geometry.to_numpy(), points.to_numpy()) < 1e-6).all()


def test_gdal_filters_by_property_and_window(said, division, box):
    grids = division.grids.to_crs(4326).sort_values("grid_code")
    assert said["one"] == [division.grids["grid_code"].iloc[1]]
    expected = grids.loc[grids.intersects(shapely.box(*box)), "grid_code"].tolist()
    assert sorted(said["window"]) == expected
    assert sorted(said["owslib"]["window"]) == expected


def test_owslib_reads_the_same(said, division):
    owslib = said["owslib"]
    assert owslib["collections"] == ["grids", "communities", "incidents"]
    assert owslib["grids"] == sorted(division.grids["grid_code"])
    assert owslib["one"] == division.grids["grid_code"].iloc[1]
    assert owslib["openapi"] == "3.0.3"
    assert all(path.startswith("/ogc") for path in owslib["paths"])
    assert owslib["queryables"] == ["category", "grid_code", "incident_id", "level", "state"]
