"""Layers as GeoJSON, read back by GDAL and by json."""

import json

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from gridgeo.errors import CRSError
from gridgeo.maps.geojson import encode_features, join_features


def layer(shapes, **columns):
    return gpd.GeoDataFrame(dict(columns), geometry=list(shapes), crs=4326)


def test_features_carry_id_properties_and_rounded_coordinates():
    points = layer(
        [shapely.Point(111.123456789, 30.5)], code=["G1"], n=[3], share=[0.25], when=["2026-01-02"]
    )
    [text] = encode_features(points, ["n", "share", "when", "missing"], key="code")
    assert json.loads(text) == {
        "type": "Feature",
        "id": "G1",
        "geometry": {"type": "Point", "coordinates": [111.123457, 30.5]},
        "properties": {"n": 3, "share": 0.25, "when": "2026-01-02"},
    }


def test_missing_values_and_shapes_are_null():
    rows = layer([None, shapely.Point(1, 2)], n=pd.array([pd.NA, 2], dtype="Int64"), x=[np.nan, 1.5])
    first, second = map(json.loads, encode_features(rows, ["n", "x"]))
    assert (first["geometry"], first["properties"], first["id"]) == (None, {"n": None, "x": None}, 1)
    assert (second["properties"], second["id"]) == ({"n": 2, "x": 1.5}, 2)


def test_outer_rings_run_against_the_clock_and_heights_are_dropped():
    clockwise = shapely.Polygon([(0, 0, 5), (0, 1, 5), (1, 1, 5), (1, 0, 5)])
    [text] = encode_features(layer([clockwise]), [])
    ring = json.loads(text)["geometry"]["coordinates"][0]
    assert shapely.is_ccw(shapely.LinearRing(ring))
    assert len(ring[0]) == 2


def test_further_columns_stand_beside_those_of_the_layer():
    [text] = encode_features(
        layer([shapely.Point(1, 2)], a=[1]), ["a"], more=pd.DataFrame({"b": ["屋"]}, index=[7])
    )
    assert json.loads(text)["properties"] == {"a": 1, "b": "屋"}
    assert "屋" in text


def test_gdal_reads_a_collection_with_further_members(tmp_path):
    shapes = [shapely.box(111, 30, 111.5, 30.5), shapely.box(111.5, 30, 112, 30.5)]
    own = layer(shapes, code=["A", "B"])
    file = tmp_path / "own.geojson"
    file.write_bytes(join_features(encode_features(own, ["code"], key="code"), {"numberMatched": 2}))
    read = gpd.read_file(file)
    assert read["code"].tolist() == ["A", "B"]
    assert shapely.equals_exact(read.geometry.normalize(), own.geometry.normalize(), 1e-6).all()
    assert json.loads(file.read_text("utf-8"))["numberMatched"] == 2


def test_a_layer_in_metres_is_refused():
    with pytest.raises(CRSError, match="to_crs"):
        encode_features(layer([shapely.Point(1, 2)]).to_crs(3857), [])
