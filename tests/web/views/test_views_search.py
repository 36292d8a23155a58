"""One field for everything."""

import pytest
from reading import client_of, open_guarded_service, open_service, town_gazetteer
from service_town import bearer, demo_town

import gridgeo


@pytest.fixture(scope="module")
def client(town_file, tmp_path_factory):
    app = open_service(town_file, tmp_path_factory.mktemp("search"))
    yield client_of(app)
    app.extensions["gridgeo"].close()


@pytest.fixture(scope="module")
def division(town_file):
    return gridgeo.read_division(town_file)


def find(client, query, limit=10, **more):
    answer = client.get("/api/v1/search", query_string={"q": query, "limit": limit}, **more)
    assert answer.status_code == 200
    return answer.get_json()["results"]


def test_a_grid_code_is_that_grid_and_its_box(client, division):
    grid = division.grids.to_crs(4326).iloc[3]
    first = find(client, f" {grid['grid_code']} ")[0]
    assert (first["kind"], first["title"]) == ("grid", grid["grid_code"])
    assert first["grid_code"] == grid["grid_code"]
    assert first["bounds"] == pytest.approx(grid.geometry.bounds, abs=2e-6)


def test_the_beginning_of_a_code_lists_grids_in_order(client, division):
    area = division.grids["area_code"].iloc[0]
    titles = [row["title"] for row in find(client, area) if row["kind"] == "grid"]
    assert titles == sorted(titles)
    assert titles
    assert all(title.startswith(area) for title in titles)


def test_a_community_and_a_street_are_found_by_their_names(client, division):
    name = division.communities["name"].iloc[0]
    assert ("community", name) in {(row["kind"], row["title"]) for row in find(client, name, 50)}
    street = division.streets["name"].dropna().iloc[0]
    rows = [row for row in find(client, street) if row["kind"] == "street" and row["title"] == street]
    assert len(rows) == 1
    west, south, east, north = rows[0]["bounds"]
    pieces = division.streets[division.streets["name"] == street].to_crs(4326).total_bounds
    assert (west, south, east, north) == pytest.approx(tuple(pieces), abs=2e-6)


def test_what_is_the_query_stands_before_what_holds_it(client, division):
    names = sorted(division.streets["name"].dropna().unique(), key=len)
    inner = next((a, b) for a in names for b in names if a != b and a in b)
    titles = [row["title"] for row in find(client, inner[0], 50) if row["kind"] == "street"]
    assert titles.index(inner[0]) < titles.index(inner[1])


@pytest.mark.parametrize(
    "text", ["111.3,30.7", "111.3 30.7", "30.7,111.3", "１１１．３，３０．７", "(111.3; 30.7)"]
)
def test_coordinates_are_understood_in_either_order(client, text):
    first = find(client, text)[0]
    assert (first["kind"], first["lon"], first["lat"]) == ("coordinates", 111.3, 30.7)


def test_numbers_that_are_no_place_are_no_coordinates(client):
    assert [row for row in find(client, "200,100") if row["kind"] == "coordinates"] == []


def test_an_address_is_found_as_a_building_or_by_the_gazetteer(client):
    entries = town_gazetteer().entries
    label = entries.loc[entries["level"] == "house_number", "label"].iloc[0]
    assert find(client, label)[0]["kind"] in ("building", "address")
    assert find(client, f"请到{label}来")[0]["kind"] == "address"


def test_nothing_is_found_of_what_is_not_there(client):
    assert find(client, "no such thing anywhere") == []
    assert find(client, "　") == []
    assert client.get("/api/v1/search").status_code == 422


def test_no_more_is_found_than_asked_for(client):
    assert len(find(client, "路", 3)) == 3


def test_whoever_has_an_area_finds_streets_but_nothing_of_another_area(town_file, tmp_path, division):
    app = open_guarded_service(town_file, tmp_path)
    client, elsewhere = app.test_client(), bearer("elsewhere")
    grid = division.grids.iloc[0]
    assert find(client, grid["grid_code"], headers=elsewhere) == []
    named = find(client, division.communities["name"].iloc[0], headers=elsewhere)
    assert [row for row in named if row["kind"] == "community" or "grid_code" in row] == []
    address = demo_town().buildings["address"].dropna().iloc[0]
    kinds = {row["kind"] for row in find(client, address, headers=elsewhere)}
    assert "building" not in kinds
    assert find(client, division.streets["name"].dropna().iloc[0], headers=elsewhere)[0]["kind"] == "street"
    app.extensions["gridgeo"].close()
