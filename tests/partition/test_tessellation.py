import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from towns import EXAMPLES, at, block, line

from gridgeo.partition.tessellation import bank_midlines, bridge_tips, midlines

YARD = block(0, 0, 10, 6)


def between(*houses, yards=(YARD,), yard_of=None):
    shapes = np.array(houses, dtype=object)
    yard = np.zeros(len(shapes), dtype=np.int64) if yard_of is None else np.array(yard_of)
    return midlines(shapes, yard, np.array(yards, dtype=object))


def length_inside(lines, shape):
    return sum(one.intersection(shape).length for one in lines)


def test_two_houses_share_the_ground_along_the_middle():
    (middle,) = between(block(1, 2, 3, 4), block(7, 2, 9, 4))
    x, _ = at(5, 0)
    assert shapely.get_coordinates(middle)[:, 0] == pytest.approx(x, abs=0.5)
    assert middle.length == pytest.approx(60.0, abs=0.5)


def test_a_point_and_a_house_share_the_ground_as_well():
    (middle,) = between(shapely.Point(at(1, 3)), block(5, 2, 7, 4))
    assert middle.distance(shapely.Point(at(3, 3))) < 0.5


def test_touching_houses_have_no_line_inside_their_walls():
    houses = block(1, 2, 3, 4), block(3, 2, 5, 4)
    lines = between(*houses)
    assert len(lines) > 0
    assert length_inside(lines, shapely.union_all(houses).buffer(-0.1)) < 1e-6


def test_a_lone_house_and_houses_of_different_yards_need_no_line():
    yards = (block(0, 0, 5, 6), block(5, 0, 10, 6))
    assert len(between(block(1, 2, 3, 4))) == 0
    assert len(between(block(1, 2, 3, 4), block(7, 2, 9, 4), yards=yards, yard_of=[0, 1])) == 0


def test_lines_end_at_the_border_of_their_yard():
    lines = between(block(1, 2, 3, 4), block(7, 2, 9, 4))
    assert all(YARD.buffer(1e-6).covers(one) for one in lines)


spot = st.tuples(st.integers(0, 8), st.integers(0, 5), st.sampled_from([0.5, 1.0, 2.0]))


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.lists(spot, min_size=2, max_size=8, unique_by=lambda one: one[:2]))
def test_no_line_cuts_a_house_wherever_the_houses_stand(spots):
    houses = [block(x, y, x + size / 2, y + size / 2) for x, y, size in spots]
    lines = between(*houses)
    for house in houses:
        assert length_inside(lines, house.buffer(-0.01)) < 0.05
    assert shapely.is_valid(lines).all()


def test_a_dead_end_is_joined_to_the_line_ahead_of_it_unless_a_house_stands_between():
    dead_end, middle = line((0, 3), (3, 3)), line((4, 0), (4, 6))
    nothing = np.empty(0, dtype=object)
    (bridge,) = bridge_tips(np.array([dead_end]), np.array([middle]), nothing)
    assert bridge.length == pytest.approx(10.0)
    house = np.array([block(3.2, 2, 3.8, 4)])
    assert len(bridge_tips(np.array([dead_end]), np.array([middle]), house)) == 0
    assert len(bridge_tips(np.array([dead_end]), nothing, nothing)) == 0


def test_a_river_is_shared_between_its_banks():
    yards = np.array([block(0, 0, 4, 6), block(4, 0, 6, 6), block(6, 0, 10, 6)], dtype=object)
    houses = np.array([block(1, 2, 2, 4), block(8, 2, 9, 4)], dtype=object)
    lines = bank_midlines(yards, np.array([1]), [np.array([0, 2])], houses, np.array([0, 2]), {})
    x, _ = at(5, 0)
    assert shapely.get_coordinates(lines)[:, 0] == pytest.approx(x, abs=1.0)
    assert shapely.length(lines).sum() == pytest.approx(60.0, abs=3.0)
