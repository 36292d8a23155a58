"""Tiles as the service sends them, read by Mapbox's decoder."""

import math

import mapbox_vector_tile
import numpy as np
import pytest
from gridgeo_web.config import ExtraLayer
from reading import client_of, open_guarded_service, open_service
from service_town import bearer, demo_town

Z = 14


@pytest.fixture(scope="module")
def client(town_file, tmp_path_factory):
    folder = tmp_path_factory.mktemp("tiles")
    demo_town().water.to_file(folder / "water.gpkg", layer="water")
    pois = demo_town().pois
    pois.to_file(folder / "pois.gpkg", layer="pois")
    layers = (
        ExtraLayer("water", f"{folder / 'water.gpkg'}:water"),
        ExtraLayer("cameras", f"{folder / 'pois.gpkg'}:pois"),
    )
    app = open_service(town_file, folder, layers=layers)
    yield client_of(app)
    app.extensions["gridgeo"].close()


def tile_of_town(z=Z):
    lon, lat = demo_town().buildings.to_crs(4326).union_all().centroid.coords[0]
    n = 2**z
    return int((lon + 180) / 360 * n), int((1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * n)


def read(client, name, z=Z, **more):
    x, y = tile_of_town(z)
    answer = client.get(f"/tiles/{name}/{z}/{x}/{y}.mvt", **more)
    assert answer.status_code == 200
    assert answer.content_type == "application/vnd.mapbox-vector-tile"
    return mapbox_vector_tile.decode(answer.data).get(name, {"features": []})["features"]


def test_a_tile_of_buildings_tells_their_grid_and_households(client):
    features = read(client, "buildings")
    assert len(features) > 30
    assert {"building_id", "grid_code", "households"} <= set(features[0]["properties"])


def test_lanes_come_later_than_main_roads(client):
    ranks = {f["properties"]["rank"] for f in read(client, "streets", 11)}
    assert 3 not in ranks
    assert len(read(client, "streets", 15)) > 0


def test_grids_communities_and_further_layers_have_tiles(client):
    assert read(client, "grids", 12)
    assert read(client, "communities", 12)
    assert read(client, "cameras", 13)[0]["geometry"]["type"] == "Point"
    assert client.get("/tiles/water/0/0/0.mvt").status_code == 200


def test_a_tile_with_nothing_in_it_is_empty_and_no_error(client):
    answer = client.get("/tiles/buildings/14/0/0.mvt")
    assert (answer.status_code, answer.data) == (200, b"")


@pytest.mark.parametrize(
    "path", ["roofs/14/0/0", "buildings/14/16384/0", "buildings/23/0/0", "buildings/x/0/0"]
)
def test_a_tile_that_is_not_there_is_not_found(client, path):
    answer = client.get(f"/tiles/{path}.mvt")
    assert answer.status_code == 404
    assert answer.get_json()["error"]["kind"] == "not_found"


def test_a_tile_is_sent_again_only_when_the_division_changes(client):
    x, y = tile_of_town()
    first = client.get(f"/tiles/grids/{Z}/{x}/{y}.mvt")
    again = client.get(f"/tiles/grids/{Z}/{x}/{y}.mvt", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_whoever_has_an_area_gets_streets_but_no_grid_or_building_of_another(town_file, tmp_path):
    app = open_guarded_service(town_file, tmp_path)
    client = app.test_client()
    for name in ("grids", "communities", "buildings"):
        assert read(client, name, headers=bearer("elsewhere")) == []
        assert read(client, name, headers=bearer("officer")) != []
    assert read(client, "streets", headers=bearer("elsewhere")) != []
    app.extensions["gridgeo"].close()


def test_a_packed_tile_unpacks_to_the_plain_one(client):
    x, y = tile_of_town()
    path = f"/tiles/buildings/{Z}/{x}/{y}.mvt"
    packed = client.get(path, headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert len(packed.data) < len(client.get(path).data)
    assert np.frombuffer(packed.data[:2], dtype=np.uint8).tolist() == [0x1F, 0x8B]
