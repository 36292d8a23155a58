"""Health and readiness."""

from service_town import bearer, write_users

ROLES = ("viewer", "officer", "planner", "admin")


def test_a_whole_service_says_that_it_is_well(client):
    answer = client.get("/healthz").get_json()
    assert answer["status"] == "ok"
    assert answer["problems"] == []
    assert "gridgeo" in answer["versions"]


def test_a_whole_service_is_ready_for_writes(client):
    assert client.get("/readyz").status_code == 200


def test_only_an_admin_learns_which_file_is_in_trouble(start, tmp_path):
    app = start(users=write_users(tmp_path))
    client, file = app.test_client(), tmp_path / "town.gpkg"
    file.rename(tmp_path / "away.gpkg")
    app.extensions["gridgeo"].refresh()
    told = {name: client.get("/api/v1/revision", headers=bearer(name)).get_json() for name in ROLES}
    assert {name: str(tmp_path) in told[name]["problem"] for name in ROLES} == {
        "viewer": False,
        "officer": False,
        "planner": False,
        "admin": True,
    }
    assert "map shows the grids as they were last read" in told["viewer"]["problem"]
    assert {tuple(one["problems"]) for one in told.values()} == {("division",)}
