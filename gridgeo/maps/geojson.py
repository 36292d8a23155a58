"""Layers as GeoJSON by RFC 7946: longitude and latitude to a decimetre, one text for each feature."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gridgeo.errors import CRSError
from gridgeo.maps.values import to_plain

__all__ = ["DECIMALS", "encode_features", "join_features", "to_geojson_text"]

DECIMALS = 6  # of a degree: a decimetre


def encode_features(
    layer: gpd.GeoDataFrame,
    columns: Sequence[str],
    *,
    key: str | None = None,
    more: pd.DataFrame | None = None,
) -> list[str]:
    """Return each row as the text of a feature; missing values and missing shapes are null.

    Parameters
    ----------
    layer
        In longitude and latitude of WGS 84.
    columns
        What to tell of each row; those that the layer lacks are left out.
    key
        The column that is the feature's ``id``; by default the row's position from 1.
    more
        Further columns, row by row.

    Raises
    ------
    CRSError
        The layer is in another system.
    """
    if layer.crs is None or layer.crs.to_epsg() != 4326:
        raise CRSError(
            "GeoJSON is longitude and latitude: take the layer there with layer.to_crs('EPSG:4326')"
        )
    shapes = shapely.transform(
        shapely.force_2d(layer.geometry.to_numpy()), lambda places: np.round(places, DECIMALS)
    )
    geometries = shapely.to_geojson(shapely.orient_polygons(shapes))
    table = pd.DataFrame(layer[[name for name in columns if name in layer]])
    if more is not None:
        table = table.assign(**{name: more[name].to_numpy() for name in more})
    names = [str(name) for name in table]
    rows = zip(*(to_values(table[name]) for name in names), strict=True) if names else [()] * len(layer)
    keys = to_values(layer[key]) if key is not None else list(range(1, len(layer) + 1))
    return [
        f'{{"type":"Feature","id":{to_geojson_text(own)},"geometry":{shape or "null"},'
        f'"properties":{to_geojson_text(dict(zip(names, row, strict=True)))}}}'
        for own, shape, row in zip(keys, geometries, rows, strict=True)
    ]


def to_values(column: pd.Series) -> list[Any]:
    """Return a column as plain values, None where missing."""
    return [None if pd.isna(value) else to_plain(value) for value in column]


def join_features(features: Sequence[str], members: Mapping[str, Any] | None = None) -> bytes:
    """Return a feature collection.

    Parameters
    ----------
    features
        From `encode_features`.
    members
        Further members of the collection, such as ``links``.
    """
    own = "".join(f',"{name}":{to_geojson_text(value)}' for name, value in (members or {}).items())
    return f'{{"type":"FeatureCollection"{own},"features":[{",".join(features)}]}}'.encode()


def to_geojson_text(value: Any) -> str:
    """Return strict JSON without blanks."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
