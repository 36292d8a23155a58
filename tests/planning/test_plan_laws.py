"""Any sequence of changes: laws hold, undo restores exactly, statistics equal a recount."""

import numpy as np
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from independent_laws import broken_laws
from plans import drawn_division, drawn_plan, drawn_town, recount
from towns import EXAMPLES

from gridgeo.errors import PlanError
from gridgeo.planning.tally import COLUMNS, count_grids


def same_drawing(one, other):
    """Tell whether two drawings are the same to the last bit."""
    return (
        np.array_equal(one.label, other.label)
        and np.array_equal(one.sums, other.sums)
        and one.codes == other.codes
        and one.locked == other.locked
    )


class Planner(RuleBasedStateMachine):
    """A planner who clicks anywhere; what was is kept beside the plan's own history."""

    def __init__(self):
        super().__init__()
        self.plan = drawn_plan()
        self.seen = [self.plan.drawing]

    def take(self, change):
        """Make a change, or see it refused with nothing changed."""
        before = self.plan
        try:
            self.plan = change(before)
        except PlanError:
            assert self.plan is before
            return
        if self.plan is not before:
            self.seen = [*self.seen[: len(before.past) + 1], self.plan.drawing]

    def code(self, pick):
        return self.plan.codes[pick % len(self.plan.codes)]

    @rule(pick=st.integers(0, 99), into=st.integers(0, 9), n=st.integers(1, 3))
    def move_atoms(self, pick, into, n):
        ids = self.plan.terrain.atom_ids
        chosen = [str(ids[(pick + i) % len(ids)]) for i in range(n)]
        self.take(lambda plan: plan.move(chosen, self.code(into)))

    @rule(pick=st.integers(0, 99))
    def move_one_atom_over_a_border(self, pick):
        plan, graph = self.plan, self.plan.terrain.graph
        label = plan.drawing.label
        border = np.flatnonzero((label[graph.a] != label[graph.b]) & graph.is_link)
        if len(border):
            edge = border[pick % len(border)]
            target = plan.drawing.codes[label[graph.b[edge]]]
            self.take(lambda plan: plan.move([str(plan.terrain.atom_ids[graph.a[edge]])], target))

    @rule(a=st.integers(0, 9), b=st.integers(0, 9))
    def merge_two(self, a, b):
        self.take(lambda plan: plan.merge(self.code(a), self.code(b)))

    @rule(a=st.integers(0, 9), k=st.integers(1, 4))
    def split_one(self, a, k):
        self.take(lambda plan: plan.split(self.code(a), k))

    @rule(a=st.integers(0, 99), b=st.integers(0, 99))
    def swap_two_atoms(self, a, b):
        ids = self.plan.terrain.atom_ids
        self.take(lambda plan: plan.swap([str(ids[a % len(ids)])], [str(ids[b % len(ids)])]))

    @rule(a=st.integers(0, 9), free=st.booleans())
    def lock_or_unlock(self, a, free):
        self.take(lambda plan: plan.unlock(self.code(a)) if free else plan.lock(self.code(a)))

    @rule(n=st.integers(1, 4))
    def go_back_and_forth(self, n):
        present = self.plan
        for _ in range(min(n, len(present.past))):
            self.plan = self.plan.undo()
            assert same_drawing(self.plan.drawing, self.seen[len(self.plan.past)])
        while self.plan.ahead and len(self.plan.past) < len(present.past):
            self.plan = self.plan.redo()
            assert same_drawing(self.plan.drawing, self.seen[len(self.plan.past)])
        assert same_drawing(self.plan.drawing, present.drawing)

    @rule()
    def take_one_back(self):
        self.plan = self.plan.undo()

    @rule()
    def save(self):
        plan = self.plan
        if plan.alarms:
            with pytest.raises(PlanError, match=plan.alarms[0].grid):
                plan.to_division()
            return
        division = plan.to_division(author="somebody", note="tried")
        assert broken_laws(division, drawn_town()) == []
        assert division.grids["grid_code"].tolist() == plan.codes
        assert not set(division.manifest["retired_codes"]) & set(plan.codes)

    @invariant()
    def sums_are_those_of_a_recount(self):
        drawing = self.plan.drawing
        anew = count_grids(self.plan.terrain, drawing.label, np.arange(len(drawing.codes)))
        assert np.array_equal(anew, drawing.sums)

    @invariant()
    def statistics_equal_the_geometry(self):
        told, counted = self.plan.grids.set_index("grid_code"), recount(self.plan)
        assert told.index.tolist() == counted.index.tolist()
        for name in ("households", "people", "n_buildings"):
            assert told[name].tolist() == counted[name].tolist()
        for name in ("area_m2", "perimeter_m"):
            assert np.allclose(told[name], counted[name], rtol=1e-6, atol=0.01)

    @invariant()
    def nothing_leaves_its_community(self):
        terrain, label = self.plan.terrain, self.plan.drawing.label
        homes = {(int(grid), int(home)) for grid, home in zip(label, terrain.community, strict=True)}
        assert len(homes) == len({grid for grid, _ in homes})

    @invariant()
    def an_alarm_stands_where_a_grid_is_in_pieces(self):
        table = self.plan.grids
        broken = set(table["grid_code"][table["n_pieces"] > 1])
        assert broken == {alarm.grid for alarm in self.plan.alarms}


TestPlanner = Planner.TestCase
TestPlanner.settings = settings(max_examples=max(EXAMPLES // 6, 1), stateful_step_count=15, deadline=None)


def test_the_columns_of_the_sums_are_those_of_the_table():
    assert set(COLUMNS) <= set(drawn_plan().grids.columns)


def test_a_plan_without_a_change_is_the_division_it_came_from():
    before, after = drawn_division(), drawn_plan().to_division()
    columns = [name for name in before.grids.columns if name != "geometry"]
    here, there = (grids[columns].astype(object).fillna("") for grids in (before.grids, after.grids))
    assert here.to_numpy().tolist() == there.to_numpy().tolist()
    assert before.grids.geometry.geom_equals_exact(after.grids.geometry, tolerance=0).all()
    assert before.score == after.score
