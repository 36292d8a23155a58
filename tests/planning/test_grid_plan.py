import dataclasses

import geopandas as gpd
import numpy as np
import pytest
import shapely
from plans import SPEC, drawn_division, drawn_plan, drawn_town
from towns import layer, line, town

import gridgeo
from gridgeo import GridSpec
from gridgeo.errors import PlanError
from gridgeo.planning.opening import open_plan


def border_atom(plan, source, target):
    """Return an atom of one grid that another could take over."""
    graph, label = plan.terrain.graph, plan.drawing.label
    a, b = (plan.drawing.codes.index(code) for code in (source, target))
    for one, other in ((graph.a, graph.b), (graph.b, graph.a)):
        found = np.flatnonzero((label[one] == a) & (label[other] == b) & graph.is_link)
        if len(found):
            return str(plan.terrain.atom_ids[one[found[0]]])
    raise AssertionError("they are no neighbours")


def test_a_move_says_what_it_did_and_leaves_the_old_plan_alone():
    plan = drawn_plan()
    target = plan.codes[0]
    source = plan.neighbours_of(target)[0]
    atom = border_atom(plan, source, target)
    households = int(plan.terrain.graph.households[plan.terrain.atom_ids.get_loc(atom)])
    moved = plan.move([atom], target)
    difference = moved.difference
    assert difference.households_moved == households
    assert difference.atoms_moved == 1
    assert difference.grids["grid_code"].tolist() == sorted([source, target])
    change = (difference.grids["households_after"] - difference.grids["households_before"]).tolist()
    assert sorted(change) == [-households, households]
    assert atom in moved.atoms_of(target)
    assert atom in plan.atoms_of(source)
    assert plan.difference.atoms_moved == 0


def test_a_mask_keeps_the_atoms_of_other_grids():
    plan = drawn_plan()
    everything = [str(name) for name in plan.terrain.atom_ids if str(name).startswith("A-")]
    only = plan.move(everything, "A-001", only_from="A-002")
    assert set(only.codes) == set(plan.codes) - {"A-002"}
    assert only.atoms_of("A-003") == plan.atoms_of("A-003")


def test_an_atom_never_leaves_its_community():
    plan = drawn_plan()
    with pytest.raises(PlanError, match="outside community A"):
        plan.move(plan.atoms_of("B-001")[:1], "A-001")
    with pytest.raises(PlanError, match="outside community"):
        plan.merge("A-001", "B-001")


def test_a_locked_grid_gives_nothing_and_takes_nothing():
    plan = drawn_plan().lock("A-001")
    other = plan.neighbours_of("A-001")[0]
    with pytest.raises(PlanError, match="A-001 is locked"):
        plan.move([border_atom(plan, other, "A-001")], "A-001")
    with pytest.raises(PlanError, match="A-001 is locked"):
        plan.move([border_atom(plan, "A-001", other)], other)
    with pytest.raises(PlanError, match="A-001 is locked"):
        plan.split("A-001", 2)
    assert plan.unlock("A-001").merge("A-001", other).score.n_grids == plan.score.n_grids - 1


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda plan: plan.move(["nowhere"], "A-001"), "no atom nowhere"),
        (lambda plan: plan.move(plan.atoms_of("A-002"), "X"), "no grid 'X'"),
        (lambda plan: plan.merge("A-001", "A-001"), "with itself"),
        (lambda plan: plan.split("A-001", 1), "2 grids or more"),
        (lambda plan: plan.split("A-001", 99), "cannot be cut into 99"),
        (lambda plan: plan.swap([], plan.atoms_of("A-001")), "swap takes two sets"),
    ],
)
def test_what_cannot_be_is_refused_in_words(change, words):
    with pytest.raises(PlanError, match=words):
        change(drawn_plan())


def test_the_larger_grid_keeps_its_code_and_the_other_is_never_given_again():
    plan = drawn_plan()
    smaller, larger = sorted(
        ("A-001", plan.neighbours_of("A-001")[0]),
        key=lambda code: int(plan.grids.set_index("grid_code").at[code, "households"]),
    )
    merged = plan.merge(smaller, larger)
    assert smaller not in merged.codes
    assert larger in merged.codes
    split = merged.split(larger, 2)
    assert smaller not in split.codes
    fresh = set(split.codes) - set(plan.codes)
    assert len(fresh) == 1
    with pytest.raises(PlanError, match="retired"):
        split.lock(smaller)


def test_a_split_gives_connected_grids_of_like_size():
    plan = drawn_plan()
    merged = plan.merge("A-001", plan.neighbours_of("A-001")[0])
    code = merged.difference.grids.dropna(subset="households_after")["grid_code"].iloc[0]
    cut = merged.split(code, 2)
    table = cut.difference.grids
    assert cut.alarms == []
    assert (table["status_after"] == "in_range").all()


def test_a_grid_in_pieces_raises_an_alarm_that_shows_the_place():
    plan = drawn_plan()
    far = [code for code in plan.codes if code[0] == "A" and code not in plan.neighbours_of("A-001")][-1]
    atom = plan.atoms_of("A-001")[0]
    broken = plan.move([atom], far)
    [alarm] = [alarm for alarm in broken.alarms if alarm.grid == far]
    shape = plan.terrain.division.atoms.set_index("atom_id").geometry[atom]
    assert alarm.atoms == (atom,)
    assert alarm.bounds == pytest.approx(shape.bounds)
    assert far in str(alarm)
    with pytest.raises(PlanError, match=f"cannot be saved.*{far}"):
        broken.to_division()
    mended = broken.split(far, 2)
    assert [alarm.grid for alarm in mended.alarms] == [a.grid for a in broken.alarms if a.grid != far]


def test_a_table_of_atoms_is_one_change():
    plan = drawn_plan()
    later = plan.merge("A-001", plan.neighbours_of("A-001")[0])
    again = plan.assign(later.atoms.set_index("atom_id")["grid_code"].to_dict())
    assert np.array_equal(again.drawing.label, later.drawing.label)
    assert len(again.past) == 1


def test_dedicated_grids_are_locked_until_unlocked():
    made = drawn_town()
    campus = gpd.GeoDataFrame(
        geometry=[made.buildings.union_all().centroid.buffer(30)], crs=made.buildings.crs
    )
    division = gridgeo.divide(made.communities, made.buildings, made.streets, SPEC, dedicated=campus)
    plan = open_plan(division)
    dedicated = division.grids["grid_code"][division.grids["kind"] == "dedicated"].tolist()
    assert plan.locked == frozenset(dedicated)
    assert plan.score == open_plan(division).score
    code = dedicated[0]
    unlocked = plan.unlock(code)
    trials = [
        unlocked.move([atom], code) for other in plan.neighbours_of(code) for atom in plan.atoms_of(other)
    ]
    saved = next(trial for trial in trials if not trial.alarms).to_division()
    assert saved.grids.set_index("grid_code").at[code, "status"] == "dedicated"
    assert saved.score["n_grids"] == len(division.grids)


def test_a_plan_keeps_to_the_barriers_of_its_division():
    drawn = town(["A" * 12] * 4, ["a..b..c..d.."] * 2, 120, [])
    barrier = layer([line((6, -1), (6, 5))])
    division = gridgeo.divide(drawn.communities, drawn.buildings, drawn.streets, SPEC, barriers=barrier)
    assert len(division.grids) == 2
    first, second = division.grids["grid_code"]
    assert open_plan(division).merge(first, second).alarms != []
    without = dataclasses.replace(division, barriers=None)
    assert open_plan(without).merge(first, second).alarms == []


def test_a_building_that_lies_in_two_atoms_is_not_cut_between_grids():
    plan = drawn_plan()
    first = plan.codes[0]
    other = plan.neighbours_of(first)[0]
    atom = border_atom(plan, first, other)
    mate = next(name for name in plan.atoms_of(first) if name != atom)
    rows = plan.terrain.atom_ids.get_indexer([mate, atom])
    tied = dataclasses.replace(plan, terrain=dataclasses.replace(plan.terrain, tied=rows.reshape(1, 2)))
    cut = tied.move([atom], other)
    [alarm] = [alarm for alarm in cut.alarms if alarm.law == "uncut"]
    assert (alarm.grid, alarm.atoms) == (other, (atom,))
    assert "a building lies in" in str(alarm)
    with pytest.raises(PlanError, match="uncut"):
        cut.to_division()


def test_a_plan_in_degrees_is_saved_in_degrees():
    division = drawn_division()
    layers = ("communities", "grids", "atoms", "buildings", "streets")
    turned = dataclasses.replace(
        division, **{name: getattr(division, name).to_crs("EPSG:4490") for name in layers}
    )
    plan = open_plan(turned)
    saved = plan.merge("A-001", plan.neighbours_of("A-001")[0]).to_division()
    assert saved.grids.crs == "EPSG:4490"
    assert shapely.coverage_is_valid(saved.grids.geometry.to_numpy())
    assert saved.grids["area_m2"].sum() == pytest.approx(division.grids["area_m2"].sum(), abs=0.1)


def test_the_spec_of_a_plan_can_be_another():
    plan = open_plan(drawn_division(), spec=GridSpec(households=(400, 600)))
    assert plan.score.n_in_range == 0
    assert set(plan.grids["status"]) == {"below"}
