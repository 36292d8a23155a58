"""Places and their grids, one by one and a hundred thousand at once."""

import json
import time

import geopandas as gpd
import numpy as np
import pytest
from reading import client_of, open_guarded_service, open_service
from service_town import ORIGIN, bearer

import gridgeo
from gridgeo.offset import wgs84_to_bd09, wgs84_to_gcj02


@pytest.fixture(scope="module")
def client(town_file, tmp_path_factory):
    app = open_service(town_file, tmp_path_factory.mktemp("locate"))
    yield client_of(app)
    app.extensions["gridgeo"].close()


@pytest.fixture(scope="module")
def division(town_file):
    return gridgeo.read_division(town_file)


@pytest.fixture(scope="module")
def places(division):
    """Places in and around the town, with the grids that the library gives them."""
    rng = np.random.default_rng(1)
    west, south, east, north = division.grids.to_crs(4326).total_bounds
    lon, lat = rng.uniform(west, east, 500), rng.uniform(south, north, 500)
    points = gpd.GeoSeries.from_xy(lon, lat, crs=4326).to_crs(division.grids.crs)
    codes = gridgeo.assign_points(points, division.grids)
    return lon, lat, codes.astype(object).where(codes.notna(), None).to_list()


def locate(client, lon, lat, **more):
    return client.get("/api/v1/locate", query_string={"lon": lon, "lat": lat, **more})


def batch(client, points, **more):
    return client.post("/api/v1/locate", json={"points": points, **more})


def test_a_place_has_the_grid_that_the_library_gives_it(client, places):
    lon, lat, codes = places
    answers = [locate(client, x, y).get_json() for x, y in zip(lon[:40], lat[:40], strict=True)]
    assert [answer["grid_code"] for answer in answers] == codes[:40]
    assert all((answer["distance_m"] == 0) == (answer["grid_code"] is not None) for answer in answers)


def test_many_places_have_the_grids_that_the_library_gives_them(client, places):
    lon, lat, codes = places
    answer = batch(client, np.column_stack([lon, lat]).tolist()).get_json()
    assert answer["grid_code"] == codes
    assert answer["error"] == [None] * len(codes)


@pytest.mark.parametrize(("crs", "shift"), [("GCJ-02", wgs84_to_gcj02), ("BD-09", wgs84_to_bd09)])
def test_coordinates_of_chinese_maps_are_taken_back_first(client, places, crs, shift):
    lon, lat, codes = places
    x, y = shift(lon, lat)
    assert batch(client, np.column_stack([x, y]).tolist(), crs=crs).get_json()["grid_code"] == codes
    one = locate(client, x[0], y[0], crs=crs).get_json()
    assert one["coordinates"][crs] == pytest.approx([x[0], y[0]], abs=2e-6)
    assert one["coordinates"]["WGS 84"] == pytest.approx([lon[0], lat[0]], abs=2e-6)


def test_easting_and_northing_are_places_too(client, division):
    point = division.grids.geometry.representative_point().iloc[0]
    crs = f"EPSG:{division.grids.crs.to_epsg()}"
    assert (
        locate(client, point.x, point.y, crs=crs).get_json()["grid_code"]
        == division.grids["grid_code"].iloc[0]
    )


def test_near_a_border_the_neighbours_are_named(client, division):
    grids = division.grids.set_index("grid_code")
    first, second = grids.geometry.iloc[0], grids.geometry.iloc[1:]
    shared = first.boundary.intersection(second.boundary)
    code = shared.length.idxmax()
    place = shared[code].interpolate(0.5, normalized=True)
    lonlat = gpd.GeoSeries([place], crs=division.grids.crs).to_crs(4326)[0]
    answer = locate(client, lonlat.x, lonlat.y).get_json()
    assert answer["near_border"] is True
    assert answer["border_m"] < 1
    assert {grids.index[0], code} <= {answer["grid_code"], *answer["neighbours"]}
    assert answer["grid_code"] not in answer["neighbours"]


def test_just_outside_the_nearest_grid_is_taken_within_the_tolerance(client, division):
    outline = division.grids.union_all()
    place = outline.boundary.interpolate(0.3, normalized=True)
    away = gpd.GeoSeries([place], crs=division.grids.crs)
    outside = next(
        moved
        for dx, dy in ((20, 0), (-20, 0), (0, 20), (0, -20))
        if not outline.contains((moved := away.translate(dx, dy))[0]) and outline.distance(moved[0]) > 1
    )
    lonlat = outside.to_crs(4326)[0]
    assert locate(client, lonlat.x, lonlat.y).get_json()["grid_code"] is None
    near = locate(client, lonlat.x, lonlat.y, tolerance=50).get_json()
    assert near["grid_code"] is not None
    assert near["distance_m"] == pytest.approx(outline.distance(outside[0]), abs=0.05)
    both = batch(client, [[lonlat.x, lonlat.y]], tolerance=50).get_json()
    assert (both["grid_code"][0], both["distance_m"][0]) == (near["grid_code"], near["distance_m"])


def test_of_many_places_only_those_that_cannot_be_read_have_an_error(client, places):
    lon, lat, codes = places
    good = [float(lon[0]), float(lat[0])]
    odd = [
        good,
        None,
        "x",
        [],
        [1],
        [1, 2, 3],
        [None, 2],
        ["1", 2],
        [True, False],
        [500, 10],
        [10**400, 1],
        good,
    ]
    answer = batch(client, odd).get_json()
    assert [error is None for error in answer["error"]] == [True, *[False] * 10, True]
    assert answer["grid_code"] == [codes[0], *[None] * 10, codes[0]]
    assert "500" not in str(answer["grid_code"])


@pytest.mark.parametrize(
    "query",
    [
        {"lon": "x", "lat": "1"}, {"lat": "1"}, {"lon": "nan", "lat": "1"}, {"lon": "inf", "lat": "1"},
        {"lon": "1", "lat": "91"}, {"lon": "1", "lat": "1", "crs": "+proj=longlat +nadgrids=/etc/passwd"},
        {"lon": "1", "lat": "1", "crs": "EPSG:999999"}, {"lon": "1", "lat": "1", "crs": "EPSG:5773"},
        {"lon": "1", "lat": "1", "tolerance": "-1"}, {"lon": "1", "lat": "1", "tolerance": "1e9"},
    ],
)  # fmt: skip
def test_a_place_that_cannot_be_read_is_refused_with_a_typed_error(client, query):
    answer = client.get("/api/v1/locate", query_string=query)
    assert answer.status_code == 422
    assert {"status", "kind", "message", "where"} <= set(answer.get_json()["error"])


def test_more_places_than_the_limit_are_refused(client):
    answer = batch(client, [[1, 2]] * 100_001)
    assert answer.status_code == 422
    assert "100000" in str(answer.get_json())


def test_a_hundred_thousand_places_take_less_than_two_seconds(client, division):
    rng = np.random.default_rng(2)
    west, south, east, north = division.grids.to_crs(4326).total_bounds
    lon, lat = rng.uniform(west, east, 100_000).round(6), rng.uniform(south, north, 100_000).round(6)
    body = {"points": np.column_stack([lon, lat]).tolist(), "crs": "GCJ-02"}
    before = time.process_time()
    answer = client.post("/api/v1/locate", json=body)
    taken = time.process_time() - before  # the client's own packing included
    assert len(answer.get_json()["grid_code"]) == 100_000
    assert taken < 2


def test_whoever_has_an_area_learns_no_grid_of_another(town_file, tmp_path, places):
    app = open_guarded_service(town_file, tmp_path)
    client, (lon, lat, codes) = app.test_client(), places
    inside = next(i for i, code in enumerate(codes) if code is not None)
    headers = {"Origin": ORIGIN, **bearer("elsewhere")}
    one = client.get(
        f"/api/v1/locate?lon={lon[inside]}&lat={lat[inside]}&tolerance=100", headers=headers
    ).get_json()
    assert (one["grid_code"], one["neighbours"]) == (None, [])
    points = [[float(lon[inside]), float(lat[inside])]]
    many = client.post("/api/v1/locate", json={"points": points}, headers=headers).get_json()
    assert many == {"grid_code": [None], "distance_m": [None], "error": [None]}
    app.extensions["gridgeo"].close()


def test_the_body_of_a_batch_is_decoded_once(client, monkeypatch):
    texts, decode = [], json.loads
    monkeypatch.setattr("json.loads", lambda text, **more: texts.append(text) or decode(text, **more))
    sent = json.dumps({"points": [[111.3, 30.7]] * 1000})
    answer = client.post("/api/v1/locate", data=sent, content_type="application/json")
    n_bodies = sum(len(text) == len(sent) for text in texts)
    assert (answer.status_code, n_bodies) == (200, 1)
