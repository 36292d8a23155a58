"""Protocol buffers, a whole column at a time: varints, fields, and the zigzag of signed numbers."""

import numpy as np
from numpy.typing import NDArray

from gridgeo.maps.tiles.ragged import Ragged, join_columns

__all__ = ["DELIMITED", "VARINT", "fields", "numbers_field", "varints", "zigzag"]

Integers = NDArray[np.int64]

VARINT, DELIMITED = 0, 2  # wire types


def zigzag(numbers: Integers) -> Integers:
    """Return signed numbers as natural ones, small near zero: 0, -1, 1, -2 … → 0, 1, 2, 3 …"""
    return (numbers << 1) ^ (numbers >> 63)


def varints(numbers: Integers) -> Ragged:
    """Return natural numbers in groups of seven bits, the low group first."""
    values = numbers.astype(np.uint64)[:, None]
    n_groups = max(1, -(-int(numbers.max(initial=0)).bit_length() // 7))
    shifts = np.arange(0, 7 * n_groups, 7, dtype=np.uint64)
    used = values >= (np.uint64(1) << shifts)
    used[:, 0] = True
    more = np.zeros(used.shape, dtype=bool)
    more[:, :-1] = used[:, 1:]
    groups = ((values >> shifts) & np.uint64(0x7F)).astype(np.uint8)
    groups[more] |= np.uint8(0x80)
    return Ragged(groups[used], used.sum(axis=1))


def fields(number: int, rows: Ragged) -> Ragged:
    """Return each row as one length-delimited field of that number."""
    return join_columns([key(number, DELIMITED, len(rows)), varints(rows.lengths), rows])


def numbers_field(number: int, numbers: Integers) -> Ragged:
    """Return each natural number as one varint field of that number."""
    return join_columns([key(number, VARINT, len(numbers)), varints(numbers)])


def key(number: int, wire_type: int, n_rows: int) -> Ragged:
    """Return the key of a field, once for each row; field numbers up to 15 fit in one byte."""
    return Ragged(np.full(n_rows, (number << 3) | wire_type, dtype=np.uint8), np.ones(n_rows, dtype=np.int64))
