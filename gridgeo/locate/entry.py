"""The entry of a gazetteer: its columns, and the levels of precision, whatever table it came from."""

from typing import Any

import pandas as pd

__all__ = ["ENTRY_COLUMNS", "LEVELS", "UNCERTAINTY_M", "empty_entries", "type_entries"]

# From the finest to the coarsest; ``interpolated`` and ``none`` are only ever answers, never entries.
LEVELS = (
    "building", "house_number", "interpolated", "compound", "intersection", "poi", "road", "community",
    "none",
)  # fmt: skip
# How far the place meant may lie from the point given, where the tables tell nothing better.
UNCERTAINTY_M = {
    "building": 10.0,
    "house_number": 20.0,
    "poi": 30.0,
    "intersection": 25.0,
    "compound": 120.0,
    "road": 500.0,
    "community": 500.0,
}
ENTRY_COLUMNS = (
    "entry_id", "level", "label", "name", "street", "house_number", "compound", "building_no", "cross_street",
    "area_code", "area_name", "x", "y", "uncertainty_m", "source",
)  # fmt: skip
NUMBER_COLUMNS = ("x", "y", "uncertainty_m")


def type_entries(entries: pd.DataFrame) -> pd.DataFrame:
    """Return the columns of the schema, in order, with their types."""
    return pd.DataFrame(
        {c: entries[c].astype("float64" if c in NUMBER_COLUMNS else "string") for c in ENTRY_COLUMNS}
    )


def empty_entries(n: int = 0) -> pd.DataFrame:
    """Return a frame of entries with the right types and nothing known yet."""
    columns: dict[str, Any] = {
        column: pd.Series([0.0] * n, dtype="float64")
        if column in NUMBER_COLUMNS
        else pd.Series([pd.NA] * n, dtype="string")
        for column in ENTRY_COLUMNS
    }
    return pd.DataFrame(columns)
