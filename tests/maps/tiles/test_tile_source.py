"""Whole tiles, read back by Mapbox's own decoder."""

import math
import threading

import geopandas as gpd
import mapbox_vector_tile
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gridgeo.errors import CRSError, SchemaError
from gridgeo.maps.tiles import build_tile_source, tile_square

LON, LAT, Z = 111.3, 30.7, 14
N = 2**Z
X = int((LON + 180) / 360 * N)
Y = int((1 - math.asinh(math.tan(math.radians(LAT))) / math.pi) / 2 * N)
SQUARE = tile_square(Z, X, Y)
WEST, SOUTH, EAST, NORTH = SQUARE.grown(0)
SIDE = SQUARE.side


def layer(shapes, **columns):
    return gpd.GeoDataFrame(dict(columns), geometry=list(shapes), crs=3857)


def decode(data):
    read = mapbox_vector_tile.decode(data, default_options={"y_coord_down": True})
    return {name: content["features"] for name, content in read.items()}


def at(x, y):
    """Return a place by its share of the tile, from the north-west."""
    return WEST + x * SIDE, NORTH - y * SIDE


def test_a_tile_tells_geometry_and_columns_of_each_feature():
    house = shapely.box(*at(0.25, 0.5), *at(0.5, 0.25))
    street = shapely.LineString([at(0, 0.5), at(1, 0.5)])
    well = shapely.Point(at(0.5, 0.75))
    source = build_tile_source(layer([house, street, well], name=["屋", None, "井"], n=[7, 8, 9]), "mixed",
                               columns=["name", "n"])  # fmt: skip
    features = decode(source.tile(Z, X, Y))["mixed"]
    assert [f["id"] for f in features] == [1, 2, 3]
    assert [f["properties"] for f in features] == [{"name": "屋", "n": 7}, {"n": 8}, {"name": "井", "n": 9}]
    assert shapely.geometry.shape(features[0]["geometry"]).equals(shapely.box(1024, 1024, 2048, 2048))
    assert sorted(features[1]["geometry"]["coordinates"]) == [[-64 + 64, 2048], [4096, 2048]]
    assert features[2]["geometry"] == {"type": "Point", "coordinates": [2048, 3072]}


def test_a_tile_without_anything_in_it_has_no_bytes():
    source = build_tile_source(layer([shapely.Point(at(0.5, 0.5))]), "points")
    assert source.tile(Z, X + 2, Y) == b""
    assert build_tile_source(layer([]), "none").tile(Z, X, Y) == b""


def test_a_layer_in_any_system_lands_where_it_lies():
    well = layer([shapely.Point(at(0.5, 0.75))])
    for crs in (4326, 4546, 32649):
        source = build_tile_source(well.to_crs(crs), "wells")
        [feature] = decode(source.tile(Z, X, Y))["wells"]
        assert np.allclose(feature["geometry"]["coordinates"], [2048, 3072], atol=1)


def test_rows_without_a_shape_are_left_out_and_the_others_keep_their_columns():
    shapes = [None, shapely.Point(at(0.5, 0.5)), shapely.Point()]
    source = build_tile_source(layer(shapes, name=["a", "b", "c"]), "points", columns=["name"])
    assert [f["properties"] for f in decode(source.tile(Z, X, Y))["points"]] == [{"name": "b"}]


def test_a_bow_tie_is_mended_before_it_is_drawn():
    bow = shapely.Polygon([at(0.1, 0.1), at(0.5, 0.5), at(0.5, 0.1), at(0.1, 0.5)])
    [feature] = decode(build_tile_source(layer([bow]), "bows").tile(Z, X, Y))["bows"]
    assert shapely.geometry.shape(feature["geometry"]).is_valid
    assert feature["geometry"]["type"] == "MultiPolygon"


def test_of_a_mixed_collection_the_part_of_the_highest_dimension_is_drawn():
    house = shapely.box(*at(0.25, 0.5), *at(0.5, 0.25))
    fence = shapely.LineString([at(0.6, 0.5), at(0.9, 0.5)])
    mixed = shapely.GeometryCollection([house, fence, house.buffer(-10)])
    [feature] = decode(build_tile_source(layer([mixed]), "mixed").tile(Z, X, Y))["mixed"]
    assert shapely.geometry.shape(feature["geometry"]).equals(shapely.box(1024, 1024, 2048, 2048))


@pytest.mark.parametrize(
    "corners",
    [
        [(0.0, 0.75), (2e-12, 0.0), (0.0, 1.0), (1.0, 0.0)],  # clip_by_rect fails on it
        [(0.0, 0.0), (0.875, 0.15), (0.0, 1.0), (0.4425, 0.57), (0.0, 0.0), (0.0, 1.125), (0.0, 1.1094)],
    ],
)
def test_spikes_thinner_than_any_pixel_do_no_harm(corners):
    source = build_tile_source(layer([shapely.Polygon([at(*corner) for corner in corners])]), "spikes")
    for deeper in range(4):
        for feature in decode(source.tile(Z + deeper, X << deeper, Y << deeper)).get("spikes", []):
            assert shapely.geometry.shape(feature["geometry"]).is_valid


def test_a_feature_appears_from_its_first_zoom_on():
    points = layer([shapely.Point(at(0.5, 0.5)), shapely.Point(at(0.6, 0.5))], name=["always", "late"])
    source = build_tile_source(points, "points", columns=["name"], first_zoom=[0, Z + 1])
    assert [f["properties"]["name"] for f in decode(source.tile(Z, X, Y))["points"]] == ["always"]
    assert len(decode(source.tile(Z + 1, 2 * X + 1, 2 * Y + 1))["points"]) == 2


def test_a_coverage_shows_its_smallest_part_and_keeps_borders_shared_at_low_zooms():
    bend = [at(0.5, y) for y in np.linspace(0, 1, 50)]
    wiggle = [(x + (i % 2) * SIDE / 2000, y) for i, (x, y) in enumerate(bend)]
    west = shapely.Polygon([*wiggle, at(0, 1), at(0, 0)])
    east = shapely.Polygon([*wiggle, at(1, 1), at(1, 0)])
    speck = shapely.box(*at(1, 0.5), *at(1.0001, 0.4999))
    source = build_tile_source(layer([west, east, speck]), "grids", is_coverage=True)
    features = decode(source.tile(10, X >> 4, Y >> 4))["grids"]
    shapes = [shapely.geometry.shape(f["geometry"]) for f in features]
    assert len(shapes) >= 2
    assert shapes[0].intersection(shapes[1]).area == 0
    assert shapely.get_num_points(source.coverage_at(10, 150.0)).sum() < 20
    assert source.coverage_at(18, 0.6) is source.shapes


def test_a_coverage_of_lines_is_refused():
    with pytest.raises(ValueError, match="no coverage"):
        build_tile_source(layer([shapely.LineString([at(0, 0), at(1, 1)])]), "lines", is_coverage=True)


def test_a_layer_without_system_and_a_column_that_is_not_there_are_refused():
    with pytest.raises(CRSError, match="wells has no"):
        build_tile_source(gpd.GeoDataFrame(geometry=[shapely.Point(0, 0)]), "wells")
    with pytest.raises(SchemaError, match="no column depth"):
        build_tile_source(layer([shapely.Point(0, 0)]), "wells", columns=["depth"])


def test_the_same_tile_has_the_same_bytes_for_many_threads_at_once():
    rng = np.random.default_rng(5)
    x, y = WEST + rng.random(400) * SIDE, SOUTH + rng.random(400) * SIDE
    source = build_tile_source(layer(shapely.box(x, y, x + 40, y + 40)), "grids", is_coverage=True)
    expected, found = source.tile(Z, X, Y), []
    threads = [threading.Thread(target=lambda: found.append(source.tile(Z, X, Y))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [expected] * 8


def test_gdal_reads_a_tile_where_it_lies(tmp_path):
    house = shapely.box(*at(0.25, 0.5), *at(0.5, 0.25))
    street = shapely.LineString([at(0.1, 0.9), at(0.9, 0.9)])
    for shape, name in ((house, "houses"), (street, "streets")):
        source = build_tile_source(layer([shape], name=["屋"], n=[7]), name, columns=["name", "n"])
        file = tmp_path / name / str(Z) / str(X) / f"{Y}.pbf"
        file.parent.mkdir(parents=True)
        file.write_bytes(source.tile(Z, X, Y))
        read = gpd.read_file(f"MVT:{file}")
        assert (read["name"].tolist(), read["n"].tolist(), read.crs.to_epsg()) == (["屋"], [7], 3857)
        assert shapely.hausdorff_distance(shapely.get_parts(read.geometry.iloc[0])[0], shape) < SIDE / 4096


places = st.tuples(st.floats(-0.2, 1.2), st.floats(-0.2, 1.2)).map(lambda place: at(*place))
shapes_at_random = st.one_of(
    places.map(shapely.Point),
    st.lists(places, min_size=2, max_size=6).map(shapely.LineString),
    st.lists(places, min_size=2, max_size=4).map(shapely.MultiPoint),
    st.lists(places, min_size=4, max_size=9).map(shapely.Polygon),
    st.tuples(places, st.floats(0.5, 900)).map(lambda disc: shapely.Point(disc[0]).buffer(disc[1], 3)),
)


@settings(deadline=None, max_examples=150)
@given(st.lists(shapes_at_random, min_size=1, max_size=6), st.integers(0, 3))
def test_no_tile_holds_a_shape_that_its_reader_would_refuse(shapes, deeper):
    columns = {"name": [f"no {i % 3}" for i in range(len(shapes))]}
    source = build_tile_source(layer(shapes, **columns), "any", columns=["name"])
    features = decode(source.tile(Z + deeper, X << deeper, Y << deeper)).get("any", [])
    assert len({f["id"] for f in features}) == len(features)
    for feature in features:
        shape = shapely.geometry.shape(feature["geometry"])
        assert shape.is_valid
        assert not shape.is_empty
        assert feature["properties"]["name"] == f"no {(feature['id'] - 1) % 3}"
        x0, y0, x1, y1 = shape.bounds
        assert -64 <= min(x0, y0) <= max(x1, y1) <= 4160
        if "Polygon" in shape.geom_type:
            parts = shapely.get_parts(shape)
            assert shapely.is_ccw(shapely.get_exterior_ring(parts)).all()  # y down: clockwise to the eye
