"""Incidents counted: by grid, day, category, state or area, open and late ones apart."""

import time
import zoneinfo
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from gridgeo_web.service import columns, own_grids, own_incidents, service, snapshot
from numpy.typing import NDArray

from gridgeo.locate.hot import find_hot_grids

__all__ = ["count_incidents", "list_hot_grids"]

Mask = NDArray[np.bool_]
DIGITS = 3


def count_incidents(rows: Mask, axis: str) -> list[dict[str, Any]]:
    """Return for each key of an axis how many incidents there are, how many of them are open, how many late.

    Keys stand in order; incidents without one, such as those in no grid, are counted under null at the end.

    Parameters
    ----------
    rows
        Which of ``columns()``.
    axis
        ``grid``, ``day`` (local), ``category``, ``state`` or ``area``.
    """
    found = columns()
    chosen = np.flatnonzero(rows)
    keys = _keys(axis)(chosen)
    codes, names = pd.factorize(keys, use_na_sentinel=True)
    codes = np.where(codes < 0, len(names), codes)
    flags = (np.ones(len(chosen), bool), found.is_open[chosen], found.is_overdue(time.time())[chosen])
    n, n_open, n_late = (np.bincount(codes[flag], minlength=len(names) + 1) for flag in flags)
    counted = [
        {"key": name, "n": int(n[at]), "open": int(n_open[at]), "overdue": int(n_late[at])}
        for at, name in enumerate([*map(str, names), None])
        if n[at]
    ]
    return sorted(counted, key=lambda row: (row["key"] is None, row["key"] or ""))


def list_hot_grids(days: int, limit: int) -> list[dict[str, Any]]:
    """Return the grids that surprise most against their own past; see `gridgeo.locate.hot`.

    Parameters
    ----------
    days
        How many days are looked at.
    limit
        How many grids at most.
    """
    found, own, shown = columns(), own_incidents(), snapshot()
    hot = find_hot_grids(
        found.grid[own], found.reported[own], len(shown.codes), until=time.time(), days=float(days)
    )
    hot = hot[own_grids()[hot["grid"].to_numpy()]].head(limit)
    return [
        {
            "grid_code": str(shown.codes[row.grid]),
            "n": int(row.n),
            "expected": round(float(row.expected), DIGITS),
            "score": round(float(row.score), DIGITS),
        }
        for row in hot.itertuples(index=False)
    ]


def _keys(axis: str) -> Callable[[NDArray[np.intp]], Any]:
    """Return what gives the keys of rows; missing ones are None or NaN."""
    found, shown = columns(), snapshot()

    def named(positions: NDArray[np.int32], names: Any) -> Any:
        table = np.empty(len(names) + 1, dtype=object)
        table[:-1] = list(names)
        table[-1] = None
        return table[positions]

    return {
        "grid": lambda rows: named(found.grid[rows], shown.codes),
        "area": lambda rows: named(found.grid[rows], shown.areas),
        "category": lambda rows: named(found.category[rows], found.categories),
        "state": lambda rows: named(found.state[rows], found.states),
        "day": lambda rows: _local_days(found.reported[rows]),
    }[axis]


def _local_days(seconds: NDArray[np.int64]) -> Any:
    """Return the day of each time where the service is, as 2026-11-22."""
    zone = zoneinfo.ZoneInfo(service().config.timezone)
    local = pd.to_datetime(seconds, unit="s", utc=True).tz_convert(zone).tz_localize(None)
    days, names = pd.factorize(local.to_numpy().astype("datetime64[D]"))
    return np.datetime_as_string(names).astype(object)[days] if len(names) else np.empty(0, dtype=object)
