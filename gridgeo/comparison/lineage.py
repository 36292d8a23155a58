"""Lineage: which buildings, households and ground of each old grid lie in which new grid.

A household is *carried* when its building stands in both partitions: of a building with 30 households before
and 34 after, 30 are carried and 4 are new. It has *moved* when it is carried into a grid that is not the heir
of its old grid. New households have not moved, and neither have those that are gone.

The *heir* of an old grid is the new grid that holds at least half of its carried households. Where several
old grids have one heir, it takes after the one that brings most; the others end. A grid without households
is followed by its area.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from geopandas import GeoDataFrame
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from gridgeo.crs import suitable_crs

__all__ = ["Gridded", "Network", "build_lineage", "find_heirs", "match_buildings"]

SAME_PLACE_M = 1.0  # a building without its old id is the old one when its centre lies this near
LEAST_OVERLAP_M2 = 1.0  # less ground than a door step is rounding, unless a building stands on it
SUMS = ("n_buildings", "households_before", "households_after", "households_carried")

Ints = NDArray[np.int64]


class Gridded(Protocol):
    """A partition that can be compared: grids with ``grid_code``, buildings with the code of theirs."""

    @property
    def grids(self) -> GeoDataFrame: ...  # noqa: D102
    @property
    def buildings(self) -> GeoDataFrame: ...  # noqa: D102


@dataclass(frozen=True, kw_only=True)
class Network:
    """A partition that is no division: any grids, and buildings that say in which of them they lie.

    ``grids`` has ``grid_code``; ``buildings`` has ``building_id``, ``households`` and ``grid_code``.
    """

    grids: GeoDataFrame
    buildings: GeoDataFrame


def build_lineage(old: Gridded, new: Gridded) -> GeoDataFrame:
    """Return one row for each old and new grid that have a building or ground in common.

    Parameters
    ----------
    old, new
        Two partitions of one place (`Division` or `Network`), each in any declared CRS.

    Returns
    -------
    GeoDataFrame
        ``old_code`` and ``new_code`` (``<NA>`` where a building or ground is in one partition only),
        ``n_buildings``, ``households_before``, ``households_after``, ``households_carried``, ``area_m2`` and
        the common ground as geometry; ``is_moved`` where what is carried did not go to the heir. The sums of
        ``households_before`` and ``households_after`` are those of the old and the new grids. Sorted by the
        codes, in the CRS of the new grids.

    Raises
    ------
    CRSError
        When a layer does not say in which system it is.
    """
    crs = suitable_crs(new.grids, "grids")
    counted = count_carried(old.buildings.to_crs(crs), new.buildings.to_crs(crs))
    shared = overlay(old.grids.to_crs(crs), new.grids.to_crs(crs))
    keys = ["old_code", "new_code"]
    rows = counted.merge(shared, on=keys, how="outer")
    for name in SUMS:
        rows[name] = rows[name].fillna(0).astype("int64")
    rows["area_m2"] = rows["area_m2"].fillna(0.0)
    empty = pd.isna(rows["geometry"]).to_numpy()
    shapes = rows["geometry"].to_numpy(dtype=object, copy=True)
    shapes[empty] = shapely.MultiPolygon()
    rows["geometry"] = shapes
    rows = rows.sort_values(keys, ignore_index=True, na_position="last")
    heirs = find_heirs(rows)
    expected = rows["old_code"].map(heirs).astype("string")
    both = rows["old_code"].notna() & rows["new_code"].notna()
    rows["is_moved"] = (both & (expected != rows["new_code"]).fillna(True)).astype(bool)
    ordered = [*keys, *SUMS, "area_m2", "is_moved", "geometry"]
    lineage = gpd.GeoDataFrame(rows[ordered], geometry="geometry", crs=crs)
    return lineage.to_crs(new.grids.crs)


def find_heirs(lineage: pd.DataFrame) -> Mapping[str, str]:
    """Return the heir of each old grid that has one, by code; see the rule of this module.

    Ties go to the smaller code. No new grid is heir of two.
    """
    both = lineage[lineage["old_code"].notna() & lineage["new_code"].notna()]
    carried = both["households_carried"].astype(float)
    of_old = both["old_code"]
    lives = carried.groupby(of_old).transform("sum") > 0
    weight = carried.where(lives, both["area_m2"])
    half = weight.groupby(of_old).transform("sum") / 2.0
    able = both.assign(weight=weight, lives=lives)[(weight >= half) & (weight > 0)]
    # Those who bring households go before those who bring ground alone.
    ordered = able.sort_values(
        ["lives", "weight", "old_code", "new_code"], ascending=[False, False, True, True], kind="stable"
    )
    heirs: dict[str, str] = {}
    taken: set[str] = set()
    for row in ordered.itertuples():
        if row.old_code not in heirs and row.new_code not in taken:
            heirs[str(row.old_code)] = str(row.new_code)
            taken.add(str(row.new_code))
    return heirs


def count_carried(old: GeoDataFrame, new: GeoDataFrame) -> pd.DataFrame:
    """Return buildings and households of each pair of an old and a new grid."""
    partner = match_buildings(old, new)
    met = np.flatnonzero(partner >= 0)
    fresh = np.setdiff1d(np.arange(len(new)), partner[met])
    old_code, new_code = (layer["grid_code"].astype("string").array for layer in (old, new))
    before, after = (households_of(layer) for layer in (old, new))
    there = np.where(partner >= 0, after[np.maximum(partner, 0)] if len(new) else 0, 0)
    table = pd.DataFrame(
        {
            "old_code": pd.concat([pd.Series(old_code), pd.Series(pd.NA, range(len(fresh)), dtype="string")]),
            "new_code": pd.concat(
                [pd.Series(new_code.take(partner, allow_fill=True)), pd.Series(new_code[fresh])]
            ),
            "n_buildings": 1,
            "households_before": np.concatenate([before, np.zeros(len(fresh), dtype=np.int64)]),
            "households_after": np.concatenate([there, after[fresh]]),
            "households_carried": np.concatenate(
                [np.minimum(before, there), np.zeros(len(fresh), dtype=np.int64)]
            ),
        }
    )
    known = table["old_code"].notna() | table["new_code"].notna()
    keys = ["old_code", "new_code"]
    return table[known].groupby(keys, dropna=False, sort=True)[list(SUMS)].sum().reset_index()


def households_of(buildings: GeoDataFrame) -> Ints:
    """Return the households of each building, 0 where they are missing."""
    counts: Ints = pd.to_numeric(buildings["households"], errors="coerce").fillna(0).to_numpy(dtype=np.int64)
    return counts


def match_buildings(old: GeoDataFrame, new: GeoDataFrame) -> Ints:
    """Return for each old building the position of the same new one, -1 where it is gone.

    It is the one with the same ``building_id``; of what is left, the one whose centre lies within a metre.
    """
    known = pd.Index(new["building_id"].astype("string"))
    first = ~known.duplicated()
    position = pd.Index(known[first]).get_indexer(pd.Index(old["building_id"].astype("string")))
    partner = np.where(position >= 0, np.flatnonzero(first)[np.maximum(position, 0)] if len(new) else -1, -1)
    lone = np.flatnonzero(partner < 0)
    rest = np.setdiff1d(np.arange(len(new)), partner)
    here, there = (centres_of(layer, rows) for layer, rows in ((old, lone), (new, rest)))
    if len(here) and len(there):
        away, nearest = cKDTree(there).query(here, distance_upper_bound=SAME_PLACE_M)
        met = np.flatnonzero(np.isfinite(away))
        ordered = met[np.lexsort((met, away[met]))]
        _, once = np.unique(nearest[ordered], return_index=True)
        partner[lone[ordered[once]]] = rest[nearest[ordered[once]]]
    return partner.astype(np.int64)


def centres_of(layer: GeoDataFrame, rows: Ints) -> NDArray[np.float64]:
    """Return the centre of each building; one without a place is nowhere near any other."""
    points = shapely.centroid(layer.geometry.to_numpy()[rows])
    centres = np.stack([shapely.get_x(points), shapely.get_y(points)], axis=1)
    far = np.arange(len(rows))[:, None] * 10.0 + 1e9
    return np.where(np.isfinite(centres), centres, far)


def overlay(old: GeoDataFrame, new: GeoDataFrame) -> pd.DataFrame:
    """Return the common ground of each pair of an old and a new grid, and of either one with nothing."""
    ours, theirs = (layer.geometry.to_numpy() for layer in (old, new))
    one, other = same_shapes(ours, theirs)
    loose_old = np.setdiff1d(np.arange(len(ours)), one)
    loose_new = np.setdiff1d(np.arange(len(theirs)), other)
    a, b = shapely.STRtree(theirs[loose_new]).query(ours[loose_old], predicate="intersects")
    a, b = loose_old[a], loose_new[b]
    common = as_polygons(shapely.intersection(ours[a], theirs[b]))
    area = shapely.area(common)
    keep = area >= LEAST_OVERLAP_M2
    a, b, common = a[keep], b[keep], common[keep]
    gone, fresh = rest_of(ours, loose_old, a, common), rest_of(theirs, loose_new, b, common)
    codes = [layer["grid_code"].astype("string").array for layer in (old, new)]
    none = -np.ones(len(gone) + len(fresh), dtype=np.int64)
    left = np.concatenate([one, a, np.array([i for i, _ in gone], dtype=np.int64), none[: len(fresh)]])
    right = np.concatenate([other, b, none[: len(gone)], np.array([i for i, _ in fresh], dtype=np.int64)])
    shapes = np.concatenate(
        [ours[one], common, objects([s for _, s in gone]), objects([s for _, s in fresh])]
    )
    return pd.DataFrame(
        {
            "old_code": codes[0].take(left, allow_fill=True),
            "new_code": codes[1].take(right, allow_fill=True),
            "area_m2": np.round(shapely.area(shapes), 2),
            "geometry": shapes,
        }
    )


def same_shapes(ours: NDArray[np.object_], theirs: NDArray[np.object_]) -> tuple[Ints, Ints]:
    """Return the pairs of grids whose polygons are the same; nothing else can overlap with those."""
    keys = pd.Index(shapely.to_wkb(shapely.normalize(theirs)))
    first = np.flatnonzero(~keys.duplicated())
    found = keys[first].get_indexer(pd.Index(shapely.to_wkb(shapely.normalize(ours))))
    met = np.flatnonzero((found >= 0) & ~pd.Index(found).duplicated())
    return met.astype(np.int64), first[found[met]].astype(np.int64)


def rest_of(
    shapes: NDArray[np.object_], loose: Ints, owner: Ints, common: NDArray[np.object_]
) -> list[tuple[int, shapely.Geometry]]:
    """Return what no common ground covers of each loose grid, where it is more than rounding."""
    area = shapely.area(shapes[loose])
    covered = np.bincount(owner, shapely.area(common), len(shapes))[loose]
    found = []
    for i in loose[area - covered >= LEAST_OVERLAP_M2]:
        left = as_polygons(np.array([shapely.difference(shapes[i], shapely.union_all(common[owner == i]))]))[
            0
        ]
        if left.area >= LEAST_OVERLAP_M2:
            found.append((int(i), left))
    return found


def as_polygons(shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    """Return the areas of geometries as (multi)polygons; points and lines of contact are left out."""
    mixed = np.flatnonzero(shapely.get_type_id(shapes) == shapely.GeometryType.GEOMETRYCOLLECTION)
    for i in mixed:
        parts = [part for part in shapely.get_parts(shapes[i]) if part.area > 0]
        shapes[i] = shapely.union_all(parts) if parts else shapely.Polygon()
    return shapes


def objects(shapes: list[shapely.Geometry]) -> NDArray[np.object_]:
    """Return geometries as an array, also none at all."""
    array = np.empty(len(shapes), dtype=object)
    array[:] = shapes
    return array
