"""Streets as entries: the road itself, where two roads meet, and the house numbers along its sides."""

from collections.abc import Mapping

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gridgeo.locate.entry import UNCERTAINTY_M, empty_entries
from gridgeo.locate.gazetteer.columns import take_texts
from gridgeo.locate.gazetteer.tables import MAX_SPREAD_M

__all__ = ["RANGE_COLUMNS", "crossing_entries", "number_ranges", "road_entries"]

RANGE_COLUMNS = ("l_from", "l_to", "r_from", "r_to")
NODE_M = 40.0  # meetings of two roads closer than this are one crossing (dual carriageways)


def _named(table: gpd.GeoDataFrame, mapping: Mapping[str, str]) -> gpd.GeoDataFrame:
    """Return name and geometry of the streets that have both."""
    named = gpd.GeoDataFrame(
        {"name": take_texts(table, mapping, "name")}, geometry=table.geometry.to_numpy(), crs=table.crs
    )
    usable = named["name"].notna() & named.geometry.notna() & ~named.geometry.is_empty
    return named[usable.to_numpy()].reset_index(drop=True)


def road_entries(table: gpd.GeoDataFrame, mapping: Mapping[str, str]) -> pd.DataFrame:
    """Return one entry for each street name: the point of the street nearest to its middle."""
    named = _named(table, mapping)
    if named.empty:
        return empty_entries()
    whole = named.dissolve(by="name", sort=True)
    shapes = whole.geometry.to_numpy()
    middles = shapely.get_point(shapely.shortest_line(shapes, shapely.centroid(shapes)), 0)
    entries = empty_entries(len(whole))
    for column in ("name", "label", "street"):
        entries[column] = pd.array(whole.index, dtype="string")
    entries["level"], entries["source"] = "road", "streets"
    entries["x"], entries["y"] = shapely.get_x(middles), shapely.get_y(middles)
    bounds = shapely.bounds(shapes)
    half = np.hypot(bounds[:, 2] - bounds[:, 0], bounds[:, 3] - bounds[:, 1]) / 2
    entries["uncertainty_m"] = np.clip(half, 30.0, MAX_SPREAD_M)
    return entries


def crossing_entries(table: gpd.GeoDataFrame, mapping: Mapping[str, str]) -> pd.DataFrame:
    """Return one entry for each place where two streets of different names meet."""
    named = _named(table, mapping)
    lines = named.geometry.to_numpy()
    first, second = shapely.STRtree(lines).query(lines, predicate="intersects")
    names = named["name"].to_numpy(dtype=object)
    differ = names[first] < names[second] if len(first) else np.zeros(0, dtype=bool)
    first, second = first[differ], second[differ]
    meetings = shapely.intersection(lines[first], lines[second])
    points = shapely.point_on_surface(meetings)
    frame = pd.DataFrame(
        {
            "street": names[first],
            "cross_street": names[second],
            "x": shapely.get_x(points),
            "y": shapely.get_y(points),
        }
    )
    if frame.empty:
        return empty_entries()
    # snapping to cells may part two nodes of one crossing; they stay two entries a few metres apart
    frame["cell"] = (
        (frame["x"] // NODE_M).astype("int64").astype(str)
        + ","
        + (frame["y"] // NODE_M).astype("int64").astype(str)
    )
    frame = frame.groupby(["street", "cross_street", "cell"], sort=True, as_index=False)[["x", "y"]].mean()
    entries = empty_entries(len(frame))
    for column in ("street", "cross_street"):
        entries[column] = frame[column].astype("string")
    entries["x"], entries["y"] = frame["x"], frame["y"]
    entries["label"] = entries["street"] + " / " + entries["cross_street"]
    entries["name"], entries["level"], entries["source"] = entries["label"], "intersection", "streets"
    entries["uncertainty_m"] = UNCERTAINTY_M["intersection"]
    return entries


def number_ranges(table: gpd.GeoDataFrame, mapping: Mapping[str, str]) -> gpd.GeoDataFrame:
    """Return the segments that have house-number ranges: ``street, l_from, l_to, r_from, r_to``."""
    has_ranges = all(role in mapping for role in RANGE_COLUMNS)
    columns = {
        role: pd.to_numeric(table[mapping[role]], errors="coerce").fillna(0).astype("int64").to_numpy()
        if has_ranges
        else np.zeros(len(table), dtype="int64")
        for role in RANGE_COLUMNS
    }
    ranges = gpd.GeoDataFrame(
        {"street": take_texts(table, mapping, "name").to_numpy(), **columns},
        geometry=table.geometry.to_numpy(),
        crs=table.crs,
    )
    ranges["street"] = ranges["street"].astype("string")
    used = (ranges["l_from"] > 0) | (ranges["r_from"] > 0)
    return ranges[(used & ranges["street"].notna()).to_numpy()].reset_index(drop=True)
