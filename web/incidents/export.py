"""Incidents as a table for spreadsheets."""

from typing import Any

import pandas as pd
from gridgeo_web.incidents.rows import build_rows
from gridgeo_web.service import service

from gridgeo.locate.reports import escape_formulas

__all__ = ["MARK", "write_csv"]

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
    "due_at",
    "overdue",
    "updated_at",
    "contact",
)
MARK = "\ufeff"  # tells Excel that this is UTF-8


def write_csv(rows: Any) -> bytes:
    """Return incidents as CSV in UTF-8; texts that a spreadsheet would run have an apostrophe before them.

    Parameters
    ----------
    rows
        Positions in ``columns()``.
    """
    known = service().categories
    table = pd.DataFrame(build_rows(rows), columns=[name for name in COLUMNS if name != "category_name"])
    names = {code: category.zh for code, category in known.items()}
    table.insert(3, "category_name", table["category"].map(lambda code: names.get(code, code)))
    texts = [name for name in table if name not in ("lon", "lat", "overdue")]
    table[texts] = table[texts].astype("string")
    text: str = escape_formulas(table).to_csv(index=False, lineterminator="\r\n")
    return (MARK + text).encode("utf-8")
