"""Read one layer as a GeoDataFrame, or one table as a DataFrame, whatever the format."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import pyogrio
from geopandas import GeoDataFrame

from gridgeo.crs import declare_crs, parse_crs
from gridgeo.errors import CRSError, FileReadError
from gridgeo.io.gdal import call_gdal
from gridgeo.io.parquet import is_parquet, read_parquet_batches
from gridgeo.io.source import KEPT, Source, find_source, is_text_table, split_source
from gridgeo.io.table import build_points, find_place_columns, read_text_table

__all__ = ["declare_layer", "declares_crs", "place_parquet", "read_layer", "read_table", "select_columns"]

PARQUET_ROWS = 1_000_000  # in one piece


def read_layer(
    source: str | Path,
    *,
    encoding: str | None = None,
    columns: Sequence[str] | None = None,
    crs: str | None = None,
) -> GeoDataFrame:
    """Return one layer of a file, with a declared CRS and attributes in the right encoding.

    The bytes of a shapefile are tried strictly against what it declares, UTF-8 and GB18030. A table (CSV, a
    sheet) becomes points by its ``lon``/``lat`` or ``x``/``y`` columns or shapes by its ``WKT`` column;
    there the CRS has to be stated. Whole numbers with gaps come as ``Int64``, so that a missing one is
    ``<NA>``.

    Parameters
    ----------
    source
        ``FILE`` or ``FILE:LAYER``; the layer may be left out where the file has exactly one.
    encoding
        The encoding of the attributes, where the caller knows it.
    columns
        The attributes to keep; all by default.
    crs
        The CRS of the coordinates, for files that do not declare one. It never overrides a declared one.

    Returns
    -------
    GeoDataFrame
        Rows in the order of the file, numbered from 0. ``attrs`` hold ``source``, ``encoding`` and
        ``encoding_source``.

    Raises
    ------
    FileReadError
        When the file, the layer or a column is missing, damaged, ambiguous, or has no geometry.
    CRSError
        When no CRS is declared or stated, or both and they differ.
    """
    path, _ = split_source(source)
    if is_text_table(path):
        table = read_text_table(source, encoding=encoding)
        return select_columns(build_points(table, str(path), crs), columns, str(path))
    if is_parquet(path):
        return select_columns(place_parquet(_read_parquet(path), path, crs), columns, str(path))
    found = find_source(source, encoding=encoding)
    frame = _read(found)
    if not isinstance(frame, GeoDataFrame):
        if not find_place_columns(list(frame.columns)):
            raise FileReadError(
                f"{found.name}: a table without geometry; read it as a table, or give a spatial layer"
            )
        return select_columns(build_points(frame, found.name, crs), columns, found.name)
    return select_columns(declare_layer(frame, found, crs), columns, found.name)


def read_table(
    source: str | Path, *, encoding: str | None = None, columns: Sequence[str] | None = None
) -> pd.DataFrame:
    """Return a table without regard to geometry: CSV, a sheet, or the attributes of a layer.

    In a CSV file a column of plain numbers becomes a number, unless it is named like a code or identifier
    or any value has leading zeros: codes stay text.

    Parameters
    ----------
    source
        ``FILE`` or ``FILE:LAYER``.
    encoding
        The encoding, where the caller knows it; else UTF-8 (with or without BOM) and GB18030 are tried
        strictly.
    columns
        The columns to keep; all by default.

    Returns
    -------
    DataFrame
        Rows in the order of the file, numbered from 0.

    Raises
    ------
    FileReadError
        When the file, the layer or a column is missing, damaged or ambiguous, or codes were spoilt by a
        spreadsheet.
    """
    path, _ = split_source(source)
    if is_text_table(path):
        return select_columns(read_text_table(source, encoding=encoding), columns, str(path))
    if is_parquet(path):
        frame = _read_parquet(path)
        return select_columns(
            pd.DataFrame(frame).drop(columns="geometry", errors="ignore"), columns, str(path)
        )
    found = find_source(source, encoding=encoding)
    frame = _read(found)
    if isinstance(frame, GeoDataFrame):
        frame = pd.DataFrame(frame.drop(columns=frame.geometry.name))
    return select_columns(frame, columns, found.name)


def _read_parquet(path: Path) -> pd.DataFrame:
    """Return all rows of a Parquet file."""
    parts = list(read_parquet_batches(path, PARQUET_ROWS))
    frame: pd.DataFrame = pd.concat(parts) if len(parts) > 1 else parts[0]
    frame.attrs = {"source": str(path), "encoding": "UTF-8", "encoding_source": KEPT}
    return frame


def place_parquet(frame: pd.DataFrame, path: Path, crs: str | None) -> GeoDataFrame:
    """Return rows of a Parquet file as a layer: by its shapes, or by its columns with coordinates."""
    if not isinstance(frame, GeoDataFrame):
        return build_points(frame, str(path), crs)
    return _declare(frame, (str(path), f"{path} {path.stem}"), crs)


def declares_crs(source: str | Path) -> bool:
    """Tell whether a layer says itself in which system it is; a table never does.

    Raises
    ------
    FileReadError
        When the file or the layer is missing, damaged or ambiguous.
    """
    path, _ = split_source(source)
    if is_text_table(path):
        return False
    if is_parquet(path):
        return getattr(next(read_parquet_batches(path, 1)), "crs", None) is not None
    return find_source(source).crs is not None


def _read(found: Source) -> pd.DataFrame:
    """Return all rows of a layer, checked to be as many as it says."""
    frame: pd.DataFrame = call_gdal(
        lambda: pyogrio.read_dataframe(
            found.location,
            layer=found.layer,
            # GDAL knows the encoding of all other formats itself, and they keep to it.
            encoding=None if found.is_self_encoded else found.encoding.name,
            on_invalid="fix",
        ),
        found.name,
    )
    if len(frame) != found.n_rows:
        raise FileReadError(
            f"{found.name}: {len(frame)} of {found.n_rows} rows can be read; "
            "it is damaged or cut off, copy it again"
        )
    if isinstance(frame, GeoDataFrame) and frame.active_geometry_name != "geometry":
        frame = frame.rename_geometry("geometry")
    for column, kind in found.types.items():
        if kind.startswith("int") and str(frame[column].dtype).startswith("float"):
            frame[column] = frame[column].astype("Int64")
        elif kind == "bool" and str(frame[column].dtype) != "bool":
            frame[column] = frame[column].astype("boolean")
    frame.attrs = {
        "source": found.name,
        "encoding": found.encoding.name,
        "encoding_source": found.encoding.source,
    }
    return frame


def declare_layer(frame: GeoDataFrame, found: Source, stated: str | None) -> GeoDataFrame:
    """Return the layer with its CRS, declared by the file or stated by the caller.

    GCJ-02 and BD-09 may be stated over any declaration, as files have no way to declare them.
    """
    return _declare(frame, (found.name, f"{found.path} {found.layer}"), stated)


def _declare(frame: GeoDataFrame, names: tuple[str, str], stated: str | None) -> GeoDataFrame:
    """Return the layer with its CRS; the names are the layer's for a person and for ogr2ogr."""
    name, argument = names
    system = parse_crs(stated) if stated is not None else None
    if system is not None and system.offset:
        return declare_crs(frame, system)
    if frame.crs is None and system is None:
        raise CRSError(
            f"{name}: declares no CRS, so its coordinates could be anywhere; if you know it, type\n"
            f"  ogr2ogr -a_srs EPSG:4546 declared.gpkg {argument}\n"
            "with the right number in place of 4546, state it with --crs, or in Python "
            "frame.set_crs('EPSG:4546')"
        )
    if frame.crs is None and system is not None:
        return frame.set_crs(system.crs)
    if system is not None and system.crs != frame.crs:
        raise CRSError(
            f"{name}: declares {frame.crs.name} but {stated} was stated; leave out the one, "
            f"or correct the file: ogr2ogr -a_srs {stated} corrected.gpkg {argument}"
        )
    return frame


def select_columns(frame: pd.DataFrame, columns: Sequence[str] | None, name: str) -> pd.DataFrame:
    """Return the columns asked for, with the geometry where there is one."""
    if columns is None:
        return frame
    missing = [column for column in columns if column not in frame.columns]
    if missing:
        present = ", ".join(column for column in frame.columns if column != "geometry")
        raise FileReadError(f"{name}: has no column {', '.join(map(repr, missing))}; it has {present}")
    wanted = [
        *columns,
        *(["geometry"] if isinstance(frame, GeoDataFrame) and "geometry" not in columns else []),
    ]
    return frame[wanted]
