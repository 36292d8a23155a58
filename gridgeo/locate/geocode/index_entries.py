"""Build the index of a gazetteer's entries: texts to numbers, column by column, never row by row."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gridgeo.locate.address.script import Script
from gridgeo.locate.entry import LEVELS
from gridgeo.locate.geocode.entries import (
    AREA,
    AREA_BUILDING,
    BASE_BITS,
    BUILDING,
    CROSSING,
    HOUSE,
    NAME,
    NUMBER_BITS,
    SUB_BITS,
    EntryIndex,
    NameTable,
    house_parts,
    split_number,
)

__all__ = ["build_entry_index"]

Ints = NDArray[np.int64]
LONGEST_RANGE = 40  # house numbers from 187 to 197; a wider pair is a number with a part, as 189-04
Key = tuple[int, Ints, Ints, Ints, NDArray[np.bool_]]


class _House(NamedTuple):
    """A house number taken apart: the lane or group before it, the number, what follows, a range's end."""

    lane: tuple[str, str]
    number: int
    sub: str
    last: int


class _Houses(NamedTuple):
    """The house numbers of all entries."""

    distinct: list[_House]
    codes: Ints
    number: Ints
    last: Ints
    sub: Ints
    subs: dict[str, int]


def build_entry_index(
    entries: pd.DataFrame,
    names: NameTable,
    areas: dict[str, int],
    script: Script,
    corrected: Sequence[tuple[int, int]] = (),
) -> EntryIndex:
    """Return the index of the entries.

    Parameters
    ----------
    entries
        The rows of a gazetteer.
    names
        The numbers of all names.
    areas
        The numbers of all area codes.
    script
        The spelling rules.
    corrected
        Names, by number, that people gave to single entries, by position.
    """
    street = _name_ids(entries["street"], names, "street", script)
    compound = _name_ids(entries["compound"], names, "compound", script)
    cross = _name_ids(entries["cross_street"], names, "street", script)
    area = _distinct_ids(entries["area_code"], areas)
    houses = _read_houses(entries["house_number"], script)
    building, buildings = _read_buildings(entries["building_no"], script)
    base, bases = _lane_bases(np.where(street >= 0, street, compound), houses, len(names.labels))
    named = _whole_names(entries, names, script)
    zero, number = np.zeros(len(entries), dtype=np.int64), houses.number
    keys: list[Key] = [
        (HOUSE, base, number, houses.sub, (base >= 0) & (number >= 0)),
        (BUILDING, compound, building, zero, (compound >= 0) & (building > 0)),
        (NAME, named, zero, zero, named >= 0),
        (AREA, area, number, zero, (area >= 0) & (number >= 0) & (street >= 0)),
        (AREA_BUILDING, area, building, zero, (area >= 0) & (building > 0) & (compound >= 0)),
        (CROSSING, np.minimum(street, cross), np.maximum(street, cross), zero, cross >= 0),
    ]
    sorted_keys, positions = _sort_keys(keys, _range_keys(houses, base), corrected)
    return EntryIndex(
        keys=sorted_keys,
        positions=positions,
        level=_ints(_distinct_ids(entries["level"], {level: rank for rank, level in enumerate(LEVELS)})),
        street=_ints(street),
        compound=_ints(compound),
        number=_ints(number),
        last=_ints(houses.last),
        sub=_ints(houses.sub),
        building=_ints(building),
        area=_ints(area),
        x=_floats(entries["x"]),
        y=_floats(entries["y"]),
        uncertainty_m=_floats(entries["uncertainty_m"]),
        subs=houses.subs,
        buildings=buildings,
        building_texts=sorted(buildings, key=buildings.__getitem__),
        bases=bases,
    )


def _codes(values: pd.Series) -> tuple[Ints, list[str]]:
    """Return each value as a position among the distinct values; −1 for missing ones."""
    codes, distinct = pd.factorize(values, sort=True)
    return codes.astype(np.int64), [str(v) for v in distinct]


def _distinct_ids(values: pd.Series, table: dict[str, int]) -> Ints:
    """Return the number that a table gives to each value, −1 for missing and unknown ones."""
    codes, distinct = _codes(values)
    ids: Ints = np.array([table.get(text, -1) for text in distinct] + [-1], dtype=np.int64)[codes]
    return ids


def _name_ids(values: pd.Series, names: NameTable, kind: str, script: Script) -> Ints:
    """Return the number of each name, −1 for missing ones."""
    codes, distinct = _codes(values)
    known = [names.ids.get((kind, script.fold_name(name)), -1) for name in distinct]
    ids: Ints = np.array([*known, -1], dtype=np.int64)[codes]
    return ids


def _whole_names(entries: pd.DataFrame, names: NameTable, script: Script) -> Ints:
    """Return the number of the name that an entry has as a whole: a POI, a community, a compound, a road."""
    named = np.full(len(entries), -1, dtype=np.int64)
    for level, kind in (
        ("poi", "poi"),
        ("community", "community"),
        ("compound", "compound"),
        ("road", "street"),
    ):
        rows = (entries["level"] == level).to_numpy(dtype=bool)
        column = "name" if level in ("poi", "community") else kind
        named[rows] = _name_ids(entries.loc[rows, column], names, kind, script)
    return named


def _read_house(text: str, script: Script) -> _House:
    """Return the parts of the text of a house-number column."""
    lane, number, sub, last = ("", ""), -1, "", -1
    for found in script.find_numbers(script.normalize(text).text):
        if found.kind in ("lane", "group"):
            lane = (found.kind, found.values[0])
        elif number < 0 and found.kind in ("house", "hash", "bare"):
            number, sub = house_parts(found.values)
            end = split_number(found.values[-1])[0] if len(found.values) > 1 else -1
            last = end if script.numbers_lead and 0 < end - number <= LONGEST_RANGE else number
    return _House(lane, number, sub, last)


def _read_houses(values: pd.Series, script: Script) -> _Houses:
    """Return the house numbers of a column; each distinct text is read once."""
    codes, texts = _codes(values)
    distinct = [*(_read_house(text, script) for text in texts), _House(("", ""), -1, "", -1)]
    subs = {text: i for i, text in enumerate(sorted({house.sub for house in distinct} | {""}))}
    number, last, sub = (
        np.array(column, dtype=np.int64)[codes]
        for column in zip(*((h.number, h.last, subs[h.sub]) for h in distinct), strict=True)
    )
    return _Houses(distinct, codes, number, last, sub, subs)


def _read_building(text: str, script: Script) -> str:
    """Return a building's number in digits and letters, the text itself where there is none."""
    folded = script.normalize(text).text
    for found in script.find_numbers(folded):
        if found.kind in ("building", "house", "hash", "bare", "floor"):
            return found.values[0]
    return folded.rstrip("栋座幢")


def _read_buildings(values: pd.Series, script: Script) -> tuple[Ints, dict[str, int]]:
    """Return the number of each building's text, 0 for none, and the numbers by text."""
    codes, texts = _codes(values)
    read = [*(_read_building(text, script) for text in texts), ""]
    buildings = {text: i for i, text in enumerate(sorted({*read, ""}))}
    return np.array([buildings[text] for text in read], dtype=np.int64)[codes], buildings


def _lane_bases(owner: Ints, houses: _Houses, n_names: int) -> tuple[Ints, dict[tuple[int, str, str], int]]:
    """Return the street, or the lane of a street, of each entry; lanes get numbers behind the names'."""
    base = owner.copy()
    bases: dict[tuple[int, str, str], int] = {}
    has_lane = np.array([bool(house.lane[0]) for house in houses.distinct])[houses.codes] & (owner >= 0)
    for position in np.flatnonzero(has_lane):
        kind, value = houses.distinct[houses.codes[position]].lane
        base[position] = bases.setdefault((int(owner[position]), kind, value), n_names + len(bases))
    return base, bases


def _range_keys(houses: _Houses, base: Ints) -> list[tuple[int, int, int]]:
    """Return street, number and position for each further number of a range, on the side of its first."""
    wide = np.flatnonzero((houses.last > houses.number) & (base >= 0))
    return [
        (int(base[at]), number, int(at))
        for at in wide
        for number in range(int(houses.number[at]) + 2, int(houses.last[at]) + 1, 2)
    ]


def _sort_keys(
    parts: Sequence[Key], ranges: Sequence[tuple[int, int, int]], corrected: Sequence[tuple[int, int]]
) -> tuple[array[int], array[int]]:
    """Return all keys in order, and the entry of each."""
    keys, positions = [], []
    for table, base, number, sub, rows in parts:
        at = np.flatnonzero(rows)
        keys.append(_packed(table, base[at], number[at], sub[at]))
        positions.append(at)
    more = np.array(ranges, dtype=np.int64).reshape(-1, 3)
    names = np.array(corrected, dtype=np.int64).reshape(-1, 2)
    keys += [_packed(HOUSE, more[:, 0], more[:, 1], 0), _packed(NAME, names[:, 0], 0, 0)]
    positions += [more[:, 2], names[:, 1]]
    all_keys, all_positions = np.concatenate(keys), np.concatenate(positions)
    order = np.lexsort((all_positions, all_keys))
    return array("q", all_keys[order].tobytes()), _ints(all_positions[order])


def _packed(table: int, base: Ints, number: Ints | int, sub: Ints | int) -> Ints:
    """Return keys as :func:`pack_key` packs one."""
    key: Ints = ((((np.int64(table) << BASE_BITS) | base) << NUMBER_BITS) | number) << SUB_BITS | sub
    return key


def _ints(values: Ints) -> array[int]:
    """Return the values as a compact list."""
    return array("i", np.ascontiguousarray(values, dtype=np.int32).tobytes())


def _floats(values: pd.Series) -> array[float]:
    """Return the values as a compact list."""
    return array("d", np.ascontiguousarray(values.to_numpy(dtype=np.float64)).tobytes())
