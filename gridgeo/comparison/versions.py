"""Versions: several divisions of one place, each in force from its day until the next one begins."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

import geopandas as gpd
import numpy as np
import pandas as pd
from geopandas import GeoDataFrame

from gridgeo.comparison.lineage import build_lineage, find_heirs
from gridgeo.division import Division
from gridgeo.errors import SchemaError
from gridgeo.locate.assign import assign_points

__all__ = ["assign_by_date", "division_at", "grid_history"]


@dataclass(frozen=True)
class Version:
    """A division and the day from which it is in force; the first one may have been so for ever."""

    division: Division
    since: pd.Timestamp


def division_at(versions: Sequence[Division], day: str | date) -> Division:
    """Return the division that was in force on a day.

    Parameters
    ----------
    versions
        Divisions of one place in any order; each but the oldest has a start date.
    day
        ISO, or a date.

    Raises
    ------
    SchemaError
        When no version was in force yet, two begin on one day, or more than one has no date.

    Examples
    --------
    >>> division_at([], "2026-01-01")
    Traceback (most recent call last):
        ...
    gridgeo.errors.SchemaError: there is no version; give at least one division
    """
    ordered = in_order(versions)
    when = read_day(day)
    known = [version for version in ordered if version.since <= when]
    if not known:
        first = ordered[0].since.date().isoformat()
        raise SchemaError(
            f"no version was in force on {when.date().isoformat()}; the first begins on {first}"
        )
    return known[-1].division


def assign_by_date(
    points: GeoDataFrame, versions: Sequence[Division], *, time: str = "reported_at"
) -> pd.Series:
    """Return the code of the grid in which each point lay on its own day, aligned to ``points.index``.

    A point without a day, or from before the first version, gets ``<NA>``, as does one outside all grids.

    Parameters
    ----------
    points
        Incidents or anything else with a place and a day.
    versions
        Divisions of one place in any order; each but the oldest has a start date.
    time
        Column with the day or the time; of a time with a zone the clock on the wall counts.

    Raises
    ------
    SchemaError
        When the column is missing or holds what is no date, or the versions cannot be put in order.

    Examples
    --------
    >>> import geopandas as gpd
    >>> import gridgeo
    >>> from gridgeo.demo import build_demo
    >>> demo = build_demo(n_communities=2, households=2_000)
    >>> fast = gridgeo.GridSpec(effort="fast", start_date="2026-01-01")
    >>> division = gridgeo.divide(demo.communities, demo.buildings, demo.streets, fast)
    >>> place = division.grids.representative_point().iloc[:1]
    >>> told = gpd.GeoDataFrame({"reported_at": ["2026-05-01"]}, geometry=place, crs=place.crs)
    >>> gridgeo.assign_by_date(told, [division]).tolist() == [division.grids.grid_code.iloc[0]]
    True
    """
    ordered = in_order(versions)
    if time not in points:
        columns = ", ".join(str(column) for column in points.columns if column != "geometry")
        raise SchemaError(
            f"points has no column {time!r} with the day (there are {columns}); name it with time="
        )
    days = points[time].map(read_day, na_action="ignore")
    starts = [version.since for version in ordered]
    place = np.array([-1 if pd.isna(day) else bisect_right(starts, day) - 1 for day in days], dtype=np.int64)
    codes = pd.Series(pd.NA, index=points.index, name="grid_code", dtype="string")
    for number in np.unique(place[place >= 0]):
        rows = np.flatnonzero(place == number)
        found = assign_points(points.iloc[rows], ordered[number].division.grids)
        codes.iloc[rows] = found.to_numpy()
    return codes


def grid_history(versions: Sequence[Division]) -> GeoDataFrame:
    """Return every grid there ever was, with the day on which it began and the one on which it ended.

    Parameters
    ----------
    versions
        Divisions of one place in any order; each but the oldest has a start date.

    Returns
    -------
    GeoDataFrame
        ``grid_code``, ``area_code`` and ``name`` of its last version, ``start_date``, ``end_date`` (``<NA>``
        while it is in force), ``heir`` (the grid that goes on with most of its households, ``<NA>`` for
        none), and its last shape, in the CRS of the newest version; sorted by code.

    Raises
    ------
    SchemaError
        When the versions cannot be put in order.

    Examples
    --------
    >>> import gridgeo
    >>> from gridgeo.demo import build_demo
    >>> demo = build_demo(n_communities=2, households=2_000)
    >>> fast = gridgeo.GridSpec(effort="fast", start_date="2026-01-01")
    >>> old = gridgeo.divide(demo.communities, demo.buildings, demo.streets, fast)
    >>> new = gridgeo.redivide(old, start_date="2027-01-01")
    >>> bool(gridgeo.grid_history([old, new]).end_date.isna().all())
    True
    """
    ordered = in_order(versions)
    crs = ordered[-1].division.grids.crs
    alive: dict[str, dict[str, object]] = {}
    ended: list[dict[str, object]] = []
    for number, version in enumerate(ordered):
        grids = version.division.grids.to_crs(crs)
        codes = set(grids["grid_code"].astype(str))
        if number:
            heirs = find_heirs(build_lineage(ordered[number - 1].division, version.division))
            until = day_of(version.since)
            gone = sorted(set(alive) - codes)
            ended += [{**alive.pop(c), "end_date": until, "heir": heirs.get(c, pd.NA)} for c in gone]
        for row in grids.itertuples():
            code = str(row.grid_code)
            since = alive[code]["start_date"] if code in alive else first_day(row, version.since)
            alive[code] = {
                "grid_code": code,
                "area_code": getattr(row, "area_code", pd.NA),
                "name": getattr(row, "name", pd.NA),
                "start_date": since,
                "end_date": pd.NA,
                "heir": pd.NA,
                "geometry": row.geometry,
            }
    table = gpd.GeoDataFrame([*alive.values(), *ended], geometry="geometry", crs=crs)
    text = ("grid_code", "area_code", "name", "start_date", "end_date", "heir")
    return table.astype(dict.fromkeys(text, "string")).sort_values("grid_code", ignore_index=True)


def in_order(versions: Sequence[Division]) -> list[Version]:
    """Return the versions by the day on which they begin.

    Raises
    ------
    SchemaError
        When there is none, two begin on one day, or more than one has no date.
    """
    if not versions:
        raise SchemaError("there is no version; give at least one division")
    stated = [(division.manifest.get("spec") or {}).get("start_date") for division in versions]
    found = [
        Version(division, pd.Timestamp.min if start is None else read_day(start))
        for division, start in zip(versions, stated, strict=True)
    ]
    ordered = sorted(found, key=lambda version: version.since)
    for one, other in pairwise(ordered):
        if one.since == other.since:
            when = (
                "without a start date"
                if one.since == pd.Timestamp.min
                else f"that begin on {day_of(one.since)}"
            )
            raise SchemaError(f"there are two versions {when}; give start_date to redivide or GridSpec")
    return ordered


def read_day(value: object) -> pd.Timestamp:
    """Return a day or time as a timestamp without a zone, as the clock on the wall showed it.

    Raises
    ------
    SchemaError
        When it is none.
    """
    try:
        when = pd.Timestamp(value)
    except (ValueError, TypeError) as error:
        raise SchemaError(f"{value!r} is no date; write it as 2027-01-31") from error
    return when.tz_localize(None)


def day_of(when: pd.Timestamp) -> object:
    """Return a timestamp as an ISO day, ``<NA>`` for one that was for ever."""
    return pd.NA if when == pd.Timestamp.min else when.date().isoformat()


def first_day(row: object, since: pd.Timestamp) -> object:
    """Return the day on which a grid began: its own where it has one, else that of its version."""
    stated = getattr(row, "start_date", pd.NA)
    return day_of(since) if pd.isna(stated) else stated
