"""Incidents as a table for spreadsheets."""

import csv
import io
from collections.abc import Iterator
from typing import Any

from gridgeo_web.incidents.rows import build_rows
from gridgeo_web.service import service

from gridgeo.locate.reports import escape_formula

__all__ = ["MARK", "stream_csv"]

COLUMNS = (
    "incident_id",
    "reported_at",
    "category",
    "category_name",
    "description",
    "address",
    "lon",
    "lat",
    "grid_code",
    "state",
    "level",
    "due_at",
    "overdue",
    "updated_at",
    "contact",
)
MARK = "\ufeff"  # tells Excel that this is UTF-8
LINE_END = "\r\n"
PART = 2_000  # incidents made into text at a time


def stream_csv(rows: Any) -> Iterator[bytes]:
    """Give incidents as CSV in UTF-8, a part at a time, so that memory does not grow with their number.

    Texts that a spreadsheet would run have an apostrophe before them.

    Parameters
    ----------
    rows
        Positions in ``columns()``.
    """
    names = {code: category.zh for code, category in service().categories.items()}
    yield (MARK + ",".join(COLUMNS) + LINE_END).encode()
    for start in range(0, len(rows), PART):
        text = io.StringIO()
        writer = csv.writer(text, lineterminator=LINE_END)
        for row in build_rows(rows[start : start + PART]):
            told = row | {"category_name": names.get(row["category"], row["category"])}
            writer.writerow([_to_cell(told[name]) for name in COLUMNS])
        yield text.getvalue().encode()


def _to_cell(value: Any) -> Any:
    """Return a value as it stands in a cell: empty where there is none, text that no spreadsheet runs."""
    return escape_formula(value) if isinstance(value, str) else value
