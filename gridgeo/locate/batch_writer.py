"""Tables written batch by batch: CSV, Parquet or GeoPackage, for results larger than memory."""

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pyogrio
from geopandas import GeoDataFrame, GeoSeries

from gridgeo.errors import FileReadError, FileWriteError, MissingExtraError
from gridgeo.io import replace_file
from gridgeo.locate.reports import escape_formulas

__all__ = ["SUFFIXES", "check_suffix", "open_batches"]

SUFFIXES = (".csv", ".parquet", ".gpkg")
LAYER = "points"
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")

Write = Callable[[pd.DataFrame, Callable[[], GeoSeries]], None]


def check_suffix(path: Path) -> None:
    """Raise when the suffix is none that can be written.

    Raises
    ------
    FileWriteError
        The suffix is none of `SUFFIXES`.
    """
    if path.suffix.lower() not in SUFFIXES:
        raise FileWriteError(f"{path}: points are written as {', '.join(SUFFIXES)}; change the suffix")


@contextlib.contextmanager
def open_batches(path: Path) -> Iterator[Write]:
    """Give a function that writes a batch, a table and what makes its points, and put the whole in the place
    of ``path``.

    CSV is UTF-8 with a mark, for spreadsheets, and its formulas are escaped. A GeoPackage has one layer
    ``points``; the other formats leave the points out. The first batch decides the types of the columns.

    Parameters
    ----------
    path
        Where to; when anything goes wrong, what was there before is still there.

    Yields
    ------
    Callable
        To call with each batch.

    Raises
    ------
    FileWriteError
        The suffix is another one, or the file cannot be written.
    MissingExtraError
        Parquet needs pyarrow.
    """
    check_suffix(path)
    try:
        with replace_file(path) as fresh:
            if fresh.suffix.lower() == ".csv":
                yield lambda table, _: _append_csv(fresh, table)
            elif fresh.suffix.lower() == ".gpkg":
                yield lambda table, points: _append_layer(fresh, table, points())
            else:
                with _open_parquet(fresh) as write:
                    yield write
    except FileWriteError as error:
        # batches are read while others are written: what reading raised is no fault of writing
        if isinstance(error.__cause__, FileReadError):
            raise error.__cause__ from None
        raise


def _append_csv(fresh: Path, table: pd.DataFrame) -> None:
    """Add rows to a CSV file; the first batch brings the header."""
    is_first = not fresh.exists()
    # most columns have no cell that could be a formula: a quick look saves the close one
    risky = [column for column in table.columns if _has_formula_start(table[column])]
    table.assign(**escape_formulas(table[risky])).to_csv(
        fresh,
        mode="a",
        index=False,
        header=is_first,
        encoding="utf-8-sig" if is_first else "utf-8",
        lineterminator="\n",
    )


def _has_formula_start(values: pd.Series) -> bool:
    """Return whether a text of the column begins as a formula does."""
    return isinstance(values.dtype, pd.StringDtype) and bool(values.str.startswith(FORMULA_STARTS).any())


def _append_layer(fresh: Path, table: pd.DataFrame, points: GeoSeries) -> None:
    """Add rows to the layer of a GeoPackage."""
    plain = {column: _to_plain(table[column]) for column in table.columns}
    layer = GeoDataFrame(plain, geometry=points.to_numpy(), crs=points.crs)
    pyogrio.write_dataframe(layer, fresh, layer=LAYER, append=fresh.exists(), geometry_type="Point")


def _to_plain(values: pd.Series) -> Any:
    """Return a column as GDAL takes it: numbers with NaN, text with None."""
    if pd.api.types.is_float_dtype(values):
        return values.to_numpy(dtype=float, na_value=float("nan"))
    if isinstance(values.dtype, pd.StringDtype):
        return values.astype(object).where(values.notna(), None).to_numpy()
    return values.array


@contextlib.contextmanager
def _open_parquet(fresh: Path) -> Iterator[Write]:
    """Give a function that adds rows to a Parquet file."""
    try:
        import pyarrow as pa
        from pyarrow import parquet
    except ImportError as error:
        raise MissingExtraError("Parquet needs pyarrow; pip install 'gridgeo[parquet]'") from error
    writer: Any = None

    def write(table: pd.DataFrame, _: Callable[[], GeoSeries]) -> None:
        nonlocal writer
        rows = pa.Table.from_pandas(table, schema=writer.schema if writer else None, preserve_index=False)
        writer = writer or parquet.ParquetWriter(fresh, rows.schema)
        writer.write_table(rows)

    try:
        yield write
    finally:
        if writer is not None:
            writer.close()
