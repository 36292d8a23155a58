import json

import pandas as pd
import pytest
from click.testing import CliRunner
from towns import town

import gridgeo
from gridgeo import GridSpec, read_division
from gridgeo.cli import main
from gridgeo.io import write_layers

ROWS = ["." * 26, ".a.b.c.d.e.f.g.h.i.j.k.l..", "." * 26, "." * 26, ".A.B.C.D.E.F.G.H.I.J.K.L..", "." * 26]
DRAWN = town(["V" * 26] * 6, ROWS, 40, [[(-1, 3), (27, 3)], [(12, -1), (12, 7)]])


@pytest.fixture
def files(tmp_path):
    """An old division, and the counts of today under column names of their own."""
    spec = GridSpec(effort="fast")
    gridgeo.divide(DRAWN.communities, DRAWN.buildings, DRAWN.streets, spec).write(tmp_path / "old.gpkg")
    houses = DRAWN.buildings.rename(columns={"building_id": "NR", "households": "HH"})
    houses.loc[houses["NR"] == "a", "HH"] = 110
    write_layers(tmp_path / "today.gpkg", {"houses": houses}, {})
    return tmp_path


def run(files, *words):
    arguments = [str(files / "old.gpkg"), "--buildings", f"{files / 'today.gpkg'}:houses"]
    arguments += ["--building-id", "NR", "--households", "HH", "--out", str(files / "new.gpkg")]
    return CliRunner().invoke(main, ["redivide", *arguments, *words])


def test_the_command_moves_one_house_and_says_so(files):
    answer = run(files, "--start-date", "2027-01-01", "--curve", str(files / "curve.csv"))
    assert answer.exit_code == 0, answer.output
    assert "moved 40 of 960 households (4.17 %)" in answer.output
    new = read_division(files / "new.gpkg")
    assert (new.grids["status"] == "in_range").all()
    assert new.lineage["is_moved"].sum() == 1
    assert new.manifest["parent"]["n_grids"] == 4
    assert set(new.manifest["inputs"]["sha256"]) == {"old.gpkg", "today.gpkg"}
    curve = pd.read_csv(files / "curve.csv")
    assert curve["households_moved"].tolist() == [0, 40]


def test_the_command_keeps_what_it_is_told_to_and_prints_json(files):
    answer = run(files, "--keep", "V-001, V-002", "--keep", "V-003,V-004", "--json")
    figures = json.loads(answer.output)
    assert figures["households_moved"] == 0
    assert figures["exceptions"] == 1


def test_a_code_that_is_not_there_is_a_plain_refusal(files):
    answer = run(files, "--keep", "V-077")
    assert answer.exit_code == 1
    assert "no grid V-077 to keep" in answer.output
    assert not (files / "new.gpkg").exists()


@pytest.mark.parametrize("target", ["old.gpkg", "today.gpkg"])
def test_the_old_division_and_the_new_layers_are_not_written_over(files, target):
    before = (files / target).read_bytes()
    answer = run(files, "--out", str(files / target))
    assert answer.exit_code == 1
    assert "is read as well, and would be lost" in answer.output
    assert (files / target).read_bytes() == before
