"""`gridgeo map`: from a division file to a page, or a message that says what is missing."""

from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from drawn_division import draw_division, draw_incidents

from gridgeo.cli import main
from gridgeo.division import Division


@pytest.fixture
def file(tmp_path) -> Path:
    drawn = draw_division()
    atoms = drawn.grids[["grid_code", "households", "geometry"]].assign(atom_id=["1", "2", "3", "4"])
    layers = {name: getattr(drawn, name) for name in ("communities", "grids", "buildings", "streets")}
    manifest = {"score": {"n_grids": 4, "feasible_in_range_share": 1.0}, "spec": {"households": [200, 300]}}
    Division(**layers, atoms=atoms, manifest=manifest).write(tmp_path / "district.gpkg")
    return tmp_path / "district.gpkg"


def run(*arguments) -> object:
    return CliRunner().invoke(main, ["map", *map(str, arguments)])


def test_a_division_file_becomes_one_page(file, tmp_path):
    out = tmp_path / "map.html"
    result = run(file, "--out", out)
    assert result.exit_code == 0, result.output
    assert "4 grids" in result.output
    page = out.read_text(encoding="utf-8")
    assert "<title>district</title>" in page
    assert "学院街东网格" in page


def test_everything_can_be_added_by_options(file, tmp_path):
    incidents = tmp_path / "incidents.gpkg"
    draw_incidents("井盖丢失").to_file(incidents, layer="incidents")
    draw_division().communities.to_file(tmp_path / "lakes.gpkg", layer="lakes")
    out = tmp_path / "map.html"
    more = ["--incidents", f"{incidents}:incidents", "--water", tmp_path / "lakes.gpkg", "--against", file]
    result = run(file, "--out", out, *more, "--title", "西陵区", "--lang", "zh")
    assert result.exit_code == 0, result.output
    page = out.read_text(encoding="utf-8")
    for words in ("井盖丢失", "<title>西陵区</title>", '"titles":["西陵区","district"]', '"water":{'):
        assert words in page


def test_a_file_that_is_no_division_is_refused_in_one_line(tmp_path):
    plain = tmp_path / "plain.gpkg"
    draw_division().streets.to_file(plain, layer="roads")
    result = run(plain, "--out", tmp_path / "map.html")
    assert result.exit_code == 1
    assert result.output.startswith("Error: ")
    assert "lacks the layers communities, grids" in result.output
    assert not (tmp_path / "map.html").exists()


def test_a_notebook_shows_a_division_with_its_map(file):
    from gridgeo.division import read_division

    shown = read_division(file)._repr_html_()
    assert "single building of 388" in shown
    assert "data:image/svg+xml;base64," in shown
    assert "<script" not in shown


def test_a_division_without_exceptions_says_so_in_a_notebook(file):
    from gridgeo.division import read_division

    division = read_division(file)
    fine = replace(division, grids=division.grids.assign(status="in_range"))
    assert "Every grid is in range." in fine._repr_html_()
