"""One GeoPackage that QGIS opens: layers, plain tables and a manifest, written whole or not at all."""

import contextlib
import json
import sqlite3
from collections.abc import Iterator, Mapping
from pathlib import Path

import pandas as pd
import pyogrio
from geopandas import GeoDataFrame
from pyogrio.errors import DataLayerError, DataSourceError, FeatureError, FieldError, GeometryError

from gridgeo.errors import FileReadError, FileWriteError
from gridgeo.io.atomic import replace_file
from gridgeo.io.gdal import call_gdal
from gridgeo.io.integrity import check_file

__all__ = ["read_manifest", "write_layers"]

MANIFEST = "manifest"
FAILURES = (
    DataSourceError,
    DataLayerError,
    FeatureError,
    FieldError,
    GeometryError,
    RuntimeError,
    ValueError,
    TypeError,
)
# The same input shall give the same bytes, so the time of writing is not in the file.
FIXED_DATE = "2000-01-01T00:00:00.000Z"
# The finished file is flushed once; flushing after every transaction only takes time.
GDAL_OPTIONS = {"OGR_CURRENT_DATE": FIXED_DATE, "OGR_SQLITE_SYNCHRONOUS": "OFF"}


def write_layers(
    path: str | Path, layers: Mapping[str, GeoDataFrame | pd.DataFrame], manifest: Mapping[str, object]
) -> None:
    """Write layers, tables and a manifest to one GeoPackage, which replaces an older one in a single step.

    A kill, a full disk or a power cut at any moment leaves the old file or the new one. The same content
    gives the same bytes.

    Parameters
    ----------
    path
        The file; what it held before is replaced as a whole.
    layers
        By name, in the order in which they are to stand; frames without geometry become attribute tables.
    manifest
        What the file was made from and how: anything that JSON can hold, one row for each key in the table
        ``manifest``.

    Raises
    ------
    FileWriteError
        When it cannot be written, with the reason and a remedy; what was there before is still there.
    """
    target = Path(path)
    rows = {str(key): _to_json(str(key), value) for key, value in manifest.items()}
    tables = {
        **{name: _to_plain(frame, name) for name, frame in layers.items()},
        MANIFEST: _manifest_frame(rows),
    }
    if len(tables) != len(layers) + 1:
        raise FileWriteError(f"{target}: a layer cannot be called {MANIFEST}, that name is taken; rename it")
    with replace_file(target) as fresh:
        with _gdal_options():
            for name, frame in tables.items():
                _write_layer(fresh, name, frame, target)
        _check_written(fresh, tables, target)


def read_manifest(path: str | Path) -> dict[str, object]:
    """Return the manifest of a GeoPackage that gridgeo wrote.

    Parameters
    ----------
    path
        The file.

    Returns
    -------
    dict
        What :func:`write_layers` was given, as JSON gives it back (tuples are lists).

    Raises
    ------
    FileReadError
        When the file cannot be read or has no manifest.
    """
    file = Path(path)
    check_file(file)
    names = [str(row[0]) for row in call_gdal(lambda: pyogrio.list_layers(file), str(file))]
    if MANIFEST not in names:
        raise FileReadError(
            f"{file}: has no manifest, so gridgeo did not write it; it has {', '.join(names)}"
        )
    table = call_gdal(lambda: pyogrio.read_dataframe(file, layer=MANIFEST), f"{file}:{MANIFEST}")
    try:
        return {str(key): json.loads(value) for key, value in zip(table["key"], table["value"], strict=True)}
    except (KeyError, TypeError, json.JSONDecodeError) as error:
        raise FileReadError(
            f"{file}: its manifest was changed by hand ({error}); write the file again"
        ) from error


def _to_json(key: str, value: object) -> str:
    """Return a value as JSON that reads the same on every machine; NaN is no JSON."""
    try:
        return json.dumps(value, ensure_ascii=False, allow_nan=False, sort_keys=True)
    except (TypeError, ValueError) as error:
        raise FileWriteError(
            f"manifest: the value of {key!r} is no JSON ({error}); give numbers, text, lists"
        ) from error


def _manifest_frame(rows: Mapping[str, str]) -> pd.DataFrame:
    """Return the manifest as a table of two text columns."""
    return pd.DataFrame({"key": list(rows), "value": list(rows.values())}, dtype="str")


def _to_plain(frame: pd.DataFrame, name: str) -> pd.DataFrame:
    """Return a frame whose columns all have a type that a GeoPackage holds."""
    plain = frame.copy()
    if isinstance(plain, GeoDataFrame) and plain.crs is None:
        raise FileWriteError(f"layer {name}: has no CRS; declare it with frame.set_crs(...)")
    taken = [column for column in plain.columns if str(column).lower() == "fid"]
    if taken:
        plain = plain.rename(
            columns=dict.fromkeys(taken, "input_fid")
        )  # fid is the GeoPackage's own row number
    for column in plain.columns:
        if isinstance(plain[column].dtype, pd.CategoricalDtype):
            plain[column] = plain[column].astype("str")
        elif plain[column].dtype == object:
            kinds = sorted({type(value).__name__ for value in plain[column].dropna()} - {"str"})
            if kinds:
                raise FileWriteError(
                    f"layer {name}: column {column} holds {', '.join(kinds)}; make it text or numbers"
                )
    return plain.reset_index(drop=True)


@contextlib.contextmanager
def _gdal_options() -> Iterator[None]:
    """Set GDAL's options for the time of writing."""
    before = {key: pyogrio.get_gdal_config_option(key) for key in GDAL_OPTIONS}
    pyogrio.set_gdal_config_options(GDAL_OPTIONS)
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options(before)


def _write_layer(fresh: Path, name: str, frame: pd.DataFrame, target: Path) -> None:
    """Write one layer; GDAL's failure is a FileWriteError."""
    try:
        pyogrio.write_dataframe(frame, fresh, layer=name, driver="GPKG", promote_to_multi=_is_mixed(frame))
    except FAILURES as error:
        full = any(word in str(error) for word in ("full", "disk I/O", "too large"))
        remedy = (
            "the disk is full: make room or write elsewhere"
            if full
            else "look at the layer with gridgeo check"
        )
        raise FileWriteError(
            f"{target}: layer {name} cannot be written ({error}); {remedy}; "
            "what was there before is untouched"
        ) from error


def _is_mixed(frame: pd.DataFrame) -> bool:
    """Tell whether single and multiple shapes of one kind stand together, which QGIS wants under one type."""
    if not isinstance(frame, GeoDataFrame):
        return False
    kinds = set(frame.geom_type.dropna())
    return any({kind, f"Multi{kind}"} <= kinds for kind in ("Point", "LineString", "Polygon"))


def _check_written(fresh: Path, tables: Mapping[str, pd.DataFrame], target: Path) -> None:
    """Raise unless the file reads back: sound pages, every layer, every row."""
    try:
        with contextlib.closing(sqlite3.connect(f"{fresh.as_uri()}?mode=ro", uri=True)) as database:
            sound = database.execute("PRAGMA quick_check(1)").fetchone()[0]
        counts = {
            name: pyogrio.read_info(fresh, layer=name, force_feature_count=True)["features"]
            for name in tables
        }
    except (sqlite3.Error, *FAILURES) as error:
        raise FileWriteError(
            f"{target}: what was written does not read back ({error}); is the disk full?"
        ) from error
    lost = [
        f"{name} {counts[name]} of {len(frame)}"
        for name, frame in tables.items()
        if counts[name] != len(frame)
    ]
    if sound != "ok" or lost:
        raise FileWriteError(
            f"{target}: what was written is not whole ({sound}; {', '.join(lost) or 'all rows'}); "
            "is the disk full? What was there before is untouched"
        )
