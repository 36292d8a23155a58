"""Parquet files: tables, and layers as GeoParquet writes them, read batch by batch."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import shapely
from geopandas import GeoDataFrame
from pyproj import CRS
from pyproj.exceptions import CRSError as ProjError

from gridgeo.errors import FileReadError, MissingExtraError
from gridgeo.io.integrity import check_file

__all__ = ["has_parquet_shapes", "is_parquet", "read_parquet_batches"]

PARQUET = (".parquet", ".geoparquet", ".pq")
DEFAULT_CRS = "OGC:CRS84"  # what GeoParquet means where it names none


def is_parquet(path: Path) -> bool:
    """Tell whether a file is Parquet by its name."""
    return path.name.lower().endswith(PARQUET)


def has_parquet_shapes(path: Path) -> bool:
    """Tell whether a Parquet file says of one of its columns that it holds shapes."""
    return _read_notes(_open(path), path) is not None


def read_parquet_batches(path: Path, size: int) -> Iterator[pd.DataFrame]:
    """Yield the rows of a Parquet file, numbered from 0; as layers where it holds shapes.

    Parameters
    ----------
    path
        The file.
    size
        Rows in a batch.

    Raises
    ------
    FileReadError
        The file is missing, damaged, or its shapes cannot be read.
    MissingExtraError
        pyarrow is not installed.
    """
    file = _open(path)
    notes = _read_notes(file, path)
    start = 0
    try:
        for batch in file.iter_batches(size):
            frame = batch.to_pandas()
            frame.index = pd.RangeIndex(start, start + len(frame))
            start += len(frame)
            yield frame if notes is None else _to_layer(frame, notes, path)
    except OSError as error:
        raise FileReadError(
            f"{path}: damaged after row {start} ({error}); copy or export it again"
        ) from error
    if not start:
        empty = file.schema_arrow.empty_table().to_pandas()
        yield empty if notes is None else _to_layer(empty, notes, path)


def _open(path: Path) -> Any:
    """Return the file opened by pyarrow."""
    check_file(path)
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError as error:
        raise MissingExtraError(
            f"{path}: Parquet needs pyarrow; pip install 'gridgeo[parquet]', or export the table as CSV"
        ) from error
    try:
        return parquet.ParquetFile(path)
    except (pyarrow.ArrowInvalid, OSError) as error:
        raise FileReadError(f"{path}: is no sound Parquet file ({error}); copy or export it again") from error


def _read_notes(file: Any, path: Path) -> tuple[str, CRS | None] | None:
    """Return the column with the shapes and its CRS, None where the file has none."""
    raw = (file.schema_arrow.metadata or {}).get(b"geo")
    if raw is None:
        return None
    try:
        notes = json.loads(raw)
        column = notes["primary_column"]
        about = notes["columns"][column]
        encoding, crs = about.get("encoding", "WKB"), about.get("crs", DEFAULT_CRS)
        known = None if crs is None else CRS.from_user_input(crs)
    except (ValueError, KeyError, TypeError, AttributeError, ProjError) as error:
        raise FileReadError(
            f"{path}: what it says of its shapes cannot be read ({error}); export it again"
        ) from error
    if encoding != "WKB":
        raise FileReadError(f"{path}: its shapes are stored as {encoding}; export it again with WKB")
    return column, known


def _to_layer(frame: pd.DataFrame, notes: tuple[str, CRS | None], path: Path) -> GeoDataFrame:
    """Return the rows with their shapes as the column ``geometry``."""
    column, crs = notes
    try:
        shapes = shapely.from_wkb(frame[column].to_numpy(dtype=object))
    except shapely.errors.GEOSException as error:
        raise FileReadError(f"{path}: holds a shape that is damaged ({error}); export it again") from error
    others = frame.drop(columns=[column])
    return GeoDataFrame(others, geometry=shapes, crs=crs)
