"""Picture tiles of a file as the basemap."""

import pytest
from picture_tiles import write_tiles

from gridgeo.errors import FileReadError
from gridgeo.maps.pmtiles import tile_number


def test_a_file_of_picture_tiles_is_the_basemap(start, tmp_path):
    file = write_tiles(tmp_path / "base.pmtiles", {tile_number(3, 6, 3): b"\x89PNG picture"}, zooms=(0, 9))
    client = start(basemap=str(file)).test_client()
    assert client.get("/api/v1/settings").get_json()["basemap"] == {
        "url": "/basemap/{z}/{x}/{y}",
        "max_zoom": 9,
    }
    answer = client.get("/basemap/3/6/3")
    assert answer.data == b"\x89PNG picture"
    assert answer.mimetype == "image/png"
    assert client.get("/basemap/3/6/4").status_code == 204
    assert "img-src 'self' data:;" in client.get("/").headers["Content-Security-Policy"]


def test_tiles_of_the_own_network_are_the_only_other_pictures_that_a_page_may_load(start):
    client = start(basemap="http://tiles.office:8080/{z}/{x}/{y}.png").test_client()
    assert (
        "img-src 'self' data: http://tiles.office:8080;" in client.get("/").headers["Content-Security-Policy"]
    )
    assert client.get("/basemap/3/6/3").status_code == 404


def test_a_service_without_a_basemap_has_none(client):
    assert client.get("/api/v1/settings").get_json()["basemap"] is None
    assert client.get("/basemap/0/0/0").status_code == 404


def test_a_basemap_that_cannot_be_read_is_told_at_the_start(start, tmp_path):
    (tmp_path / "base.pmtiles").write_text("nothing")
    with pytest.raises(FileReadError, match="version 3"):
        start(basemap=str(tmp_path / "base.pmtiles"))
