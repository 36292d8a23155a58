"""What first requests would wait for is made beforehand."""

from gridgeo_web.division.tile_layers import list_tile_layers
from gridgeo_web.division.warming import warm_snapshot
from reading import open_service


def test_a_warm_snapshot_makes_nothing_more_for_the_first_requests(app, client):
    shown = app.extensions["gridgeo"].snapshots.current()
    warm_snapshot(shown)
    made = len(shown.cache)
    assert made >= len(list_tile_layers(shown)) + 3
    for path in ("/api/v1/communities", "/tiles/buildings/0/0/0.mvt", "/tiles/streets/0/0/0.mvt"):
        assert client.get(path).status_code == 200
    assert client.get("/api/v1/search?q=x").status_code == 200
    assert len(shown.cache) <= made + 1  # which grids the one who asks may see


def test_the_first_address_waits_for_nothing_either(town_file, tmp_path):
    app = open_service(town_file, tmp_path)
    shown = app.extensions["gridgeo"].snapshots.current()
    warm_snapshot(shown)
    assert {"engine", "addresses"} <= set(vars(shown.gazetteer))
    app.extensions["gridgeo"].close()


def test_a_service_warms_the_division_that_it_has_read(app):
    service = app.extensions["gridgeo"]
    service.warm(service.snapshots.current()).join()
    assert len(service.snapshots.current().cache) >= 3
