"""Drafts: each operation and its answer, undo, crash, conflicts, roles and areas."""

import dataclasses

import numpy as np
import pytest
from gridgeo_web.auth.users import hash_token
from gridgeo_web.errors import ForbiddenError
from gridgeo_web.planning.deltas import find_area
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from planner import Planner, planner_service
from service_town import start_service

from gridgeo import open_plan, read_division

USERS = """[[user]]
name = "li"
role = "planner"
area = "{area}"
tokens = ["{li}"]

[[user]]
name = "wang"
role = "planner"
tokens = ["{wang}"]
"""


@pytest.fixture
def app(town_file, tmp_path):
    return planner_service(town_file, tmp_path)


@pytest.fixture
def planner(app):
    return Planner(app)


def test_a_move_answers_with_what_changed_and_no_more(planner):
    grid, other = planner.pair()
    atom = planner.atoms_of(other)[0]
    answer = planner.do("move", atoms=[atom], grid=grid, expected=0)
    assert (answer["n"], answer["changed"], answer["n_undo"]) == (1, True, 1)
    assert answer["moved"] == {grid: [atom]}
    assert {row["grid_code"] for row in answer["grids"]} == {grid, other}
    assert planner.grid_of_atoms()[atom] == grid


def test_a_draft_is_what_the_file_says_until_something_is_done(planner, town_file):
    division = read_division(town_file)
    told = dict(zip(division.atoms["atom_id"], division.atoms["grid_code"], strict=True))
    assert planner.grid_of_atoms() == told
    rows = {row["grid_code"]: row["households"] for row in planner.state()["grids"]}
    assert rows == dict(zip(division.grids["grid_code"], division.grids["households"], strict=True))


def test_undo_takes_back_the_figures_too(planner):
    grid, other = planner.pair()
    before = planner.state()
    planner.do("merge", grid=grid, other=other)
    planner.do("undo")
    after = planner.state()
    assert after["grids"] == before["grids"]
    assert after["score"] == before["score"]
    assert after["n_redo"] == 1


def test_the_eraser_gives_atoms_back_to_the_grid_before(planner):
    grid, other = planner.pair()
    atoms = planner.atoms_of(other)[:2]
    planner.do("move", atoms=atoms, grid=grid)
    answer = planner.do("erase", atoms=[*atoms, *planner.atoms_of(grid)[:1]])
    assert answer["total"]["n_atoms"] == 0
    assert planner.atoms_of(other)[:2] == atoms


def test_a_mask_leaves_other_grids_alone(planner):
    grid, other = planner.pair()
    answer = planner.do("move", atoms=planner.atoms, grid=grid, mask=other)
    assert answer["gone"] == [other]
    assert set(answer["moved"]) == {grid}


def test_a_locked_grid_refuses_and_says_so(planner):
    grid, other = planner.pair()
    assert planner.do("lock", grid=other)["grids"][0]["is_locked"]
    answer = planner.do("move", 422, atoms=planner.atoms_of(other)[:1], grid=grid)
    assert answer["error"]["kind"] == "refused"
    assert "locked" in answer["error"]["message"]
    assert not planner.do("unlock", grid=other)["grids"][0]["is_locked"]


def test_a_split_names_its_new_grids_and_merge_takes_them_back(planner):
    grid, _ = planner.pair()
    answer = planner.do("split", grid=grid, k=2)
    made = [row["grid_code"] for row in answer["grids"] if row["grid_code"] not in planner.codes]
    assert len(made) == 1
    assert planner.do("merge", grid=grid, other=made[0])["gone"] == made


def test_a_swap_exchanges_atoms(planner):
    grid, other = planner.pair()
    one, two = planner.atoms_of(grid)[0], planner.atoms_of(other)[0]
    planner.do("swap", atoms=[one], others=[two])
    grids = planner.grid_of_atoms()
    assert (grids[one], grids[two]) == (other, grid)


def test_a_grid_in_pieces_raises_an_alarm_that_names_the_atoms(planner):
    grid, other = planner.pair()
    answer = planner.do("move", atoms=planner.atoms_of(other)[1::2], grid=grid)
    assert answer["alarms"], "every second atom of a grid went, and all is in one piece"
    assert answer["score"]["n_pieces_too_many"] == len(answer["alarms"])
    grids = planner.grid_of_atoms()
    for alarm in answer["alarms"]:
        assert {grids[atom] for atom in alarm["atoms"]} == {alarm["grid"]}


def test_a_preview_does_nothing(planner):
    grid, other = planner.pair()
    before = planner.state()
    answer = planner.ask("post", f"{planner.path}/preview", kind="merge", grid=grid, other=other)
    assert len(answer["before"]) == 2
    assert planner.state() == before


def test_a_suggestion_is_an_operation_that_brings_its_grid_into_range(planner):
    planner.do("split", grid=planner.pair()[0], k=2)
    poor = [row for row in planner.state()["grids"] if row["status"] == "below"]
    assert poor
    code = poor[0]["grid_code"]
    found = planner.ask("get", f"{planner.path}/suggestions?grid={code}")["suggestions"]
    assert found
    answer = planner.do(**found[0]["operation"])
    assert answer["score"] == found[0]["score"]
    assert {row["status"] for row in answer["grids"] if row["grid_code"] == code} <= {"in_range"}


def test_what_is_missing_in_an_operation_is_named(planner):
    assert planner.do("move", 422, grid=planner.codes[0])["error"]["where"] == "atoms"
    assert planner.do("fly", 422)["error"]["kind"] == "unprocessable"
    assert planner.do("move", 422, atoms=["nowhere"], grid=planner.codes[0])["error"]["kind"] == "refused"


def test_a_step_that_was_not_seen_is_a_conflict(planner):
    grid, other = planner.pair()
    atoms = planner.atoms_of(other)
    planner.do("move", atoms=atoms[:1], grid=grid, expected=0)
    answer = planner.do("move", 409, atoms=atoms[1:2], grid=grid, expected=0)
    assert answer["error"]["n"] == 1


def test_a_draft_survives_the_end_of_the_service(planner, town_file, tmp_path):
    grid, other = planner.pair()
    planner.do("move", atoms=planner.atoms_of(other)[:2], grid=grid)
    planner.do("split", grid=grid, k=2)
    planner.do("undo")
    planner.do("lock", grid=grid)
    before = planner.state()
    again = Planner(planner_service(town_file, tmp_path), planner.draft_id)
    assert again.state() == before
    assert again.do("redo")["changed"] is False


def test_a_draft_survives_another_division_in_the_place_of_its_own(planner, app, tmp_path, town_file):
    grid, other = planner.pair()
    planner.do("merge", grid=grid, other=other)
    before = planner.state()
    plan = open_plan(read_division(town_file))
    plan.split(plan.codes[-1], 2).to_division().write(tmp_path / "town.gpkg")
    again = Planner(planner_service(town_file, tmp_path), planner.draft_id)
    assert again.state() == {**before, "is_current": False, "is_served": False}


def test_every_operation_is_in_the_audit(planner, app):
    from gridgeo_web.store import tables
    from sqlalchemy import select

    grid, other = planner.pair()
    planner.do("merge", grid=grid, other=other)
    with app.extensions["gridgeo"].store.database.read() as connection:
        found = [(row.who, row.what) for row in connection.execute(select(tables.audit))]
    assert found == [("local", "draft.open"), ("local", "draft.merge")]


def test_an_officer_may_not_draw(town_file, tmp_path):
    client = start_service(town_file, tmp_path).test_client()
    for path in ("/api/v1/drafts", "/api/v1/drafts/x"):
        assert client.get(path).status_code == 403


@pytest.fixture
def two(town_file, tmp_path):
    """Li plans the second community, Wang both."""
    area = sorted(read_division(town_file).communities["area_code"])[1]
    users = tmp_path / "users.toml"
    users.write_text(USERS.format(area=area, li=hash_token("li-token"), wang=hash_token("wang-token")))
    app = planner_service(town_file, tmp_path, users=users)
    tokens = [{"Authorization": f"Bearer {name}-token"} for name in ("li", "wang")]
    return [Planner(app, headers=token) for token in tokens]


def test_a_planner_sees_and_changes_the_own_area_only(two):
    li, wang = two
    areas = [{row["area_code"] for row in one.state()["grids"]} for one in two]
    assert len(areas[0]) == 1
    assert areas[0] < areas[1]
    elsewhere, other = wang.pair()
    assert wang.codes[0] not in li.codes
    li.do("move", 403, atoms=wang.atoms_of(other)[:1], grid=elsewhere)
    li.do("lock", 403, grid=elsewhere)
    li.ask("post", f"{li.path}/preview", 403, kind="merge", grid=elsewhere, other=other)
    li.ask("get", f"{li.path}?area={elsewhere[:12]}", 403)
    li.ask("get", f"{li.path}/suggestions?grid={elsewhere}", 403)
    assert wang.codes[0] not in str(li.state())
    assert li.do("merge", grid=li.codes[0], other=li.codes[1])["changed"]


def test_a_draft_is_its_owners(two):
    li, wang = two
    wang.ask("get", li.path, 404)
    wang.ask("post", f"{li.path}/operations", 404, kind="undo")
    assert [row["draft_id"] for row in wang.ask("get", "/api/v1/drafts")["drafts"]] == [wang.draft_id]


def test_a_draft_that_was_given_up_is_over(planner):
    assert planner.client.delete(planner.path).status_code == 204
    assert planner.ask("get", "/api/v1/drafts")["drafts"] == []
    assert planner.do("undo", 409)["error"]["how"] == "discarded"


def test_a_community_is_asked_for_by_its_whole_code_and_several_by_their_beginning(town_file):
    division = read_division(town_file)
    short = dict(zip(sorted(division.communities["area_code"]), ("1", "10"), strict=True))
    tables = {
        name: getattr(division, name).assign(area_code=lambda layer: layer["area_code"].map(short))
        for name in ("communities", "grids")
    }
    plan = open_plan(dataclasses.replace(division, **tables))
    first = [code == "1" for code in plan.terrain.area_codes]
    assert find_area(plan, "", "1").tolist() == first
    assert find_area(plan, "1").tolist() == [True, True]
    with pytest.raises(ForbiddenError):
        find_area(plan, "10", "1")


OPERATIONS = st.lists(
    st.tuples(st.sampled_from(["move", "merge", "split", "undo", "redo", "erase", "lock", "unlock"]),
              st.integers(0, 10**6), st.integers(0, 10**6)), min_size=1, max_size=12)  # fmt: skip


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(operations=OPERATIONS)
def test_whatever_is_done_every_household_stays_in_one_grid_and_undo_leads_back(app, operations):
    planner = Planner(app)
    opened = planner.state()
    for kind, a, b in operations:
        grids = [row["grid_code"] for row in planner.state()["grids"]]
        told = {"grid": grids[a % len(grids)], "other": grids[b % len(grids)], "k": 2}
        told["atoms"] = [planner.atoms[(a + 7 * n) % len(planner.atoms)] for n in range(1 + b % 5)]
        answer = planner.client.post(f"{planner.path}/operations", json={"kind": kind, **told})
        assert answer.status_code in (200, 422)
    state = planner.state()
    told = np.bincount(state["atoms"]["grid"], planner.ask("get", f"{planner.path}/atoms")["households"])
    figures = {row["grid_code"]: row["households"] for row in state["grids"]}
    assert figures == {state["atoms"]["codes"][n]: told[n] for n in np.unique(state["atoms"]["grid"])}
    for _ in range(state["n_undo"]):
        planner.do("undo")
    assert planner.state()["grids"] == opened["grids"]
