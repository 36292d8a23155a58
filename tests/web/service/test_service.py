"""The parts of a running service together: users that change, other processes, incidents placed anew."""

import time
from dataclasses import replace

import pytest
import shapely
from gridgeo_web.auth.accounts import add_user
from gridgeo_web.auth.sessions import COOKIE, SessionSigner
from gridgeo_web.auth.throttle import FREE
from gridgeo_web.auth.users import DISPLAY_S, SHIFT_S, User
from gridgeo_web.config import ExtraLayer
from service_town import ORIGIN, PASSWORDS, bearer, sign_in, write_users

from gridgeo import read_division
from gridgeo.errors import GridgeoError


def centre(app):
    west, south, east, north = app.extensions["gridgeo"].snapshots.current().bounds
    return {"lon": (west + east) / 2, "lat": (south + north) / 2}


def test_users_are_taken_over_without_a_restart_and_a_damaged_file_changes_nothing(start, tmp_path):
    file = write_users(tmp_path)
    app = start(users=file)
    service, client = app.extensions["gridgeo"], app.test_client()
    whole = file.read_text()
    file.write_text("[[user]]\nnonsense")
    service.refresh()
    assert client.get("/api/v1/settings", headers=bearer("viewer")).status_code == 200
    assert client.get("/healthz").get_json()["problems"] == ["users"]
    file.write_text(whole.replace("token of viewer", "").replace('name = "viewer"', 'name = "onlooker"'))
    service.refresh()
    assert client.get("/healthz").get_json()["problems"] == []
    assert client.get("/api/v1/settings", headers=bearer("viewer")).get_json()["user"]["name"] == "onlooker"


def test_a_session_holds_in_every_process_and_ends_in_every_process(start, tmp_path):
    users = write_users(tmp_path)
    one, two = start(users=users), start(users=users)
    client, other = one.test_client(), two.test_client()
    sign_in(client, "wang")
    other.set_cookie(COOKIE, client.get_cookie(COOKIE).value)
    assert other.get("/api/v1/settings").get_json()["user"]["name"] == "wang"
    client.post("/logout", headers={"Origin": ORIGIN})
    two.extensions["gridgeo"].refresh()
    assert other.get("/api/v1/settings").status_code == 401


def test_nobody_else_can_make_a_session():
    signer, user = SessionSigner("key"), User(name="wang", role="officer")
    made = signer.sign(user)
    assert (signer.read(made).name, signer.read(made).stamp) == ("wang", user.stamp)
    assert SessionSigner("another key").read(made) is None
    assert signer.sign(user) != made


@pytest.mark.parametrize(("name", "seconds"), [("wang", SHIFT_S), ("wall", DISPLAY_S)])
def test_a_session_is_over_after_its_time(start, tmp_path, monkeypatch, name, seconds):
    users = write_users(tmp_path)
    add_user(users, "wall", "viewer", "", "the password of the wall", display=True)
    signed, now = start(users=users).test_client(), time.time()
    sign_in(signed, name, PASSWORDS.get(name, "the password of the wall"))
    cookie = signed.get_cookie(COOKIE)
    assert cookie.max_age == seconds
    for later, status in ((seconds - 5, 200), (seconds + 5, 401)):
        monkeypatch.setattr(time, "time", lambda later=later: now + later)
        fresh = start(users=users).test_client()  # one that has not seen the session yet
        fresh.set_cookie(COOKIE, cookie.value)
        assert fresh.get("/api/v1/settings").status_code == status


def test_an_admin_ends_a_wall_by_deleting_its_block(start, tmp_path):
    users = write_users(tmp_path)
    before = users.read_text()
    add_user(users, "wall", "viewer", "", "the password of the wall", display=True)
    app = start(users=users)
    client = app.test_client()
    sign_in(client, "wall", "the password of the wall")
    assert client.get("/wall").status_code == 200
    assert client.post("/api/v1/incidents", json={}, headers={"Origin": ORIGIN}).status_code == 403
    users.write_text(before)
    app.extensions["gridgeo"].refresh()
    assert client.get("/api/v1/revision").status_code == 401


def test_sessions_of_before_hold_again_when_a_store_that_was_down_at_the_start_is_back(start, tmp_path):
    users = write_users(tmp_path)
    client, file = start(users=users).test_client(), tmp_path / "town.incidents.sqlite"
    sign_in(client, "wang")
    file.rename(tmp_path / "away")
    file.mkdir()  # nothing can be opened there
    app = start(users=users)
    other = app.test_client()
    other.set_cookie(COOKIE, client.get_cookie(COOKIE).value)
    assert other.get("/api/v1/settings").status_code == 401
    file.rmdir()
    (tmp_path / "away").rename(file)
    app.extensions["gridgeo"].refresh()
    assert other.get("/api/v1/settings").status_code == 200


def test_what_another_process_wrote_is_in_the_next_answer(start):
    one, two = start(), start()
    written = one.test_client().post(
        "/api/v1/incidents", json={"description": "漏水", **centre(one)}, headers={"Origin": ORIGIN}
    )
    assert written.status_code == 201
    client = two.test_client()
    before = client.get("/api/v1/revision")
    two.extensions["gridgeo"].refresh()
    after = client.get("/api/v1/revision", headers={"If-None-Match": before.headers["ETag"]})
    assert after.status_code == 200
    assert client.get("/api/v1/incidents").get_json()["total"] == 1


def test_incidents_get_their_grids_anew_when_the_division_is_replaced(start, tmp_path):
    app = start()
    service, client = app.extensions["gridgeo"], app.test_client()
    report = {"description": "漏水", **centre(app)}
    row = client.post("/api/v1/incidents", json=report, headers={"Origin": ORIGIN}).get_json()
    division = read_division(tmp_path / "town.gpkg")
    moved = division.grids.assign(grid_code=division.grids["grid_code"] + "X")
    replace(division, grids=moved).write(tmp_path / "town.gpkg")
    service.refresh()
    shown = client.get(f"/api/v1/incidents/{row['incident_id']}").get_json()
    assert shown["grid_code"] == row["grid_code"] + "X"


def test_a_further_layer_is_shown_and_a_missing_one_is_told_at_the_start(start, tmp_path):
    division = read_division(start().extensions["gridgeo"].config.division)
    cameras = division.grids[["grid_code", "geometry"]].copy()
    cameras["geometry"] = shapely.centroid(cameras.geometry.to_numpy())
    cameras.to_file(tmp_path / "city.gpkg", layer="cameras")
    app = start(layers=(ExtraLayer("cameras", f"{tmp_path / 'city.gpkg'}:cameras"),))
    layers = app.test_client().get("/api/v1/settings").get_json()["layers"]
    assert [(layer["name"], layer["kind"]) for layer in layers] == [("cameras", "point")]
    with pytest.raises(GridgeoError, match=r"nothing\.gpkg"):
        start(layers=(ExtraLayer("cameras", str(tmp_path / "nothing.gpkg")),))


def test_the_service_starts_while_its_store_is_down_and_takes_incidents_in_later(start, town_file, tmp_path):
    folder = tmp_path / "later"
    app = start(
        store=f"sqlite:///{folder / 'store.sqlite'}", incidents=str(town_file.parent / "incidents.csv")
    )
    client = app.test_client()
    assert client.get("/api/v1/grids").status_code == 200
    assert client.get("/api/v1/incidents").get_json()["total"] == 0
    assert client.get("/readyz").status_code == 503
    folder.mkdir()
    app.extensions["gridgeo"].refresh()
    app.extensions["gridgeo"].refresh()
    assert client.get("/readyz").status_code == 200
    assert client.get("/api/v1/incidents").get_json()["total"] == 100


def test_a_thread_of_the_service_looks_by_itself(start):
    one = start(background=True, follow_s=0.01, reload_s=0.01)
    two = start()
    client = one.test_client()
    assert client.get("/api/v1/incidents").get_json()["total"] == 0
    body = {"description": "漏水", **centre(two)}
    assert (
        two.test_client().post("/api/v1/incidents", json=body, headers={"Origin": ORIGIN}).status_code == 201
    )
    for _ in range(100_000):
        if client.get("/api/v1/revision").get_json()["incidents"] == 1:
            break
    assert client.get("/api/v1/incidents").get_json()["total"] == 1


def test_wrong_passwords_at_one_process_make_the_others_wait_too(start, tmp_path):
    file = write_users(tmp_path)
    clients = [start(users=file).test_client() for _ in range(2)]
    for number in range(FREE):
        sign_in(clients[number % 2], "wang", "a wrong password")
    assert [sign_in(client, "wang").status_code for client in clients] == [429, 429]
