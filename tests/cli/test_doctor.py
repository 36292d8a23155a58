"""``gridgeo doctor`` and ``gridgeo user``."""

import json
import os

import pytest
from click.testing import CliRunner
from drawn_file import write_drawn
from gridgeo_web.doctor import examine

from gridgeo.cli import main

LONG = "a sentence is good"


@pytest.fixture
def division_file(tmp_path):
    return write_drawn(tmp_path / "drawn.gpkg")


def run(*arguments, **more):
    return CliRunner().invoke(main, list(map(str, arguments)), **more)


def states(findings):
    return {finding.name: finding.state for finding in findings}


def test_a_machine_on_which_all_is_there_is_well(division_file):
    done = run("doctor", division_file)
    assert done.exit_code == 0, done.output
    assert "2 communities, 4 grids" in done.output
    assert "FAIL" not in done.output
    assert sorted(file.name for file in division_file.parent.iterdir()) == ["drawn.gpkg"]


def test_what_is_missing_is_named_and_the_exit_code_tells_scripts(tmp_path):
    done = run("doctor", tmp_path / "none.gpkg", "--users", tmp_path / "none.toml", "--json")
    assert done.exit_code == 1
    found = {finding["name"]: finding for finding in json.loads(done.output)}
    assert found["division"]["state"] == found["users"]["state"] == "fail"
    assert "gridgeo user" in found["users"]["text"]
    assert found["versions"]["state"] == "ok"


def test_a_store_that_cannot_be_used_is_a_fault(tmp_path):
    damaged = tmp_path / "damaged.sqlite"
    damaged.write_bytes(b"\x07" * 10_000)
    for address in (f"sqlite:///{damaged}", f"sqlite:///{tmp_path}/nowhere/x.sqlite", "mysql://x"):
        assert states(examine(None, address, None, None))["store"] == "fail"


def test_no_font_for_chinese_is_worth_a_look(tmp_path, monkeypatch):
    listing = tmp_path / "fc-list"
    listing.write_text("#!/bin/sh\n")
    listing.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert states(examine(None, None, None, None))["fonts"] == "warn"
    listing.unlink()
    assert states(examine(None, None, None, None))["fonts"] == "warn"


def test_missing_assets_name_the_command_that_brings_them(monkeypatch, tmp_path):
    monkeypatch.setitem(examine.__globals__["FOLDERS"], "vendor", tmp_path)
    finding = next(one for one in examine(None, None, None, None) if one.name == "assets")
    assert finding.state == "fail"
    assert "python -m gridgeo.maps.vendoring" in finding.text


def test_users_are_made_by_a_command_that_asks_for_the_password(tmp_path):
    file = tmp_path / "users.toml"
    done = run(
        "user", "王芳", "--users", file, "--role", "officer", "--area", "4205", input=f"{LONG}\n{LONG}\n"
    )
    assert done.exit_code == 0, done.output
    assert LONG not in done.output
    assert LONG not in file.read_text()
    made = run("user", "night", "--users", file, "--role", "viewer", "--token")
    assert "Authorization: Bearer gg_" in made.output
    assert states(examine(None, None, file, None))["users"] == "ok"
    again = run("user", "night", "--users", file, "--role", "viewer", "--token")
    assert again.exit_code == 1
    assert "there already" in again.output


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written_to_is_told(division_file):
    division_file.parent.chmod(0o555)
    assert states(examine(division_file, None, None, None))["folder"] == "warn"
    division_file.parent.chmod(0o755)
