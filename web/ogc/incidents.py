"""The collection of incidents."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from gridgeo_web.incidents.rows import build_rows
from gridgeo_web.ogc.query import ItemQuery
from gridgeo_web.service import columns, own_incidents, snapshot
from numpy.typing import NDArray

from gridgeo.maps.geojson import to_geojson_text

__all__ = ["INCIDENT_TYPES", "find_incident", "find_incidents"]

INCIDENT_TYPES = {
    "incident_id": "string",
    "category": "string",
    "state": "string",
    "level": "string",
    "grid_code": "string",
}
Mask = NDArray[np.bool_]


def find_incidents(query: ItemQuery) -> tuple[int, list[str]]:
    """Return how many incidents match and the features of the page, in the order in which they came in.

    A time is that of the report.
    """
    found = columns()
    rows = own_incidents() & match_values(query.values)
    if query.boxes:
        rows &= np.any([_inside(box) for box in query.boxes], axis=0)
    if query.begin is not None:
        rows &= found.reported >= query.begin
    if query.end is not None:
        rows &= found.reported <= query.end
    matched = np.flatnonzero(rows)
    return len(matched), to_features(matched[query.offset : query.offset + query.limit])


def find_incident(key: str) -> str | None:
    """Return the feature of an incident by its id, None when there is none to be seen."""
    row = columns().row_of(key)
    if row is None or not own_incidents()[row]:
        return None
    return to_features(np.array([row]))[0]


def to_features(rows: NDArray[np.intp]) -> list[str]:
    """Return incidents as texts of GeoJSON features; one without a place has no geometry."""
    return [to_geojson_text(_feature(row)) for row in build_rows(rows)]


def match_values(values: Mapping[str, str]) -> Mask:
    """Tell of each incident whether its properties are those asked for."""
    found = columns()
    matched = np.ones(found.n, dtype=bool)
    for name, text in values.items():
        if name == "incident_id":
            row = found.row_of(text)
            matched &= np.arange(found.n) == (-1 if row is None else row)
        elif name == "grid_code":
            matched &= found.grid == snapshot().position_of.get(text, -2)
        elif name == "category":
            matched &= found.category == _position(found.categories, text)
        elif name == "level":
            matched &= found.level == _position(found.levels, text)
        else:
            matched &= found.state == _position(found.states, text)
    return matched


def _position(names: tuple[str, ...], name: str) -> int:
    """Return the position of a name, -2 when it is none of them."""
    return names.index(name) if name in names else -2


def _inside(box: tuple[float, float, float, float]) -> Mask:
    """Tell of each incident whether it lies in a window."""
    found, (west, south, east, north) = columns(), box
    return (found.lon >= west) & (found.lon <= east) & (found.lat >= south) & (found.lat <= north)


def _feature(row: dict[str, Any]) -> dict[str, Any]:
    """Return an incident as a feature; where it is stands in the geometry alone."""
    lon, lat = row.pop("lon"), row.pop("lat")
    place = None if lon is None else {"type": "Point", "coordinates": [lon, lat]}
    return {"type": "Feature", "id": row["incident_id"], "geometry": place, "properties": row}
