"""The report as a workbook: a sheet for each part and each community."""

import re
from pathlib import Path
from typing import Any

from gridgeo.errors import MissingExtraError
from gridgeo.reports.content import Report, ReportTable

__all__ = ["write_workbook"]

FORBIDDEN = re.compile(r"[\[\]:*?/\\']")
LONGEST_NAME = 31  # of a sheet, in every program that reads workbooks
UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")
WIDEST = 60


def write_workbook(report: Report, path: Path) -> None:
    """Write the report to a workbook; every text is text, whatever it begins with.

    Raises
    ------
    MissingExtraError
        When openpyxl is not installed.
    """
    try:
        from openpyxl import Workbook  # type: ignore[import-untyped]
    except ImportError as error:
        raise MissingExtraError(
            "a report as .xlsx needs openpyxl: pip install 'gridgeo[report]'; .html needs nothing"
        ) from error
    book = Workbook()
    words = report.words
    taken: set[str] = set()
    first = book.active
    assert first is not None
    first.title = name_sheet(str(words["report.sheet.summary"]), taken)
    fill_summary(first, report)
    for name in ("communities", "exceptions", "faults"):
        sheet = book.create_sheet(name_sheet(str(words[f"report.sheet.{name}"]), taken))
        fill_table(sheet, getattr(report, name), 1)
    every = ReportTable(
        report.sheets[0].table.columns if report.sheets else [],
        [row for one in report.sheets for row in one.table.rows],
    )
    fill_table(book.create_sheet(name_sheet(str(words["report.sheet.grids"]), taken)), every, 1)
    for one in report.sheets:
        sheet = book.create_sheet(name_sheet(one.name or one.area_code, taken))
        put(sheet, 1, 1, f"{one.name} {one.area_code}", bold=True)
        last = fill_table(sheet, one.table, 3)
        sign(sheet, last + 3, words, ("community", "street", "date"))
    book.save(path)


def name_sheet(name: str, taken: set[str]) -> str:
    """Return a name that a sheet can have and no other has."""
    plain = FORBIDDEN.sub("_", UNPRINTABLE.sub("", name)).strip()[:LONGEST_NAME] or "_"
    chosen, number = plain, 2
    while chosen.lower() in taken:
        ending = f" {number}"
        chosen, number = plain[: LONGEST_NAME - len(ending)] + ending, number + 1
    taken.add(chosen.lower())
    return chosen


def fill_summary(sheet: Any, report: Report) -> None:
    """Write what was asked, what came out and what changed."""
    words = report.words
    put(sheet, 1, 1, report.title, bold=True)
    row = 3
    for name in ("asked", "result", "changes"):
        pairs = getattr(report, name)
        if not pairs:
            continue
        put(sheet, row, 1, str(words[f"report.{name}"]), bold=True)
        for label, value in pairs:
            row += 1
            put(sheet, row, 1, label)
            put(sheet, row, 2, value)
        row += 2
    sign(sheet, row, words, ("made", "checked", "date"))
    sheet.column_dimensions["A"].width = 34
    sheet.column_dimensions["B"].width = 60


def sign(sheet: Any, row: int, words: dict[str, Any], names: tuple[str, ...]) -> None:
    """Write the lines to sign on."""
    for i, name in enumerate(names):
        put(sheet, row + 2 * i, 1, f"{words[f'report.sign.{name}']}: ____________________")


def fill_table(sheet: Any, table: ReportTable, top: int) -> int:
    """Write a table with its headings from a row on; return its last row."""
    for column, text in enumerate(table.columns, start=1):
        put(sheet, top, column, text, bold=True)
    for number, row in enumerate(table.rows, start=top + 1):
        for column, value in enumerate(row, start=1):
            put(sheet, number, column, value)
    sheet.freeze_panes = sheet.cell(row=top + 1, column=1).coordinate
    for column in range(1, len(table.columns) + 1):
        texts = [table.columns[column - 1], *(str(row[column - 1]) for row in table.rows)]
        width = max(sum(2 if ord(c) > 0x2E80 else 1 for c in text) for text in texts) + 2
        sheet.column_dimensions[sheet.cell(row=1, column=column).column_letter].width = min(width, WIDEST)
    return top + len(table.rows)


def put(sheet: Any, row: int, column: int, value: str | int | float | None, *, bold: bool = False) -> None:
    """Write one cell; a text that begins with = stays a text."""
    from openpyxl.styles import Font  # type: ignore[import-untyped]

    cell = sheet.cell(row=row, column=column)
    if isinstance(value, str):
        cell.value, cell.data_type = UNPRINTABLE.sub("", value), "s"
    elif value is not None:
        cell.value = value
    if bold:
        cell.font = Font(bold=True)
