"""Rows of bytes of different lengths, one behind the other in a single array."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Ragged", "join_columns", "join_rows", "pack_rows", "take_rows"]

Bytes = NDArray[np.uint8]
Integers = NDArray[np.int64]


@dataclass(frozen=True)
class Ragged:
    """The bytes of all rows, and how many of them each row has."""

    data: Bytes
    lengths: Integers

    def __len__(self) -> int:
        return len(self.lengths)


def pack_rows(rows: Iterable[bytes]) -> Ragged:
    """Return byte strings as rows."""
    kept = list(rows)
    lengths = np.fromiter((len(row) for row in kept), dtype=np.int64, count=len(kept))
    return Ragged(np.frombuffer(b"".join(kept), dtype=np.uint8), lengths)


def join_columns(columns: Sequence[Ragged]) -> Ragged:
    """Return rows that hold what the columns hold in the same row, the first column first."""
    lengths = np.stack([column.lengths for column in columns]).sum(axis=0, dtype=np.int64)
    data = np.empty(int(lengths.sum()), dtype=np.uint8)
    at = np.cumsum(lengths) - lengths
    for column in columns:
        starts = np.cumsum(column.lengths) - column.lengths
        data[np.repeat(at - starts, column.lengths) + np.arange(len(column.data))] = column.data
        at = at + column.lengths
    return Ragged(data, lengths)


def join_rows(rows: Ragged, counts: Integers) -> Ragged:
    """Return rows made of the next so many rows each; the counts add up to the number of rows."""
    ends = np.concatenate(([0], np.cumsum(rows.lengths)))[np.concatenate(([0], np.cumsum(counts)))]
    return Ragged(rows.data, np.diff(ends))


def take_rows(rows: Ragged, positions: Integers) -> Ragged:
    """Return the rows at the positions, in that order."""
    lengths = rows.lengths[positions]
    starts = (np.cumsum(rows.lengths) - rows.lengths)[positions]
    ends = np.cumsum(lengths)
    source = np.repeat(starts - (ends - lengths), lengths) + np.arange(int(lengths.sum()))
    return Ragged(rows.data[source], lengths)
