import shutil
import sys

import openpyxl
import pytest
from click.testing import CliRunner
from planned import divided

from gridgeo.cli import main
from gridgeo.errors import FileWriteError, MissingExtraError
from gridgeo.reports.printing import BROWSERS, find_browser
from gridgeo.reports.writing import write_report

HAS_BROWSER = any(shutil.which(name) for name in BROWSERS)


def test_a_workbook_has_a_sheet_for_each_part_and_community(tmp_path):
    division = divided()
    write_report(division, tmp_path / "report.xlsx", lang="en")
    book = openpyxl.load_workbook(tmp_path / "report.xlsx")
    assert book.sheetnames[:5] == ["Summary", "Communities", "Exceptions", "Faults", "Grids"]
    assert len(book.sheetnames) == 5 + len(division.communities)
    codes = [row[0] for row in book["Grids"].iter_rows(min_row=2, values_only=True)]
    assert codes == division.grids["grid_code"].tolist()
    households = [row[2] for row in book["Grids"].iter_rows(min_row=2, values_only=True)]
    assert sum(households) == division.grids["households"].sum()


def test_a_text_that_looks_like_a_formula_stays_a_text(tmp_path):
    write_report(divided(), tmp_path / "report.xlsx", title="=1+1", lang="en")
    cell = openpyxl.load_workbook(tmp_path / "report.xlsx")["Summary"]["A1"]
    assert (cell.value, cell.data_type) == ("=1+1", "s")


def test_a_report_without_openpyxl_names_the_extra(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    with pytest.raises(MissingExtraError, match=r"gridgeo\[report\]"):
        write_report(divided(), tmp_path / "report.xlsx")
    assert not (tmp_path / "report.xlsx").exists()


def test_a_machine_without_a_browser_is_told_what_to_do(monkeypatch):
    monkeypatch.setenv("PATH", "")
    with pytest.raises(FileWriteError, match=r"none of chromium.*\.html"):
        find_browser()


@pytest.mark.browser
@pytest.mark.skipif(not HAS_BROWSER, reason="no Chromium on this machine")
def test_a_printed_report_is_a_document_of_several_pages(tmp_path):
    write_report(divided(), tmp_path / "report.pdf", lang="zh")
    content = (tmp_path / "report.pdf").read_bytes()
    assert content.startswith(b"%PDF")
    assert content.count(b"/Type /Page\n") + content.count(b"/Type /Page ") >= 3


def test_a_report_ends_in_a_way_that_is_known(tmp_path):
    with pytest.raises(FileWriteError, match=r"\.html, \.xlsx, \.pdf"):
        write_report(divided(), tmp_path / "report.doc")


def test_the_command_writes_a_report(tmp_path):
    file = tmp_path / "grids.gpkg"
    divided().write(file)
    command = [
        "report",
        str(file),
        "--out",
        str(tmp_path / "report.html"),
        "--lang",
        "zh",
        "--title",
        "示范区",
    ]
    result = CliRunner().invoke(main, command)
    assert result.exit_code == 0, result.output
    assert "<title>示范区</title>" in (tmp_path / "report.html").read_text(encoding="utf-8")
    refused = CliRunner().invoke(main, ["report", str(file), "--out", str(tmp_path / "report.txt")])
    assert refused.exit_code == 1
    assert ".html, .xlsx, .pdf" in refused.output
