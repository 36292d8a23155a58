"""Which community does each building belong to? Those in none, across a border, communities without."""

from typing import TypeAlias

import numpy as np
import pandas as pd
import shapely
from geopandas import GeoDataFrame
from numpy.typing import NDArray

from gridgeo.schema import Fault

__all__ = ["find_belonging_faults"]

Shapes: TypeAlias = NDArray[np.object_]
Positions: TypeAlias = NDArray[np.intp]
Mask: TypeAlias = NDArray[np.bool_]

STRADDLE_SHARE = 0.01  # less of a footprint than this beyond the border is the width of the pen


def find_belonging_faults(buildings: GeoDataFrame, communities: GeoDataFrame) -> list[Fault]:
    """Return the buildings in no community or across a border, and the communities without a building.

    Parameters
    ----------
    buildings, communities
        Mended layers in one metric CRS.

    Returns
    -------
    list
        Faults that are only reported: the buildings go to the community with the largest share of them.
    """
    shapes = buildings.geometry.to_numpy()
    row, community = communities.sindex.query(shapes, predicate="intersects")
    n_near = np.bincount(row, minlength=len(shapes))
    outside = n_near == 0
    faults = []
    if outside.any():
        lost = int(buildings["households"].to_numpy()[outside].sum())
        meaning = (
            f"in no grid, and so are their {lost:,} households; extend the boundary if they belong to it"
        )
        faults.append(_fault("buildings", "in no community", meaning).at(buildings, outside, "building_id"))
    straddling = _find_straddling(shapes, communities.geometry.to_numpy(), row, community)
    if straddling.any():
        meaning = (
            "across a border; each goes whole to the community with its largest share, which cuts it by law"
        )
        faults.append(
            _fault("buildings", "in two communities", meaning).at(buildings, straddling, "building_id")
        )
    vacant = np.bincount(community, minlength=len(communities)) == 0
    if vacant.any() and len(buildings):
        meaning = "a community without households becomes one grid"
        faults.append(
            _fault("communities", "no building in it", meaning).at(communities, vacant, "area_code")
        )
    return faults


def _find_straddling(
    shapes: Shapes, areas: Shapes, row: Positions, community: Positions
) -> NDArray[np.bool_]:
    """Return which shapes have more than a sliver of their area beyond the community they belong to."""
    straddling = np.zeros(len(shapes), dtype=bool)
    several = np.bincount(row, minlength=len(shapes))[row] > 1
    row, community = row[several], community[several]
    if len(row) == 0:
        return straddling
    pieces = pd.Series(shapely.area(shapely.intersection(shapes[row], areas[community])))
    inside = pieces.groupby(row).agg(["sum", "max"])
    beyond = inside["sum"] - inside["max"] > STRADDLE_SHARE * inside["sum"]
    straddling[inside.index[beyond]] = True
    return straddling


def _fault(layer: str, fault: str, meaning: str) -> Fault:
    """Return a fault that is only reported."""
    return Fault(layer=layer, fault=fault, meaning=meaning, action="reported")
