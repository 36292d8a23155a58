"""Metres between places and grids in whatever system: the nearest grid, the distance to a border."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import shapely
from geopandas import GeoSeries
from numpy.typing import NDArray
from pyproj import CRS

from gridgeo.crs import suitable_crs
from gridgeo.transform import build_transformer

__all__ = ["Ruler", "build_ruler"]

Floats = NDArray[np.float64]
Positions = NDArray[np.int32]
Shapes = NDArray[Any]

NONE = -1
ROUNDING = 1e-9  # GEOS looks this share farther, so that a grid at just the tolerance is not lost


@dataclass(frozen=True)
class Ruler:
    """Grids in a metric system, and how places get there."""

    shapes: Shapes
    crs: CRS
    places_crs: CRS

    @cached_property
    def tree(self) -> shapely.STRtree:
        """The tree of GEOS over the grids in metres."""
        tree = shapely.STRtree(self.shapes)
        tree.query(shapely.Point(0, 0))  # the first query builds it: here, before threads share it
        return tree

    @cached_property
    def _borders(self) -> Shapes:
        return np.asarray(shapely.boundary(self.shapes))

    def _to_points(self, x: Floats, y: Floats) -> Shapes:
        """Return places as points in metres."""
        if self.crs != self.places_crs:
            x, y = build_transformer(self.places_crs, self.crs).transform(x, y)
        return np.asarray(shapely.points(x, y))

    def find_nearest(self, x: Floats, y: Floats, tolerance: float) -> tuple[Positions, Floats]:
        """Return the nearest grid of each place and the metres to it; -1 and NaN beyond the tolerance."""
        if not 0 <= tolerance < np.inf:
            raise ValueError(f"tolerance must be a number of metres, 0 or more, got {tolerance}")
        nearest, metres = np.full(len(x), NONE, np.int32), np.full(len(x), np.nan)
        known = np.flatnonzero(np.isfinite(x) & np.isfinite(y))
        if tolerance == 0 or not len(self.shapes) or not len(known):
            return nearest, metres
        (place, grid), away = self.tree.query_nearest(
            self._to_points(x[known], y[known]), max_distance=tolerance * (1 + ROUNDING), return_distance=True
        )
        within = away <= tolerance
        place, grid, away = known[place[within]], grid[within].astype(np.int32), away[within]
        nearest[place] = grid
        np.minimum.at(nearest, place, grid)
        metres[place] = away
        return nearest, metres

    def find_within(self, x: Floats, y: Floats, distance: float) -> tuple[Positions, Positions, Floats]:
        """Return place, grid and metres of every pair no farther apart than the distance."""
        known = np.flatnonzero(np.isfinite(x) & np.isfinite(y))
        points = self._to_points(x[known], y[known])
        place, grid = self.tree.query(points, predicate="dwithin", distance=distance)
        metres = shapely.distance(points[place], self.shapes[grid])
        return known[place].astype(np.int32), grid.astype(np.int32), metres

    def border_distance(self, x: Floats, y: Floats, positions: Positions) -> Floats:
        """Return the metres from each place to the border of its grid; NaN where it has none."""
        known = np.flatnonzero(positions >= 0)
        metres = np.full(len(x), np.nan)
        metres[known] = shapely.distance(self._borders[positions[known]], self._to_points(x[known], y[known]))
        return metres


def build_ruler(shapes: Shapes, crs: CRS) -> Ruler:
    """Return a ruler for these grids; in their own system where that is in metres."""
    layer = GeoSeries(shapes, crs=crs)
    metric = suitable_crs(layer, "grids")
    return Ruler(layer.to_numpy() if metric == crs else layer.to_crs(metric).to_numpy(), metric, crs)
