"""Doubts about layers that are joined: exchanged axes, and the offset of Chinese web maps.

Of single places the sign is that many fall outside the grids; where they do not, this costs nothing. Of whole
layers it is that they fit better after the offset is taken off.
"""

import warnings
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import shapely
from geopandas import GeoDataFrame, GeoSeries
from numpy.typing import NDArray
from pyproj import CRS

from gridgeo.alignment import OffsetFinding, find_offset, find_outside_offset, looks_swapped
from gridgeo.crs import WGS84, Layer, suitable_crs
from gridgeo.locate.index import GridIndex
from gridgeo.transform import build_transformer

__all__ = [
    "PlacementWarning",
    "RangeFinding",
    "SwapFinding",
    "find_doubts",
    "find_layer_doubts",
    "find_table_doubts",
    "warn_of_buildings",
    "warn_of_places",
]

Floats = NDArray[np.float64]

N_SAMPLES = 5000
USUAL_OUTSIDE = 0.01  # a share outside that nobody wonders about
MOST_SHAPES = 50_000  # of a layer that are looked at: so many tell as much as all
FULL_CIRCLE = 360.0  # degrees
ZONES, FIRST_ZONED_EPSG = range(25, 46), 4488  # CGCS2000 3-degree zones whose eastings begin with the zone
REFERENCES = ("buildings", "streets", "addresses")
SURE = 0.9  # so many lie in the grids the other way round, and one less this share as they are


class PlacementWarning(UserWarning):
    """The answers are right for these coordinates, but those seem to be in another system than said."""


@dataclass(frozen=True)
class SwapFinding:
    """Longitude and latitude, or easting and northing, look exchanged."""

    share_inside: float

    def to_text(self, name: str, reference_name: str) -> str:
        """Return the warning that a user reads."""
        return (
            f"x and y of {name} look exchanged: the other way round {self.share_inside:.0%} of them lie in "
            f"{reference_name}; longitude or easting is x, latitude or northing is y"
        )


@dataclass(frozen=True)
class RangeFinding:
    """Coordinates that are no degrees, though they are said to be."""

    x: float
    y: float

    def to_text(self, name: str, _reference_name: str) -> str:
        """Return the warning that a user reads."""
        zone = int(self.x / 1e6)
        guess = FIRST_ZONED_EPSG + zone if zone in ZONES else 4546
        return (
            f"{name} has coordinates such as {self.x:,.0f} and {self.y:,.0f}, which are no degrees but look "
            f"like metres; say in which system they are, for example --crs EPSG:{guess}"
        )


def find_doubts(
    x: Floats, y: Floats, crs: CRS, index: GridIndex
) -> list[OffsetFinding | SwapFinding | RangeFinding]:
    """Return what makes places look as if they were in another system than said.

    Parameters
    ----------
    x, y
        Places; missing and infinite ones are left out.
    crs
        The system that they are said to be in.
    index
        The grids.
    """
    known = np.flatnonzero(np.isfinite(x) & np.isfinite(y))
    known = known[:: max(1, len(known) // N_SAMPLES)]
    if not len(known) or not len(index):
        return []
    x, y = x[known], y[known]
    if crs.is_geographic and np.median(np.abs(x)) > FULL_CIRCLE and np.median(np.abs(y)) > FULL_CIRCLE:
        return [RangeFinding(float(np.median(x)), float(np.median(y)))]
    share = _share_inside(x, y, crs, index)
    if share >= 1 - USUAL_OUTSIDE:
        return []
    share_swapped = _share_inside(y, x, crs, index)
    if share_swapped >= SURE and share <= 1 - SURE:
        return [SwapFinding(share_swapped)]
    offset = _find_offset(x, y, crs, index)
    return [] if offset is None else [offset]


def _share_inside(x: Floats, y: Floats, crs: CRS, index: GridIndex) -> float:
    """Return the share of places that lie in a grid; those that cannot be in the system do not."""
    if crs != index.crs:  # what cannot be in the system becomes infinite
        x, y = build_transformer(crs, index.crs).transform(x, y)
    return float(np.mean(index.locate(x, y) >= 0))


def _find_offset(x: Floats, y: Floats, crs: CRS, index: GridIndex) -> OffsetFinding | None:
    """Return the Chinese map offset that brings the places back into the grids."""
    metric = suitable_crs(index.to_layer(), "grids")
    to_metric = build_transformer(crs, metric)
    to_index = build_transformer(metric, index.crs)
    places = np.column_stack(to_metric.transform(x, y))
    places = places[np.isfinite(places).all(axis=1)]

    def is_inside(moved: Floats) -> NDArray[np.bool_]:
        at_x, at_y = to_index.transform(moved[:, 0], moved[:, 1])
        return index.locate(at_x, at_y) >= 0

    return find_outside_offset(is_inside, places, metric)


def warn_of_places(places: tuple[Floats, Floats], crs: CRS, index: GridIndex, name: str) -> None:
    """Warn where places look as if they were in another system than said.

    Parameters
    ----------
    places
        Their x and y.
    crs
        The system that they are said to be in.
    index
        The grids.
    name
        What the user calls the places.
    """
    for doubt in find_doubts(*places, crs, index):
        warnings.warn(doubt.to_text(name, "grids"), PlacementWarning, stacklevel=3)


def warn_of_buildings(grids: GeoDataFrame, index: GridIndex, buildings: GeoDataFrame) -> None:
    """Warn where grids and buildings look as if one of them were in another system than said.

    Parameters
    ----------
    grids
        The grids, in any system.
    index
        The same, indexed.
    buildings
        Footprints or points, in any system.
    """
    middles = shapely.centroid(buildings.geometry.to_numpy())
    places = shapely.get_x(middles), shapely.get_y(middles)
    doubts = find_doubts(*places, buildings.crs, index)
    texts = [doubt.to_text("buildings", "grids") for doubt in doubts]
    for text in texts or find_layer_doubts(grids, "grids", buildings, "buildings"):
        warnings.warn(text, PlacementWarning, stacklevel=3)


def find_layer_doubts(layer: Layer, name: str, reference: Layer, reference_name: str) -> list[str]:
    """Return the warning that two layers sit a Chinese map offset from each other, none where they do not.

    Parameters
    ----------
    layer, name
        What is looked at, and what the user calls it.
    reference, reference_name
        What it is held against: best buildings, addresses or streets.
    """
    found = _find_layer_offset(layer, reference)
    return [] if found is None else [found.to_text(name, reference_name)]


def _find_layer_offset(layer: Layer, reference: Layer) -> OffsetFinding | None:
    """Return the Chinese map offset between two layers, seen on some of their shapes."""
    some, near = (both.iloc[:: max(1, len(both) // MOST_SHAPES)] for both in (layer, reference))
    return find_offset(some, near) if len(some) and len(near) else None


def find_table_doubts(tables: Mapping[str, GeoDataFrame]) -> list[str]:
    """Return what makes tables of one town look as if one were in another system than the others.

    All are held against the buildings, else the streets, else the addresses. Longitude and latitude are
    looked at by themselves and beside the other tables.

    Parameters
    ----------
    tables
        Layers by name, each with a declared system.
    """
    swapped = [name for name in tables if _is_swapped(name, tables)]
    texts = {
        name: f"longitude and latitude of {name} look exchanged; longitude is x, latitude is y"
        for name in swapped
    }
    sound = {name: table for name, table in tables.items() if name not in swapped}
    reference = next((name for name in REFERENCES if name in sound), "")
    for name, table in sound.items() if reference else ():
        found = _find_layer_offset(table, sound[reference]) if name != reference else None
        if found is not None:
            texts.setdefault(reference if found.of_reference else name, found.to_text(name, reference))
    return list(texts.values())


def _is_swapped(name: str, tables: Mapping[str, GeoDataFrame]) -> bool:
    """Return whether the longitudes and latitudes of a table look exchanged."""
    table = tables[name]
    if not table.crs.is_geographic:
        return False
    middles = shapely.centroid(table.geometry.to_numpy())
    x, y = shapely.get_x(middles), shapely.get_y(middles)
    if looks_swapped(x, y):
        return True
    others = [GeoSeries(t.geometry).to_crs(WGS84).total_bounds for n, t in tables.items() if n != name]
    sound = [box for box in others if np.isfinite(box).all()]
    return any(looks_swapped(x, y, bounds=(box[0], box[1], box[2], box[3])) for box in sound)
