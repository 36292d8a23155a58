"""From a point to the nearest address."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pyproj import CRS
from scipy.spatial import cKDTree

from gridgeo.crs import WGS84
from gridgeo.transform import to_system

if TYPE_CHECKING:
    from gridgeo.locate.gazetteer.gazetteer import Gazetteer

__all__ = ["AddressTree", "build_address_tree", "nearest_entries"]

# what people call a place by; a road or community is no answer to "where am I"
LEVELS = ("building", "house_number", "poi", "compound")


@dataclass(frozen=True)
class AddressTree:
    """The entries that people call a place by, and a tree over them."""

    entries: pd.DataFrame
    tree: cKDTree | None


def build_address_tree(gazetteer: Gazetteer) -> AddressTree:
    """Return the tree of a gazetteer, for many questions; none of no entries."""
    entries = gazetteer.entries[gazetteer.entries["level"].isin(LEVELS).to_numpy()]
    return AddressTree(entries, cKDTree(entries[["x", "y"]].to_numpy()) if len(entries) else None)


def nearest_entries(
    gazetteer: Gazetteer, x: NDArray[np.float64], y: NDArray[np.float64], crs: object, max_distance: float
) -> pd.DataFrame:
    """Return ``entry_id, matched, precision, distance_m, area_code`` of the nearest entry of each point.

    Points that are not finite, or further than ``max_distance`` from all entries, get ``<NA>``.
    """
    source = WGS84 if crs is None else CRS.from_user_input(crs)
    points = np.column_stack(to_system(x, y, source, gazetteer.crs))
    known = gazetteer.addresses
    result = pd.DataFrame(
        {
            column: pd.array([pd.NA] * len(points), dtype="string")
            for column in ("entry_id", "matched", "precision", "area_code")
        }
    )
    result["distance_m"] = pd.array([pd.NA] * len(points), dtype="Float64")
    finite = np.flatnonzero(np.isfinite(points).all(axis=1))
    if known.tree is None or not len(finite):
        return result
    distance, nearest = known.tree.query(points[finite])
    near = distance <= max_distance
    at, chosen = finite[near], known.entries.iloc[nearest[near]]
    for column, source_column in (
        ("entry_id", "entry_id"), ("matched", "label"), ("precision", "level"), ("area_code", "area_code")
    ):  # fmt: skip
        result.loc[at, column] = chosen[source_column].to_numpy()
    result.loc[at, "distance_m"] = np.round(distance[near], 1)
    return result[["entry_id", "matched", "precision", "distance_m", "area_code"]]
