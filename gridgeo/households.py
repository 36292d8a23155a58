"""Households where no column has them: estimated from floor area, or spread from the totals of zones.

Each result is a whole number of 0 or more for each building; ``attrs["method"]`` says in one sentence how
it was come by, for the manifest.
"""

import logging
import math
from typing import TypeAlias

import numpy as np
import pandas as pd
import shapely
from geopandas import GeoDataFrame
from numpy.typing import NDArray

from gridgeo.crs import check_metric, check_same_crs
from gridgeo.errors import SchemaError

__all__ = ["FLOOR_AREA_M2", "estimate_households", "share_out", "spread_totals"]

logger = logging.getLogger(__name__)

Floats: TypeAlias = NDArray[np.float64]
Ints: TypeAlias = NDArray[np.int64]

# A Chinese flat of some 100 m² with its share of stairs and walls; the user's own figure is always better.
FLOOR_AREA_M2 = 110.0
LEVEL_HEIGHT_M = 3.0  # from floor to floor in housing


def estimate_households(
    buildings: GeoDataFrame,
    *,
    floor_area_per_household_m2: float = FLOOR_AREA_M2,
    levels_column: str | None = "levels",
    height_column: str | None = "height",
    level_height_m: float = LEVEL_HEIGHT_M,
    default_levels: float = 1.0,
) -> pd.Series:
    """Return the households of each building: footprint × levels ÷ floor area of a household, rounded.

    Levels are those of the levels column, else height ÷ level height, else the default. Give a building 0
    levels to say that nobody lives in it. A point has no footprint, so no households.

    Parameters
    ----------
    buildings
        Footprints in metres.
    floor_area_per_household_m2
        Gross floor area that goes with one household.
    levels_column
        Storeys; None or a column that is not there leaves it to the height.
    height_column
        Height in metres; likewise.
    level_height_m
        From floor to floor.
    default_levels
        For buildings of which neither is known.

    Returns
    -------
    Series
        ``households``, ``int64``, aligned to the buildings.

    Raises
    ------
    CRSError
        When the buildings are not in metres.
    ValueError
        When a parameter is not positive.
    """
    check_metric(buildings, "buildings")
    if floor_area_per_household_m2 <= 0 or level_height_m <= 0:
        raise ValueError("floor_area_per_household_m2 and level_height_m must be above 0")
    levels, n_default = _find_levels(
        buildings, (levels_column, height_column), level_height_m, default_levels
    )
    floors = shapely.area(buildings.geometry.to_numpy()) * levels
    counts = np.rint(floors / floor_area_per_household_m2).astype(np.int64)
    result = pd.Series(counts, index=buildings.index, name="households")
    result.attrs["method"] = (
        f"estimated: footprint x levels / {floor_area_per_household_m2:g} m2 per household; levels from "
        f"{levels_column or 'no column'}, else {height_column or 'no column'} / {level_height_m:g} m, else "
        f"{default_levels:g} ({n_default} of {len(buildings)} buildings)"
    )
    return result


def spread_totals(
    buildings: GeoDataFrame,
    zones: GeoDataFrame,
    total_column: str,
    *,
    weight: str = "volume",
    levels_column: str | None = "levels",
    height_column: str | None = "height",
) -> pd.Series:
    """Return the totals of zones (census areas, a population grid) spread over the buildings in them.

    In each zone the buildings get whole numbers that add up to its total exactly: shares by weight, rounded
    down, what is left to the largest remainders, equal ones to the smaller row id. A building belongs to
    the zone that holds the largest share of it; one on a border to the zone that comes first by label.
    Totals with fractions, as population grids have, are first made whole in the same way, so that the grand
    total stays.

    Parameters
    ----------
    buildings
        Polygons or points in metres. The row id is ``building_id`` where there is one, else the index label.
    zones
        Polygons in the same CRS, each label of their index once.
    total_column
        The column of the zones with households, or people.
    weight
        ``"volume"`` (footprint × levels), ``"area"``, ``"equal"``, or the name of a column. Where all
        weights of a zone are 0 its buildings share alike.
    levels_column, height_column
        Where the levels for the volume come from; 1 level where neither is known.

    Returns
    -------
    Series
        ``int64``, named as the column, aligned to the buildings; a building in no zone has 0.
        ``attrs["method"]`` says how, ``attrs["unspread"]`` which zones have a total but no building, with
        the total.

    Raises
    ------
    CRSError
        When a layer is not in metres or the two differ.
    SchemaError
        When a total or weight is negative or no number, or a column is missing.

    Examples
    --------
    >>> import geopandas, shapely
    >>> buildings = geopandas.GeoDataFrame(geometry=shapely.box([0, 30, 60], 0, [10, 40, 80], 10), crs=32650)
    >>> zones = geopandas.GeoDataFrame({"people": [10]}, geometry=[shapely.box(0, 0, 99, 99)], crs=32650)
    >>> spread_totals(buildings, zones, "people").tolist()
    [3, 2, 5]
    """
    check_metric(buildings, "buildings")
    check_same_crs({"buildings": buildings, "zones": zones})
    totals = _round_totals(_read_numbers(zones, total_column, "zones"), zones)
    weights = _find_weights(buildings, weight, (levels_column, height_column))
    zone = _find_zones(buildings, zones)
    counts = np.zeros(len(buildings), dtype=np.int64)
    ranks = _rank_rows(buildings)
    for position in np.unique(zone[zone >= 0]):
        rows = np.flatnonzero(zone == position)
        counts[rows] = share_out(int(totals[position]), weights[rows], ranks[rows])
    unspread = {
        str(zones.index[k]): int(totals[k]) for k in np.flatnonzero(totals > 0) if not (zone == k).any()
    }
    if unspread:
        logger.warning("%d zones with %s hold no building: %s", len(unspread), total_column, unspread)
    result = pd.Series(counts, index=buildings.index, name=total_column)
    result.attrs["unspread"] = unspread
    result.attrs["method"] = (
        f"spread: {total_column} of {len(zones)} zones over buildings by {weight}, exact in each zone "
        f"(largest remainder); {int((zone < 0).sum())} buildings in no zone have 0, "
        f"{len(unspread)} zones without a building keep {sum(unspread.values())} unspread"
    )
    return result


def share_out(total: int, weights: Floats, ranks: Ints) -> Ints:
    """Return whole numbers in proportion to the weights that add up to the total, by largest remainder.

    Parameters
    ----------
    total
        0 or more.
    weights
        0 or more; all 0 means equal.
    ranks
        What decides between equal remainders: the smaller first.

    Returns
    -------
    array
        One number of 0 or more for each weight; a weight of 0 gets 0 unless all are 0.
    """
    largest = weights.max()
    shares = weights / largest if largest > 0 else np.ones(len(weights))
    quotas = total * (shares / math.fsum(shares))  # fsum, as a plain sum depends on the order of the rows
    counts: Ints = np.floor(quotas).astype(np.int64)
    remainders = np.where(shares > 0, quotas - counts, -1.0)
    # Remainders that differ by rounding noise alone are equal.
    order = np.lexsort((ranks, -np.round(remainders, 9)))
    left = total - int(counts.sum())
    counts[order[: max(left, 0)]] += 1
    return counts


def _find_levels(
    buildings: GeoDataFrame,
    columns: tuple[str | None, str | None],
    level_height_m: float,
    default_levels: float,
) -> tuple[Floats, int]:
    """Return the storeys of each building, and how many of them had to take the default."""
    levels = np.full(len(buildings), np.nan)
    for column, unit in zip(columns, (1.0, level_height_m), strict=True):
        if column is not None and column in buildings.columns:
            numbers = _read_numbers(buildings, column, "buildings", missing=np.nan) / unit
            if column == columns[1]:  # a height of 0 is one that nobody measured, 0 levels are a statement
                numbers = np.where(numbers > 0, np.maximum(np.floor(numbers), 1.0), np.nan)
            levels = np.where(np.isnan(levels), numbers, levels)
    unknown = np.isnan(levels)
    return np.where(unknown, default_levels, levels), int(unknown.sum())


def _find_weights(buildings: GeoDataFrame, weight: str, columns: tuple[str | None, str | None]) -> Floats:
    """Return the weight of each building."""
    if weight == "equal":
        return np.ones(len(buildings))
    areas = shapely.area(buildings.geometry.to_numpy())
    if weight == "area":
        return np.asarray(areas)
    if weight == "volume":
        return np.asarray(areas * _find_levels(buildings, columns, LEVEL_HEIGHT_M, 1.0)[0])
    return _read_numbers(buildings, weight, "buildings")


def _read_numbers(frame: GeoDataFrame, column: str, name: str, missing: float = 0.0) -> Floats:
    """Return a column as numbers of 0 or more; missing ones as stated."""
    if column not in frame.columns:
        present = ", ".join(str(label) for label in frame.columns if label != frame.active_geometry_name)
        raise SchemaError(f"{name}: no column {column}; it has {present or 'none'}")
    values = pd.to_numeric(frame[column], errors="coerce").to_numpy(dtype=float, na_value=np.nan)
    bad = (np.isnan(values) & frame[column].notna().to_numpy()) | np.isinf(values) | (values < 0)
    if bad.any():
        example = frame[column].iloc[int(np.flatnonzero(bad)[0])]
        raise SchemaError(
            f"{name}: {column} holds {example} ({bad.sum()} rows); it has to be a number of 0 or more"
        )
    return np.where(np.isnan(values), missing, values)


def _round_totals(totals: Floats, zones: GeoDataFrame) -> Ints:
    """Return whole totals with the same sum, rounded; whole ones stay as they are."""
    whole = np.floor(totals).astype(np.int64)
    left = int(np.rint((totals - whole).sum()))
    order = np.lexsort((_rank_labels(zones.index), -np.round(totals - whole, 9)))
    whole[order[:left]] += 1
    return whole


def _rank_rows(buildings: GeoDataFrame) -> Ints:
    """Return the rank of each row by building_id, else by index label."""
    return _rank_labels(
        pd.Index(buildings["building_id"]) if "building_id" in buildings.columns else buildings.index
    )


def _rank_labels(labels: pd.Index) -> Ints:
    """Return the rank of labels in the order of the alphabet, or of numbers."""
    ranks = np.empty(len(labels), dtype=np.int64)
    ranks[labels.argsort()] = np.arange(len(labels))
    return ranks


def _find_zones(buildings: GeoDataFrame, zones: GeoDataFrame) -> NDArray[np.intp]:
    """Return the position of the zone that holds most of each building, -1 for none."""
    shapes = buildings.geometry.to_numpy()
    row, zone = zones.sindex.query(shapes, predicate="intersects")
    several = np.bincount(row, minlength=len(shapes))[row] > 1
    share = np.ones(len(row))
    pieces = shapely.intersection(shapes[row[several]], zones.geometry.to_numpy()[zone[several]])
    share[several] = shapely.area(pieces)
    # Largest share first, then the zone that comes first by label; areas to a square millimetre.
    order = np.lexsort((_rank_labels(zones.index)[zone], -np.round(share, 6), row))
    found = np.full(len(shapes), -1, dtype=np.intp)
    first = np.unique(row[order], return_index=True)[1]
    found[row[order][first]] = zone[order][first]
    return found
