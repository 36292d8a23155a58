"""Which layers there are as vector tiles, what each tells, and from which zoom on."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
from geopandas import GeoDataFrame
from gridgeo_web.service.snapshot import Snapshot

from gridgeo.maps.streets import LANE, LOCAL, MAIN, RAIL, SECONDARY, rank_streets
from gridgeo.maps.tiles import TileSource, build_tile_source

__all__ = ["list_tile_layers", "tile_source"]

COLUMNS = {
    "communities": ("area_code", "name"),
    "grids": ("grid_code", "area_code", "name", "kind", "households", "people", "status"),
    "buildings": ("building_id", "grid_code", "households", "levels", "name", "address"),
    "streets": ("name", "street_class", "rank"),
    "barriers": ("name", "kind"),
    "compounds": ("name",),
}
COVERAGES = ("communities", "grids")
# A lane on the map of a city is a hair that hides the streets.
FIRST_ZOOM = {MAIN: 0, RAIL: 0, SECONDARY: 10, LOCAL: 12, LANE: 14}
MOST_COLUMNS = 16  # of a further layer: a tile tells no more of each feature


def list_tile_layers(snapshot: Snapshot) -> list[str]:
    """Return the names of the layers that have tiles."""
    return sorted(_layers(snapshot))


def tile_source(snapshot: Snapshot, name: str, area: str) -> TileSource | None:
    """Return a layer as tiles, made once for each snapshot and area; None when there is no such layer.

    Parameters
    ----------
    snapshot
        The division.
    name
        Of the layer.
    area
        Beginning of area codes: what has a grid or an area is left out elsewhere, streets are not.
    """
    if name not in _layers(snapshot):
        return None
    limited = area if name in (*COVERAGES, "buildings") else ""
    made: TileSource = snapshot.cache.get(("tiles", name, limited), partial(_build, snapshot, name, limited))
    return made


def _layers(snapshot: Snapshot) -> dict[str, GeoDataFrame]:
    """Return the layers by name; one that the service was given goes before one of the division."""
    division = snapshot.division
    own: dict[str, GeoDataFrame | None] = {
        "communities": snapshot.communities,
        "grids": snapshot.grids,
        "buildings": snapshot.buildings,
        "streets": snapshot.streets,
        "barriers": division.barriers,
        "compounds": division.compounds,
    }
    return {name: layer for name, layer in own.items() if layer is not None} | dict(snapshot.layers)


def _build(snapshot: Snapshot, name: str, area: str) -> TileSource:
    """Return a layer as tiles."""
    layer = _layers(snapshot)[name]
    is_further = name in snapshot.layers
    first_zoom: Any = 0
    if name == "streets" and not is_further:
        ranks = rank_streets(layer)
        layer = layer.assign(rank=ranks)
        first_zoom = np.array([FIRST_ZOOM[int(rank)] for rank in ranks], dtype=np.int64)
    if area and name in COVERAGES:
        layer = layer[[str(code).startswith(area) for code in layer["area_code"]]]
    elif area and not is_further:
        layer = layer[layer["grid_code"].isin(snapshot.codes[snapshot.in_area(area)])]
    columns = _further_columns(layer) if is_further else [c for c in COLUMNS[name] if c in layer]
    is_coverage = name in COVERAGES and not is_further
    return build_tile_source(layer, name, columns=columns, first_zoom=first_zoom, is_coverage=is_coverage)


def _further_columns(layer: GeoDataFrame) -> Sequence[str]:
    """Return what tiles tell of a layer that the service was given."""
    return [str(name) for name in layer.columns if name != layer.active_geometry_name][:MOST_COLUMNS]
