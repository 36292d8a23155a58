"""What a tile says of its features: keys and values once, and for each feature which of them are its own."""

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas.api.types import is_bool_dtype, is_float_dtype, is_integer_dtype

from gridgeo.errors import SchemaError
from gridgeo.maps.tiles.ragged import Ragged, join_rows, pack_rows, take_rows
from gridgeo.maps.tiles.wire import varints

__all__ = ["Tags", "build_tags"]

Integers = NDArray[np.int64]
NO_VALUE = -1


@dataclass(frozen=True)
class Tags:
    """The columns of a layer: their names, each different value once, and which value stands where."""

    keys: tuple[str, ...]
    values: Ragged
    places: Integers  # rows × columns: which value, -1 for none

    def take(self, rows: Integers) -> tuple[Ragged, Ragged]:
        """Return the tags of some rows, and the values that these rows need, in the order of their numbers.

        Parameters
        ----------
        rows
            Positions in the layer.
        """
        places = self.places[rows]
        used, number = np.unique(places, return_inverse=True)
        number = number.reshape(places.shape)
        if len(used) and used[0] == NO_VALUE:
            used, number = used[1:], number - 1
        present = places != NO_VALUE
        pairs = np.stack([np.broadcast_to(np.arange(len(self.keys)), places.shape), number], axis=-1)
        return join_rows(varints(pairs[present].ravel()), 2 * present.sum(axis=1)), take_rows(
            self.values, used
        )


def build_tags(frame: pd.DataFrame, columns: Sequence[str]) -> Tags:
    """Return the tags of a layer; a missing value is no tag at all.

    Parameters
    ----------
    frame
        The layer.
    columns
        Which of its columns to tell: numbers stay numbers, all else becomes text.

    Raises
    ------
    SchemaError
        A column is not there.
    """
    missing = [name for name in columns if name not in frame]
    if missing:
        present = ", ".join(map(str, frame.columns))
        raise SchemaError(f"no column {', '.join(missing)} for the tiles; the layer has {present}")
    known: dict[bytes, int] = {}
    places = np.full((len(frame), len(columns)), NO_VALUE, dtype=np.int64)
    for at, name in enumerate(columns):
        codes, words = pd.factorize(frame[name], use_na_sentinel=True)
        numbers = [known.setdefault(value, len(known)) for value in pack_values(pd.Series(words))]
        places[:, at] = np.array([*numbers, NO_VALUE], dtype=np.int64)[codes]
    return Tags(tuple(columns), pack_rows(known), places)


def pack_values(column: pd.Series) -> list[bytes]:
    """Return each value as a message of the tile format."""
    if is_bool_dtype(column):
        return [b"\x38" + bytes([bool(value)]) for value in column]
    if is_integer_dtype(column):
        return [pack_integer(int(value)) for value in column]
    if is_float_dtype(column):
        return [b"\x19" + struct.pack("<d", value) for value in column]
    return [pack_text(value) for value in column]


def pack_integer(value: int) -> bytes:
    """Return a whole number: natural ones as uint, negative ones as sint."""
    if value >= 0:
        return b"\x28" + to_varint(value)
    return b"\x30" + to_varint(-2 * value - 1)


def pack_text(value: Any) -> bytes:
    """Return a text; lone surrogates, which no UTF-8 can hold, become question marks."""
    text = str(value).encode("utf-8", "replace")
    return b"\x0a" + to_varint(len(text)) + text


def to_varint(value: int) -> bytes:
    """Return one natural number in groups of seven bits, the low group first."""
    groups = bytearray()
    while value > 0x7F:
        groups.append(value & 0x7F | 0x80)
        value >>= 7
    groups.append(value)
    return bytes(groups)
