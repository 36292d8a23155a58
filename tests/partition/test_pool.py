from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_graphs import energy_of, graph_of, is_connected, mesh_edges, meshes, only_part
from towns import EXAMPLES

from gridgeo.partition.pool import GridPool, cross_plans
from gridgeo.partition.search import first_labels

# A strip of two rows and eight columns, 60 households in each: four grids of two columns are in range.
STRIP = only_part(graph_of([60] * 16, mesh_edges(8, 2)))
GOOD = np.array([0, 0, 1, 1, 2, 2, 3, 3] * 2)


def crossed(part, *plans):
    return cross_plans(part, plans)


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
    assert cross_plans(replace(part, capacity=15), [one, many]).tolist() == one.tolist()
    assert cross_plans(replace(part, capacity=16), [one, many]).tolist() == many.tolist()


def exact_covers(grids, atoms):
    """Yield every way to put some of the grids together to all atoms."""
    if not atoms:
        yield []
        return
    first = min(atoms)
    for grid in grids:
        if first in grid and grid <= atoms:
            for rest in exact_covers(grids, atoms - grid):
                yield [grid, *rest]


@settings(max_examples=EXAMPLES, deadline=None)
@given(meshes(most=12), st.integers(0, 9), st.integers(2, 5))
def test_no_plan_of_the_same_grids_is_better(graph, seed, count):
    part = only_part(graph)
    plans = [first_labels(part, seed + i) for i in range(count)]
    grids = {frozenset(np.flatnonzero(plan == grid).tolist()) for plan in plans for grid in np.unique(plan)}
    least = np.inf
    for cover in exact_covers(grids, frozenset(range(len(part.atoms)))):
        label = np.empty(len(part.atoms), dtype=np.int64)
        for number, grid in enumerate(cover):
            label[list(grid)] = number
        if len(cover) <= part.capacity:
            least = min(least, energy_of(part, label))
    assert energy_of(part, crossed(part, *plans)) == pytest.approx(least)


@settings(max_examples=EXAMPLES, deadline=None)
@given(meshes(), st.integers(0, 9))
def test_a_pool_adds_up_the_energy_of_a_plan_from_its_grids(graph, seed):
    part = only_part(graph)
    pool = GridPool(part)
    for label in (first_labels(part, seed), first_labels(part, seed + 1)):
        assert pool.add(label) == pytest.approx(energy_of(part, label))
    assert pool.energy == pytest.approx(energy_of(part, pool.best))


def test_of_very_many_grids_the_certain_ones_are_taken_first(monkeypatch):
    monkeypatch.setattr("gridgeo.partition.pool.MOST_GRIDS", 0)
    test_each_half_is_taken_from_the_plan_that_does_it_better()


def test_where_the_relaxed_problem_fails_the_best_plan_stays(monkeypatch):
    monkeypatch.setattr("scipy.optimize.linprog", lambda *_, **__: SimpleNamespace(status=4))
    askew = np.array([0, 1, 1, 2, 2, 3, 3, 3] * 2)
    assert crossed(STRIP, askew, GOOD).tolist() == GOOD.tolist()


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
