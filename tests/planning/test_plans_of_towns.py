"""Changes of towns drawn at random, with exclaves, barriers, houses on borders and on each other."""

import dataclasses

import numpy as np
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from independent_laws import broken_laws
from towns import EXAMPLES, at, block, layer, town, towns

import gridgeo
from gridgeo import GridSpec
from gridgeo.errors import PlanError
from gridgeo.planning.opening import open_plan


def assert_atoms_hold_their_buildings(plan):
    """See that the households of an atom are those of the buildings that are taken to stand on it."""
    division, atom = plan.terrain.division, plan.terrain.building_atom
    counts = division.buildings["households"].to_numpy()
    held = np.bincount(atom[atom >= 0], counts[atom >= 0], len(division.atoms))
    assert held.tolist() == division.atoms["households"].tolist()


def test_a_house_on_the_border_of_two_atoms_stands_on_the_one_that_counts_it():
    wings = shapely.MultiPolygon([block(2.5, 2, 5.5, 5), block(6, 2, 9, 5)])
    houses = [wings, shapely.Point(at(6, 3.5)), shapely.Point(at(6, 15))]
    made = town(["A" * 12] * 24)
    buildings = layer(houses, building_id=["wings", "gate", "hut"], households=[0, 40, 1])
    plan = open_plan(gridgeo.divide(made.communities, buildings, made.streets, SPEC))
    assert_atoms_hold_their_buildings(plan)


SPEC = GridSpec(households=(200, 300), effort="fast")
STEPS = st.lists(
    st.tuples(st.sampled_from(["move", "merge", "split", "swap", "lock"]), st.integers(0, 999)),
    min_size=1,
    max_size=8,
)


def changed(plan, verb, pick):
    """Return the plan after a change somewhere, the same plan where it is refused or breaks a grid."""
    graph, drawing = plan.terrain.graph, plan.drawing
    border = np.flatnonzero((drawing.label[graph.a] != drawing.label[graph.b]) & graph.is_link)
    code = plan.codes[pick % len(plan.codes)]
    try:
        if verb == "split":
            later = plan.split(code, 2 + pick % 2)
        elif verb == "lock":
            later = plan.unlock(code) if code in plan.locked else plan.lock(code)
        elif len(border) == 0:
            return plan
        else:
            edge = border[pick % len(border)]
            one, other = (drawing.codes[drawing.label[end[edge]]] for end in (graph.a, graph.b))
            atom, beyond = (str(plan.terrain.atom_ids[end[edge]]) for end in (graph.a, graph.b))
            if verb == "merge":
                later = plan.merge(one, other)
            else:
                later = plan.swap([atom], [beyond]) if verb == "swap" else plan.move([atom], other)
    except PlanError:
        return plan
    return plan if later.alarms else later


@settings(max_examples=max(EXAMPLES // 5, 1), deadline=None)
@given(made=towns(), steps=STEPS, unlocked=st.booleans())
def test_whatever_is_changed_what_is_saved_keeps_the_laws(made, steps, unlocked):
    division = gridgeo.divide(made.communities, made.buildings, made.streets, SPEC, **made.extras)
    plan = open_plan(division)
    assert plan.alarms == []
    if unlocked:
        for code in sorted(plan.locked):
            plan = plan.unlock(code)
    for verb, pick in steps:
        plan = changed(plan, verb, pick)
    saved = plan.to_division()
    # What divide itself has left broken is its own affair; a change must not add to it.
    assert set(broken_laws(saved, made)) <= set(broken_laws(division, made))
    assert saved.grids["grid_code"].tolist() == plan.codes
    again = open_plan(saved)
    assert again.alarms == []
    assert dataclasses.replace(again.score) == plan.score


@settings(max_examples=max(EXAMPLES // 8, 1), deadline=None)
@given(made=towns())
def test_a_division_opened_and_saved_is_the_same(made):
    division = gridgeo.divide(made.communities, made.buildings, made.streets, SPEC, **made.extras)
    plan = open_plan(division)
    assert_atoms_hold_their_buildings(plan)
    saved = plan.to_division()
    columns = ["grid_code", "households", "people", "n_buildings", "status", "reason", "kind", "area_m2"]
    here, there = (grids[columns].astype(object).fillna("") for grids in (division.grids, saved.grids))
    assert here.to_numpy().tolist() == there.to_numpy().tolist()
    placed = division.buildings["grid_code"].fillna("").tolist()
    assert saved.buildings["grid_code"].fillna("").tolist() == placed
