from itertools import combinations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from small_graphs import graph_of, is_connected, meshes, vicinity_of
from towns import EXAMPLES

from gridgeo.partition import rivals
from gridgeo.partition.feasibility import UNPROVED, judge_plan
from gridgeo.partition.misfits import build_vicinity
from gridgeo.partition.plan import Plan
from gridgeo.partition.rivals import find_knot, find_rivals, find_tight_spot
from gridgeo.spec import GridSpec

LOW, HIGH = 200, 300
# Two towers on a house that makes one of them large enough.
PAIR = ([176, 60, 180], [(0, 1), (1, 2)])
# Three houses in a row, 264 together, with a tower on each of the last two: house 0 is always left over.
SPOT = ([88, 88, 88, 176, 184, 250], [(0, 1), (1, 2), (1, 3), (2, 4), (3, 5), (4, 5)])


def judged(households, edges, label):
    label = np.array(label)
    n = label.max() + 1
    plan = Plan(label, np.zeros(n, dtype=bool), np.zeros(n, dtype=np.int64))
    return judge_plan(graph_of(households, edges), plan, GridSpec())


def most_by_trying(households, pairs, wanted):
    """How many wanted atoms are in range in the best of all choices of disjoint connected sets."""
    n = len(households)
    sets = [
        members
        for size in range(1, n + 1)
        for members in map(frozenset, combinations(range(n), size))
        if LOW <= sum(households[i] for i in members) <= HIGH and is_connected(members, pairs)
    ]

    def best(free, first):
        return max(
            (
                len(one & wanted) + best(free - one, i + 1)
                for i, one in enumerate(sets[first:], first)
                if one <= free
            ),
            default=0,
        )

    return best(frozenset(range(n)), 0)


def test_two_towers_on_one_house_are_rivals():
    (found,) = find_rivals(vicinity_of(*PAIR), LOW, HIGH)
    assert (found.atoms.tolist(), found.most) == ([0, 2], 1)


def test_towers_with_a_house_each_are_none():
    found = find_rivals(vicinity_of([176, 60, 60, 180], [(0, 1), (1, 2), (2, 3)]), LOW, HIGH)
    assert [(group.atoms.tolist(), group.most) for group in found] == [([0], 1), ([3], 1)]


def test_towers_of_different_places_do_not_depend_on_each_other():
    households, edges = [*PAIR[0], 250, 160], [*PAIR[1], (2, 3), (3, 4)]
    found = find_rivals(vicinity_of(households, edges), LOW, HIGH)
    assert [(group.atoms.tolist(), group.most) for group in found] == [([0, 2], 1), ([4], 0)]


def test_no_towers_no_rivals():
    assert find_rivals(vicinity_of([100, 120], [(0, 1)]), LOW, HIGH) == []


def test_a_house_too_many_makes_a_tight_spot():
    found = find_tight_spot(vicinity_of(*SPOT), {3}, set(range(6)) - {3}, LOW, HIGH)
    assert found is not None
    assert found.most == len(found.atoms) - 1
    assert {0, 3} <= set(found.atoms.tolist())


def test_where_there_are_too_many_sets_nothing_is_claimed(monkeypatch):
    monkeypatch.setattr(rivals, "MOST_SPOT_STEPS", (2,))
    assert find_tight_spot(vicinity_of(*SPOT), {3}, set(range(6)) - {3}, LOW, HIGH) is None
    monkeypatch.setattr(rivals, "MOST_STEPS", 0)
    assert find_rivals(vicinity_of(*PAIR), LOW, HIGH) == []


def test_a_solver_that_was_stopped_claims_no_more_than_it_knows(monkeypatch):
    monkeypatch.setattr(rivals, "MOST_NODES", 0)
    (found,) = find_rivals(vicinity_of(*PAIR), LOW, HIGH)
    assert found.most >= 1


def test_rivals_excuse_as_many_grids_as_have_to_be_out():
    verdict = judged(*PAIR, [0, 0, 1])
    assert verdict.reason.tolist() == [
        "",
        "of 2 buildings of 176 to 180 households here 1 can be in range at most",
    ]
    assert verdict.is_proved.tolist() == [False, True]
    apart = judged(*PAIR, [0, 1, 2])
    assert apart.is_proved.sum() == 1
    assert (apart.reason == UNPROVED).sum() == 2


def test_no_atom_speaks_for_two_proofs():
    """Three houses are a grid and both towers stay alone, though one of them could have a house."""
    verdict = judged(*SPOT, [0, 0, 0, 1, 2, 3])
    assert verdict.is_proved.sum() == 1
    (told,) = verdict.reason[verdict.is_proved]
    assert told == "of 5 buildings of 88 to 250 households here 4 can be in range at most"


# A tower between three houses and two: neither side is a grid without it, all together are too much.
KNOT = ([60, 60, 60, 170, 60, 70], [(0, 1), (1, 2), (2, 3), (3, 4), (4, 5)])


def test_what_reaches_the_range_only_with_one_tower_makes_a_knot():
    found = find_knot(vicinity_of(*KNOT), {0, 1, 2}, {3, 4, 5}, LOW, HIGH)
    assert (found.atoms.tolist(), found.most) == ([0, 1, 2, 3, 4, 5], 5)
    # A house more on one side, and that is a grid of its own; the other side still hangs on the tower.
    longer = [*KNOT[0], 80], [*KNOT[1], (5, 6)]
    assert find_knot(vicinity_of(*longer), {0, 1, 2}, {3, 4, 5, 6}, LOW, HIGH) is not None
    longer[0][6] = 90
    assert find_knot(vicinity_of(*longer), {0, 1, 2}, {3, 4, 5, 6}, 200, 350) is None


def test_a_knot_is_claimed_only_of_atoms_that_one_may_ask():
    assert find_knot(vicinity_of(*KNOT), {0, 1, 2}, {4, 5}, LOW, HIGH) is None


@settings(max_examples=EXAMPLES, deadline=None)
@given(meshes(most=9, counts=(0, 8, 60, 88, 110, 150, 160, 176, 190, 250)), st.integers(0, 8))
def test_of_a_knot_never_all_are_in_range(graph, pick):
    households = graph.households.tolist()
    pairs = list(zip(graph.a.tolist(), graph.b.tolist(), strict=True))
    vicinity = build_vicinity(graph.households, graph.a, graph.b)
    own = {sorted(vicinity.size)[pick % len(vicinity.size)]} if vicinity.size else set()
    found = find_knot(vicinity, own, set(vicinity.size) - own, LOW, HIGH)
    if found is not None:
        assert most_by_trying(households, pairs, frozenset(found.atoms.tolist())) <= found.most


@settings(max_examples=EXAMPLES, deadline=None)
@given(meshes(most=9, counts=(0, 8, 60, 88, 110, 150, 160, 176, 190, 250)), st.data())
def test_no_plan_at_all_has_more_in_range_than_is_claimed(graph, data):
    households = graph.households.tolist()
    pairs = list(zip(graph.a.tolist(), graph.b.tolist(), strict=True))
    vicinity = build_vicinity(graph.households, graph.a, graph.b)
    lived_in = sorted(vicinity.size)
    claims = find_rivals(vicinity, LOW, HIGH)
    if lived_in:
        own = data.draw(st.sets(st.sampled_from(lived_in), min_size=1))
        others = data.draw(st.sets(st.sampled_from(lived_in)))
        spot = find_tight_spot(vicinity, own, others - own, LOW, HIGH)
        claims += [spot] if spot is not None else []
    for claim in claims:
        assert claim.most >= most_by_trying(households, pairs, frozenset(claim.atoms.tolist()))
        assert set(claim.atoms.tolist()) <= set(lived_in)
