from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from small_graphs import graph_of, is_connected, mesh_edges
from towns import EXAMPLES

from gridgeo.partition.feasibility import UNPROVED, find_pockets, judge_plan
from gridgeo.partition.plan import Plan
from gridgeo.partition.refine import refine_plan, split_graph
from gridgeo.spec import GridSpec

SPEC = GridSpec(effort="fast")


def judged(households, edges, label, spec=SPEC, **changes):
    graph = replace(graph_of(households, edges), **changes)
    label = np.array(label)
    dedicated = np.array([(graph.dedicated[label == grid] >= 0).any() for grid in range(label.max() + 1)])
    return judge_plan(graph, Plan(label, dedicated, np.where(dedicated, -1, 0)), spec)


def test_a_grid_in_range_needs_no_reason():
    verdict = judged([120, 130], [(0, 1)], [0, 0])
    assert (verdict.status.tolist(), verdict.reason.tolist()) == (["in_range"], [""])


def test_both_limits_belong_to_the_range():
    assert judged([200, 300], [(0, 1)], [0, 1]).status.tolist() == ["in_range", "in_range"]
    assert judged([199, 301], [(0, 1)], [0, 1]).status.tolist() == ["below", "above"]


def test_a_giant_is_named_with_what_it_takes_beside_it():
    alone = judged([388, 250], [(0, 1)], [0, 1])
    assert alone.reason.tolist() == ["single building of 388 households", ""]
    beside = judged([388, 40], [(0, 1)], [0, 0])
    assert beside.reason.tolist() == ["single building of 388 households, with 40 beside it"]
    several = judged([388], [], [0], n_buildings=np.array([3]))
    assert several.reason.tolist() == ["3 buildings that overlap of 388 households"]
    assert several.is_proved.all()


def test_a_total_that_no_number_of_grids_fits_is_a_proof():
    verdict = judged([171, 170], [(0, 1)], [0, 0])
    assert verdict.reason.tolist() == ["no k fits 341 households: 1 × 300 < 341 < 2 × 200"]
    assert verdict.is_proved.all()


def test_too_few_in_all_is_a_proof():
    assert judged([50, 60], [(0, 1)], [0, 0]).reason.tolist() == ["only 110 households here in all"]


def test_too_few_behind_a_barrier_is_a_proof():
    verdict = judged([50, 250], [(0, 1)], [0, 1], contact_m=np.zeros(1))
    assert verdict.reason[0] == "only 50 households behind a barrier or a dedicated grid"


def test_a_pocket_beside_a_giant_has_the_giant_for_its_only_neighbour():
    verdict = judged([60, 500, 250], [(0, 1), (1, 2)], [0, 1, 2])
    assert verdict.reason[0] == "only neighbour of these 60 households is a single building of 500"
    assert verdict.is_proved.tolist() == [True, True, False]


def test_a_bad_plan_of_a_good_place_is_not_excused():
    verdict = judged([150, 150, 250], [(0, 1), (1, 2)], [0, 1, 2])
    assert verdict.status.tolist() == ["below", "below", "in_range"]
    assert verdict.reason.tolist() == [UNPROVED, UNPROVED, ""]
    assert not verdict.is_proved.any()


def test_a_giant_excuses_no_grid_that_could_stand_beside_it():
    verdict = judged([388, 120, 110], [(0, 1), (1, 2)], [0, 0, 0])
    assert verdict.reason.tolist() == ["single building of 388 households, with 230 beside it"]
    assert not verdict.is_proved.any()
    apart = judged([388, 120, 110], [(0, 1), (0, 2)], [0, 0, 0])
    assert apart.is_proved.all()


def test_two_giants_in_one_grid_are_a_fault():
    assert not judged([388, 412], [(0, 1)], [0, 0]).is_proved.any()


def test_a_pocket_excuses_one_grid_and_no_second():
    verdict = judged([70, 100, 70, 100], [(0, 1), (1, 2), (2, 3)], [0, 0, 1, 1])
    assert verdict.status.tolist() == ["below", "below"]
    assert verdict.is_proved.tolist() == [True, False]
    assert verdict.reason[1] == UNPROVED


def test_dedicated_grids_may_have_any_size():
    verdict = judged([5, 250], [(0, 1)], [1, 0], dedicated=np.array([0, -1]))
    assert verdict.status.tolist() == ["in_range", "dedicated"]
    assert verdict.reason.tolist() == ["", ""]


def test_people_out_of_range_have_a_status_of_their_own():
    spec = GridSpec(households=(200, 300), people=(600, 900))
    verdict = judged([250, 250], [(0, 1)], [0, 1], spec, people=np.array([500, 950]))
    assert verdict.status.tolist() == ["people_below", "people_above"]
    assert not verdict.is_proved.any()


def test_unit_grids_speak_of_square_metres():
    verdict = judged([0, 0], [(0, 1)], [0, 0], GridSpec.unit_grids(10_000.0))
    assert verdict.reason.tolist() == ["only 800 m² here in all"]
    large = judged([0], [], [0], GridSpec.unit_grids(200.0))
    assert large.reason.tolist() == ["single piece of land of 400 m²"]


def plans_of(n, walk):
    """Yield every partition of n atoms into connected grids."""

    def grow(label, atom, n_grids):
        if atom == n:
            grids = [np.flatnonzero(np.array(label) == grid) for grid in range(n_grids)]
            if all(is_connected(grid, walk) for grid in grids):
                yield grids
            return
        for grid in range(n_grids + 1):
            yield from grow([*label, grid], atom + 1, max(n_grids, grid + 1))

    yield from grow([], 0, 0)


sizes = st.sampled_from([0, 30, 60, 90, 150, 170, 250, 310, 400])


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.lists(sizes, min_size=2, max_size=7), st.data())
def test_no_plan_at_all_brings_what_is_proved_impossible_into_range(households, data):
    """A proof says: whatever the plan, some grid of the giant or of its pocket is out of range."""
    wide = data.draw(st.integers(1, len(households)))
    edges = [edge for edge in mesh_edges(wide, 7) if max(edge) < len(households)]
    walls = data.draw(
        st.lists(st.sampled_from([0.0, 20.0, 20.0, 20.0]), min_size=len(edges), max_size=len(edges))
    )
    graph = replace(graph_of(households, edges), contact_m=np.array(walls, dtype=float))
    plan = refine_plan(graph, split_graph(graph, SPEC), SPEC)
    verdict = judge_plan(graph, plan, SPEC)
    walk = np.stack([graph.a, graph.b], axis=1)[graph.is_link]
    size = np.array(households)
    every = list(plans_of(len(size), walk)) if verdict.is_proved.any() else []
    pocket, _ = find_pockets(graph, size.astype(float), SPEC)
    for grid in np.flatnonzero(verdict.is_proved):
        atoms = set(np.flatnonzero(plan.label == grid).tolist())
        giants = {atom for atom in atoms if size[atom] > 300}
        atoms = giants or set(np.flatnonzero(np.isin(pocket, pocket[list(atoms)])).tolist())
        for other in every:
            assert any(not 200 <= size[one].sum() <= 300 for one in other if atoms & set(one.tolist())), (
                f"{verdict.reason[grid]}, but {[one.tolist() for one in other]} is in range"
            )


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.lists(sizes, min_size=2, max_size=7), st.integers(1, 3))
def test_what_is_not_proved_is_said_to_be_a_failure_of_the_search(households, wide):
    edges = [edge for edge in mesh_edges(wide, 7) if max(edge) < len(households)]
    graph = graph_of(households, edges)
    verdict = judge_plan(graph, split_graph(graph, SPEC), SPEC)
    out = verdict.status != "in_range"
    assert (verdict.reason[~out] == "").all()
    giant = np.bincount(split_graph(graph, SPEC).label, np.array(households) > 300) > 0
    assert (verdict.reason[out & ~verdict.is_proved & ~giant] == UNPROVED).all()
    assert all(len(reason) > 3 and reason != UNPROVED for reason in verdict.reason[out & verdict.is_proved])


def test_a_building_that_no_set_of_neighbours_brings_into_the_range_is_a_proof():
    towers = [176, 176, 190, 176]
    verdict = judged([*towers, 250], [(0, 1), (1, 2), (2, 3), (3, 4)], [0, 0, 1, 1, 2])
    assert verdict.reason.tolist()[:2] == [
        "building of 176 households: alone, or more than 300",
        "building of 190 households: alone, or more than 300",
    ]
    assert verdict.is_proved.tolist()[:2] == [True, True]


def test_a_misfit_excuses_nobody_elses_grid():
    verdict = judged([176, 176, 150, 50, 90], [(0, 1), (1, 2), (2, 3), (3, 4)], [0, 0, 1, 2, 2])
    assert verdict.is_proved.tolist() == [True, False, False]
