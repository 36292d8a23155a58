"""What a tile leaves out."""

import numpy as np
import shapely

from gridgeo.maps.tiles.square import Square
from gridgeo.maps.tiles.thinning import CROWD, MOST_FEATURES, find_visible, measure_shapes, straighten

PIXEL = Square(14, 0.0, 0.0, 256.0)  # one pixel is one metre


def boxes(sides):
    x = np.arange(len(sides)) * 300.0
    return shapely.box(x, 0, x + np.asarray(sides), np.asarray(sides))


def visible(shapes, square=PIXEL):
    return find_visible(shapes, measure_shapes(shapes), square)


def test_houses_of_less_than_half_a_pixel_go_and_larger_ones_stay():
    assert visible(boxes([0.5, 0.7, 0.75, 8])).tolist() == [False, False, True, True]


def test_streets_of_a_pixel_go_and_longer_ones_stay():
    lines = shapely.linestrings([[(0, 0), (0, 1)], [(0, 0), (0, 2)]])
    assert visible(lines).tolist() == [False, True]


def test_of_too_many_the_largest_stay_and_of_equal_ones_the_first():
    sides = np.full(MOST_FEATURES + 10, 2.0)
    sides[-3:] = 5.0
    seen = visible(boxes(sides))
    assert seen.sum() == MOST_FEATURES
    assert seen[-3:].all()
    assert seen[: MOST_FEATURES - 3].all()


def test_points_are_thinned_only_in_a_crowd():
    few = shapely.points(np.zeros((CROWD, 2)))
    assert visible(few).all()
    crowd = shapely.points(np.column_stack([np.zeros(CROWD + 10), np.arange(CROWD + 10) * 1.0]))
    assert visible(crowd).sum() == (CROWD + 10) / 2
    assert visible(crowd)[0]


def test_a_bend_that_no_pixel_shows_is_drawn_straight():
    line = np.array([shapely.LineString([(0, 0), (50, 0.2), (100, 0)])])
    assert shapely.get_num_points(straighten(line, PIXEL)).tolist() == [2]
    near = Square(18, 0.0, 0.0, 16.0)
    assert shapely.get_num_points(straighten(line, near)).tolist() == [3]
