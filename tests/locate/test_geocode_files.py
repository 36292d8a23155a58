"""A night's file of reports on the command line."""

from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner, Result

from gridgeo.cli import main
from gridgeo.locate.gazetteer import read_gazetteer, write_gazetteer
from gridgeo.locate.geocode import files
from gridgeo.locate.geocode.files import GeocodeJob, geocode_reports
from gridgeo.locate.reports import read_reports
from tests.locate.small_city import addresses, communities, small_city, streets

REPORTS = """id,text,lon,note
1,云集路28号垃圾堆积,,=1+1
2,请问社保怎么办理,,
3,"锦江小区3栋
漏水",,x
4,,111.5,
5,云集路28号垃圾堆积,,
6,胜利街5号,,
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_gazetteer(small_city(), tmp_path / "gaz.gpkg")
    (tmp_path / "in.csv").write_text(REPORTS, encoding="gbk")
    return tmp_path


def run(folder: Path, *arguments: str) -> Result:
    paths = [str(folder / a[1:]) if a.startswith("@") else a for a in arguments]
    return CliRunner().invoke(main, paths)


def test_rows_columns_and_order_are_kept_and_results_stand_beside_them(folder: Path) -> None:
    result = run(
        folder, "geocode", "@in.csv", "--text", "text", "--gazetteer", "@gaz.gpkg", "--out", "@out.csv"
    )
    assert result.exit_code == 0, result.output
    out = read_reports(folder / "out.csv")
    assert out["id"].tolist() == ["1", "2", "3", "4", "5", "6"]
    assert out.columns.tolist()[:5] == ["id", "text", "lon", "note", "geocode_lon"]
    assert out["lon"].tolist()[3] == "111.5"
    assert out["note"].tolist()[0] == "'=1+1"
    assert out["address"].fillna("").tolist() == [
        "云集路28号",
        "",
        "锦江小区3栋",
        "",
        "云集路28号",
        "胜利街5号",
    ]
    assert out["status"].tolist() == ["ok", "no_address", "ok", "empty", "ok", "ambiguous"]
    assert not list(folder.glob(".out*"))


def test_doubtful_rows_go_to_review_and_come_back_as_knowledge(folder: Path) -> None:
    common = ("geocode", "@in.csv", "--text", "text", "--gazetteer")
    assert run(folder, *common, "@gaz.gpkg", "--review", "@rev.csv", "--out", "@out.csv").exit_code == 0
    review = read_reports(folder / "rev.csv")
    assert review["text"].tolist() == ["请问社保怎么办理", "胜利街5号"]
    entry = (
        small_city().entries.query("label == '胜利街5号' and area_code == '420502001002'")["entry_id"].iloc[0]
    )
    review.loc[1, "correct"] = entry
    review.to_csv(folder / "rev.csv", index=False)
    learned = run(folder, "gazetteer", "learn", "@gaz.gpkg", "--review", "@rev.csv", "--out", "@wise.gpkg")
    assert learned.exit_code == 0, learned.output
    assert run(folder, *common, "@wise.gpkg", "--out", "@out.csv").exit_code == 0
    last = read_reports(folder / "out.csv").iloc[5]
    assert (last["status"], last["entry_id"]) == ("ok", entry)


def test_a_row_with_coordinates_of_its_own_keeps_them(folder: Path) -> None:
    (folder / "in.csv").write_text("text,x,y\n云集路28号,111.5,30.5\n云集路28号,,30.5\n云集路28号,far,400\n")
    result = run(
        folder, "geocode", "@in.csv", "--text", "text", "--x", "x", "--y", "y", "--gazetteer", "@gaz.gpkg",
        "--out", "@out.csv",
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    out = read_reports(folder / "out.csv")
    assert out["precision"].tolist() == ["given", "house_number", "house_number"]
    assert (out["lon"].iloc[0], out["lat"].iloc[0]) == ("111.5", "30.5")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ("--text", "wo", "--gazetteer", "@gaz.gpkg", "--out", "@out.csv"),
            "no column 'wo'; there are id, text",
        ),
        (("--text", "text", "--gazetteer", "@nix.gpkg", "--out", "@out.csv"), "gridgeo gazetteer build"),
        (("--text", "text", "--gazetteer", "@gaz.gpkg", "--out", "@out.doc"), "change the suffix"),
        (
            ("--text", "text", "--x", "x", "--gazetteer", "@gaz.gpkg", "--out", "@out.csv"),
            "--x and --y go together",
        ),
    ],
)
def test_a_wrong_call_says_what_to_do_and_writes_nothing(
    folder: Path, arguments: tuple[str, ...], message: str
) -> None:
    result = run(folder, "geocode", "@in.csv", *arguments)
    assert result.exit_code != 0
    assert message in result.output
    assert not (folder / "out.csv").exists()


def test_a_killed_run_goes_on_where_it_stopped(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "PIECE", 2)
    reports = read_reports(folder / "in.csv")
    job = GeocodeJob(gazetteer=folder / "gaz.gpkg", progress_folder=folder / "progress")
    calls: list[int] = []

    def stop_after_three(n: int) -> None:
        calls.append(n)
        if len(calls) == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        geocode_reports(reports, "text", job, progress=stop_after_three)
    kept = {path: path.stat().st_mtime_ns for path in (folder / "progress").glob("piece-*.json")}
    assert len(kept) == 1
    resumed = geocode_reports(reports, "text", job)
    assert {path: path.stat().st_mtime_ns for path in kept} == kept
    fresh = geocode_reports(reports, "text", GeocodeJob(gazetteer=folder / "gaz.gpkg"))
    pd.testing.assert_frame_equal(resumed, fresh)


def test_half_done_work_for_other_reports_is_thrown_away(folder: Path) -> None:
    reports = read_reports(folder / "in.csv")
    job = GeocodeJob(gazetteer=folder / "gaz.gpkg", progress_folder=folder / "progress")
    geocode_reports(reports.head(2), "text", job)
    whole = geocode_reports(reports, "text", job)
    pd.testing.assert_frame_equal(
        whole, geocode_reports(reports, "text", GeocodeJob(gazetteer=folder / "gaz.gpkg"))
    )


def test_two_processes_answer_as_one(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "PIECE", 2)
    reports = read_reports(folder / "in.csv")
    one, two = (
        geocode_reports(reports, "text", GeocodeJob(gazetteer=folder / "gaz.gpkg", jobs=n)) for n in (1, 2)
    )
    pd.testing.assert_frame_equal(one, two)


def test_a_gazetteer_is_built_on_the_command_line_and_shows_its_columns(folder: Path) -> None:
    addresses().to_file(folder / "a.gpkg", layer="addresses")
    streets().to_file(folder / "a.gpkg", layer="streets")
    communities().to_file(folder / "a.gpkg", layer="communities")
    layers = [f"--{name}={folder / 'a.gpkg'}:{name}" for name in ("addresses", "streets", "communities")]
    result = run(folder, "gazetteer", "build", *layers, "--faults", "@faults.csv", "--out", "@new.gpkg")
    assert result.exit_code == 0, result.output
    assert "streets: name = name, alias = former_name" in result.output
    assert "127 house_number" in result.output
    assert read_gazetteer(folder / "new.gpkg").geocode(["建设路28号"])["matched"].tolist() == ["云集路28号"]
    assert read_reports(folder / "faults.csv").columns.tolist() == [
        "entry_id",
        "label",
        "fault",
        "detail",
        "remedy",
    ]


def test_a_column_is_stated_as_table_part_column(folder: Path) -> None:
    addresses().rename(columns={"address": "wo"}).to_file(folder / "a.gpkg", layer="addresses")
    source = f"--addresses={folder / 'a.gpkg'}:addresses"
    assert (
        run(
            folder, "gazetteer", "build", source, "--map", "addresses.address=wo", "--out", "@n.gpkg"
        ).exit_code
        == 0
    )
    wrong = run(folder, "gazetteer", "build", source, "--map", "address=wo", "--out", "@n.gpkg")
    assert wrong.exit_code == 2
    assert "TABLE.PART=COLUMN" in wrong.output


def test_a_million_rows_are_answered_in_order_each_distinct_text_once(folder: Path) -> None:
    texts = ["云集路28号垃圾堆积", "请问社保怎么办理", "锦江小区3栋", "胜利街5号"]
    (folder / "big.csv").write_text("text\n" + "\n".join(texts * 250_000) + "\n")
    asked: list[int] = []
    job = GeocodeJob(gazetteer=folder / "gaz.gpkg")
    result = geocode_reports(read_reports(folder / "big.csv"), "text", job, progress=asked.append)
    assert len(result) == 1_000_000
    assert sum(asked) == 4
    assert result["text"].tolist() == texts * 250_000
    assert result["status"].tolist() == ["ok", "no_address", "ok", "ambiguous"] * 250_000
