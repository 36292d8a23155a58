"""The entries of a gazetteer as columns of numbers, found by structured keys."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gridgeo.locate.address.script import Script
from gridgeo.locate.gazetteer.schema import LEVELS

__all__ = ["EntryIndex", "NameTable", "build_entry_index", "house_parts"]

# A key packs what it finds: which table, the street or compound, the number, what follows the number.
HOUSE, BUILDING, NAME, CROSSING, AREA = range(5)
_SUB_BITS, _NUMBER_BITS, _BASE_BITS = 14, 24, 22
MAX_NUMBER = (1 << _NUMBER_BITS) - 1


@dataclass(frozen=True)
class NameTable:
    """The distinct folded names, each with a kind, and the number that stands for it."""

    ids: dict[tuple[str, str], int] = field(repr=False)
    labels: list[str] = field(repr=False)  # the first spelling of each


def pack_key(table: int, base: int, number: int, sub: int) -> int:
    """Return a key as one integer."""
    return ((table << _BASE_BITS | base) << _NUMBER_BITS | number) << _SUB_BITS | sub


@dataclass(frozen=True)
class EntryIndex:
    """Columns of the entries, by position, and the sorted keys that lead to them."""

    keys: array[int] = field(repr=False)
    positions: array[int] = field(repr=False)
    level: array[int] = field(repr=False)
    street: array[int] = field(repr=False)
    compound: array[int] = field(repr=False)
    number: array[int] = field(repr=False)
    sub: array[int] = field(repr=False)
    building: array[int] = field(repr=False)
    area: array[int] = field(repr=False)
    x: array[float] = field(repr=False)
    y: array[float] = field(repr=False)
    uncertainty_m: array[float] = field(repr=False)
    subs: dict[str, int] = field(repr=False)
    buildings: dict[str, int] = field(repr=False)
    building_texts: list[str] = field(repr=False)
    bases: dict[tuple[int, str, str], int] = field(repr=False)

    def find(self, table: int, base: int, number: int, sub: int) -> Sequence[int]:
        """Return the positions of the entries with this key."""
        key = pack_key(table, base, number, sub)
        first = bisect_left(self.keys, key)
        if first == len(self.keys) or self.keys[first] != key:
            return ()
        return self.positions[first : bisect_right(self.keys, key, first)]

    def find_number(self, base: int, number: int) -> Sequence[int]:
        """Return the entries with a house number, whatever follows it."""
        first = bisect_left(self.keys, pack_key(HOUSE, base, number, 0))
        last = bisect_left(self.keys, pack_key(HOUSE, base, number + 1, 0), first)
        return self.positions[first:last]

    def find_base(self, table: int, base: int) -> Sequence[int]:
        """Return all entries of a street (``HOUSE``) or a compound (``BUILDING``), by number."""
        first = bisect_left(self.keys, pack_key(table, base, 0, 0))
        return self.positions[first : bisect_left(self.keys, pack_key(table, base + 1, 0, 0), first)]


def split_number(value: str) -> tuple[int, str]:
    """Return 28a as ``(28, "a")``; −1 where there is no number."""
    digits = len(value) - len(value.lstrip("0123456789"))
    if not digits:
        return -1, value
    return min(int(value[:digits]), MAX_NUMBER - 1), value[digits:]


def house_parts(values: Sequence[str]) -> tuple[int, str]:
    """Return the number and what follows it: 28-1 as ``(28, "1")``, 28a as ``(28, "a")``."""
    number, letter = split_number(values[0])
    return number, "-".join(part for part in (letter, *values[1:]) if part)


@dataclass(frozen=True)
class _Place:
    """A house number taken apart: the lane or group before it, the number, what follows."""

    lane: str
    number: int
    sub: str


def _read_house_number(text: str, script: Script) -> _Place:
    """Return the parts of the text of a house-number column."""
    lane, number, sub = "", -1, ""
    for found in script.find_numbers(script.normalize(text).text):
        if found.kind in ("lane", "group"):
            lane = f"{found.kind}{found.values[0]}"
        elif number < 0 and found.kind in ("house", "hash", "bare"):
            number, sub = house_parts(found.values)
    return _Place(lane, number, sub)


def read_building(text: str, script: Script) -> str:
    """Return the building's number in digits and letters, empty where there is none."""
    folded = script.normalize(text).text
    for found in script.find_numbers(folded):
        if found.kind in ("building", "house", "hash", "bare", "floor"):
            return found.values[0]
    return folded.removesuffix("栋").removesuffix("座").removesuffix("幢")


def _codes(values: pd.Series) -> tuple[NDArray[np.int64], list[str]]:
    """Return each value as a position among the distinct values; −1 for missing ones."""
    codes, distinct = pd.factorize(values, sort=True)
    return codes.astype(np.int64), [str(v) for v in distinct]


def _mapped(
    values: pd.Series, table: dict[tuple[str, str], int], kind: str, script: Script
) -> NDArray[np.int64]:
    """Return the name id of each name, −1 for missing ones."""
    codes, distinct = _codes(values)
    ids = np.array(
        [table.get((kind, script.fold_name(name)), -1) for name in distinct] + [-1], dtype=np.int64
    )
    return ids[codes]


def build_entry_index(
    entries: pd.DataFrame, names: NameTable, areas: dict[str, int], script: Script
) -> EntryIndex:
    """Return the index of the entries."""
    street = _mapped(entries["street"], names.ids, "street", script)
    compound = _mapped(entries["compound"], names.ids, "compound", script)
    cross = _mapped(entries["cross_street"], names.ids, "street", script)
    level = entries["level"].map({name: rank for rank, name in enumerate(LEVELS)}).to_numpy(dtype=np.int64)
    area_codes, distinct_areas = _codes(entries["area_code"])
    area = np.array([areas.get(code, -1) for code in distinct_areas] + [-1], dtype=np.int64)[area_codes]
    house_codes, house_texts = _codes(entries["house_number"])
    places = [_read_house_number(text, script) for text in house_texts] + [_Place("", -1, "")]
    subs = {text: i for i, text in enumerate(sorted({p.sub for p in places} | {""}))}
    building_codes, building_texts = _codes(entries["building_no"])
    building_values = [read_building(text, script) for text in building_texts] + [""]
    buildings = {text: i for i, text in enumerate(sorted(set(building_values) | {""}))}
    number = np.array([p.number for p in places], dtype=np.int64)[house_codes]
    sub = np.array([subs[p.sub] for p in places], dtype=np.int64)[house_codes]
    building = np.array([buildings[v] for v in building_values], dtype=np.int64)[building_codes]
    owner = np.where(street >= 0, street, compound)
    base, bases = _lane_bases(owner, [p.lane for p in places], house_codes, len(names.labels))
    named = _name_ids(entries, names, script)
    parts = (
        (HOUSE, base, number, sub, (base >= 0) & (number >= 0)),
        (BUILDING, compound, building, np.zeros_like(sub), (compound >= 0) & (building > 0)),
        (NAME, named, np.zeros_like(sub), np.zeros_like(sub), named >= 0),
        (AREA, area, number, np.zeros_like(sub), (area >= 0) & (number >= 0) & (street >= 0)),
        (CROSSING, np.minimum(street, cross), np.maximum(street, cross), np.zeros_like(sub), cross >= 0),
    )
    keys, positions = _sorted_keys(parts)
    return EntryIndex(
        keys=keys,
        positions=positions,
        level=_ints(level),
        street=_ints(street),
        compound=_ints(compound),
        number=_ints(number),
        sub=_ints(sub),
        building=_ints(building),
        area=_ints(area),
        x=_floats(entries["x"]),
        y=_floats(entries["y"]),
        uncertainty_m=_floats(entries["uncertainty_m"]),
        subs=subs,
        buildings=buildings,
        building_texts=sorted(buildings, key=buildings.__getitem__),
        bases=bases,
    )


def _name_ids(entries: pd.DataFrame, names: NameTable, script: Script) -> NDArray[np.int64]:
    """Return the id of the name that an entry has as a whole: a POI, a community, a compound, a road."""
    named = np.full(len(entries), -1, dtype=np.int64)
    for level, kind in (
        ("poi", "poi"),
        ("community", "community"),
        ("compound", "compound"),
        ("road", "street"),
    ):
        rows = (entries["level"] == level).to_numpy()
        column = "name" if level in ("poi", "community") else kind
        named[rows] = _mapped(entries.loc[rows, column], names.ids, kind, script)
    return named


def _lane_bases(
    owner: NDArray[np.int64], lanes: list[str], house_codes: NDArray[np.int64], n_names: int
) -> tuple[NDArray[np.int64], dict[tuple[int, str, str], int]]:
    """Return the street, or the lane of a street, of each entry; lanes get numbers behind the names'."""
    base = owner.copy()
    bases: dict[tuple[int, str, str], int] = {}
    has_lane = np.array([bool(lane) for lane in lanes])[house_codes] & (owner >= 0)
    for position in np.flatnonzero(has_lane):
        lane = lanes[house_codes[position]]
        kind, value = ("lane", lane[4:]) if lane.startswith("lane") else ("group", lane[5:])
        key = (int(owner[position]), kind, value)
        base[position] = bases.setdefault(key, n_names + len(bases))
    return base, bases


def _sorted_keys(
    parts: Sequence[tuple[int, NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]],
) -> tuple[array[int], array[int]]:
    """Return all keys in order, and the entry of each."""
    keys, positions = [], []
    for table, base, number, sub, rows in parts:
        at = np.flatnonzero(rows)
        packed = ((np.int64(table) << _BASE_BITS) | base[at]) << _NUMBER_BITS
        keys.append(((packed | number[at]) << _SUB_BITS) | sub[at])
        positions.append(at)
    all_keys, all_positions = np.concatenate(keys), np.concatenate(positions)
    order = np.lexsort((all_positions, all_keys))
    return array("q", all_keys[order].tobytes()), _ints(all_positions[order])


def _ints(values: NDArray[np.int64]) -> array[int]:
    """Return the values as a compact list."""
    return array("i", np.ascontiguousarray(values, dtype=np.int32).tobytes())


def _floats(values: pd.Series) -> array[float]:
    """Return the values as a compact list."""
    return array("d", np.ascontiguousarray(values.to_numpy(dtype=np.float64)).tobytes())
