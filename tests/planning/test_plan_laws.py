"""Any sequence of changes: laws hold, undo restores exactly, statistics equal a recount."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from independent_laws import broken_laws
from plans import drawn_division, drawn_plan, drawn_town, recount
from towns import EXAMPLES

from gridgeo.errors import PlanError
from gridgeo.planning.grid_plan import GridPlan
from gridgeo.planning.tally import COLUMNS, count_grids


def same_drawing(one, other):
    """Tell whether two drawings are the same to the last bit."""
    return (
        np.array_equal(one.label, other.label)
        and np.array_equal(one.sums, other.sums)
        and one.codes == other.codes
        and one.locked == other.locked
    )


def grid_of_atoms(plan):
    """Return the grid of each atom by name."""
    codes = np.array(plan.drawing.codes, dtype=object)[plan.drawing.label]
    return dict(zip(plan.terrain.atom_ids, codes, strict=True))


class Planner(RuleBasedStateMachine):
    """A planner who clicks anywhere; what was is kept beside the plan's own history."""

    def __init__(self):
        super().__init__()
        self.plan = drawn_plan()
        self.seen = [self.plan.drawing]

    def take(self, change):
        """Make a change and return the plan before it, or see it refused with nothing changed."""
        before = self.plan
        try:
            self.plan = change(before)
        except PlanError:
            assert self.plan is before
            return None
        was, now = grid_of_atoms(before), grid_of_atoms(self.plan)
        touched = {code for atom in was if was[atom] != now[atom] for code in (was[atom], now[atom])}
        assert not touched & before.locked, "a locked grid has changed"
        if self.plan is before:
            return None
        self.seen = [*self.seen[: len(before.past) + 1], self.plan.drawing]
        return before

    def went(self, before, told):
        """See that just the atoms told went where they should, and all others stayed."""
        assert grid_of_atoms(self.plan) == grid_of_atoms(before) | told

    def border(self, pick):
        """Return two atoms on either side of the border of two grids, None where there is no border."""
        plan, graph = self.plan, self.plan.terrain.graph
        label = plan.drawing.label
        border = np.flatnonzero((label[graph.a] != label[graph.b]) & graph.is_link)
        if len(border) == 0:
            return None
        edge = border[pick % len(border)]
        return str(plan.terrain.atom_ids[graph.a[edge]]), str(plan.terrain.atom_ids[graph.b[edge]])

    def code(self, pick):
        return self.plan.codes[pick % len(self.plan.codes)]

    @rule(pick=st.integers(0, 99), into=st.integers(0, 9), n=st.integers(1, 3))
    def move_atoms(self, pick, into, n):
        ids = self.plan.terrain.atom_ids
        chosen, target = [str(ids[(pick + i) % len(ids)]) for i in range(n)], self.code(into)
        if before := self.take(lambda plan: plan.move(chosen, target)):
            self.went(before, dict.fromkeys(chosen, target))

    @rule(pick=st.integers(0, 99), by_table=st.booleans())
    def move_one_atom_over_a_border(self, pick, by_table):
        if pair := self.border(pick):
            atom, target = pair[0], grid_of_atoms(self.plan)[pair[1]]
            before = self.take(
                lambda plan: plan.assign({atom: target}) if by_table else plan.move([atom], target)
            )
            if before:
                self.went(before, {atom: target})

    @rule(pick=st.integers(0, 99), other=st.integers(0, 99), into=st.integers(0, 9), mask=st.integers(0, 9))
    def move_under_a_mask(self, pick, other, into, mask):
        ids, only, target = self.plan.terrain.atom_ids, self.code(mask), self.code(into)
        chosen = [str(ids[n % len(ids)]) for n in (pick, other)]
        was = grid_of_atoms(self.plan)
        if before := self.take(lambda plan: plan.move(chosen, target, only_from=only)):
            self.went(before, {atom: target for atom in chosen if was[atom] == only})

    @rule(a=st.integers(0, 9), b=st.integers(0, 9))
    def merge_two(self, a, b):
        one, other = self.code(a), self.code(b)
        if before := self.take(lambda plan: plan.merge(one, other)):
            (left,) = {one, other} & set(self.plan.codes)
            atoms = [*before.atoms_of(one), *before.atoms_of(other)]
            self.went(before, dict.fromkeys(atoms, left))

    @rule(a=st.integers(0, 9), k=st.integers(1, 4))
    def split_one(self, a, k):
        code = self.code(a)
        if before := self.take(lambda plan: plan.split(code, k)):
            fresh = set(self.plan.codes) - set(before.codes)
            assert len(fresh) == k - 1
            assert not fresh & set(before.drawing.codes), "a retired code was given again"
            atoms = [atom for part in (code, *fresh) for atom in self.plan.atoms_of(part)]
            assert sorted(atoms) == sorted(before.atoms_of(code))
            self.went(before, {atom: grid_of_atoms(self.plan)[atom] for atom in atoms})

    @rule(pick=st.integers(0, 99), other=st.integers(0, 99), beside=st.booleans())
    def swap_two_atoms(self, pick, other, beside):
        ids = self.plan.terrain.atom_ids
        pair = (beside and self.border(pick)) or (str(ids[pick % len(ids)]), str(ids[other % len(ids)]))
        was = grid_of_atoms(self.plan)
        if before := self.take(lambda plan: plan.swap([pair[0]], [pair[1]])):
            self.went(before, {pair[0]: was[pair[1]], pair[1]: was[pair[0]]})

    @rule(a=st.integers(0, 9), free=st.booleans())
    def lock_or_unlock(self, a, free):
        code = self.code(a)
        if before := self.take(lambda plan: plan.unlock(code) if free else plan.lock(code)):
            self.went(before, {})
            assert self.plan.locked ^ before.locked == {code}

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


def swap_one_way(plan, atoms_a, atoms_b):
    """Move the first atoms only."""
    return plan.move(atoms_a, grid_of_atoms(plan)[next(iter(atoms_b))])


def split_in_two(plan, grid, k, **_):
    """Cut a grid in two, however many are asked for."""
    return SPLIT(plan, grid, min(k, 2))


SPLIT, MOVE = GridPlan.split, GridPlan.move
PLANTED = {
    "locks that do not hold": ("gridgeo.planning.redrawing.check_locks", lambda drawing, grids: None),
    "a swap one way": ("gridgeo.planning.grid_plan.GridPlan.swap", swap_one_way),
    "a split in two": ("gridgeo.planning.grid_plan.GridPlan.split", split_in_two),
    "no mask": (
        "gridgeo.planning.grid_plan.GridPlan.move",
        lambda plan, atoms, grid, **_: MOVE(plan, atoms, grid),
    ),
    "no alarm": ("gridgeo.planning.grid_plan.find_alarms", lambda terrain, drawing: []),
    "undo that leaves the sums": (
        "gridgeo.planning.change.Change.backwards",
        lambda change, drawing: replace(change._to_side(drawing, 0), sums=drawing.sums),
    ),
    "undo that leaves the locks": (
        "gridgeo.planning.change.Change.backwards",
        lambda change, drawing: replace(change._to_side(drawing, 0), locked=drawing.locked),
    ),
}


@pytest.mark.parametrize("fault", PLANTED)
def test_a_planted_fault_is_found(monkeypatch, fault):
    drawn_plan()  # made before anything is spoilt
    monkeypatch.setattr(*PLANTED[fault])
    quick = settings(
        derandomize=True,
        max_examples=200,
        stateful_step_count=15,
        deadline=None,
        database=None,
        phases=[Phase.generate],
    )
    with pytest.raises((AssertionError, pytest.fail.Exception)):
        run_state_machine_as_test(Planner, settings=quick)


def test_the_columns_of_the_sums_are_those_of_the_table():
    assert set(COLUMNS) <= set(drawn_plan().grids.columns)


def test_a_plan_without_a_change_is_the_division_it_came_from():
    before, after = drawn_division(), drawn_plan().to_division()
    columns = [name for name in before.grids.columns if name != "geometry"]
    here, there = (grids[columns].astype(object).fillna("") for grids in (before.grids, after.grids))
    assert here.to_numpy().tolist() == there.to_numpy().tolist()
    assert before.grids.geometry.geom_equals_exact(after.grids.geometry, tolerance=0).all()
    assert before.score == after.score
