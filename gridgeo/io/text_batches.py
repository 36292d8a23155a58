"""Text tables in batches, for files larger than memory: every cell as it was typed, empty ones missing."""

import codecs
import contextlib
import csv
import gzip
import io
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import pandas as pd

from gridgeo.errors import FileReadError
from gridgeo.io.encoding import TextEncoding, find_text_encoding
from gridgeo.io.kinds import find_spoilt

__all__ = ["TextLayout", "find_text_layout", "read_text_batches"]

csv.field_size_limit(10_000_000)  # a cell of ten million characters is a fault of the file, not a report
HEAD_BYTES = 1 << 24  # what tells the encoding; a later line that does not fit stops the reading
SEPARATORS = ",;\t|"


@dataclass(frozen=True)
class TextLayout:
    """How a text table is written."""

    path: Path
    encoding: TextEncoding
    separator: str
    columns: tuple[str, ...]


def find_text_layout(path: str | Path, *, encoding: str | None = None) -> TextLayout:
    """Return how a CSV file is written: encoding, separator and columns.

    Parameters
    ----------
    path
        A ``.csv``, ``.tsv`` or ``.txt`` file, perhaps ``.gz``.
    encoding
        The encoding, where it is known.

    Raises
    ------
    FileReadError
        The file is missing, empty, in no encoding, or two columns have one name.
    """
    file = Path(path)
    if not file.is_file():
        raise FileReadError(f"{file}: no such file")
    try:
        with _open_bytes(file) as handle:
            head = handle.read(HEAD_BYTES)
    except (OSError, EOFError) as error:
        raise FileReadError(f"{file}: cannot be unpacked ({error}); copy it again") from error
    if not head.strip():
        raise FileReadError(f"{file}: is empty; export it again, with a header line")
    if len(head) == HEAD_BYTES and not head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        head = head[: head.rfind(b"\n") + 1]
    found = find_text_encoding(head, str(file), stated=encoding)
    text = head.decode(found.name)
    outside_quotes = "".join(text.lstrip("\r\n").split("\n", 1)[0].split('"')[::2])
    separator = max(SEPARATORS, key=outside_quotes.count)
    columns = tuple(name.strip() for name in next(csv.reader(io.StringIO(text), delimiter=separator)))
    twice = sorted({name for name in columns if columns.count(name) > 1})
    if twice:
        raise FileReadError(f"{file}: two columns are called {', '.join(map(repr, twice))}; rename one")
    return TextLayout(file, found, separator, columns)


def read_text_batches(layout: TextLayout, size: int) -> Iterator[pd.DataFrame]:
    """Yield the rows of a text table as text, ``size`` at a time, numbered from 0; one empty frame for no
    rows.

    Parameters
    ----------
    layout
        From `find_text_layout`.
    size
        Rows in a batch.

    Raises
    ------
    FileReadError
        A row has more or fewer cells than the header, a quote is open, a line is in another encoding, or a
        spreadsheet has rounded codes.
    """
    start = 0
    with _open_bytes(layout.path) as raw:
        text = io.TextIOWrapper(raw, encoding=layout.encoding.name, newline="")
        rows = csv.reader(text, delimiter=layout.separator, strict=True)
        try:
            next(rows)
            while cells := list(
                islice((_check_row(row, rows.line_num, layout) for row in rows if row), size)
            ):
                batch = pd.DataFrame(cells, columns=list(layout.columns), dtype="string")
                batch.index = pd.RangeIndex(start, start + len(batch))
                _check_codes(batch, layout)
                yield batch.mask(batch == "")
                start += len(batch)
        except FileReadError:  # an OSError too, but said already
            raise
        except csv.Error as error:
            raise FileReadError(
                f"{layout.path}: line {rows.line_num}: {error}; close an open quote, or double one in a cell"
            ) from error
        except (UnicodeDecodeError, OSError, EOFError) as error:
            raise FileReadError(
                f"{layout.path}: is not {layout.encoding.name} after line {rows.line_num} ({error}); "
                "mend it at its source, or state another encoding"
            ) from error
    if start == 0:
        yield pd.DataFrame(columns=list(layout.columns), dtype="string")


@contextlib.contextmanager
def _open_bytes(file: Path) -> Iterator[Any]:
    """Give the file opened for its bytes, unpacked."""
    with file.open("rb") as packed:
        if file.suffix.lower() != ".gz":
            yield packed
        else:
            with gzip.GzipFile(fileobj=packed) as unpacked:
                yield unpacked


def _check_row(row: list[str], line: int, layout: TextLayout) -> list[str]:
    """Return the row when it has as many cells as the header, else raise."""
    if len(row) != len(layout.columns):
        raise FileReadError(
            f"{layout.path}: the row that ends on line {line} has {len(row)} cells, the header "
            f"{len(layout.columns)}; put cells that hold {layout.separator!r} into quotes"
        )
    return row


def _check_codes(batch: pd.DataFrame, layout: TextLayout) -> None:
    """Raise where a spreadsheet has rounded a code."""
    for column in batch.columns:
        rounded = find_spoilt(batch[column])
        if len(rounded):
            raise FileReadError(
                f"{layout.path}: column {column} holds {rounded.iloc[0]} in row {rounded.index[0] + 1}, a "
                "code that a spreadsheet has rounded; its digits are lost, so export it again as text"
            )
