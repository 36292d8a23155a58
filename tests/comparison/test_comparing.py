import json
from dataclasses import replace

import geopandas as gpd
import pandas as pd
import pytest
from click.testing import CliRunner
from drawn_partition import HOUSES, drawn
from towns import layer, shapes_of, streets_of

import gridgeo
from gridgeo import Division
from gridgeo.cli import main
from gridgeo.comparison.comparing import compare
from gridgeo.errors import FileWriteError
from gridgeo.io import list_layers

OLD_ROWS = ["AABBBB"] * 2 + ["CCDDDD"] * 2


def division(rows, households=100, houses=HOUSES, **spec):
    """Return a drawing of grids as a division of one community."""
    network = drawn(rows, households, houses)
    grids = network.grids.assign(
        area_code="V", name="V " + network.grids["grid_code"], kind="base", status="in_range", reason=""
    )
    counts = network.buildings.groupby("grid_code")["households"].sum()
    grids["households"] = grids["grid_code"].map(counts).fillna(0).astype("int64")
    whole = shapes_of(["VVVVVV"] * 4)["V"]
    return Division(
        communities=layer([whole], area_code=["V"], name=["V town"]),
        grids=grids,
        atoms=grids[["grid_code", "households", "geometry"]].assign(atom_id=grids["grid_code"]),
        buildings=network.buildings,
        streets=streets_of([[(0, 2), (6, 2)]]),
        manifest={"spec": {"households": [100, 400], **spec}, "score": {"n_grids": len(grids)}},
    )


OLD = division(OLD_ROWS, start_date="2024-01-01")


def kinds(comparison):
    return dict(zip(comparison.table["grid_code"], comparison.table["change"], strict=True))


def test_a_division_compared_with_itself_has_kept_every_grid():
    comparison = compare(OLD, OLD)
    assert kinds(comparison) == dict.fromkeys("ABCD", "kept")
    score = comparison.score
    assert (score["n_kept"], score["households_moved"], score["buildings_moved"]) == (4, 0, 0)
    assert (score["border_added_m"], score["border_removed_m"]) == (0.0, 0.0)
    assert comparison.borders.empty


def test_a_border_that_moves_changes_two_grids_and_is_measured():
    comparison = compare(OLD, division(["AAAABB", "AABBBB"] + ["CCDDDD"] * 2))
    assert kinds(comparison) == {"A": "changed", "B": "changed", "C": "kept", "D": "kept"}
    score = comparison.score
    assert (score["households_moved"], score["buildings_moved"]) == (100, 1)
    # Ten metres of the old border are gone; the new one runs round two squares: 10 + 20 m.
    assert (score["border_removed_m"], score["border_added_m"]) == pytest.approx((10.0, 30.0), abs=0.1)
    rows = comparison.table.set_index("grid_code")
    assert rows["households_in"].to_dict() == {"A": 100, "B": 0, "C": 0, "D": 0}
    assert rows["households_out"].to_dict() == {"A": 0, "B": 100, "C": 0, "D": 0}


def test_splits_mergers_and_ends_are_told_apart():
    split = compare(OLD, division(["AABBBB", "AAEEEE"] + ["CCDDDD"] * 2))
    assert kinds(split) == {"A": "kept", "B": "split", "C": "kept", "D": "kept", "E": "split"}
    merged = compare(OLD, division(["BBBBBB"] * 2 + ["CCDDDD"] * 2))
    assert kinds(merged) == {"A": "ended", "B": "merged", "C": "kept", "D": "kept"}
    ended = merged.table.set_index("grid_code").loc["A"]
    assert ended["households_before"] == 200
    assert pd.isna(ended["households_after"])
    assert merged.score["households_moved"] == 200


def test_a_grid_with_another_code_is_the_same_grid():
    comparison = compare(OLD, division(["XXBBBB"] * 2 + ["CCDDDD"] * 2))
    row = comparison.table.set_index("grid_code").loc["X"]
    assert (row["change"], row["old_code"]) == ("kept", "A")
    assert comparison.score["households_moved"] == 0


def test_new_households_have_not_moved():
    grown = division(OLD_ROWS, dict.fromkeys("abcdefghijkl", 130))
    score = compare(OLD, grown).score
    assert (score["households_moved"], score["households_new"], score["households_gone"]) == (0, 360, 0)


def test_a_comparison_is_written_as_what_its_name_says(tmp_path):
    comparison = compare(OLD, division(["AAAABB", "AABBBB"] + ["CCDDDD"] * 2))
    for name in ("out.csv", "out.gpkg", "out.json", "out.html"):
        comparison.write(tmp_path / name)
    assert pd.read_csv(tmp_path / "out.csv")["change"].tolist() == ["changed", "changed", "kept", "kept"]
    assert set(list_layers(tmp_path / "out.gpkg")) == {"changes", "lineage", "borders", "manifest"}
    assert len(gpd.read_file(tmp_path / "out.gpkg", layer="borders")) == len(comparison.borders)
    assert json.loads((tmp_path / "out.json").read_text())["score"]["n_changed"] == 2
    assert "measure.change" in (tmp_path / "out.html").read_text()
    with pytest.raises(FileWriteError, match="written as"):
        comparison.write(tmp_path / "out.docx")


def test_the_map_colours_by_change_and_shows_in_a_cell():
    frame = compare(OLD, division(["BBBBBB"] * 2 + ["CCDDDD"] * 2)).map(lang="en")
    assert '"name":"change"' in frame.page
    assert '"role":"merged"' in frame.page
    assert '"role":"ended"' in frame.page
    shown = frame._repr_html_()
    assert shown.startswith("<iframe srcdoc=")
    assert "http" not in shown.split("srcdoc=")[0]
    assert "<script" not in shown, "the page is escaped as a whole"


def test_a_notebook_shows_figures_and_the_grids_that_changed():
    text = compare(OLD, division(["AAAABB", "AABBBB"] + ["CCDDDD"] * 2))._repr_html_()
    assert "households_moved" in text
    assert ">changed<" in text
    assert ">kept<" not in text


def test_a_division_shows_its_map_in_a_cell(tmp_path):
    frame = OLD.map(lang="zh")
    frame.write(tmp_path / "map.html")
    assert (tmp_path / "map.html").read_text(encoding="utf-8") == frame.page
    assert "srcdoc" in frame._repr_html_()


def test_the_order_of_rows_changes_no_comparison():
    new = division(["AAAABB", "AABBBB"] + ["CCDDDD"] * 2)
    mixed = replace(new, grids=new.grids.iloc[::-1], buildings=new.buildings.iloc[::-1])
    one, other = compare(OLD, new), compare(OLD, mixed)
    pd.testing.assert_frame_equal(one.table.drop(columns="geometry"), other.table.drop(columns="geometry"))
    assert one.score == other.score


def test_the_command_tells_what_changed(tmp_path):
    OLD.write(tmp_path / "old.gpkg")
    division(["AAAABB", "AABBBB"] + ["CCDDDD"] * 2).write(tmp_path / "new.gpkg")
    files = [str(tmp_path / "old.gpkg"), str(tmp_path / "new.gpkg")]
    answer = CliRunner().invoke(main, ["compare", *files, "--out", str(tmp_path / "table.csv")])
    assert answer.exit_code == 0, answer.output
    assert "4 grids before, 4 after: 2 kept, 2 changed, 0 split, 0 merged, 0 new, 0 ended" in answer.output
    assert "households moved 100 (8.33 %)" in answer.output
    assert (tmp_path / "table.csv").exists()
    figures = json.loads(CliRunner().invoke(main, ["compare", *files, "--json"]).output)
    assert figures["score"]["border_added_m"] == pytest.approx(30.0, abs=0.1)
    assert len(figures["grids"]) == 4


def test_compare_is_a_public_name():
    assert gridgeo.compare is compare
