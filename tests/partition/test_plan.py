from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from small_graphs import graph_of, is_connected, mesh_edges, meshes
from towns import EXAMPLES

from gridgeo.partition.refine import refine_plan, split_graph
from gridgeo.spec import GridSpec

FAST = GridSpec(effort="fast")


def both_plans(graph, spec=FAST):
    first = split_graph(graph, spec)
    return first, refine_plan(graph, first, spec)


def check_plan(graph, plan):
    """Every atom in one grid, every grid in one piece, dedicated ground apart."""
    assert np.unique(plan.label).tolist() == list(range(plan.n_grids))
    walk = np.stack([graph.a, graph.b], axis=1)[graph.is_link]
    for grid in range(plan.n_grids):
        atoms = np.flatnonzero(plan.label == grid)
        if plan.is_dedicated[grid]:
            assert len(np.unique(graph.dedicated[atoms])) == 1
            assert (graph.dedicated[atoms] >= 0).all()
        else:
            assert (graph.dedicated[atoms] == -1).all()
            assert is_connected(atoms, walk)
    assert (plan.part >= 0).tolist() == (~plan.is_dedicated).tolist()


@settings(max_examples=EXAMPLES, deadline=None)
@given(meshes())
def test_plans_hold_every_atom_once_in_connected_grids(graph):
    for plan in both_plans(graph):
        check_plan(graph, plan)


def test_a_dedicated_area_that_a_building_cuts_in_two_is_two_grids():
    graph = graph_of([120, 130, 50, 60, 90, 120, 140], mesh_edges(7, 1))
    graph = replace(graph, dedicated=np.array([0, 0, -1, -1, -1, 0, 1]))
    for plan in both_plans(graph):
        assert plan.is_dedicated.tolist() == [False, True, True, True]
        assert plan.label[[0, 1, 5, 6]].tolist() == [1, 1, 2, 3]


def test_dedicated_ground_is_carved_out_and_what_it_parts_is_planned_apart():
    graph = graph_of([120, 130, 50, 60, 90, 120, 140], mesh_edges(7, 1))
    graph = replace(graph, dedicated=np.array([-1, -1, 0, 0, 1, -1, -1]))
    for plan in both_plans(graph):
        check_plan(graph, plan)
        assert plan.is_dedicated.sum() == 2
        sizes = np.bincount(plan.label, graph.households)[~plan.is_dedicated]
        assert sorted(sizes.tolist()) == [250, 260]


def test_nothing_but_dedicated_ground_is_a_plan_too():
    graph = replace(graph_of([5, 6], [(0, 1)]), dedicated=np.zeros(2, dtype=np.int64))
    for plan in both_plans(graph):
        assert plan.label.tolist() == [0, 0]
        assert plan.is_dedicated.tolist() == [True]


def test_a_lone_atom_is_a_grid():
    for plan in both_plans(graph_of([12], [])):
        assert plan.label.tolist() == [0]


def test_grids_are_brought_into_range():
    graph = graph_of([60, 70, 55, 65, 80, 45, 75, 50, 90, 40, 66, 54], mesh_edges(4, 3))
    _, plan = both_plans(graph)
    sizes = np.bincount(plan.label, graph.households)
    assert ((sizes >= 200) & (sizes <= 300)).all()


def test_a_range_of_people_counts_beside_that_of_households():
    people = np.array([300, 300, 300, 300, 900, 900, 900, 900])
    graph = replace(graph_of([70] * 8, mesh_edges(8, 1)), people=people)
    spec = GridSpec(households=(100, 300), people=(500, 1_900), effort="fast")
    plan = both_plans(graph, spec)[1]
    totals = np.bincount(plan.label, people)
    assert totals.max() <= 1_900
    assert totals.min() >= 500


def test_unit_grids_count_square_metres():
    graph = graph_of([0] * 16, mesh_edges(4, 4))
    plan = both_plans(graph, GridSpec.unit_grids(1_600.0, effort="fast"))[1]
    areas = np.bincount(plan.label, graph.area_m2)
    assert areas.min() >= 800.0
    assert areas.max() <= 2_400.0


@pytest.mark.parametrize("effort", ["fast", "default"])
def test_the_same_seed_gives_the_same_plan(effort):
    graph = graph_of([40, 80, 60, 110, 95] * 4, mesh_edges(5, 4))
    spec = GridSpec(effort=effort, seed=3)
    assert both_plans(graph, spec)[1].label.tolist() == both_plans(graph, spec)[1].label.tolist()
