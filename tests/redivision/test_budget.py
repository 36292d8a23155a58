import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from gridgeo.redivision.budget import choose_repairs
from gridgeo.redivision.repair import Repair


def chain(*plans):
    """Return plans of one part from pairs of grids at fault and households moved."""
    return [Repair(np.empty(0, dtype=np.int64), faults, moved) for faults, moved in plans]


def test_the_cheapest_repair_for_each_grid_comes_first():
    dear, cheap = chain((1, 0), (0, 90)), chain((2, 0), (0, 60))
    assert choose_repairs([dear, cheap], 60).chosen == [0, 1]
    assert choose_repairs([dear, cheap], 149).chosen == [0, 1]
    both = choose_repairs([dear, cheap], 150)
    assert both.chosen == [1, 1]
    assert both.path == [(1, 1, 60), (0, 1, 150)]


def test_a_repair_that_does_not_fit_leaves_room_for_a_dearer_one_that_does():
    large, small = chain((5, 0), (0, 100)), chain((1, 0), (0, 40))
    assert choose_repairs([large, small], 50).chosen == [0, 1]


def test_a_dear_repair_is_made_for_a_cheap_one_behind_it():
    steps = chain((3, 0), (2, 50), (0, 54))
    assert choose_repairs([steps, chain((1, 0), (0, 20))], 100).path[0] == (0, 2, 54)


def test_of_steps_that_do_not_fit_together_the_first_still_may():
    assert choose_repairs([chain((3, 0), (2, 50), (0, 54))], 52).chosen == [1]


def test_what_moves_anyway_is_counted_first():
    forced = [chain((1, 30), (0, 40))]
    assert choose_repairs(forced, 35).chosen == [0]
    assert choose_repairs(forced, 40).chosen == [1]


STEPS = st.lists(st.tuples(st.integers(1, 3), st.integers(0, 60)), max_size=4)


@st.composite
def chains(draw):
    """Draw a chain in which every plan has fewer grids at fault than the one before."""
    steps = draw(STEPS)
    faults, moved = sum(down for down, _ in steps), 0
    plans = [(faults, moved)]
    for down, more in steps:
        faults, moved = faults - down, moved + more
        plans.append((faults, moved))
    return chain(*plans)


@settings(deadline=None)
@given(st.lists(chains(), max_size=5), st.integers(0, 200), st.integers(0, 200))
def test_no_budget_is_passed_and_a_larger_one_never_mends_less(drawn, one, other):
    small, large = sorted((one, other))
    results = [choose_repairs(drawn, most) for most in (small, large, float("inf"))]
    for most, result in zip((small, large), results, strict=False):
        assert sum(c[i].moved for c, i in zip(drawn, result.chosen, strict=True)) <= most
        assert [m for _, _, m in result.path] == sorted(m for _, _, m in result.path)
    assert results[2].chosen == [len(c) - 1 for c in drawn]
