"""Totals per grid: how many incidents of which category in which month, without a recipe."""

from typing import Literal

import pandas as pd
from pandas.api.types import is_datetime64_any_dtype, is_numeric_dtype

from gridgeo.errors import SchemaError

__all__ = ["count_by_grid"]

PERIODS = {"day": "D", "week": "W", "month": "M", "quarter": "Q", "year": "Y"}
MISSING, TOTAL = "(missing)", "total"


def count_by_grid(
    table: pd.DataFrame,
    grid_codes: pd.Series,
    *,
    by: str | None = None,
    period: Literal["day", "week", "month", "quarter", "year"] | None = None,
    time: str = "reported_at",
    amount: str | None = None,
) -> pd.DataFrame:
    """Return how many rows fall in each grid, by category and by period.

    One row for each grid, or each grid and period; one column for each category, and ``total``. Rows without
    a grid are counted under ``<NA>``, in the last row, those without a category under ``(missing)``: nothing
    is lost. When the codes are a category of pandas, all its grids are listed, also those with 0.

    Parameters
    ----------
    table
        Incidents, buildings, anything with one row for each thing to count.
    grid_codes
        The grid of each row, from `assign_points`; aligned by the index.
    by
        Column with the category.
    period
        Length of the periods; weeks begin on Monday.
    time
        Column with the time, for ``period``.
    amount
        Column to add up instead of counting rows; missing amounts add nothing.

    Raises
    ------
    SchemaError
        A column is missing, a time cannot be read, an amount is no number, or the codes are of other rows.

    Examples
    --------
    >>> import pandas as pd
    >>> from gridgeo import count_by_grid
    >>> incidents = pd.DataFrame({"category": ["noise", "waste", "noise"]})
    >>> count_by_grid(incidents, pd.Series(["A", "A", "B"]), by="category").to_dict("index")
    {'A': {'noise': 1, 'waste': 1, 'total': 2}, 'B': {'noise': 1, 'waste': 0, 'total': 1}}
    """
    _check_columns(table, grid_codes, [by, amount, time if period else None])
    codes = grid_codes.reindex(table.index).rename("grid_code")
    groups = [codes]
    if period is not None:
        groups.append(_read_times(table[time]).dt.to_period(PERIODS[period]).rename("period"))
    value = pd.Series(1, index=table.index) if amount is None else _read_amounts(table[amount])
    category = pd.Series(TOTAL, index=table.index) if by is None else _read_categories(table[by])
    counted = value.groupby([*groups, category], dropna=False, observed=True, sort=True).sum()
    wide = counted.unstack(fill_value=0)
    wide.columns = pd.Index([str(column) for column in wide.columns])
    if by is not None:
        wide = wide.assign(**{TOTAL: wide.sum(axis=1)})
    if isinstance(codes.dtype, pd.CategoricalDtype) and period is None:
        wide = _list_all(wide, codes.dtype.categories)
    return wide


def _list_all(totals: pd.DataFrame, codes: pd.Index) -> pd.DataFrame:
    """Return the totals with a row for every code, 0 where nothing was counted, ``<NA>`` last."""
    astray = totals[totals.index.isna()]
    known = totals[~totals.index.isna()]
    listed = known.set_axis(pd.Index(known.index.astype(codes.dtype))).reindex(codes, fill_value=0)
    return pd.concat([listed.rename_axis("grid_code"), astray])


def _check_columns(table: pd.DataFrame, grid_codes: pd.Series, columns: list[str | None]) -> None:
    """Raise when a column is missing or the codes do not belong to these rows."""
    missing = [column for column in columns if column is not None and column not in table]
    if missing:
        raise SchemaError(f"no column {', '.join(missing)}; there are {', '.join(map(str, table.columns))}")
    if not table.index.is_unique or not grid_codes.index.is_unique:
        raise SchemaError(
            "rows share an index label, so that codes cannot be matched; use reset_index(drop=True)"
        )
    strangers = table.index.difference(grid_codes.index)
    if len(strangers):
        raise SchemaError(
            f"{len(strangers)} rows have no grid code, the first at index {strangers[0]}; "
            "the codes must come from assign_points on these very rows"
        )


def _read_times(values: pd.Series) -> pd.Series:
    """Return times without their zone, as a clock on the wall shows them."""
    try:
        times = pd.to_datetime(values, format=None if is_datetime64_any_dtype(values) else "ISO8601")
    except (ValueError, TypeError) as error:
        raise SchemaError(
            f"column {values.name} holds a time that cannot be read ({error}); times are written "
            "2026-01-31 23:59, others have to be read with pd.to_datetime(..., format=...) first"
        ) from error
    return times.dt.tz_localize(None) if times.dt.tz is not None else times


def _read_amounts(values: pd.Series) -> pd.Series:
    """Return the amounts as numbers, 0 where missing."""
    if not is_numeric_dtype(values):
        raise SchemaError(
            f"column {values.name} holds no numbers but {values.dtype}; turn it into numbers first"
        )
    return values.fillna(0)


def _read_categories(values: pd.Series) -> pd.Series:
    """Return the categories as text."""
    return values.astype("string").fillna(MISSING)
