import json
from dataclasses import replace

import pandas as pd
import pytest
from click.testing import CliRunner
from towns import town

import gridgeo
from gridgeo import GridSpec, read_division
from gridgeo.cli import main
from gridgeo.errors import SchemaError
from gridgeo.io import read_layer, write_layers

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


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--start-date", "1.2.2027"), "start_date must be a day such as 2027-01-31"),
        (("--curve", "old.gpkg"), "is read as well, and would be lost"),
        (("--streets", "today.gpkg:houses"), "streets: none of its 24 rows can be used (not a line)"),
    ],
)
def test_what_cannot_be_meant_is_refused(files, monkeypatch, words, said):
    monkeypatch.chdir(files)
    answer = run(files, *words)
    assert answer.exit_code == 1
    assert said in answer.output
    assert not (files / "new.gpkg").exists()


def test_what_is_new_and_gone_is_told_and_much_of_it_is_a_reason_to_look(files):
    houses = read_layer(files / "today.gpkg:houses")
    write_layers(files / "today.gpkg", {"houses": houses[houses["NR"] < "h"]}, {})
    answer = run(files)
    assert answer.exit_code == 0
    gone = [house for house in DRAWN.buildings["building_id"] if house >= "h"]
    assert f"gone {40 * len(gone)} households, {len(gone)} buildings; new 70, 0" in answer.output
    assert f"{100 * len(gone) / 24:.1f} % of the old households" in answer.output
    assert "is a layer incomplete?" in answer.output


def test_a_column_of_words_may_tell_which_grids_stay(files):
    old = read_division(files / "old.gpkg")
    for yes, no in (("yes", "no"), ("是", "否"), ("1", "0"), ("True", "False")):
        grids = old.grids.assign(stay=[yes] + [no] * (len(old.grids) - 1))
        with_column = replace(old, grids=grids)
        new = gridgeo.redivide(
            with_column, with_column.buildings.assign(households=110), keep="stay", max_moved=1.0
        )
        kept = new.grids.set_index("grid_code").geometry
        first = grids.iloc[0]
        assert kept[first["grid_code"]].equals(first["geometry"])
        assert (new.grids["reason"] == "kept as it was on request").sum() == 1


def test_new_grids_are_not_in_force_before_the_old_ones(files):
    first = gridgeo.redivide(read_division(files / "old.gpkg"), start_date="2027-01-01")
    for day in ("2027-01-01", "2026-06-01"):
        with pytest.raises(SchemaError, match="is not after 2027-01-01"):
            gridgeo.redivide(first, start_date=day)
