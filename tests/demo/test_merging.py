"""Pieces of land merge over their weakest borders."""

import numpy as np
import pandas as pd
import shapely

from gridgeo.demo.merging import merge_units, shared_borders

SQUARES = np.array([shapely.box(x, y, x + 10, y + 10) for y in (0, 10) for x in (0, 10, 20)])
TOWN = np.zeros(len(SQUARES), dtype=bool)


def edges(*rows):
    return pd.DataFrame(
        [(shapely.LineString(points), kind) for points, kind in rows], columns=["geometry", "kind"]
    )


def test_squares_touch_their_four_neighbours_and_not_across_a_corner():
    borders = shared_borders(SQUARES, TOWN, edges(([(0, 0), (10, 0)], "lane")))
    assert {k: sorted(around) for k, around in borders.items()} == {
        0: [1, 3], 1: [0, 2, 4], 2: [1, 5], 3: [0, 4], 4: [1, 3, 5], 5: [2, 4],
    }  # fmt: skip


def test_a_river_holds_apart_what_a_lane_would_join():
    lane, river = [(10, 0), (10, 10)], [(20, 0), (20, 10)]
    borders = shared_borders(SQUARES, TOWN, edges((lane, "lane"), (river, "river")))
    assert borders[0][1] > 100 * borders[1][2]


def test_town_and_country_hang_together_weakly():
    country = TOWN.copy()
    country[0] = True
    borders = shared_borders(SQUARES, country, edges(([(0, 0), (10, 0)], "lane")))
    assert borders[0][1] < borders[1][2] / 10


def test_merging_gives_the_number_asked_for_of_about_equal_size():
    borders = shared_borders(SQUARES, TOWN, edges(([(0, 0), (10, 0)], "lane")))
    label = merge_units(np.ones(6), borders, 3)
    assert np.bincount(label).tolist() == [2, 2, 2]


def test_what_has_no_neighbour_stays_alone():
    assert len(set(merge_units(np.ones(2), {0: {}, 1: {}}, 1).tolist())) == 2
