"""Which incidents a request is about: one meaning of the filters for lists, maps, exports and figures."""

import time
import zoneinfo
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
from gridgeo_web.errors import UnprocessableError
from gridgeo_web.service import columns, own_incidents, service, snapshot
from gridgeo_web.store import Columns
from numpy.typing import NDArray

__all__ = ["FILTERS", "read_bbox", "read_moment", "select_incidents"]

Mask = NDArray[np.bool_]
FILTERS = ("since", "until", "category", "state", "level", "grid", "area", "bbox", "q", "open", "overdue")


def select_incidents(query: Mapping[str, Any]) -> Mask:
    """Return which rows of ``columns()`` a query asks for, of those that the one who asks may see.

    Parameters
    ----------
    query
        The filters by name, see ``contract.incident_questions``; names that are missing filter nothing.

    Raises
    ------
    UnprocessableError
        A time or a window cannot be read, or a grid is unknown.
    """
    found = columns()
    mask = own_incidents().copy()
    if query.get("since"):
        mask &= found.reported >= read_moment(query["since"], "since")
    if query.get("until"):
        mask &= found.reported < read_moment(query["until"], "until", end=True)
    if query.get("category"):
        mask &= _is_one_of(found.category, found.categories, query["category"])
    if query.get("state"):
        mask &= _is_one_of(found.state, found.states, query["state"])
    if query.get("level"):
        mask &= _is_one_of(found.level, found.levels, query["level"])
    if query.get("grid"):
        mask &= found.grid == snapshot().position_of.get(query["grid"], -2)
    if query.get("area"):
        mask &= np.append(snapshot().in_area(query["area"]), False)[found.grid]
    if query.get("open") is not None:
        mask &= found.is_open == query["open"]
    if query.get("overdue") is not None:
        mask &= found.is_overdue(time.time()) == query["overdue"]
    return _narrow(mask, found, query)


def read_bbox(text: str) -> tuple[float, float, float, float]:
    """Return west, south, east and north of a window.

    Raises
    ------
    UnprocessableError
        It is no window.
    """
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError as error:
        raise UnprocessableError(
            f"bbox {text!r} is not west,south,east,north in degrees", where="bbox"
        ) from error
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise UnprocessableError(f"bbox {text!r}: west ≤ east, south ≤ north, in degrees", where="bbox")
    return west, south, east, north


def read_moment(text: str, where: str, *, end: bool = False) -> float:
    """Return the seconds since 1970 of a day or a time; without an offset it is local.

    Parameters
    ----------
    text
        ``2026-11-22`` or ``2026-11-22T08:00:00+08:00``.
    where
        The field, for the error.
    end
        Of a day its end, not its beginning.

    Raises
    ------
    UnprocessableError
        It is neither.
    """
    zone = zoneinfo.ZoneInfo(service().config.timezone)
    try:
        if len(text) == 10:
            day = date.fromisoformat(text) + timedelta(days=int(end))
            return datetime(day.year, day.month, day.day, tzinfo=zone).timestamp()
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo is not None else moment.replace(tzinfo=zone)).timestamp()
    except (ValueError, OverflowError) as error:
        raise UnprocessableError(
            f"{where} {text!r} is no day or time; write 2026-11-22 or 2026-11-22T08:00:00+08:00", where=where
        ) from error


def _is_one_of(positions: NDArray[np.int32], names: tuple[str, ...], text: str) -> Mask:
    """Tell of each row whether its name is one of those with commas between; unknown ones match nothing."""
    wanted = set(text.split(","))
    chosen = np.array([name in wanted for name in names] + [False], dtype=bool)
    return chosen[positions]


def _narrow(mask: Mask, found: Columns, query: Mapping[str, Any]) -> Mask:
    """Return the mask after the filters that cost most, which look at fewer rows by now."""
    if query.get("bbox"):
        west, south, east, north = read_bbox(query["bbox"])
        mask &= (found.lon >= west) & (found.lon <= east) & (found.lat >= south) & (found.lat <= north)
    if query.get("q"):
        wanted = query["q"].casefold()
        rows = np.flatnonzero(mask)
        for row in rows:
            said = f"{found.incident_id[row]}\n{found.description[row]}\n{found.address[row] or ''}"
            mask[row] = wanted in said.casefold()
    return mask
