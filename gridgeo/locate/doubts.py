"""Doubts about places that are joined to grids: exchanged axes, and the offset of Chinese web maps.

The sign is that many of them fall outside the grids; where they do not, this costs nothing.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pyproj import CRS

from gridgeo.alignment import OffsetFinding, find_outside_offset
from gridgeo.crs import suitable_crs
from gridgeo.locate.index import GridIndex
from gridgeo.transform import build_transformer

__all__ = ["PlacementWarning", "SwapFinding", "find_doubts"]

Floats = NDArray[np.float64]

N_SAMPLES = 5000
USUAL_OUTSIDE = 0.01  # a share outside that nobody wonders about
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


def find_doubts(x: Floats, y: Floats, crs: CRS, index: GridIndex) -> list[OffsetFinding | SwapFinding]:
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
