"""The entries of a gazetteer as columns of numbers, found by structured keys."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field

__all__ = [
    "AREA",
    "AREA_BUILDING",
    "BUILDING",
    "CROSSING",
    "HOUSE",
    "NAME",
    "EntryIndex",
    "NameTable",
    "house_parts",
    "pack_key",
]

# A key packs what it finds: which table, the street or compound, the number, what follows the number.
HOUSE, BUILDING, NAME, CROSSING, AREA, AREA_BUILDING = range(6)
SUB_BITS, NUMBER_BITS, BASE_BITS = 14, 24, 22
MAX_NUMBER = (1 << NUMBER_BITS) - 1


@dataclass(frozen=True)
class NameTable:
    """The distinct folded names, each with a kind, and the number that stands for it."""

    ids: dict[tuple[str, str], int] = field(repr=False)
    labels: list[str] = field(repr=False)  # the first spelling of each


def pack_key(table: int, base: int, number: int, sub: int) -> int:
    """Return a key as one integer."""
    return ((table << BASE_BITS | base) << NUMBER_BITS | number) << SUB_BITS | sub


@dataclass(frozen=True)
class EntryIndex:
    """Columns of the entries, by position, and the sorted keys that lead to them."""

    keys: array[int] = field(repr=False)
    positions: array[int] = field(repr=False)
    level: array[int] = field(repr=False)
    street: array[int] = field(repr=False)
    compound: array[int] = field(repr=False)
    number: array[int] = field(repr=False)
    last: array[int] = field(repr=False)  # the upper end of a number such as 187-197
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
