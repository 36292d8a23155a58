"""The one door to GDAL: its errors become ours, its warnings are logged, only data files are opened."""

import logging
import warnings
from collections.abc import Callable
from typing import Any, TypeVar

import pyogrio
from pyogrio.errors import DataLayerError, DataSourceError, FeatureError, FieldError, GeometryError

from gridgeo.errors import FileReadError

__all__ = ["call_gdal", "describe_layer", "read_layer_names"]

logger = logging.getLogger(__name__)
T = TypeVar("T")

FAILURES = (DataSourceError, DataLayerError, FeatureError, FieldError, GeometryError, UnicodeDecodeError)
# Drivers whose data lie in the file itself; any other would follow an address written in it.
FILE_DRIVERS = frozenset(
    {
        *(
            "AVCBin",
            "AVCE00",
            "CSV",
            "DGN",
            "DXF",
            "EDIGEO",
            "ESRI Shapefile",
            "ESRIJSON",
            "FlatGeobuf",
            "GML",
        ),
        *(
            "GPKG",
            "GPX",
            "GTFS",
            "GeoJSON",
            "GeoJSONSeq",
            "GeoRSS",
            "Idrisi",
            "JML",
            "JSONFG",
            "KML",
            "LIBKML",
        ),
        *("LVBAG", "MBTiles", "MVT", "MapInfo File", "MapML", "MiraMonVector", "ODS", "OGR_GMT", "OSM"),
        *(
            "OpenFileGDB",
            "PDS4",
            "PMTiles",
            "S57",
            "SQLite",
            "SXF",
            "Selafin",
            "TopoJSON",
            "VDV",
            "VFK",
            "WAsP",
        ),
        *("XLSX", "Parquet", "Arrow"),
    }
)


def call_gdal(action: Callable[[], T], name: str) -> T:
    """Return what a call of pyogrio gives; its failure is a FileReadError that names the file.

    Parameters
    ----------
    action
        The call.
    name
        The file and layer, for the message.

    Returns
    -------
    object
        The call's result.

    Raises
    ------
    FileReadError
        When GDAL cannot do it.
    """
    with warnings.catch_warnings(record=True) as notes:
        warnings.simplefilter("always")
        try:
            result = action()
        except FAILURES as error:
            raise FileReadError(f"{name}: GDAL cannot read it ({_plain(error)}); {_remedy(error)}") from error
    for note in notes:
        logger.warning("%s: %s", name, note.message)
    return result


def read_layer_names(location: str, name: str) -> dict[str, str | None]:
    """Return the layers of a data set with their geometry types, in the order of the file."""
    rows = call_gdal(lambda: pyogrio.list_layers(location), name)
    return {str(layer): None if kind is None else str(kind) for layer, kind in rows}


def describe_layer(location: str, layer: str, name: str, encoding: str | None) -> dict[str, Any]:
    """Return what pyogrio says of a layer: driver, fields, types, CRS, number of rows."""
    info: dict[str, Any] = call_gdal(
        lambda: pyogrio.read_info(location, layer=layer, encoding=encoding, force_feature_count=True), name
    )
    if info["driver"] not in FILE_DRIVERS:
        raise FileReadError(
            f"{name}: GDAL opens it with its driver {info['driver']}, which reads from elsewhere; "
            "save the data to a file first: ogr2ogr data.gpkg <this file>"
        )
    return info


def _plain(error: Exception) -> str:
    """Return the first sentence of GDAL's message, without its advice about drivers."""
    return str(error).split("; It might help")[0].strip()


def _remedy(error: Exception) -> str:
    """Say what to do about a failure."""
    text = str(error)
    if "not recognized" in text:
        return "give a GeoPackage, shapefile, GeoJSON, FlatGeobuf, GML, KML or CSV file"
    if isinstance(error, UnicodeDecodeError):
        return "state its encoding, for example encoding='GB18030'"
    return "it is damaged or cut off: copy or export it again"
