import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_graphs import energy_of, graph_of, is_connected, mesh_edges, meshes, only_part
from towns import EXAMPLES

from gridgeo.partition import refine
from gridgeo.partition.feasibility import Evidence
from gridgeo.partition.parts import DEAREST
from gridgeo.spec import GridSpec

# Two rows of eight columns: four grids of two columns, 240 households each.
STRIP = only_part(graph_of([60] * 16, mesh_edges(8, 2)))
GOOD = np.array([0, 0, 1, 1, 2, 2, 3, 3] * 2)


def loosened(bad, rings):
    groups = refine.loosen(STRIP, GOOD, np.isin(np.arange(4), bad), rings, np.arange(16))
    return [np.flatnonzero(groups == group).tolist() for group in np.unique(groups)]


def test_what_is_far_from_a_grid_out_of_range_stays_as_it_is():
    sets = loosened([0], 1)
    assert [atoms for atoms in sets if len(atoms) > 1] == [[4, 5, 12, 13], [6, 7, 14, 15]]
    assert [atoms for atoms in sets if len(atoms) == 1] == [[i] for i in (0, 1, 2, 3, 8, 9, 10, 11)]


@pytest.mark.parametrize(("rings", "kept"), [(0, 3), (1, 2), (2, 1), (3, 0), (100, 0)])
def test_every_ring_loosens_the_grids_beside_the_last(rings, kept):
    assert sum(len(atoms) > 1 for atoms in loosened([0], rings)) == kept


def test_a_group_that_lies_half_in_the_window_is_two_and_each_hangs_together():
    rows = np.repeat([0, 1], 8)
    groups = refine.loosen(STRIP, GOOD, np.array([True, False, False, False]), 1, rows)
    for group in np.unique(groups):
        assert is_connected(np.flatnonzero(groups == group), STRIP.links)
    assert len(np.unique(groups)) == 4


def astray(households, label):
    graph = graph_of(households, [(i, i + 1) for i in range(len(households) - 1)])
    part = only_part(graph)
    return refine.find_astray(Evidence(graph, GridSpec()), part, np.array(label)).tolist()


def test_only_what_nobody_can_excuse_is_astray():
    assert astray([100, 100, 150, 100], [0, 0, 1, 1]) == [False, False]
    assert astray([100, 100, 100, 150], [0, 1, 1, 1]) == [True, True]
    # A tower above the range, and a tower among towers that no neighbour completes.
    assert astray([400, 120, 130], [0, 1, 1]) == [False, False]
    assert astray([176, 180, 190], [0, 1, 2]) == [False, False, False]


def test_a_grid_that_a_tower_above_the_range_took_in_is_astray():
    assert astray([400, 120, 130], [0, 0, 0]) == [True]


def test_no_border_is_so_long_that_being_in_range_comes_second():
    far = graph_of([120] * 4, mesh_edges(4, 1), length_m=[20.0, 1e6, 20.0], cost_m=[20.0, 1e6, 20.0])
    part = only_part(far)
    assert part.net.cost.max() == DEAREST
    assert part.weights.violation > DEAREST


@settings(max_examples=EXAMPLES // 4, deadline=None)
@given(meshes(), st.integers(0, 5), st.sampled_from(["fast", "best"]))
def test_a_refined_plan_is_no_worse_than_what_it_was_given(graph, seed, effort):
    part, spec = only_part(graph), GridSpec(effort=effort)
    given_plan = refine.split_graph(graph, GridSpec(seed=seed))
    refined = refine.refine_plan(graph, given_plan, spec)
    before, after = (energy_of(part, plan.label[part.atoms]) for plan in (given_plan, refined))
    assert after <= before + 1e-6
    for grid in range(refined.n_grids):
        assert is_connected(np.flatnonzero(refined.label == grid), part.links)
