"""Collections that are layers of the division: grids and communities."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
import shapely
from geopandas import GeoDataFrame
from gridgeo_web.division.grid_features import community_features, grid_features, own_communities
from gridgeo_web.ogc.query import ItemQuery
from gridgeo_web.service import own_grids, snapshot
from numpy.typing import NDArray

__all__ = ["COMMUNITY_TYPES", "GRID_TYPES", "find_communities", "find_grids", "find_one"]

Rows = NDArray[np.intp]
GRID_TYPES = {
    "grid_code": "string", "area_code": "string", "name": "string", "kind": "string", "status": "string",
    "households": "integer", "people": "integer", "n_buildings": "integer",
    "start_date": "string", "end_date": "string",
}  # fmt: skip
COMMUNITY_TYPES = {"area_code": "string", "name": "string"}


def find_grids(query: ItemQuery) -> tuple[int, list[str]]:
    """Return how many grids match and the features of the page.

    A time matches the grids that were in force at some moment of it.
    """
    layer = snapshot().grids
    rows = own_grids() & match_boxes(layer, query) & match_values(layer, query.values, GRID_TYPES)
    return page(np.flatnonzero(rows & match_lifetime(layer, query)), grid_features(snapshot()), query)


def find_communities(query: ItemQuery) -> tuple[int, list[str]]:
    """Return how many communities match and the features of the page; they have no time, so any matches."""
    layer = snapshot().communities
    rows = match_boxes(layer, query) & match_values(layer, query.values, COMMUNITY_TYPES)
    return page(np.flatnonzero(rows & own_communities(snapshot())), community_features(snapshot()), query)


def find_one(name: str, key: str) -> str | None:
    """Return the feature of a grid or a community by its code, None when there is none to be seen."""
    shown = snapshot()
    is_grid = name == "grids"
    layer, column = (shown.grids, "grid_code") if is_grid else (shown.communities, "area_code")
    rows = np.flatnonzero((layer[column] == key).to_numpy(dtype=bool, na_value=False))
    own = own_grids() if is_grid else own_communities(shown)
    if not len(rows) or not own[rows[0]]:
        return None
    features = grid_features(shown) if is_grid else community_features(shown)
    return features[int(rows[0])]


def page(rows: Rows, features: list[str], query: ItemQuery) -> tuple[int, list[str]]:
    """Return how many rows there are, and the features of the page."""
    return len(rows), [features[at] for at in rows[query.offset : query.offset + query.limit]]


def match_boxes(layer: GeoDataFrame, query: ItemQuery) -> NDArray[np.bool_]:
    """Tell of each row whether its shape touches the window."""
    if not query.boxes:
        return np.ones(len(layer), dtype=bool)
    touched = np.zeros(len(layer), dtype=bool)
    for box in query.boxes:
        touched[layer.sindex.query(shapely.box(*box), predicate="intersects")] = True
    return touched


def match_values(
    layer: GeoDataFrame, values: Mapping[str, str], types: Mapping[str, str]
) -> NDArray[np.bool_]:
    """Tell of each row whether its properties are those asked for; a missing column matches none."""
    matched = np.ones(len(layer), dtype=bool)
    for name, text in values.items():
        if name not in layer:
            return np.zeros(len(layer), dtype=bool)
        if types[name] == "string":
            matched &= (layer[name].astype("string") == text).to_numpy(dtype=bool, na_value=False)
        else:
            wanted = pd.to_numeric(text, errors="coerce")
            matched &= (layer[name] == wanted).to_numpy(dtype=bool, na_value=False)
    return matched


def match_lifetime(layer: GeoDataFrame, query: ItemQuery) -> NDArray[np.bool_]:
    """Tell of each grid whether it was in force at some moment of the time; an unwritten end is open."""
    matched = np.ones(len(layer), dtype=bool)
    if query.end is not None and "start_date" in layer:
        start = _seconds(layer["start_date"])
        matched &= ~(start > query.end)
    if query.begin is not None and "end_date" in layer:
        end = _seconds(layer["end_date"])
        matched &= ~(end < query.begin)
    return matched


def _seconds(dates: pd.Series) -> NDArray[np.float64]:
    """Return dates as seconds since 1970, NaN where there is none."""
    moments = pd.to_datetime(dates, errors="coerce", utc=True, format="ISO8601")
    since = (moments - pd.Timestamp(0, tz="UTC")).dt.total_seconds()
    return np.asarray(since.to_numpy(dtype=float, na_value=np.nan))
