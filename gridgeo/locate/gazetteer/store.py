"""Gazetteers on disk: a GeoPackage that QGIS opens, or one Parquet file."""

import io
import json
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely
from pyproj import CRS

from gridgeo.errors import FileReadError, FileWriteError, MissingExtraError
from gridgeo.io import read_manifest, replace_file, write_layers
from gridgeo.locate.entry import type_entries
from gridgeo.locate.gazetteer.gazetteer import Gazetteer

__all__ = ["read_gazetteer", "write_gazetteer"]

FORMAT = "gridgeo gazetteer 1"
META_KEY = b"gridgeo"


def write_gazetteer(gazetteer: Gazetteer, path: str | Path) -> None:
    """Write a gazetteer; the suffix says how: ``.gpkg`` or ``.parquet``.

    Parameters
    ----------
    gazetteer
        What :func:`build_gazetteer` made.
    path
        The file, which is replaced as a whole.

    Raises
    ------
    FileWriteError
        When the suffix is another one or the file cannot be written.
    """
    target = Path(path)
    if target.suffix.lower() == ".gpkg":
        _write_geopackage(gazetteer, target)
    elif target.suffix.lower() == ".parquet":
        _write_parquet(gazetteer, target)
    else:
        raise FileWriteError(f"{target}: a gazetteer is a .gpkg or a .parquet file; change the suffix")


def read_gazetteer(path: str | Path) -> Gazetteer:
    """Return the gazetteer of a file that :func:`write_gazetteer` wrote.

    Raises
    ------
    FileReadError
        When there is no such file or it is no gazetteer.
    """
    file = Path(path)
    if not file.exists():
        raise FileReadError(f"{file}: no such file; make one with gridgeo gazetteer build … --out {file}")
    read = _read_parquet if file.suffix.lower() == ".parquet" else _read_geopackage
    entries, ranges, areas, aliases, about = read(file)
    crs = CRS.from_user_input(about["crs"])
    return Gazetteer(
        entries=entries,
        ranges=ranges.set_crs(crs, allow_override=True),
        areas=areas,
        aliases=aliases,
        crs=crs,
        script=about["script"],
        mapping=about["mapping"],
        weights=about["weights"],
    )


def _about(gazetteer: Gazetteer) -> dict[str, Any]:
    """Return what is no table."""
    authority = gazetteer.crs.to_authority()
    return {
        "format": FORMAT,
        "crs": ":".join(authority) if authority else gazetteer.crs.to_wkt(),
        "script": gazetteer.script,
        "mapping": {table: dict(parts) for table, parts in gazetteer.mapping.items()},
        "weights": dict(gazetteer.weights),
    }


def _write_geopackage(gazetteer: Gazetteer, target: Path) -> None:
    """Write entries as points, ranges as lines, the rest as tables."""
    entries = gazetteer.entries
    points = gpd.GeoDataFrame(entries, geometry=shapely.points(entries["x"], entries["y"]), crs=gazetteer.crs)
    layers = {"entries": points, "ranges": gazetteer.ranges}
    tables = {"areas": gazetteer.areas, "aliases": gazetteer.aliases}
    filled = {name: frame for name, frame in (layers | tables).items() if len(frame) or name == "entries"}
    write_layers(target, filled, _about(gazetteer))


def _empty(columns: tuple[str, ...]) -> pd.DataFrame:
    """Return a table of texts without rows."""
    return pd.DataFrame({column: pd.array([], dtype="string") for column in columns})


def _empty_ranges() -> gpd.GeoDataFrame:
    """Return ranges without rows."""
    numbers = {side: np.zeros(0, dtype="int64") for side in ("l_from", "l_to", "r_from", "r_to")}
    return gpd.GeoDataFrame(
        {"street": pd.array([], dtype="string"), **numbers}, geometry=gpd.GeoSeries([]), crs=None
    )


def _read_geopackage(
    file: Path,
) -> tuple[pd.DataFrame, gpd.GeoDataFrame, pd.DataFrame, pd.DataFrame, dict[str, Any]]:
    """Return the tables of a GeoPackage."""
    about = dict(read_manifest(file))
    _check_format(about, file)
    there = {str(row[0]) for row in pyogrio.list_layers(file)}
    entries = pyogrio.read_dataframe(file, layer="entries", read_geometry=False)
    ranges = pyogrio.read_dataframe(file, layer="ranges") if "ranges" in there else _empty_ranges()
    areas, aliases = (
        pyogrio.read_dataframe(file, layer=name).astype("string") if name in there else _empty(columns)
        for name, columns in (
            ("areas", ("name", "kind", "area_code")),
            ("aliases", ("alias", "kind", "name")),
        )
    )
    return type_entries(entries), ranges, areas, aliases, about


def _check_format(about: dict[str, Any], file: Path) -> None:
    """Raise unless the file says that it is a gazetteer of this format."""
    if about.get("format") != FORMAT:
        raise FileReadError(f"{file}: is no gazetteer ({FORMAT}); make one with gridgeo gazetteer build")


def _write_parquet(gazetteer: Gazetteer, target: Path) -> None:
    """Write the entries as rows and all else into the file's own notes."""
    arrow, parquet = _pyarrow()
    ranges = pd.DataFrame(gazetteer.ranges.drop(columns="geometry"))
    ranges["wkb"] = shapely.to_wkb(gazetteer.ranges.geometry.to_numpy(), hex=True)
    notes = _about(gazetteer) | {
        name: frame.to_json(orient="records", force_ascii=False)
        for name, frame in (("ranges", ranges), ("areas", gazetteer.areas), ("aliases", gazetteer.aliases))
    }
    table = arrow.Table.from_pandas(gazetteer.entries, preserve_index=False)
    table = table.replace_schema_metadata({META_KEY: json.dumps(notes, ensure_ascii=False)})
    with replace_file(target) as fresh:
        parquet.write_table(table, fresh, compression="zstd")


def _read_parquet(
    file: Path,
) -> tuple[pd.DataFrame, gpd.GeoDataFrame, pd.DataFrame, pd.DataFrame, dict[str, Any]]:
    """Return the tables of a Parquet file."""
    arrow, parquet = _pyarrow()
    try:
        table = parquet.read_table(file)
    except (arrow.ArrowInvalid, OSError) as error:
        raise FileReadError(
            f"{file}: is no sound Parquet file ({error}); make the gazetteer again"
        ) from error
    notes = json.loads((table.schema.metadata or {}).get(META_KEY, b"{}"))
    _check_format(notes, file)
    plain = {
        name: pd.read_json(io.StringIO(notes[name]), dtype=False) for name in ("ranges", "areas", "aliases")
    }
    lines = plain["ranges"]
    ranges = _empty_ranges()
    if len(lines):
        shapes = shapely.from_wkb(lines.pop("wkb").to_numpy())
        ranges = gpd.GeoDataFrame(lines, geometry=shapes)
        ranges["street"] = ranges["street"].astype("string")
    areas = plain["areas"].astype("string") if len(plain["areas"]) else _empty(("name", "kind", "area_code"))
    aliases = (
        plain["aliases"].astype("string") if len(plain["aliases"]) else _empty(("alias", "kind", "name"))
    )
    return type_entries(table.to_pandas()), ranges, areas, aliases, notes


def _pyarrow() -> tuple[Any, Any]:
    """Return pyarrow, or say how to get it."""
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError as error:
        raise MissingExtraError(
            "Parquet needs pyarrow: pip install 'gridgeo[parquet]', or use .gpkg"
        ) from error
    return pyarrow, parquet
