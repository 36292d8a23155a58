"""Versions: saved beside the served division, refused where others were faster, merged, published."""

import io

import pandas as pd
import pytest
from gridgeo_web.auth.users import hash_token
from planner import Planner, planner_service

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


def save(planner, status=201, **told):
    return planner.ask("post", f"{planner.path}/save", status, note="for the tower", **told)


def move_one(planner, grid=None, other=None):
    """Give an atom of one grid to another so that both stay in one piece."""
    grid, other = (grid, other) if grid else planner.pair()
    for atom in planner.atoms_of(other):
        told = {"kind": "move", "atoms": [atom], "grid": grid}
        if not planner.ask("post", f"{planner.path}/preview", **told)["alarms"]:
            planner.do(**told)
            return atom
    raise AssertionError("no atom can be moved")


def test_a_saved_version_is_a_division_with_author_and_note(planner, tmp_path, town_file):
    atom, grids = move_one(planner), planner.grid_of_atoms()
    before = (tmp_path / "town.gpkg").read_bytes()
    version = save(planner, expected=1)
    assert (version["author"], version["note"], version["published"]) == ("local", "for the tower", False)
    assert (tmp_path / "town.gpkg").read_bytes() == before
    division = read_division(tmp_path / "town.versions" / version["file"])
    assert dict(zip(division.atoms["atom_id"], division.atoms["grid_code"], strict=True)) == grids
    assert division.manifest["author"] == "local"
    assert atom in grids


def test_what_was_saved_is_where_the_next_draft_begins(planner, app):
    move_one(planner)
    grids = planner.grid_of_atoms()
    save(planner)
    following = Planner(app)
    assert following.grid_of_atoms() == grids
    assert following.state()["total"]["n_atoms"] == 0
    planner.do("undo", 409)


def test_a_published_version_is_what_the_service_shows(planner, app):
    grid, other = planner.pair()
    planner.do("split", grid=grid, k=2)
    version = save(planner, publish=True)
    assert version["is_served"]
    shown = planner.ask("get", "/api/v1/grids")["features"]
    assert len(shown) == len(planner.codes) + 1
    assert planner.ask("get", "/api/v1/versions")["versions"][0]["is_served"]
    assert planner.ask("post", f"/api/v1/versions/{version['version_id']}/publish", 409)
    following = Planner(app)
    following.do("merge", grid=grid, other=next(f["id"] for f in shown if f["id"] not in planner.codes))
    second = save(following)
    planner.ask("post", f"/api/v1/versions/{second['version_id']}/publish")
    assert len(planner.ask("get", "/api/v1/grids")["features"]) == len(planner.codes)
    assert other in planner.codes


def test_who_was_slower_is_refused_and_told_why_and_can_merge(planner, app):
    slower = Planner(app)
    opened, area = slower.grid_of_atoms(), planner.codes[0][:12]
    first, second = planner.pair()
    third, fourth = [code for code in planner.codes if not code.startswith(area)][:2]
    move_one(planner, first, second)
    move_one(slower, third, fourth)
    saved = save(planner)
    answer = save(slower, 409)
    assert [row["version_id"] for row in answer["error"]["since"]] == [saved["version_id"]]
    assert slower.state()["is_current"] is False
    merged = slower.ask("post", f"{slower.path}/merge", 201)
    assert (merged["kept"], merged["dropped"], merged["overlaps"]) == (1, [], [])
    again = Planner(app, merged["draft_id"])
    changed = {a for a, g in again.grid_of_atoms().items() if g != opened[a]}
    assert len(changed) == 2
    assert save(again)["version_id"] == saved["version_id"] + 1


def test_a_merge_names_what_no_longer_applies(planner, app):
    slower = Planner(app)
    grid, other = planner.pair()
    atoms = planner.atoms_of(other)
    slower.do("lock", grid=planner.codes[-1])
    slower.do("move", atoms=atoms[:1], grid=grid)
    slower.do("undo")
    slower.do("move", atoms=atoms[:1], grid=grid)
    slower.do("split", grid=other, k=2)
    planner.do("merge", grid=grid, other=other)
    save(planner)
    merged = slower.ask("post", f"{slower.path}/merge", 201)
    assert merged["kept"] + len(merged["dropped"]) == 3
    assert merged["dropped"]
    assert all(row["why"] for row in merged["dropped"])
    assert slower.ask("post", f"{slower.path}/merge", 409)


def test_a_merge_tells_what_others_had_changed_as_well(planner, app):
    slower = Planner(app)
    *_, first, second, third = planner.codes
    atom = move_one(planner, first, second)
    slower.do("move", atoms=[atom], grid=third)
    save(planner)
    merged = slower.ask("post", f"{slower.path}/merge", 201)
    assert merged["overlaps"] == [{"number": 1, "kind": "move", "n_atoms": 1}]
    assert Planner(app, merged["draft_id"]).grid_of_atoms()[atom] == third


def test_a_replaced_division_is_a_conflict_too(planner, app, town_file, tmp_path):
    move_one(planner)
    plan = open_plan(read_division(town_file))
    plan.split(plan.codes[-1], 2).to_division().write(tmp_path / "town.gpkg")
    app.extensions["gridgeo"].refresh()
    assert save(planner, 409)["error"]["since"] == []
    merged = planner.ask("post", f"{planner.path}/merge", 201)
    assert save(Planner(app, merged["draft_id"]))["version_id"] == 1


def test_a_draft_in_pieces_or_without_a_change_is_not_saved(planner):
    assert save(planner, 422)["error"]["kind"] == "unprocessable"
    grid, other = planner.pair()
    planner.do("move", atoms=planner.atoms_of(other)[1::2], grid=grid)
    assert save(planner, 422)["error"]["kind"] == "refused"
    planner.ask("get", f"{planner.path}/division.gpkg", 422)


def test_a_step_that_was_not_seen_keeps_a_draft_from_being_saved(planner):
    move_one(planner)
    assert save(planner, 409, expected=0)["error"]["n"] == 1


def test_the_exports_hold_the_draft(planner, tmp_path):
    move_one(planner)
    grids = planner.grid_of_atoms()
    file = tmp_path / "taken.gpkg"
    file.write_bytes(planner.client.get(f"{planner.path}/division.gpkg").data)
    atoms = read_division(file).atoms
    assert dict(zip(atoms["atom_id"], atoms["grid_code"], strict=True)) == grids
    text = planner.client.get(f"{planner.path}/atoms.csv").data
    table = pd.read_csv(io.BytesIO(text), dtype="string")
    assert dict(zip(table["atom_id"], table["grid_code"], strict=True)) == grids


def test_who_plans_a_part_takes_that_along_and_publishes_nothing(town_file, tmp_path):
    area = sorted(read_division(town_file).communities["area_code"])[1]
    users = tmp_path / "users.toml"
    users.write_text(USERS.format(area=area, li=hash_token("li-token"), wang=hash_token("wang-token")))
    app = planner_service(town_file, tmp_path, users=users)
    li, wang = (Planner(app, headers={"Authorization": f"Bearer {name}-token"}) for name in ("li", "wang"))
    move_one(li)
    assert save(li, 403, publish=True)
    file = tmp_path / "part.gpkg"
    file.write_bytes(li.client.get(f"{li.path}/division.gpkg", headers=li.headers).data)
    assert set(read_division(file).grids["area_code"]) == {area}
    version = save(li)["version_id"]
    file.write_bytes(li.client.get(f"/api/v1/versions/{version}.gpkg", headers=li.headers).data)
    assert set(read_division(file).communities["area_code"]) == {area}
    li.ask("post", f"/api/v1/versions/{version}/publish", 403)
    assert wang.ask("post", f"/api/v1/versions/{version}/publish") == {"version_id": version}
