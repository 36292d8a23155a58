import numpy as np
import pytest
import shapely
from towns import block, layer, line, site_of, town

from gridgeo.partition.atoms import build_atoms
from gridgeo.partition.graph import build_graph
from gridgeo.partition.yards import Medians, build_yards, find_medians

# An avenue of two carriageways 10 m apart, three houses north of it and two south of it; frame of 300 m.
NORTH = [block(3 + 9 * i, 13, 9 + 9 * i, 16) for i in range(3)]
SOUTH = [block(2, 2, 6, 5), block(20, 2, 26, 5)]


def avenue(*lanes, houses=(*NORTH, *SOUTH)):
    """Return the site of an avenue with carriageways at these heights."""
    streets = layer([line((-1, y), (31, y)) for y in lanes], street_class=["main"] * len(lanes))
    drawn = town(["A" * 30] * 18)
    counts = np.full(len(houses), 80)
    return site_of(drawn, streets=streets.geometry.to_numpy(), street_rank=np.zeros(len(lanes), dtype=int),
                   buildings=np.array(houses), households=counts, people=3 * counts)  # fmt: skip


def reach(atoms, building):
    """Return how far the atom of a building runs from west to east, in metres."""
    x0, _, x1, _ = shapely.bounds(atoms.geometry[atoms.building_atom[building]])
    return x1 - x0


@pytest.mark.parametrize("lanes", [(9, 10), (7, 9), (8, 9, 10), (7, 8, 9, 10)])
def test_no_house_gets_the_whole_of_an_avenue(lanes):
    atoms = build_atoms(avenue(*lanes))
    assert len(atoms) == 5
    assert shapely.coverage_is_valid(atoms.geometry)
    widths = [reach(atoms, building) for building in range(5)]
    assert max(widths) < 200
    # The blocks of one side share it: every border between the sides lies on a carriageway.
    edges = build_graph(atoms, avenue(*lanes))
    is_north = np.isin(np.arange(5), atoms.building_atom[:3])
    across = is_north[edges.a] != is_north[edges.b]
    assert edges.street_m[across] == pytest.approx(edges.length_m[across])


def test_a_short_or_a_built_up_strip_is_no_median():
    def medians(site, houses):
        rows = [block(0, 0, 30, 9), block(0, 9, 30, 10), block(0, 10, 30, 18)]
        yards = build_yards(np.array(rows), np.array(rows), site)
        return find_medians(yards, houses)

    site = avenue(9, 10)
    found = medians(site, np.array([0, 2]))
    assert found.yards.tolist() == [1]
    assert [side.tolist() for side in found.heirs] in ([[0]], [[2]])
    assert medians(site, np.array([0, 1, 2])).yards.tolist() == []


def test_of_medians_side_by_side_the_inner_one_goes_with_the_outer():
    rows = [block(0, 0, 30, 8), block(0, 8, 30, 9), block(0, 9, 30, 10), block(0, 10, 30, 18)]
    yards = build_yards(np.array(rows), np.array(rows), avenue(8, 9, 10))
    found = find_medians(yards, np.array([3]))
    heirs = dict(zip(found.yards.tolist(), (side.tolist() for side in found.heirs), strict=True))
    assert heirs in ({1: [0], 2: [3]}, {1: [2], 2: [3]})
    assert found.stands_for[2].tolist() == [3]


def test_pairs_outside_everything_are_shared_by_nobody():
    medians = Medians(np.array([1]), [np.array([0, 4])], {1: np.array([0, 4])})
    yard, other = np.array([1, 1, 1, 0, 4]), np.array([0, 4, -1, 1, 1])
    assert medians.are_shared_by(yard, other).tolist() == [True, True, False, False, False]
    nobody = Medians(np.empty(0, dtype=np.int64), [], {})
    assert not nobody.are_shared_by(yard, other).any()
