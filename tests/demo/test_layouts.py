"""Footprints in rows, along streets and along lanes."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gridgeo.demo.layouts import along_frontage, along_lane, box_polygons, in_rows, long_axis

BLOCK = shapely.box(0, 0, 120, 80)


def turned(polygon, degrees):
    return shapely.affinity.rotate(polygon, degrees, origin=(0, 0))


@settings(max_examples=30, deadline=None)
@given(st.floats(-44, 44), st.integers(0, 1000))
def test_rows_lie_inside_the_block_at_any_angle_and_apart(degrees, seed):
    block = turned(BLOCK, degrees)
    boxes = in_rows(
        block, long_axis(block), np.array([26.0]), 12.0, (20.0, 50.0, 6.0), np.random.default_rng(seed)
    )
    houses = box_polygons(boxes)
    assert len(houses) >= 6
    assert shapely.contains(block, houses).all()
    assert shapely.area(shapely.union_all(houses)) == pytest.approx(shapely.area(houses).sum())


def test_the_axis_of_a_block_is_its_side_nearest_to_east():
    assert np.rad2deg(long_axis(turned(BLOCK, 20))) == pytest.approx(20)
    assert np.rad2deg(long_axis(turned(BLOCK, 80))) == pytest.approx(-10)


def test_rows_of_an_empty_place_are_none():
    assert (
        len(
            in_rows(
                shapely.Polygon(), 0.0, np.array([26.0]), 12.0, (20.0, 50.0, 6.0), np.random.default_rng(0)
            )
        )
        == 0
    )


def test_shops_stand_wall_to_wall_at_the_edge_of_the_block():
    houses = box_polygons(along_frontage(BLOCK, 9.0, (8.0, 15.0), np.random.default_rng(0)))
    assert shapely.distance(houses, BLOCK.exterior).max() < 0.01
    gaps = shapely.distance(houses[:-1], houses[1:])
    assert (gaps < 0.01).mean() > 0.5


def test_farmhouses_face_their_lane_and_keep_off_it():
    lane = shapely.LineString([(0, 0), (150, 0)])
    houses = box_polygons(along_lane(lane, (13.0, 19.0), np.random.default_rng(0)))
    away = shapely.distance(houses, lane)
    assert len(houses) > 10
    assert (away > 2).all()
    assert (away < 12).all()
