import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_graphs import energy_of, graph_of, is_connected, mesh_edges, meshes, only_part
from towns import EXAMPLES

from gridgeo.partition.crossing import cross_plans
from gridgeo.partition.search import first_labels

# A strip of two rows and eight columns, 60 households in each: four grids of two columns are in range.
STRIP = only_part(graph_of([60] * 16, mesh_edges(8, 2)))
GOOD = np.array([0, 0, 1, 1, 2, 2, 3, 3] * 2)


def crossed(part, *plans):
    return cross_plans(part.net, part.weights, plans, part.capacity)


def test_each_half_is_taken_from_the_plan_that_does_it_better():
    west, east = GOOD.copy(), GOOD.copy()
    west[[0, 1, 2, 3]] = [0, 0, 0, 1]
    east[[4, 5, 6, 7]] = [2, 2, 2, 3]
    found = crossed(STRIP, west, east)
    assert energy_of(STRIP, found) == pytest.approx(energy_of(STRIP, GOOD))
    assert energy_of(STRIP, found) < min(energy_of(STRIP, west), energy_of(STRIP, east))


def test_plans_without_a_common_border_are_taken_whole():
    askew = np.array([0, 1, 1, 2, 2, 3, 3, 3] * 2)
    assert crossed(STRIP, askew, GOOD).tolist() == GOOD.tolist()
    assert crossed(STRIP, GOOD, askew).tolist() == GOOD.tolist()


def test_no_more_grids_than_there_is_room_for():
    many = np.arange(16)
    part = only_part(graph_of([300] * 16, mesh_edges(8, 2)))
    one = np.zeros(16, dtype=np.int64)
    assert energy_of(part, many) < energy_of(part, one)
    assert cross_plans(part.net, part.weights, [one, many], 15).tolist() == one.tolist()
    assert cross_plans(part.net, part.weights, [one, many], 16).tolist() == many.tolist()


@settings(max_examples=EXAMPLES, deadline=None)
@given(meshes(), st.lists(st.integers(0, 9), min_size=1, max_size=4))
def test_a_crossed_plan_is_no_worse_than_any_and_its_grids_are_theirs(graph, seeds):
    part = only_part(graph)
    plans = [first_labels(part, seed) for seed in seeds]
    found = crossed(part, *plans)
    assert found.max() < part.capacity
    assert energy_of(part, found) <= min(energy_of(part, plan) for plan in plans) + 1e-6
    grids = {frozenset(np.flatnonzero(plan == grid).tolist()) for plan in plans for grid in np.unique(plan)}
    for grid in np.unique(found):
        atoms = np.flatnonzero(found == grid)
        assert frozenset(atoms.tolist()) in grids
        assert is_connected(atoms, part.links)
