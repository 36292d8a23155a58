"""Addresses over the web, by the town's own gazetteer."""

import pytest
from reading import client_of, open_guarded_service, open_service, town_gazetteer
from service_town import ORIGIN, bearer


@pytest.fixture(scope="module")
def client(town_file, tmp_path_factory):
    app = open_service(town_file, tmp_path_factory.mktemp("geocode"))
    yield client_of(app)
    app.extensions["gridgeo"].close()


@pytest.fixture(scope="module")
def house():
    """An address of the town that no other place has."""
    entries = town_gazetteer().entries
    houses = entries[entries["level"] == "house_number"]
    return houses[~houses["label"].duplicated(keep=False)].iloc[0]


def ask(client, text, **more):
    return client.get("/api/v1/geocode", query_string={"q": text, **more}).get_json()["results"]


def test_an_address_in_a_report_is_found_with_its_grid(client, house):
    first = ask(client, f"{house['label']}附近垃圾堆积")[0]
    assert first["address"] == house["label"]
    assert first["used"] == house["label"]
    lon, lat = town_gazetteer().engine.to_wgs84(house["x"], house["y"])
    assert (first["lon"], first["lat"]) == pytest.approx((float(lon), float(lat)), abs=2e-6)
    located = client.get(f"/api/v1/locate?lon={first['lon']}&lat={first['lat']}").get_json()
    assert first["grid_code"] == located["grid_code"]
    assert 0.5 < first["score"] <= 1


def test_a_text_without_an_address_has_no_result(client):
    assert ask(client, "今天天气很好") == []
    assert ask(client, "   ") == []


def test_no_more_results_come_than_were_asked_for(client, house):
    street = house["street"]
    assert len(ask(client, street, limit=1)) <= 1
    assert len(ask(client, street, limit=10)) <= 10


def test_many_texts_have_one_answer_each_in_order(client, house):
    texts = [house["label"], None, "", "没有地址", house["label"]]
    rows = client.post("/api/v1/geocode", json={"texts": texts}).get_json()["results"]
    assert [row["status"] for row in rows] == ["ok", "empty", "empty", "no_address", "ok"]
    assert rows[0] == rows[4]
    assert rows[1]["lon"] is None
    assert ask(client, house["label"])[0]["address"] == rows[0]["address"]


def test_the_way_back_finds_the_address_again(client, house):
    place = ask(client, house["label"])[0]
    answer = client.get(f"/api/v1/reverse?lon={place['lon']}&lat={place['lat']}").get_json()
    assert answer["distance_m"] < 1
    assert answer["grid_code"] == place["grid_code"]
    far = client.get("/api/v1/reverse?lon=100&lat=20").get_json()
    assert (far["address"], far["distance_m"], far["grid_code"]) == (None, None, None)


def test_without_a_gazetteer_the_answer_says_how_to_get_one(start):
    client = client_of(start())
    paths = ["/api/v1/geocode?q=x", "/api/v1/reverse?lon=1&lat=2"]
    for answer in [*map(client.get, paths), client.post("/api/v1/geocode", json={"texts": ["x"]})]:
        assert answer.status_code == 404
        assert "--gazetteer" in answer.get_json()["error"]["message"]


@pytest.mark.parametrize(
    "query", [{}, {"q": ""}, {"q": "x" * 2001}, {"q": "x", "limit": 0}, {"q": "x", "limit": 11}]
)
def test_what_is_no_question_is_refused(client, query):
    assert client.get("/api/v1/geocode", query_string=query).status_code == 422


def test_more_texts_than_the_limit_are_refused(client):
    assert client.post("/api/v1/geocode", json={"texts": ["x"] * 10_001}).status_code == 422
    assert client.post("/api/v1/geocode", json={"texts": [1]}).status_code == 422


def test_whoever_has_an_area_learns_no_grid_of_another_from_an_address(town_file, tmp_path, house):
    app = open_guarded_service(town_file, tmp_path)
    client = app.test_client()
    found = client.get("/api/v1/geocode", query_string={"q": house["label"]}, headers=bearer("elsewhere"))
    assert [row["grid_code"] for row in found.get_json()["results"]] == [None]
    many = client.post(
        "/api/v1/geocode", json={"texts": [house["label"]]}, headers={"Origin": ORIGIN, **bearer("elsewhere")}
    )
    assert [row["grid_code"] for row in many.get_json()["results"]] == [None]
    app.extensions["gridgeo"].close()
