"""Choices of a service that cannot work are refused before anything is opened."""

from pathlib import Path

import pytest
from gridgeo_web.config import ConfigError, ExtraLayer, ServiceConfig, is_loopback

FILE = Path("out.gpkg")


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.4", "map.city.local", "::", "10.0.0.1"])
def test_an_address_that_others_reach_needs_users(host):
    with pytest.raises(ConfigError, match="--users"):
        ServiceConfig(division=FILE, host=host)
    ServiceConfig(division=FILE, host=host, users=Path("users.toml"))


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "localhost", "::1", "[::1]"])
def test_loopback_needs_no_users(host):
    assert is_loopback(host)
    ServiceConfig(division=FILE, host=host)


@pytest.mark.parametrize(
    ("choice", "said"),
    [
        ({"lang": "fr"}, "--lang"),
        ({"port": 70_000}, "--port"),
        ({"timezone": "Asia/Nowhere"}, "--timezone"),
        ({"timezone": "../etc/passwd"}, "--timezone"),
        ({"local_role": "king"}, "--local-role"),
        ({"layers": (ExtraLayer("a", "x"), ExtraLayer("a", "y"))}, "stands twice"),
    ],
)
def test_a_choice_that_cannot_be_names_its_option(choice, said):
    with pytest.raises(ConfigError, match=said):
        ServiceConfig(division=FILE, **choice)


def test_a_layer_is_a_name_and_a_source():
    assert ExtraLayer.parse("cameras=city.gpkg:cctv") == ExtraLayer("cameras", "city.gpkg:cctv")
    for text in ("cameras", "=city.gpkg", "cameras=", "<b>=city.gpkg", "a/b=city.gpkg"):
        with pytest.raises(ConfigError, match="--layer"):
            ExtraLayer.parse(text)


def test_the_store_lies_beside_the_division_by_default():
    assert ServiceConfig(division=Path("/x/out.gpkg")).store_url == "sqlite:////x/out.incidents.sqlite"


@pytest.mark.parametrize(
    "address",
    [
        "http://tiles.office/",
        "ftp://x/{z}/{x}/{y}",
        "http://x/{z}/{x}/{y}; script-src *",
        "javascript://{z}{x}{y}",
    ],
)
def test_an_address_of_tiles_that_no_browser_can_fill_in_is_refused(address):
    with pytest.raises(ConfigError, match="--basemap"):
        ServiceConfig(division=FILE, basemap=address)
