"""Incidents counted, against a count by pandas."""

import geopandas as gpd
import pandas as pd
import pytest
from reading import N_INCIDENTS, client_of, open_guarded_service, open_service
from service_town import bearer

import gridgeo


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("statistics")


@pytest.fixture(scope="module")
def client(town_file, folder):
    app = open_service(town_file, folder)
    yield client_of(app)
    app.extensions["gridgeo"].close()


@pytest.fixture(scope="module")
def table(client, folder, town_file):
    """The incidents as they were written, with the grids that the library gives them."""
    written = pd.read_csv(folder / "recent.csv", dtype={"category": "string"})
    division = gridgeo.read_division(town_file)
    points = gpd.GeoSeries.from_xy(written["lon"], written["lat"], crs=4326).to_crs(division.grids.crs)
    codes = gridgeo.assign_points(points, division.grids)
    areas = division.grids.set_index("grid_code")["area_code"]
    days = pd.to_datetime(written["reported_at"], utc=True).dt.tz_convert("Asia/Shanghai")
    return written.assign(
        grid=codes, area=codes.map(areas), day=days.dt.strftime("%Y-%m-%d"), state="reported"
    )


def count(client, **query):
    answer = client.get("/api/v1/statistics", query_string=query)
    assert answer.status_code == 200
    return answer.get_json()


@pytest.mark.parametrize("axis", ["grid", "area", "day", "category", "state"])
def test_every_axis_counts_as_pandas_does(client, table, axis):
    answer = count(client, by=axis)
    expected = table[axis].value_counts()
    assert {row["key"]: row["n"] for row in answer["rows"] if row["key"] is not None} == expected.to_dict()
    assert answer["total"] == sum(row["n"] for row in answer["rows"]) == N_INCIDENTS
    keys = [row["key"] for row in answer["rows"] if row["key"] is not None]
    assert keys == sorted(keys)


def test_incidents_in_no_grid_are_counted_under_null(client):
    last = count(client, by="grid")["rows"][-1]
    assert (last["key"], last["n"], last["open"]) == (None, 1, 1)


def test_filters_hold_for_figures_too(client, table):
    answer = count(client, by="category", category="01")
    assert answer["rows"][0]["n"] == answer["total"] == (table["category"] == "01").sum()
    assert count(client, by="day", grid="nowhere") == {"by": "day", "rows": [], "total": 0}


def test_what_is_done_is_not_open(client, table):
    first = table["incident_id"].iloc[0]
    for action in ("accept", "dispatch"):
        client.post(f"/api/v1/incidents/{first}/events", json={"action": action})
    states = {row["key"]: row["n"] for row in count(client, by="state")["rows"]}
    assert sum(states.values()) == N_INCIDENTS
    assert states["reported"] < N_INCIDENTS


def test_an_unknown_axis_is_refused(client):
    assert client.get("/api/v1/statistics?by=moon").status_code == 422


def test_hot_grids_are_the_most_surprising_first(start):
    app = start()
    client = client_of(app)
    places = app.extensions["gridgeo"].snapshots.current().grids.representative_point()
    for grid, n in ((0, 5), (1, 9), (2, 1)):
        body = {"description": "漏水", "lon": places[grid].x, "lat": places[grid].y}
        for _ in range(n):
            client.post("/api/v1/incidents", json=body)
    hot = client.get("/api/v1/statistics/hot?days=7").get_json()["grids"]
    assert hot[0]["n"] == 9
    assert hot[0]["score"] == max(row["score"] for row in hot)
    assert min(row["n"] for row in hot) > 1
    assert client.get("/api/v1/statistics/hot?days=7&limit=1").get_json()["grids"] == hot[:1]
    assert client.get("/api/v1/statistics/hot?days=0").status_code == 422


def test_one_report_where_never_was_any_makes_no_hot_grid_and_many_do(start):
    client = client_of(start())
    west, south, east, north = client.application.extensions["gridgeo"].snapshots.current().bounds
    body = {"description": "漏水", "lon": (west + east) / 2, "lat": (south + north) / 2}
    hot = []
    for _ in range(6):
        code = client.post("/api/v1/incidents", json=body).get_json()["grid_code"]
        hot.append([row["grid_code"] for row in client.get("/api/v1/statistics/hot").get_json()["grids"]])
    assert hot[:2] == [[], []]
    assert hot[-1] == [code]


def test_whoever_has_an_area_counts_nothing_of_another(town_file, tmp_path):
    app = open_guarded_service(town_file, tmp_path)
    client, headers = app.test_client(), bearer("elsewhere")
    assert client.get("/api/v1/statistics?by=grid", headers=headers).get_json()["total"] == 0
    assert client.get("/api/v1/statistics/hot", headers=headers).get_json()["grids"] == []
    app.extensions["gridgeo"].close()
