"""Text tables: CSV as offices write it, codes kept as text, points or shapes made from its columns."""

import gzip
import io
import re
from pathlib import Path

import numpy as np
import pandas as pd
import shapely
from geopandas import GeoDataFrame

from gridgeo.crs import declare_crs, parse_crs
from gridgeo.errors import CRSError, FileReadError
from gridgeo.io.encoding import find_text_encoding
from gridgeo.io.integrity import check_file
from gridgeo.io.kinds import find_kind, find_spoilt, to_kind
from gridgeo.io.source import split_source

__all__ = ["build_points", "find_place_columns", "read_text_table"]

LON_LAT = (("lon", "lng", "long", "longitude", "经度"), ("lat", "latitude", "纬度"))
X_Y = (("x", "easting", "point_x", "x坐标"), ("y", "northing", "point_y", "y坐标"))
SHAPE = ("wkt", "geometry", "geom", "the_geom", "shape_wkt")


def read_text_table(source: str | Path, *, encoding: str | None = None) -> pd.DataFrame:
    """Return a CSV file as a table: separator and encoding found, codes as text, plain numbers as numbers.

    Parameters
    ----------
    source
        A ``.csv``, ``.tsv`` or ``.txt`` file, perhaps ``.gz``; a layer name after a colon must be its stem.
    encoding
        The encoding, where the caller knows it.

    Returns
    -------
    DataFrame
        With ``attrs`` ``source``, ``encoding`` and ``encoding_source``.

    Raises
    ------
    FileReadError
        When it is damaged, of mixed encodings, ragged, or holds codes that a spreadsheet has rounded.
    """
    path, layer = split_source(source)
    check_file(path)
    if layer is not None and layer != path.name.split(".")[0]:
        raise FileReadError(f"{path}: a text table has no layers, leave out {layer!r}")
    data = _read_bytes(path)
    found = find_text_encoding(data, str(path), stated=encoding)
    table = _parse(data.decode(found.name), path)
    table = pd.DataFrame({column: _to_type(table[column], column, path) for column in table.columns})
    table.attrs = {"source": str(path), "encoding": found.name, "encoding_source": found.source}
    return table


def find_place_columns(columns: list[str]) -> tuple[str, ...]:
    """Return the columns that say where a row is: (lon, lat), (x, y) or (wkt,); empty when there are none."""
    by_name = {str(column).strip().lower(): column for column in reversed(columns)}
    for pair in (LON_LAT, X_Y):
        found = [next((by_name[name] for name in names if name in by_name), None) for names in pair]
        if None not in found:
            return tuple(str(column) for column in found)
    shapes = [by_name[name] for name in SHAPE if name in by_name]
    return (shapes[0],) if shapes else ()


def build_points(table: pd.DataFrame, name: str, crs: str | None) -> GeoDataFrame:
    """Return a table as a layer, placed by its lon/lat, x/y or WKT columns; no place is ``None``.

    Parameters
    ----------
    table
        Any table with such columns.
    name
        The file, for the message.
    crs
        What the coordinates are in; ``SRID=4326;POINT …`` in a WKT column says it by itself.

    Returns
    -------
    GeoDataFrame
        The same rows and columns with a geometry.

    Raises
    ------
    FileReadError
        When there are no such columns or a value cannot be read.
    CRSError
        When no CRS is stated, or one that does not exist.
    """
    columns = find_place_columns(list(table.columns))
    if not columns:
        raise FileReadError(
            f"{name}: no columns say where a row is; it needs lon and lat, x and y, or WKT, and has "
            f"{', '.join(map(str, table.columns))}"
        )
    if len(columns) == 1:
        shapes, srid = _parse_shapes(table[columns[0]], name)
    else:
        x, y = (_to_coordinates(table[column], column, name) for column in columns)
        shapes, srid = shapely.points(x, y), None
        shapes[np.isnan(x) | np.isnan(y)] = None
    stated = crs if crs is not None else srid
    if stated is None:
        raise CRSError(
            f"{name}: {' and '.join(columns)} are in no stated CRS; say which, for example "
            "crs='EPSG:4326' for WGS 84 as GPS gives it (on the command line --crs EPSG:4326)"
        )
    return declare_crs(GeoDataFrame(table, geometry=shapes), parse_crs(stated))


def _read_bytes(path: Path) -> bytes:
    """Return the content of a file, unpacked."""
    try:
        return gzip.decompress(path.read_bytes()) if path.suffix.lower() == ".gz" else path.read_bytes()
    except (OSError, EOFError) as error:
        raise FileReadError(f"{path}: cannot be unpacked ({error}); copy it again") from error


def _parse(text: str, path: Path) -> pd.DataFrame:
    """Return the cells as text, empty ones as missing."""
    separator = _find_separator(text)
    try:
        table = pd.read_csv(
            io.StringIO(text), sep=separator, dtype="str", keep_default_na=False, na_values=[""]
        )
    except pd.errors.EmptyDataError as error:
        raise FileReadError(f"{path}: holds no table, not even a header; export it again") from error
    except pd.errors.ParserError as error:
        raise FileReadError(
            f"{path}: not a regular table ({error}); "
            f"a quote may be open or a cell hold an unquoted {separator!r}"
        ) from error
    if not isinstance(table.index, pd.RangeIndex):
        raise FileReadError(
            f"{path}: rows have more cells than the header; a cell holds an unquoted {separator!r}"
        )
    return table.rename(columns=lambda column: str(column).strip())


def _find_separator(text: str) -> str:
    """Return the separator that the header has most of, outside quotes."""
    header = re.sub(r'"[^"]*"', "", text[:100_000]).split("\n", 1)[0]
    return max(",;\t|", key=header.count)


def _to_type(values: pd.Series, column: str, path: Path) -> pd.Series:
    """Return a column as numbers where all its values are plain numbers and it is no code."""
    spoilt = find_spoilt(values)
    if len(spoilt):
        raise FileReadError(
            f"{path}: column {column} holds {spoilt.iloc[0]} in row {spoilt.index[0] + 1}, a code that a "
            f"spreadsheet has rounded ({len(spoilt)} rows); its digits are lost, so export it again with "
            "the column formatted as text"
        )
    return to_kind(values, find_kind(values, column))


def _to_coordinates(values: pd.Series, column: str, name: str) -> np.ndarray:
    """Return a column as floats, missing ones as NaN; text that is no number is an error."""
    numbers = pd.to_numeric(values, errors="coerce")
    bad = values[numbers.isna() & values.notna() & (values.astype("str").str.strip() != "")]
    if len(bad):
        raise FileReadError(
            f"{name}: column {column} holds {bad.iloc[0]!r} in row {bad.index[0] + 1}, which is no number "
            f"({len(bad)} rows); write degrees as 111.2903, not 111°17'"
        )
    return np.asarray(numbers.to_numpy(dtype=float, na_value=np.nan))


def _parse_shapes(values: pd.Series, name: str) -> tuple[np.ndarray, str | None]:
    """Return shapes from WKT, and the CRS that ``SRID=…;`` names."""
    text = values.astype("str").where(values.notna(), None)
    srids = text.str.extract(r"^SRID=(\d+);", expand=False)
    if srids.nunique() > 1:
        raise CRSError(
            f"{name}: rows are in {srids.nunique()} different systems; bring them into one file each"
        )
    bare = text.str.replace(r"^SRID=\d+;", "", regex=True)
    shapes = shapely.from_wkt(bare.to_numpy(dtype=object, na_value=None), on_invalid="ignore")
    bad = np.flatnonzero((shapes == None) & bare.notna().to_numpy())  # noqa: E711  elementwise
    if len(bad):
        raise FileReadError(
            f"{name}: row {bad[0] + 1} holds no WKT: {bare.iloc[bad[0]][:60]!r} ({len(bad)} rows)"
        )
    known = srids.dropna()
    return shapes, f"EPSG:{known.iloc[0]}" if len(known) else None
