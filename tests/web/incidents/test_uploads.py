"""Incidents sent in as files."""

import json


def feature(**changes):
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [111.3, 30.7]},
        "properties": {"description": "路灯不亮", "category": "市容环境", "incident_id": "U1"},
        **changes,
    }


def send(client, body, kind="application/geo+json", query=""):
    data = body if isinstance(body, bytes | str) else json.dumps(body)
    return client.post(f"/api/v1/incidents/upload{query}", data=data, content_type=kind)


def collection(*features):
    return {"type": "FeatureCollection", "features": list(features)}


def test_features_become_incidents_once(client):
    for n_new in (1, 0):
        answer = send(client, collection(feature()))
        assert answer.status_code == 201
        assert answer.get_json() == {"given": 1, "new": n_new}
    row = client.get("/api/v1/incidents").get_json()["incidents"][0]
    assert (row["incident_id"], row["category"], row["lon"]) == ("U1", "06", 111.3)


def test_a_table_in_chinese_encodings_and_map_coordinates_is_read(client):
    table = (
        "incident_id,description,category,lon,lat,reported_at\nA1,路灯不亮,06,111.3,30.7,2026-11-01 08:00\n"
    )
    for number, encoding in enumerate(("utf-8", "utf-8-sig", "gb18030")):
        body = table.replace("A1", f"A{number}").encode(encoding)
        assert send(client, body, "text/csv", "?crs=GCJ-02").get_json()["new"] == 1
    row = client.get("/api/v1/incidents").get_json()["incidents"][0]
    assert row["description"] == "路灯不亮"
    assert row["reported_at"] == "2026-11-01T08:00:00+08:00"
    assert row["lon"] != 111.3
    assert abs(row["lon"] - 111.3) < 0.01


FAULTS = [
    ("incident_id,lon,lat\nA,1,2\n", "lacks the column description"),
    ("description,lon,lat\n漏水,1,abc\n", "could not convert"),
    ("description,lon,lat\n漏水,1,\n", "belong together"),
    ("description,lon,lat\n漏水,inf,2\n", "lon is inf"),
    ("description,category\n漏水,不存在的\n", "no category"),
    ("description,reported_at\n漏水,yesterday\n", "yesterday"),
    ("description,lon,lat\n漏水,1,2,3\n", "more cells than its header"),
    ("incident_id,description\nA,x\nA,y\n", "stands twice"),
    ("description\n" + "长" * 4001 + "\n", "4001 characters"),
    ("description,lon,lat\n漏水,500,2\n", "no place on earth"),
    ('description\n"open quote\n', "line"),
    ("", "lacks the column"),
]


def test_a_fault_in_a_table_is_named_and_nothing_is_taken(client):
    for table, said in FAULTS:
        answer = send(client, table, "text/csv")
        assert answer.status_code == 422
        assert said in answer.get_json()["error"]["message"]
        assert client.get("/api/v1/incidents").get_json()["total"] == 0


NO_POINTS = [
    [],
    {"type": "Feature"},
    {"type": "FeatureCollection"},
    {"type": "FeatureCollection", "features": {}},
    collection(feature(geometry={"type": "LineString", "coordinates": [[1, 2], [3, 4]]})),
    collection(feature(geometry={"type": "Point", "coordinates": ["a", "b"]})),
    collection(feature(geometry={"type": "Point", "coordinates": [1]})),
    collection(feature(properties=[1])),
    collection("x"),
    {**collection(feature()), "crs": {"properties": {"name": "EPSG:4546"}}},
]


def test_geojson_that_is_no_collection_of_points_is_refused(client):
    for body in NO_POINTS:
        answer = send(client, body)
        assert answer.status_code == 422
        assert client.get("/api/v1/incidents").get_json()["total"] == 0


def test_a_report_without_a_place_is_kept_without_a_grid(client):
    assert send(client, collection(feature(geometry=None))).status_code == 201
    row = client.get("/api/v1/incidents").get_json()["incidents"][0]
    assert row["lon"] is None
    assert row["grid_code"] is None
