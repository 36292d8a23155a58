"""Read a layer record by record, for files larger than memory; bulk reading goes through pyogrio instead."""

from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import fiona
import pandas as pd
from fiona.errors import FionaError
from fiona.model import Feature
from geopandas import GeoDataFrame

from gridgeo.errors import FileReadError
from gridgeo.io.kinds import find_kind, join_kinds, to_kind
from gridgeo.io.layer import declare_layer, place_parquet, select_columns
from gridgeo.io.parquet import is_parquet, read_parquet_batches
from gridgeo.io.source import Source, find_source, is_text_table, split_source
from gridgeo.io.table import build_points
from gridgeo.io.text_batches import find_text_layout, read_text_batches

__all__ = ["read_batches"]


def read_batches(
    source: str | Path,
    *,
    size: int = 100_000,
    encoding: str | None = None,
    columns: Sequence[str] | None = None,
    crs: str | None = None,
) -> Iterator[GeoDataFrame]:
    """Yield a layer in frames of at most ``size`` rows, holding one of them in memory at a time.

    Together they are what :func:`read_layer` returns, with the same index. Some two times slower than that,
    so for files that do not fit. A text table is read twice: first for which of its columns are numbers.

    Parameters
    ----------
    source
        ``FILE`` or ``FILE:LAYER``.
    size
        Rows in a frame.
    encoding, columns, crs
        As for :func:`read_layer`.

    Yields
    ------
    GeoDataFrame
        Rows in the order of the file.

    Raises
    ------
    FileReadError
        As :func:`read_layer`, and when the file turns out to be damaged half-way.
    CRSError
        As :func:`read_layer`.
    """
    if size < 1:
        raise ValueError(f"size must be at least 1 row, got {size}")
    path, _ = split_source(source)
    if is_text_table(path):
        yield from _read_text(path, size, encoding=encoding, columns=columns, crs=crs)
        return
    if is_parquet(path):
        for frame in read_parquet_batches(path, size):
            yield select_columns(place_parquet(frame, path, crs), columns, str(path))
        return
    found = find_source(source, encoding=encoding)
    for start, records in _read_records(found, size):
        frame = _to_frame(records, found, start)
        yield select_columns(declare_layer(frame, found, crs), columns, found.name)


def _read_text(
    path: Path, size: int, *, encoding: str | None, columns: Sequence[str] | None, crs: str | None
) -> Iterator[GeoDataFrame]:
    """Yield a text table in frames; a column is numbers in all of them or in none."""
    layout = find_text_layout(path, encoding=encoding)
    parts = [
        [find_kind(batch[column], column) for column in layout.columns]
        for batch in read_text_batches(layout, size)
    ]
    kinds = [join_kinds(of_column) for of_column in zip(*parts, strict=True)]
    for batch in read_text_batches(layout, size):
        typed = pd.DataFrame(
            {
                column: to_kind(batch[column].astype("str"), kind)
                for column, kind in zip(layout.columns, kinds, strict=True)
            },
            index=batch.index,
        )
        yield select_columns(build_points(typed, str(path), crs), columns, str(path))


def _read_records(found: Source, size: int) -> Iterator[tuple[int, list[Feature]]]:
    """Yield the records of a layer in lists, each with the number of its first."""
    stated = None if found.is_self_encoded else found.encoding.name
    start = 0
    try:
        with fiona.open(found.location, layer=found.layer, encoding=stated) as rows:
            iterator = iter(rows)
            while records := list(islice(iterator, size)):
                yield start, records
                start += len(records)
    except (FionaError, OSError, UnicodeDecodeError) as error:
        raise FileReadError(
            f"{found.name}: damaged after row {start} ({error}); copy or export it again"
        ) from error
    if start != found.n_rows:
        raise FileReadError(
            f"{found.name}: {start} of {found.n_rows} rows can be read; copy or export it again"
        )
    if start == 0:
        yield 0, []


def _to_frame(records: list[Feature], found: Source, start: int) -> GeoDataFrame:
    """Return records as a frame with the columns of the layer."""
    rows: list[dict[str, Any]] = [
        {"type": "Feature", "geometry": record.geometry, "properties": dict(record.properties)}
        for record in records
    ]
    frame = GeoDataFrame.from_features(rows, crs=found.crs, columns=[*found.types, "geometry"])
    frame.index = range(start, start + len(frame))
    return frame[[*found.types, "geometry"]]
