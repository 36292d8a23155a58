from dataclasses import replace

import numpy as np
import pytest
from towns import site_of, town

from gridgeo.partition.anneal import build_state, plan_energy
from gridgeo.partition.atoms import build_atoms
from gridgeo.partition.graph import build_graph
from gridgeo.partition.parts import build_parts
from gridgeo.redivision.anchors import PRICE, build_anchored, count_moved, find_faults
from gridgeo.redivision.repair import find_repairs
from gridgeo.spec import GridSpec

SPEC = GridSpec(households=(200, 300))
ROW = town(["A" * 24] * 3, ["." * 24, ".a.b.c.d.e.f.g.h.i.j.k..", "." * 24], 50)


def part_of(counts, label):
    """Return the row of houses with counts of today and its old grids; 50 households were there before."""
    houses = ROW.buildings.sort_values("building_id")
    drawn = replace(ROW, buildings=houses.assign(households=counts))
    site = site_of(drawn)
    graph = build_graph(build_atoms(site), site)
    (part,) = build_parts(graph, SPEC)
    order = np.argsort(graph.centre[:, 0])
    grid = np.empty(len(order), dtype=np.int64)
    grid[order] = label
    carried = np.minimum(graph.households, 50)
    return build_anchored(part, grid, grid, carried, SPEC.target), order


def in_order(anchored, label, order):
    return label[: anchored.n_atoms][order].tolist()


def test_a_household_that_leaves_its_anchor_costs_its_price_and_no_other_does():
    anchored, order = part_of([50] * 11, [0] * 5 + [1] * 6)
    start = anchored.start
    moved = start.copy()
    moved[order[5]] = 0
    back = start.copy()

    def anchors_cost(label):
        state = build_state(anchored.net, label, 4)
        plain = build_state(anchored.part.net, label[: anchored.n_atoms], 4)
        with_anchors = plan_energy(anchored.net, state, anchored.part.weights)
        return with_anchors - plan_energy(anchored.part.net, plain, anchored.part.weights)

    assert anchors_cost(moved) - anchors_cost(back) == pytest.approx(50 * PRICE / SPEC.target)
    assert (count_moved(anchored, start), count_moved(anchored, moved)) == (0, 50)


def test_two_grids_that_become_one_move_the_smaller_one():
    anchored, _ = part_of([50] * 11, [0] * 5 + [1] * 6)
    assert count_moved(anchored, np.zeros_like(anchored.start)) == 250


def test_a_grid_without_a_heir_has_moved_as_a_whole():
    anchored, order = part_of([50] * 11, [0] * 11)
    thirds = anchored.start.copy()
    thirds[order[4:8]], thirds[order[8:]] = 1, 2
    assert count_moved(anchored, thirds) == 550
    halves = anchored.start.copy()
    halves[order[6:]] = 1
    assert count_moved(anchored, halves) == 250


def test_a_grid_with_a_tower_is_at_fault_only_for_what_would_be_a_grid_beside_it():
    anchored, _ = part_of([400] + [50] * 10, [0] * 4 + [1] * 7)
    faults = find_faults(anchored.net.features, anchored.start, anchored.part.weights)
    assert faults.tolist() == [False, True]
    anchored, _ = part_of([400] + [50] * 10, [0] * 6 + [1] * 5)
    assert find_faults(anchored.net.features, anchored.start, anchored.part.weights).tolist() == [True, False]


def test_a_repair_moves_the_one_house_that_mends_two_grids():
    # 370 households in the west, 200 in the east: one house of 50 does not do, two do.
    anchored, order = part_of([70, 50, 50, 50, 50, 50, 50, 50, 50, 50, 50], [0] * 7 + [1] * 4)
    nothing = np.zeros(2, dtype=bool)
    plans = find_repairs(anchored, nothing, nothing, 0)
    assert (plans[0].n_faults, plans[0].moved) == (1, 0)
    assert (plans[-1].n_faults, plans[-1].moved) == (0, 100)
    assert in_order(anchored, plans[-1].label, order) in ([0] * 5 + [1] * 6, [1] * 5 + [0] * 6)


def test_a_locked_neighbour_gives_no_help():
    anchored, _ = part_of([70, 50, 50, 50, 50, 50, 50, 50, 50, 50, 50], [0] * 7 + [1] * 4)
    locked = np.array([False, True])
    plans = find_repairs(anchored, locked, np.zeros(2, dtype=bool), 0)
    assert len(plans) == 1
