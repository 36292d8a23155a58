"""Incidents as a layer of a map: their places and what is known of each."""

from typing import Any

import geopandas as gpd

from gridgeo.maps.shapes import encode_shapes, to_world
from gridgeo.maps.values import to_texts

__all__ = ["build_incidents"]

# What the card of an incident says, in this order. A reporter's name or telephone is never among it.
COLUMNS = ("category", "description", "address", "reported_at", "grid_code", "incident_id")


def build_incidents(incidents: gpd.GeoDataFrame) -> dict[str, Any]:
    """Return points and texts of incidents as plain values; those without a place are left out."""
    placed = incidents[incidents.geometry.notna() & ~incidents.geometry.is_empty]
    return {
        "shapes": encode_shapes(to_world(placed, "incidents")),
        "columns": {name: to_texts(placed, name) for name in COLUMNS if name in placed},
    }
