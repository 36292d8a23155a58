"""The incident routes: list, pages, filters, changes, report, act, points, clusters, nearest, export."""

import csv
import io
from datetime import datetime, timedelta

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

LIST, POINTS = "/api/v1/incidents", "/api/v1/incidents/points"


@pytest.fixture(scope="module")
def filled(town_file, tmp_path_factory):
    """The service with the town's 100 incidents; read only, so shared by the tests of this module."""
    from service_town import start_service

    app = start_service(
        town_file, tmp_path_factory.mktemp("filled"), incidents=str(town_file.parent / "incidents.csv")
    )
    yield app
    app.extensions["gridgeo"].close()


@pytest.fixture(scope="module")
def reader(filled):
    return filled.test_client()


def centre(app):
    west, south, east, north = app.extensions["gridgeo"].snapshots.current().bounds
    return {"lon": (west + east) / 2, "lat": (south + north) / 2}


def report(client, app, **more):
    return client.post(LIST, json={"description": "路灯不亮", **centre(app), **more})


def test_the_file_named_at_the_start_is_taken_in_once(filled, reader):
    assert reader.get(LIST).get_json()["total"] == 100
    service = filled.extensions["gridgeo"]
    assert service._pending == []
    assert set(service.store.columns.categories) <= set(service.categories)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(limit=st.integers(1, 60))
def test_pages_give_every_incident_once_the_last_reported_first(reader, limit):
    seen, cursor = [], None
    while True:
        query = {"limit": limit, **({} if cursor is None else {"after": cursor})}
        page = reader.get(LIST, query_string=query).get_json()
        seen += page["incidents"]
        cursor = page["next"]
        if cursor is None:
            break
    assert len({row["incident_id"] for row in seen}) == len(seen) == page["total"] == 100
    times = [datetime.fromisoformat(row["reported_at"]) for row in seen]
    assert times == sorted(times, reverse=True)


FILTERS = st.fixed_dictionaries(
    {},
    optional={
        "category": st.sampled_from(["06", "09", "06,S1", "nothing"]),
        "state": st.sampled_from(["reported", "closed", "reported,closed"]),
        "since": st.sampled_from(["2026-01-01", "2026-03-05", "2026-05-01T12:00:00+08:00"]),
        "until": st.sampled_from(["2026-06-30", "2026-04-01", "2026-02-02T00:00:00"]),
        "q": st.sampled_from(["路", "水", "I0000", "没有这个"]),
        "open": st.sampled_from(["true", "false"]),
        "overdue": st.sampled_from(["true", "false"]),
        "bbox": st.sampled_from(["111.296,30.695,111.3,30.7", "-180,-90,180,90", "0,0,1,1"]),
    },
)


def fits(row, query):
    """Tell by plain Python whether a row is what a query asks for."""
    at = datetime.fromisoformat(row["reported_at"])
    local = {"2026-02-02T00:00:00": "2026-02-02T00:00:00+08:00"}
    day = lambda text: datetime.fromisoformat(  # noqa: E731
        text + "T00:00:00+08:00" if len(text) == 10 else local.get(text, text)
    )
    since, until = query.get("since"), query.get("until")
    later = timedelta(days=1) if until is not None and len(until) == 10 else timedelta()
    west, south, east, north = map(float, query.get("bbox", "-180,-90,180,90").split(","))
    said = (row["incident_id"] + row["description"] + (row["address"] or "")).casefold()
    return (
        row["category"] in query.get("category", row["category"]).split(",")
        and row["state"] in query.get("state", row["state"]).split(",")
        and (since is None or at >= day(since))
        and (until is None or at < day(until) + later)
        and query.get("q", "").casefold() in said
        and query.get("open", "true") == "true"  # all of them are open
        and str(row["overdue"]).lower() == query.get("overdue", str(row["overdue"]).lower())
        and west <= row["lon"] <= east
        and south <= row["lat"] <= north
    )


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(query=FILTERS)
def test_a_filter_finds_what_a_look_at_every_row_finds(reader, query):
    every = reader.get(LIST, query_string={"limit": 1000}).get_json()["incidents"]
    found = reader.get(LIST, query_string={**query, "limit": 1000}).get_json()
    expected = [row["incident_id"] for row in every if fits(row, query)]
    assert [row["incident_id"] for row in found["incidents"]] == expected
    assert sorted(reader.get(POINTS, query_string=query).get_json()["incident_id"]) == sorted(expected)
    clusters = reader.get(f"{LIST}/clusters", query_string={**query, "zoom": 15}).get_json()
    assert clusters["total"] == sum(one["count"] for one in clusters["clusters"]) == len(expected)


def test_a_filter_by_grid_and_by_area_counts_every_incident_once(filled, reader):
    codes = filled.extensions["gridgeo"].snapshots.current().codes
    by_grid = [reader.get(LIST, query_string={"grid": code}).get_json()["total"] for code in codes]
    placed = sum(row is not None for row in reader.get(POINTS).get_json()["grid"])
    assert sum(by_grid) == placed
    areas = sorted({code[:12] for code in codes})
    assert sum(reader.get(LIST, query_string={"area": a}).get_json()["total"] for a in areas) == placed


@pytest.mark.parametrize(
    "query",
    [
        "since=yesterday",
        "until=2026-13-01",
        "bbox=1,2,3",
        "bbox=5,0,1,1",
        "bbox=a,b,c,d",
        "limit=0",
        "open=maybe",
    ],
)
def test_a_filter_that_cannot_be_is_422_and_names_its_field(reader, query):
    error = reader.get(f"{LIST}?{query}").get_json()["error"]
    assert error["status"] == 422
    assert query.split("=")[0] in error["where"]


def test_a_cursor_that_is_none_is_refused(reader):
    assert reader.get(f"{LIST}?after=x").status_code == 400


def test_points_are_columns_of_one_length_whose_numbers_stand_for_names(reader):
    points = reader.get(POINTS).get_json()
    columns = ("incident_id", "lon", "lat", "category", "state", "grid", "reported")
    assert {len(points[name]) for name in columns} == {100}
    for number, names in (("category", "categories"), ("state", "states"), ("grid", "grids")):
        used = {value for value in points[number] if value is not None}
        assert max(used) < len(points[names])
    listed = {row["incident_id"]: row for row in reader.get(f"{LIST}?limit=1000").get_json()["incidents"]}
    for key, lon, grid in zip(points["incident_id"], points["lon"], points["grid"], strict=True):
        assert listed[key]["lon"] == lon
        assert listed[key]["grid_code"] == (None if grid is None else points["grids"][grid])


def test_the_nearest_are_the_nearest_of_all(filled, reader):
    here = centre(filled)
    found = reader.get(f"{LIST}/nearest", query_string={**here, "k": 100}).get_json()["incidents"]
    away = [row["distance_m"] for row in found]
    assert away == sorted(away)
    assert len(found) == 100
    some = reader.get(f"{LIST}/nearest", query_string={**here, "k": 3, "category": "06"}).get_json()[
        "incidents"
    ]
    expected = [row["incident_id"] for row in found if row["category"] == "06"][:3]
    assert [row["incident_id"] for row in some] == expected


def test_a_closed_incident_is_no_longer_among_the_nearest(client, app):
    key = report(client, app).get_json()["incident_id"]
    near = f"{LIST}/nearest?lon={centre(app)['lon']}&lat={centre(app)['lat']}"
    assert [row["incident_id"] for row in client.get(near).get_json()["incidents"]] == [key]
    client.post(f"{LIST}/{key}/events", json={"action": "refuse", "note": "重复"})
    assert client.get(near).get_json()["incidents"] == []


def test_a_report_has_its_grid_at_once_and_shows_in_the_changes(client, app):
    before = client.get("/api/v1/revision").get_json()["incidents"]
    row = report(client, app, category="市容环境").get_json()
    snapshot = app.extensions["gridgeo"].snapshots.current()
    position = int(snapshot.locate([row["lon"]], [row["lat"]])[0])
    assert row["grid_code"] == snapshot.codes[position]
    assert row["category"] == "06"
    changes = client.get(f"{LIST}/changes?after={before}").get_json()
    assert [one["incident_id"] for one in changes["incidents"]] == [row["incident_id"]]
    assert changes["event_id"] == before + 1
    assert not changes["reset"]


def test_near_a_border_the_officer_is_asked_and_the_answer_stands(client, app):
    snapshot = app.extensions["gridgeo"].snapshots.current()
    first = snapshot.grids.geometry.iloc[0]
    corners = np.array(first.exterior.coords)
    for lon, lat in corners:
        row = report(client, app, lon=lon, lat=lat).get_json()
        if row["near_border"]:
            break
    assert row["neighbours"]
    other = row["neighbours"][0]
    chosen = report(client, app, lon=lon, lat=lat, grid_code=other).get_json()
    assert chosen["grid_code"] == other


def test_changes_come_in_parts_and_tell_of_another_store(reader):
    first = reader.get(f"{LIST}/changes?after=0&limit=30").get_json()
    assert len(first["incidents"]) == 30
    rest = reader.get(f"{LIST}/changes?after={first['event_id']}").get_json()
    assert len(rest["incidents"]) == 70
    assert rest["event_id"] == 100
    reset = reader.get(f"{LIST}/changes?after=999999").get_json()
    assert reset["reset"]
    assert len(reset["incidents"]) == 100


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ({"description": "x"}, "lon"),
        ({"description": "x", "lon": 111.3}, "lat"),
        ({"description": "x", "address": "十月路1号"}, "address"),
        ({"description": "x", "lon": 111.3, "lat": 30.7, "category": "nothing"}, "category"),
        ({"description": "x", "lon": 111.3, "lat": 30.7, "grid_code": "nothing"}, "grid_code"),
        ({"description": "x", "lon": 999, "lat": 30.7}, "lon"),
        ({"description": "", "lon": 111.3, "lat": 30.7}, "json.description"),
        ({"lon": 111.3, "lat": 30.7}, "json.description"),
        ({"description": "x", "lon": 111.3, "lat": 30.7, "incident_id": "../../x"}, "json.incident_id"),
        ({"description": "x" * 4001, "lon": 111.3, "lat": 30.7}, "json.description"),
    ],
)
def test_a_report_that_cannot_be_names_what_is_wrong(reader, body, where):
    answer = reader.post(LIST, json=body, headers={"Origin": "http://localhost"})
    assert answer.status_code == 422
    assert answer.get_json()["error"]["where"] == where


def test_a_report_in_the_coordinates_of_a_web_map_lands_where_it_was_seen(client, app):
    plain = report(client, app).get_json()
    shifted = report(client, app, crs="GCJ-02").get_json()
    assert 0.003 < abs(plain["lon"] - shifted["lon"]) < 0.01
    unknown = report(client, app, crs="nonsense")
    assert unknown.status_code == 422


def test_an_illegal_step_is_409_with_those_that_are_allowed(client, app):
    key = report(client, app).get_json()["incident_id"]
    answer = client.post(f"{LIST}/{key}/events", json={"action": "close"})
    assert answer.status_code == 409
    assert answer.get_json()["error"]["allowed"] == ["accept", "refuse", "escalate", "remark"]


def test_the_level_is_in_rows_history_filter_figures_table_and_features(client, app):
    key, other = (report(client, app).get_json()["incident_id"] for _ in range(2))
    raised = client.post(f"{LIST}/{key}/events", json={"action": "escalate", "note": "须街道协调"}).get_json()
    assert raised["level"] == "community"
    assert [event["level"] for event in client.get(f"{LIST}/{key}").get_json()["events"]] == [
        "grid",
        "community",
    ]
    for level, wanted in (("community", [key]), ("grid", [other]), ("street,district", [])):
        rows = client.get(f"{LIST}?level={level}").get_json()["incidents"]
        assert [row["incident_id"] for row in rows] == wanted
        points = client.get(f"{POINTS}?level={level}").get_json()
        assert points["incident_id"] == wanted
    counted = client.get("/api/v1/statistics?by=level").get_json()["rows"]
    assert {row["key"]: row["n"] for row in counted} == {"grid": 1, "community": 1}
    table = list(csv.DictReader(io.StringIO(client.get(f"{LIST}.csv").data.decode("utf-8-sig"))))
    assert {row["incident_id"]: row["level"] for row in table} == {key: "community", other: "grid"}
    found = client.get("/ogc/collections/incidents/items?level=community").get_json()["features"]
    assert [feature["properties"]["incident_id"] for feature in found] == [key]


def test_a_level_above_the_highest_is_409(client, app):
    key = report(client, app).get_json()["incident_id"]
    body = {"action": "escalate", "note": "beyond us"}
    answers = [client.post(f"{LIST}/{key}/events", json=body) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 409]
    assert answers[-1].get_json()["error"]["level"] == "district"
    assert "escalate" not in answers[-1].get_json()["error"]["allowed"]


def test_a_row_and_its_history_are_what_happened(client, app):
    key = report(client, app).get_json()["incident_id"]
    client.post(f"{LIST}/{key}/events", json={"action": "accept"})
    shown = client.get(f"{LIST}/{key}").get_json()
    assert [(event["action"], event["by"]) for event in shown["events"]] == [
        ("report", "local"),
        ("accept", "local"),
    ]
    assert shown["state"] == "accepted"
    assert shown["event_id"] == shown["events"][-1]["event_id"]


def test_the_table_for_spreadsheets_has_a_row_for_each_incident(reader):
    answer = reader.get("/api/v1/incidents.csv?category=06")
    text = answer.data.decode("utf-8-sig")
    total = reader.get(f"{LIST}?category=06").get_json()["total"]
    assert answer.data.startswith(b"\xef\xbb\xbf")
    assert text.count("\r\n") == total + 1
    assert "市容环境" in text
    assert "attachment" in answer.headers["Content-Disposition"]


def test_while_the_store_is_down_reads_go_on_and_writes_are_503(client, app, tmp_path):
    key = report(client, app).get_json()["incident_id"]
    service = app.extensions["gridgeo"]
    service.store.database.close()
    file = service.store.database.file
    file.rename(tmp_path / "away")
    refused = report(client, app)
    assert refused.status_code == 503
    assert refused.get_json()["error"]["kind"] == "store_down"
    assert "put it back" in service.problems["store"]
    assert str(tmp_path) in service.problems["store"]
    assert str(tmp_path) not in refused.get_data(as_text=True)
    service.refresh()
    assert client.get(f"{LIST}/{key}").get_json()["state"] == "reported"
    assert client.get("/readyz").status_code == 503
    assert "cannot be saved" in client.get("/api/v1/revision").get_json()["problem"]
    (tmp_path / "away").rename(file)
    service.refresh()
    assert client.get("/readyz").status_code == 200
    assert report(client, app).status_code == 201
