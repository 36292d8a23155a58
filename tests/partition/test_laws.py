from dataclasses import replace

import numpy as np
import pytest
import shapely
from towns import at, block, shapes_of

from gridgeo.errors import LawError
from gridgeo.partition.laws import check_laws, measure_laws

WHOLE = block(0, 0, 6, 4)
WEST, EAST = block(0, 0, 3, 4), block(3, 0, 6, 4)
HOUSES = [block(1, 1, 2, 2), block(4, 1, 5, 2), block(10, 10, 11, 11)]


def measured(grids, communities=(WHOLE,), home=None, houses=HOUSES, house_grid=(0, 1, -1)):
    home = np.zeros(len(grids), dtype=np.int64) if home is None else np.array(home)
    arrays = [np.array(list(part), dtype=object) for part in (grids, communities, houses)]
    return measure_laws(arrays[0], home, arrays[1], arrays[2], np.array(house_grid))


def check(measures):
    check_laws(measures, WHOLE.area, WHOLE.length)


def test_a_sound_division_breaks_no_law():
    measures = measured([WEST, EAST])
    check(measures)
    assert measures.is_coverage
    figures = {name: value for name, value in vars(measures).items() if name != "is_coverage"}
    assert figures == dict.fromkeys(figures, 0)


@pytest.mark.parametrize(
    ("grids", "said"),
    [
        ([WEST, block(3.1, 0, 6, 4)], "cover: 40.00 m² belong to no grid"),
        ([WEST, block(2.9, 0, 6, 4)], "disjoint: 40.00 m² belong to two grids"),
        ([WEST, block(3, 0, 6.1, 4)], "nested: 40.00 m² lie outside the community"),
        (
            [WEST, shapely.Polygon([at(3, 0), at(6, 0), at(6, 4), at(3, 4), at(3, 2)])],
            "disjoint: neighbours do not share their vertices",
        ),
        (
            [
                shapely.union_all([block(0, 0, 1, 4), block(5, 0, 6, 4)]),
                block(1, 0, 5, 4),
            ],
            "contiguous: 1 grids are in several pieces",
        ),
    ],
)
def test_each_law_broken_on_purpose_is_named(grids, said):
    with pytest.raises(LawError, match=said):
        check(measured(grids))


def test_a_grid_that_is_no_valid_polygon_is_named():
    with pytest.raises(LawError, match="2 grids are not valid polygons"):
        check(replace(measured([WEST, EAST]), n_invalid=2))


def test_every_broken_law_is_named_at_once():
    with pytest.raises(LawError, match=r"please report it: cover: 80\.00 m².*nested: 40\.00 m²"):
        check(measured([block(-0.1, 0, 3, 4), block(3.2, 0, 6, 4)]))


def test_a_millimetre_of_rounding_breaks_no_law():
    x, y = at(3, 2)
    bent = (x + 0.0004, y)
    west = shapely.Polygon([at(0, 0), at(3, 0), bent, at(3, 4), at(0, 4)])
    east = shapely.Polygon([at(3, 0), at(6, 0), at(6, 4), at(3, 4), bent])
    check(measured([west, east]))


def test_a_grid_may_have_one_piece_in_each_part_of_its_community():
    parts = shapely.union_all([block(0, 0, 2, 2), block(4, 0, 6, 2)])
    measures = measured([parts], communities=[parts], house_grid=(0, 0, -1))
    assert (measures.n_multipart, measures.n_split) == (1, 0)
    halves = shapely.union_all([block(0, 0, 0.5, 2), block(1.5, 0, 2, 2)])
    rest = shapely.union_all([block(0.5, 0, 1.5, 2), block(4, 0, 6, 2)])
    measures = measured([halves, rest], communities=[parts], house_grid=(0, 0, -1))
    assert (measures.n_multipart, measures.n_split) == (2, 1)


def test_a_building_cut_by_a_grid_is_counted():
    across = [block(2, 1, 4, 2), *HOUSES[1:]]
    measures = measured([WEST, EAST], houses=across)
    assert (measures.n_buildings_cut, measures.n_buildings_across) == (1, 0)


def test_a_building_across_the_border_of_its_community_is_not_cut_by_its_grid():
    communities = [block(0, 0, 3, 4), block(3, 0, 6, 4)]
    across = [block(2, 1, 4, 2), *HOUSES[1:]]
    measures = measured([WEST, EAST], communities=communities, home=[0, 1], houses=across)
    assert (measures.n_buildings_cut, measures.n_buildings_across) == (0, 1)


def test_points_cannot_be_cut():
    spots = [shapely.Point(at(3, 2)), shapely.Point(at(4, 1)), shapely.Point(at(9, 9))]
    measures = measured([WEST, EAST], houses=spots)
    assert (measures.n_buildings_cut, measures.n_buildings_across) == (0, 0)


def test_a_hole_of_another_community_is_no_gap():
    shapes = shapes_of(["AAA", "ABA", "AAA"])
    check(measured(shapes.values(), communities=shapes.values(), home=[0, 1], house_grid=(-1, -1, -1)))
