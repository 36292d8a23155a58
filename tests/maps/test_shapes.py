"""Shapes written as steps come back as they were, to the step."""

import base64

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import LineString, MultiPolygon, Point, Polygon, box

from gridgeo.errors import CRSError
from gridgeo.maps.shapes import STEPS, encode_shapes, simplify_coverage, to_text, to_world


def read_text(text):
    """Read natural numbers as front/decode.js does."""
    numbers, value, shift = [], 0, 0
    for octet in base64.b64decode(text):
        value |= (octet & 127) << shift
        shift += 7
        if octet < 128:
            numbers.append(value)
            value = shift = 0
    return numbers


def read_shapes(encoded):
    """Return, for each feature, its parts as lists of corners."""
    sizes = iter(read_text(encoded["points"]))
    folded = read_text(encoded["steps"])
    steps = [-(n + 1) // 2 if n & 1 else n // 2 for n in folded]
    corners = iter(np.cumsum(np.reshape(steps, (-1, 2)), axis=0).tolist())
    return [
        [[next(corners) for _ in range(next(sizes))] for _ in range(n)] for n in read_text(encoded["parts"])
    ]


@given(st.lists(st.integers(min_value=0, max_value=2**30)))
def test_every_natural_number_comes_back(numbers):
    assert read_text(to_text(np.array(numbers, dtype=np.int64))) == numbers


places = st.tuples(st.integers(0, STEPS), st.integers(0, STEPS))


@given(st.lists(st.lists(places, min_size=2, max_size=6), max_size=5))
def test_every_line_comes_back(lines):
    encoded = encode_shapes(np.array([LineString(line) for line in lines] + [None], dtype=object)[:-1])
    assert read_shapes(encoded) == [[[list(corner) for corner in line]] for line in lines]


def test_a_hole_and_a_second_piece_are_parts_and_no_ring_repeats_its_first_corner():
    holed = Polygon([(0, 0), (90, 0), (90, 90), (0, 90)], [[(30, 30), (60, 30), (60, 60)]])
    shapes = np.array([MultiPolygon([holed, box(200, 0, 210, 10)]), Point(5, 7), None], dtype=object)
    feature, point, missing = read_shapes(encode_shapes(shapes))
    assert [len(part) for part in feature] == [4, 3, 4]
    assert point == [[[5, 7]]]
    assert missing == []


def test_no_features_are_no_bytes():
    assert encode_shapes(np.array([], dtype=object)) == {"n": 0, "parts": "", "points": "", "steps": ""}


def test_the_square_of_the_web_map_has_its_origin_in_the_north_west():
    frame = gpd.GeoSeries([Point(-180, 85.0511287798066), Point(0, 0)], crs="EPSG:4326").to_frame("geometry")
    world = to_world(gpd.GeoDataFrame(frame), "points")
    assert shapely.get_coordinates(world).round(3).tolist() == [[0, 0], [STEPS / 2, STEPS / 2]]


def test_a_layer_without_crs_is_refused_by_its_name():
    with pytest.raises(CRSError, match="streets has no CRS"):
        to_world(gpd.GeoDataFrame(geometry=[Point(0, 0)]), "streets")


def test_a_border_stays_shared_when_it_is_simplified():
    middle = [(100 + (y % 7) / 5, y) for y in range(0, 400, 3)]
    left = Polygon([(0, 0), *middle, (0, 399)])
    right = Polygon([(300, 0), *middle, (300, 399)])
    simple = simplify_coverage(np.array([left, right, None], dtype=object))
    assert shapely.coverage_is_valid(simple[:2])
    assert shapely.get_num_coordinates(simple[0]) < shapely.get_num_coordinates(left) / 3
    assert simple[2] is None
