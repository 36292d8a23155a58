from functools import cache

import pytest
from plans import drawn_plan

from gridgeo.errors import PlanError
from gridgeo.planning.advice import suggest


@cache
def spoilt_plan():
    """Return a plan with one grid below its range, made so by a move that cuts nothing."""
    plan = drawn_plan()
    for target in plan.codes:
        for source in plan.neighbours_of(target):
            for atom in plan.atoms_of(source):
                moved = plan.move([atom], target)
                below = moved.grids.set_index("grid_code").at[source, "status"] == "below"
                if not moved.alarms and below:
                    return moved, source
    raise AssertionError("no such move")


def test_every_suggestion_brings_the_grid_into_range_and_breaks_nothing():
    plan, grid = spoilt_plan()
    found = suggest(plan, grid)
    assert found
    for one in found:
        table = one.difference.grids.set_index("grid_code")
        status = table["status_after"].get(grid)
        assert grid not in one.plan.codes or status == "in_range"
        assert one.plan.alarms == []
        assert one.plan.score.n_in_range >= plan.score.n_in_range
        assert one.words


def test_the_best_suggestion_leaves_most_grids_in_range_and_moves_fewest_households():
    plan, grid = spoilt_plan()
    found = suggest(plan, grid, 9)
    keys = [(-one.plan.score.n_in_range, one.difference.households_moved) for one in found]
    assert keys == sorted(keys)
    assert len({one.plan.drawing.label.tobytes() for one in found}) == len(found)


def test_a_grid_twice_too_large_is_split():
    plan = drawn_plan()
    merged = plan.merge("A-001", plan.neighbours_of("A-001")[0])
    [code] = set(merged.difference.grids.dropna(subset="households_after")["grid_code"])
    assert any(one.words.startswith("split") for one in suggest(merged, code, 9))


def test_a_grid_in_range_needs_no_advice_and_a_locked_one_gets_none():
    plan = drawn_plan()
    assert suggest(plan, "A-001") == []
    with pytest.raises(PlanError, match="locked"):
        suggest(plan.lock("A-001"), "A-001")


def test_suggestions_leave_locked_neighbours_alone():
    plan, grid = spoilt_plan()
    for code in plan.neighbours_of(grid):
        plan = plan.lock(code)
    assert suggest(plan, grid) == []
