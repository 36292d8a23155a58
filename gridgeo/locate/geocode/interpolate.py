"""A place for a house number that no entry has: between its neighbours, or along a street's number range."""

import math
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gridgeo.locate.address.script import Script
from gridgeo.locate.geocode.entries import HOUSE, EntryIndex, NameTable, pack_key

__all__ = ["Estimate", "RangeIndex", "between_neighbours", "build_range_index"]

MAX_NUMBER_GAP = 60  # house numbers between two neighbours; wider gaps tell nothing
MAX_DISTANCE_M = 500.0  # metres between two neighbours
MAX_STEPS = 40  # entries looked at on either side; a block of flats repeats one number
HALF = 0.5
LONE_GAP = 6  # a number this close to the last known one lies near it
LEAST_UNCERTAINTY_M = 30.0
SETBACK_M = 12.0  # from a street's centreline to the middle of a house


class Estimate(NamedTuple):
    """An interpolated place, how far off it may be, and the area of a neighbour that it lies by."""

    x: float
    y: float
    uncertainty_m: float
    street: int = -1
    area: int = -1


def _neighbour(entries: EntryIndex, at: int, step: int, base_key: tuple[int, int], parity: int) -> int:
    """Return the nearest entry on the same side of the street in one direction, −1 for none."""
    low, high = base_key
    for _ in range(MAX_STEPS):
        if not low <= at < high:
            return -1
        position = entries.positions[at]
        if entries.number[position] % 2 == parity:
            return position
        at += step
    return -1


def between_neighbours(entries: EntryIndex, base: int, number: int) -> Estimate | None:
    """Return a place between the next lower and the next higher number on the same side of the street."""
    low = bisect_left(entries.keys, pack_key(HOUSE, base, 0, 0))
    high = bisect_left(entries.keys, pack_key(HOUSE, base + 1, 0, 0), low)
    if low == high:
        return None
    at = bisect_left(entries.keys, pack_key(HOUSE, base, number, 0), low, high)
    lower = _neighbour(entries, at - 1, -1, (low, high), number % 2)
    upper = _neighbour(entries, at, 1, (low, high), number % 2)
    if lower >= 0 and upper >= 0:
        return _between(entries, lower, upper, number)
    lone = max(lower, upper)
    if lone < 0 or abs(entries.number[lone] - number) > LONE_GAP:
        return None
    uncertainty = LEAST_UNCERTAINTY_M + 15.0 * abs(entries.number[lone] - number)
    return Estimate(entries.x[lone], entries.y[lone], uncertainty, area=entries.area[lone])


def _between(entries: EntryIndex, lower: int, upper: int, number: int) -> Estimate | None:
    """Return the place that the number's share of the way gives, None where the neighbours are far apart."""
    first, last = entries.number[lower], entries.number[upper]
    distance = math.hypot(entries.x[upper] - entries.x[lower], entries.y[upper] - entries.y[lower])
    if last - first > MAX_NUMBER_GAP or distance > MAX_DISTANCE_M:
        return None
    share = (number - first) / (last - first)
    x = entries.x[lower] + share * (entries.x[upper] - entries.x[lower])
    y = entries.y[lower] + share * (entries.y[upper] - entries.y[lower])
    nearer = lower if share <= HALF else upper
    return Estimate(x, y, max(LEAST_UNCERTAINTY_M, distance / 3), area=entries.area[nearer])


class _Range(NamedTuple):
    """One side of a street segment with the numbers along it."""

    first: int
    last: int
    line: int
    side: float


@dataclass(frozen=True)
class RangeIndex:
    """House-number ranges of street segments, by street."""

    by_street: dict[int, list[_Range]] = field(repr=False)
    lines: Sequence[shapely.LineString] = field(repr=False)

    def find(self, street: int, number: int) -> Estimate | None:
        """Return the place of a number on the segment and the side that hold it; the tightest range wins."""
        fitting = [
            r
            for r in self.by_street.get(street, ())
            if min(r.first, r.last) <= number <= max(r.first, r.last) and (r.first - number) % 2 == 0
        ]
        if not fitting:
            return None
        best = min(fitting, key=lambda r: (abs(r.last - r.first), r))
        return _along(self.lines[best.line], best, number)


def _along(line: shapely.LineString, found: _Range, number: int) -> Estimate:
    """Return the point at the number's share of the line, set back to its side."""
    span = found.last - found.first
    # half a lot at either end: the first house does not stand in the middle of the crossing
    share = 0.5 if not span else 0.06 + 0.88 * (number - found.first) / span
    length = float(line.length)
    here = line.interpolate(share * length)
    ahead, behind = (
        line.interpolate(min(length, share * length + 1)),
        line.interpolate(max(0, share * length - 1)),
    )
    dx, dy = ahead.x - behind.x, ahead.y - behind.y
    norm = math.hypot(dx, dy) or 1.0
    x, y = here.x - found.side * SETBACK_M * dy / norm, here.y + found.side * SETBACK_M * dx / norm
    return Estimate(x, y, max(LEAST_UNCERTAINTY_M, length / 3))


def build_range_index(ranges: gpd.GeoDataFrame, names: NameTable, script: Script) -> RangeIndex:
    """Return the index of a table of segments with ``street, l_from, l_to, r_from, r_to``."""
    by_street: dict[int, list[_Range]] = defaultdict(list)
    lines = list(shapely.line_merge(ranges.geometry.to_numpy())) if len(ranges) else []
    columns = [
        pd.to_numeric(ranges[c]).fillna(0).to_numpy(dtype=np.int64)
        for c in ("l_from", "l_to", "r_from", "r_to")
    ]
    for at, street in enumerate(ranges["street"]):
        name_id = names.ids.get(("street", script.fold_name(street)), -1)
        if name_id < 0 or lines[at].geom_type != "LineString":
            continue
        l_from, l_to, r_from, r_to = (int(column[at]) for column in columns)
        for first, last, side in ((l_from, l_to, 1.0), (r_from, r_to, -1.0)):
            if first > 0 and last > 0:
                by_street[name_id].append(_Range(first, last, at, side))
    return RangeIndex(dict(by_street), lines)
