"""Pages are put together from our front end and the vendored Leaflet, with nothing left outside."""

import re

import pytest

from gridgeo.errors import FileReadError
from gridgeo.maps import assets
from gridgeo.maps.assets import (
    FRONT,
    bundle_modules,
    hash_source,
    read_vendored,
    read_vendored_css,
)


def test_a_bundle_holds_each_module_once_before_those_that_need_it():
    bundle = bundle_modules("page.js")
    assert not re.search(r"^(import|export) ", bundle, re.MULTILINE)
    assert bundle.count("function decodeShapes(") == 1
    assert bundle.index("function decodeShapes(") < bundle.index("function readDivision(")


def test_front_end_modules_stay_small():
    assert {path.name for path in FRONT.glob("*.js") if len(path.read_text().splitlines()) > 300} == set()


@pytest.mark.parametrize("name", ["leaflet.css", "markercluster.css"])
def test_style_sheets_carry_their_images(name):
    addresses = re.findall(r"url\(([^)]*)\)", read_vendored_css(name))
    assert all(address.startswith(("data:image/png;base64,", "#default#VML")) for address in addresses)


def test_hashes_are_those_that_browsers_compute():
    assert hash_source("alert('Hello, world.');") == "'sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng='"
    assert "\r" not in read_vendored("leaflet.js") + read_vendored("leaflet.css")


def test_assets_that_were_never_brought_are_named_with_the_command(monkeypatch, tmp_path):
    monkeypatch.setattr(assets, "VENDOR", tmp_path)
    with pytest.raises(FileReadError, match=r"python -m gridgeo\.maps\.vendoring"):
        assets.read_bytes("leaflet.js")
