from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_graphs import is_connected, meshes, vicinity_of
from towns import EXAMPLES

from gridgeo.partition import misfits
from gridgeo.partition.misfits import build_vicinity, find_total, join_smallest

LOW, HIGH = 200, 300


def totals_by_trying(households, pairs, atom):
    """The totals of all connected sets of atoms that hold an atom, one by one."""
    others = [other for other in range(len(households)) if other != atom]
    sets = (frozenset([atom, *more]) for n in range(len(households)) for more in combinations(others, n))
    return {sum(households[i] for i in members) for members in sets if is_connected(members, pairs)}


def test_a_tower_among_towers_is_a_misfit():
    vicinity = vicinity_of([176, 180, 190], [(0, 1), (1, 2)])
    assert find_total(vicinity, 0, LOW, HIGH) == 176


def test_what_a_misfit_comes_to_with_its_neighbours_is_told():
    vicinity = vicinity_of([176, 8, 190], [(0, 1), (1, 2)])
    assert find_total(vicinity, 0, LOW, HIGH) == 184


def test_a_tower_beside_a_house_that_fits_is_none():
    assert find_total(vicinity_of([176, 24], [(0, 1)]), 0, LOW, HIGH) is None


def test_neighbours_meet_across_land_where_nobody_lives():
    vicinity = vicinity_of([176, 0, 0, 60], [(0, 1), (1, 2), (2, 3)])
    assert find_total(vicinity, 0, LOW, HIGH) is None


# Two arms of 30 and 80 on a tower of 100: the ends and the tower make 260, but do not hang together.
ARMS = ([100, 30, 80, 30, 80], [(0, 1), (1, 2), (0, 3), (3, 4)])


def test_sets_that_would_fit_but_do_not_hang_together_are_no_way_out():
    assert find_total(vicinity_of(*ARMS), 0, 250, 265) == 240


def test_where_there_are_too_many_sets_nothing_is_claimed(monkeypatch):
    monkeypatch.setattr(misfits, "MOST_SETS", 2)
    assert find_total(vicinity_of(*ARMS), 0, 250, 265) is None


@given(meshes(most=9, counts=(0, 8, 60, 110, 150, 176, 190)), st.data())
@settings(max_examples=EXAMPLES, deadline=None)
def test_a_misfit_is_what_no_connected_set_brings_into_the_range(graph, data):
    households = graph.households.tolist()
    lived_in = [i for i, count in enumerate(households) if count]
    if not lived_in:
        return
    atom = data.draw(st.sampled_from(lived_in))
    pairs = list(zip(graph.a.tolist(), graph.b.tolist(), strict=True))
    totals = totals_by_trying(households, pairs, atom)
    found = find_total(build_vicinity(graph.households, graph.a, graph.b), atom, LOW, HIGH)
    if any(LOW <= total <= HIGH for total in totals):
        assert found is None
    else:
        assert found is not None
        assert households[atom] <= found < LOW


@given(meshes(most=9, counts=(0, 8, 60, 110, 150, 176, 190)), st.data())
@settings(max_examples=EXAMPLES, deadline=None)
def test_who_joins_smallest_first_hangs_together_in_range(graph, data):
    vicinity = build_vicinity(graph.households, graph.a, graph.b)
    if not vicinity.size:
        return
    atom = data.draw(st.sampled_from(sorted(vicinity.size)))
    joined = join_smallest(vicinity, atom, LOW, HIGH)
    if not joined:
        return
    assert atom in joined
    assert LOW <= sum(vicinity.size[member] for member in joined) <= HIGH
    reached = {atom}
    while more := {other for here in reached for other in vicinity.neighbours[here] & joined} - reached:
        reached |= more
    assert reached == joined


@pytest.mark.parametrize("count", [1, 3])
def test_the_first_step_answers_without_making_sets(monkeypatch, count):
    monkeypatch.setattr(misfits, "MOST_SETS", 0)
    vicinity = vicinity_of([176] * (count + 1), [(i, i + 1) for i in range(count)])
    assert find_total(vicinity, 0, LOW, HIGH) == 176
