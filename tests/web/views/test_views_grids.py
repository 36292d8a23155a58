"""Grids and communities as GeoJSON, the card of a grid."""

import json

import geopandas as gpd
import numpy as np
import pytest
import shapely
from reading import N_INCIDENTS, client_of, open_guarded_service, open_service
from service_town import bearer

import gridgeo


@pytest.fixture(scope="module")
def client(town_file, tmp_path_factory):
    app = open_service(town_file, tmp_path_factory.mktemp("grids"))
    yield client_of(app)
    app.extensions["gridgeo"].close()


@pytest.fixture(scope="module")
def guarded(town_file, tmp_path_factory):
    app = open_guarded_service(town_file, tmp_path_factory.mktemp("guarded"))
    yield app.test_client()
    app.extensions["gridgeo"].close()


@pytest.fixture(scope="module")
def division(town_file):
    return gridgeo.read_division(town_file)


def read(client, path):
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer.content_type == "application/geo+json"
    return gpd.GeoDataFrame.from_features(answer.get_json()["features"], crs=4326)


def test_grids_are_those_of_the_file_to_a_decimetre(client, division):
    grids, own = read(client, "/api/v1/grids"), division.grids.to_crs(4326).sort_values("grid_code")
    assert grids["grid_code"].tolist() == own["grid_code"].tolist()
    assert grids["households"].tolist() == own["households"].tolist()
    gap = shapely.hausdorff_distance(grids.geometry.to_numpy(), own.geometry.to_numpy())
    assert gap.max() < 1e-6
    labels = gpd.GeoSeries.from_xy(grids["lon"], grids["lat"], crs=4326)
    assert labels.within(grids.geometry).all()


def test_an_area_has_its_own_grids_only(client, division):
    area = division.communities["area_code"].iloc[0]
    grids = read(client, f"/api/v1/grids?area={area}")
    assert 0 < len(grids) < len(division.grids)
    assert set(grids["area_code"]) == {area}
    assert client.get("/api/v1/grids?area=nowhere").get_json()["features"] == []


def test_communities_tell_the_sums_of_their_grids(client, division):
    communities = read(client, "/api/v1/communities").set_index("area_code")
    sums = division.grids.groupby("area_code")["households"].agg(["size", "sum"])
    assert communities["n_grids"].to_dict() == sums["size"].to_dict()
    assert communities["households"].to_dict() == sums["sum"].to_dict()


def test_who_has_the_grids_already_gets_no_body(client):
    first = client.get("/api/v1/grids")
    again = client.get("/api/v1/grids", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_a_card_tells_figures_neighbours_and_incidents(client, division):
    metric = division.grids.set_index("grid_code")
    code = metric.index[metric.geometry.boundary.length.argmax()]
    card = client.get(f"/api/v1/grids/{code}").get_json()
    assert card["grid"]["households"] == metric.loc[code, "households"]
    assert card["community"]["area_code"] == metric.loc[code, "area_code"]
    shared = metric.geometry.boundary.intersection(metric.geometry[code].boundary).length.drop(code)
    expected = shared[shared >= 0.5].round(1)
    assert {one["grid_code"]: one["border_m"] for one in card["neighbours"]} == pytest.approx(
        expected.to_dict(), abs=0.2
    )
    assert card["incidents"]["last_30_days"] <= sum(card["incidents"]["by_state"].values())


def test_the_incidents_of_all_cards_are_all_incidents_in_grids(client, division):
    cards = [client.get(f"/api/v1/grids/{code}").get_json() for code in division.grids["grid_code"]]
    assert sum(sum(card["incidents"]["by_state"].values()) for card in cards) == N_INCIDENTS - 1
    assert sum(card["incidents"]["open"] for card in cards) == N_INCIDENTS - 1


def test_an_unknown_grid_is_not_found_and_named(client):
    answer = client.get("/api/v1/grids/nope")
    assert answer.status_code == 404
    assert "'nope'" in answer.get_json()["error"]["message"]


def test_whoever_has_an_area_sees_no_grid_of_another(guarded, division):
    elsewhere, officer = bearer("elsewhere"), bearer("officer")
    code = division.grids["grid_code"].iloc[0]
    assert guarded.get("/api/v1/grids", headers=elsewhere).get_json()["features"] == []
    assert guarded.get("/api/v1/communities", headers=elsewhere).get_json()["features"] == []
    assert guarded.get(f"/api/v1/grids/{code}", headers=elsewhere).status_code == 403
    assert len(guarded.get("/api/v1/grids", headers=officer).get_json()["features"]) == len(division.grids)
    assert guarded.get(f"/api/v1/grids/{code}", headers=officer).status_code == 200


def test_coordinates_have_six_decimals_and_no_number_is_nan(client):
    text = client.get("/api/v1/grids").get_data(as_text=True)
    features = json.loads(text, parse_constant=pytest.fail)["features"]
    coordinates = np.array(features[0]["geometry"]["coordinates"][0], dtype=float)
    assert np.allclose(coordinates, coordinates.round(6), atol=1e-12)
