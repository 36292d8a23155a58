"""OGC API – Features, route by route."""

import time
from urllib.parse import urlsplit

import geopandas as gpd
import pytest
import shapely
from reading import N_INCIDENTS, client_of, open_guarded_service, open_service
from service_town import bearer

import gridgeo

CORE = "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core"


@pytest.fixture(scope="module")
def client(town_file, tmp_path_factory):
    app = open_service(town_file, tmp_path_factory.mktemp("features"))
    yield client_of(app)
    app.extensions["gridgeo"].close()


@pytest.fixture(scope="module")
def division(town_file):
    return gridgeo.read_division(town_file)


def read(client, path, **query):
    answer = client.get(f"/ogc{path}", query_string=query)
    assert answer.status_code == 200, answer.get_json()
    return answer.get_json(force=True)


def items(client, name, **query):
    return read(client, f"/collections/{name}/items", **query)


def codes_of(collection):
    return [feature["id"] for feature in collection["features"]]


def test_every_link_of_the_landing_page_leads_somewhere(client):
    for path in ("", "/"):
        links = {link["rel"]: link for link in read(client, path)["links"]}
        assert {"self", "service-desc", "conformance", "data"} <= set(links)
        for link in links.values():
            answer = client.get(urlsplit(link["href"]).path)
            assert answer.status_code == 200
            assert answer.content_type == link["type"]
    assert CORE in read(client, "/conformance")["conformsTo"]


def test_every_collection_tells_where_it_lies_and_what_may_be_asked(client, division):
    collections = read(client, "/collections")["collections"]
    assert [one["id"] for one in collections] == ["grids", "communities", "incidents"]
    west, south, east, north = division.communities.to_crs(4326).total_bounds
    for one in collections:
        assert read(client, f"/collections/{one['id']}") == one
        assert one["extent"]["spatial"]["bbox"] == [pytest.approx([west, south, east, north])]
        assert one["crs"] == ["http://www.opengis.net/def/crs/OGC/1.3/CRS84"]
        asked = read(client, f"/collections/{one['id']}/queryables")["properties"]
        assert asked
        for link in one["links"]:
            assert client.get(urlsplit(link["href"]).path).status_code == 200


@pytest.mark.parametrize("limit", [1, 3, 1000])
@pytest.mark.parametrize("name", ["grids", "communities", "incidents"])
def test_pages_follow_each_other_until_everything_was_told_once(client, division, name, limit):
    limit = max(limit, 40) if name == "incidents" else limit
    seen, page = [], items(client, name, limit=limit)
    while True:
        assert page["numberReturned"] == len(page["features"]) <= limit
        seen += codes_of(page)
        following = [link["href"] for link in page["links"] if link["rel"] == "next"]
        if not following:
            break
        parts = urlsplit(following[0])
        page = client.get(f"{parts.path}?{parts.query}").get_json()
    n = {"grids": len(division.grids), "communities": len(division.communities), "incidents": N_INCIDENTS}[
        name
    ]
    assert len(seen) == len(set(seen)) == n == page["numberMatched"]


def test_a_window_finds_what_touches_it(client, division):
    grids = division.grids.to_crs(4326).set_index("grid_code").sort_index()
    west, south, east, north = grids.total_bounds
    box = (west, south, (west + east) / 2, (south + north) / 2)
    found = codes_of(items(client, "grids", bbox=",".join(map(str, box)), limit=1000))
    assert found == grids.index[grids.intersects(shapely.box(*box))].tolist()
    inside = items(client, "incidents", bbox=",".join(map(str, box)), limit=1000)
    for feature in inside["features"]:
        x, y = feature["geometry"]["coordinates"]
        assert box[0] <= x <= box[2]
        assert box[1] <= y <= box[3]
    assert items(client, "incidents", bbox="99,19,101,21")["numberMatched"] == 1
    assert items(client, "grids", bbox="0,0,1,1")["features"] == []


def test_properties_filter_and_all_of_them_hold_together(client, division):
    grid = division.grids.iloc[0]
    assert codes_of(items(client, "grids", grid_code=grid["grid_code"])) == [grid["grid_code"]]
    same = division.grids[division.grids["households"] == grid["households"]]
    assert len(items(client, "grids", households=int(grid["households"]))["features"]) == len(same)
    assert items(client, "grids", grid_code=grid["grid_code"], area_code="x")["features"] == []
    assert items(client, "grids", households="many")["features"] == []
    by_category = [items(client, "incidents", category=c)["numberMatched"] for c in ("01", "02", "06", "x")]
    assert sum(by_category) == N_INCIDENTS
    assert by_category[-1] == 0


def test_times_filter_incidents_by_their_report(client):
    everything = items(client, "incidents", limit=1000)["features"]
    times = sorted(gpd.pd.Timestamp(f["properties"]["reported_at"]) for f in everything)
    middle = times[len(times) // 2].tz_convert("UTC").isoformat().replace("+00:00", "Z")
    before = items(client, "incidents", datetime=f"../{middle}")["numberMatched"]
    after = items(client, "incidents", datetime=f"{middle}/..")["numberMatched"]
    at = items(client, "incidents", datetime=middle)["numberMatched"]
    assert before + after - at == N_INCIDENTS
    assert at >= 1


def test_grids_are_there_from_their_first_day_on(client, division):
    starts = division.grids["start_date"].dropna()
    today = time.strftime("%Y-%m-%d", time.gmtime(time.time() + 86_400))
    assert items(client, "grids", datetime=today)["numberMatched"] == len(division.grids)
    assert items(client, "grids", datetime="1900-01-01")["numberMatched"] == len(division.grids) - len(starts)


def test_a_feature_is_read_by_its_id(client, division):
    code = division.grids["grid_code"].iloc[2]
    feature = read(client, f"/collections/grids/items/{code}")
    assert feature["id"] == feature["properties"]["grid_code"] == code
    assert {link["rel"] for link in feature["links"]} == {"self", "collection"}
    assert read(client, "/collections/incidents/items/I0001")["properties"]["description"].endswith("no 1")
    area = division.communities["area_code"].iloc[0]
    assert read(client, f"/collections/communities/items/{area}")["properties"]["area_code"] == area
    for path in ("grids/items/x", "communities/items/x", "incidents/items/x", "moons/items", "moons"):
        assert client.get(f"/ogc/collections/{path}").status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/?x=1", "/conformance?x=1", "/collections?f=html", "/collections/grids?x=1",
        "/collections/grids/items?x=1", "/collections/grids/items/x?y=1",
        "/collections/grids/items?limit=0", "/collections/grids/items?bbox=1,2",
        "/collections/grids/items?limit=1&limit=2", "/collections/incidents/items?datetime=tomorrow",
        "/collections/communities/items?households=3",
    ],
)  # fmt: skip
def test_a_parameter_that_is_unknown_or_unreadable_is_a_bad_request(client, path):
    answer = client.get(f"/ogc{path}")
    assert answer.status_code == 400
    assert answer.get_json()["error"]["where"]


def test_a_reporters_contact_is_masked_and_other_areas_are_empty(town_file, tmp_path):
    app = open_guarded_service(town_file, tmp_path)
    client = app.test_client()
    new = {"lon": 111.3, "lat": 30.7, "description": "x", "contact": "13800000000"}
    said = client.post(
        "/api/v1/incidents", json=new, headers={"Origin": "http://localhost", **bearer("officer")}
    )
    path = f"/ogc/collections/incidents/items/{said.get_json()['incident_id']}"
    assert client.get(path, headers=bearer("officer")).get_json()["properties"]["contact"] == "13800000000"
    assert "138" not in client.get(path, headers=bearer("viewer")).get_json()["properties"]["contact"]
    assert client.get(path, headers=bearer("elsewhere")).status_code == 404
    for name in ("grids", "communities", "incidents"):
        answer = client.get(f"/ogc/collections/{name}/items", headers=bearer("elsewhere")).get_json()
        assert (answer["numberMatched"], answer["features"]) == (0, [])
    assert client.get("/ogc/").status_code == 401
    app.extensions["gridgeo"].close()
