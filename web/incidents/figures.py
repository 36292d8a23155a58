"""Incidents counted: by grid, day, category, state, level or area, open and late ones apart."""

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
Rows = NDArray[np.intp]
Keys = tuple[NDArray[Any], list[str]]
DIGITS = 3
LEAST_HOT = 3  # incidents; one or two are no pattern, least of all where never was any
LEAST_SCORE = 1.0  # a chance of one in ten; more than that is an ordinary week


def count_incidents(rows: Mask, axis: str) -> list[dict[str, Any]]:
    """Return for each key of an axis how many incidents there are, how many of them are open, how many late.

    Keys stand in order; incidents without one, such as those in no grid, are counted under null at the end.

    Parameters
    ----------
    rows
        Which of ``columns()``.
    axis
        ``grid``, ``day`` (local), ``category``, ``state``, ``level`` or ``area``.
    """
    found = columns()
    chosen = np.flatnonzero(rows)
    codes, names = KEYS[axis](chosen)
    codes = np.where(codes < 0, len(names), codes)
    flags = (np.ones(len(chosen), bool), found.is_open[chosen], found.is_overdue(time.time())[chosen])
    n, n_open, n_late = (np.bincount(codes[flag], minlength=len(names) + 1) for flag in flags)
    counted = [
        {"key": name, "n": int(n[at]), "open": int(n_open[at]), "overdue": int(n_late[at])}
        for at, name in enumerate([*names, None])
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
    is_unusual = (hot["n"] >= LEAST_HOT) & (hot["score"] >= LEAST_SCORE)
    hot = hot[is_unusual & own_grids()[hot["grid"].to_numpy()]].head(limit)
    return [
        {
            "grid_code": str(shown.codes[row.grid]),
            "n": int(row.n),
            "expected": round(float(row.expected), DIGITS),
            "score": round(float(row.score), DIGITS),
        }
        for row in hot.itertuples(index=False)
    ]


def _areas(rows: Rows) -> Keys:
    """Return the area of each incident's grid."""
    shown = snapshot()

    def build() -> Keys:
        codes, names = pd.factorize(shown.areas, use_na_sentinel=True)
        return np.append(codes, -1), [str(name) for name in names]

    of_grid, names = shown.cache.get("areas of grids", build)
    return of_grid[columns().grid[rows]], names


def _local_days(rows: Rows) -> Keys:
    """Return the day of each report where the service is, as 2026-11-22."""
    zone = zoneinfo.ZoneInfo(service().config.timezone)
    moments = pd.DatetimeIndex(columns().reported[rows].astype("datetime64[s]"), tz="UTC")
    days = moments.tz_convert(zone).tz_localize(None).to_numpy().astype("datetime64[D]")
    names, codes = np.unique(days, return_inverse=True)
    return codes, [str(name) for name in np.datetime_as_string(names)]


# For each axis, what gives the key of each row as a position in a list of names, -1 for none.
KEYS: dict[str, Callable[[Rows], Keys]] = {
    "grid": lambda rows: (columns().grid[rows], [str(code) for code in snapshot().codes]),
    "area": _areas,
    "category": lambda rows: (columns().category[rows], list(columns().categories)),
    "state": lambda rows: (columns().state[rows], list(columns().states)),
    "level": lambda rows: (columns().level[rows], list(columns().levels)),
    "day": _local_days,
}
