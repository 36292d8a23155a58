"""The columns of a gazetteer: one schema, whatever tables it was built from."""

from typing import Any

import pandas as pd

__all__ = ["ENTRY_COLUMNS", "LEVELS", "UNCERTAINTY_M", "empty_entries", "level_rank"]

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


def level_rank(level: str) -> int:
    """Return 0 for the finest level."""
    return LEVELS.index(level)


def empty_entries(n: int = 0) -> pd.DataFrame:
    """Return a frame of entries with the right types and nothing known yet."""
    columns: dict[str, Any] = {
        column: pd.Series([0.0] * n, dtype="float64")
        if column in ("x", "y", "uncertainty_m")
        else pd.Series([pd.NA] * n, dtype="string")
        for column in ENTRY_COLUMNS
    }
    return pd.DataFrame(columns)
