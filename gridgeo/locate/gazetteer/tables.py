"""The user's tables as entries of a gazetteer, each in its own way."""

from collections.abc import Mapping

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gridgeo.locate.address.script import Script
from gridgeo.locate.entry import UNCERTAINTY_M, empty_entries
from gridgeo.locate.gazetteer.columns import take_texts
from gridgeo.locate.gazetteer.split import PARTS, split_addresses

__all__ = ["address_entries", "area_entries", "named_entries", "owner_entries"]

MAX_SPREAD_M = 3000.0  # no road or compound is vaguer than this


def _places(table: gpd.GeoDataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Return a point inside each shape; NaN for missing ones."""
    shapes = table.geometry.to_numpy()
    points = shapely.point_on_surface(shapes)
    return shapely.get_x(points), shapely.get_y(points)


def _reach(shapes: np.ndarray) -> np.ndarray:
    """Return half the diagonal of each shape's box, in metres."""
    bounds = shapely.bounds(shapes)
    half: np.ndarray = np.hypot(bounds[:, 2] - bounds[:, 0], bounds[:, 3] - bounds[:, 1]) / 2
    return half


def address_entries(
    table: gpd.GeoDataFrame, mapping: Mapping[str, str], script: Script, source: str
) -> pd.DataFrame:
    """Return an entry for each row that names a street or compound and a number.

    Where the table has only whole addresses, or a row lacks its parts, they are read from the address.
    """
    entries = empty_entries(len(table)).set_index(table.index)
    address = take_texts(table, mapping, "address")
    for part in PARTS:
        entries[part] = take_texts(table, mapping, part)
    entries["area_code"] = take_texts(table, mapping, "area_code")
    bare = entries[list(PARTS)].notna()
    unread = address.notna() & ~(
        (bare["street"] & bare["house_number"]) | (bare["compound"] & bare["building_no"])
    )
    if unread.any():
        read = split_addresses(entries[unread], address[unread], script)
        for part in PARTS:
            entries.loc[unread, part] = entries.loc[unread, part].fillna(read[part])
    entries["x"], entries["y"] = _places(table)
    numbered = entries["house_number"].notna() & (entries["street"].notna() | entries["compound"].notna())
    built = entries["building_no"].notna() & (entries["compound"].notna() | numbered)
    entries["level"] = pd.array(np.where(built, "building", "house_number"), dtype="string")
    entries["label"] = address.fillna(_labels(entries, script))
    entries["uncertainty_m"] = entries["level"].map(UNCERTAINTY_M).astype("float64")
    entries["source"] = source
    return entries[numbered | built]


def _labels(entries: pd.DataFrame, script: Script) -> pd.Series:
    """Return an address put together from its parts."""
    texts = {part: entries[part].fillna("") for part in PARTS}
    if script.name != "chinese":
        return (texts["house_number"] + " " + texts["street"]).str.strip()
    number = texts["house_number"].mask(
        texts["house_number"].str.fullmatch(r"[\d-]+"), texts["house_number"] + "号"
    )
    building = texts["building_no"].mask(
        texts["building_no"].str.fullmatch(r"\w+"), texts["building_no"] + "栋"
    )
    return texts["street"] + number + texts["compound"] + building


def named_entries(
    table: gpd.GeoDataFrame, mapping: Mapping[str, str], script: Script, level: str
) -> pd.DataFrame:
    """Return an entry for each POI or compound that has a name; a POI's own address says where else it is."""
    entries = empty_entries(len(table)).set_index(table.index)
    name = take_texts(table, mapping, "name")
    entries["level"], entries["source"] = level, level + "s"
    entries["name"], entries["label"] = name, name
    if level == "compound":
        entries["compound"] = name
    elif "address" in mapping:
        read = split_addresses(entries, take_texts(table, mapping, "address"), script)
        for part in PARTS:
            entries[part] = read[part]
    entries["area_code"] = take_texts(table, mapping, "area_code")
    entries["x"], entries["y"] = _places(table)
    reach = np.nan_to_num(_reach(table.geometry.to_numpy()))
    entries["uncertainty_m"] = np.clip(reach, UNCERTAINTY_M["poi"], MAX_SPREAD_M)
    return entries[name.notna()]


def area_entries(table: gpd.GeoDataFrame, mapping: Mapping[str, str]) -> pd.DataFrame:
    """Return an entry for each community."""
    entries = empty_entries(len(table)).set_index(table.index)
    code = take_texts(table, mapping, "area_code")
    name = take_texts(table, mapping, "name").fillna(code)
    entries["level"], entries["source"] = "community", "communities"
    entries["name"], entries["label"], entries["area_name"] = name, name, name
    entries["area_code"] = code.fillna(name)
    entries["x"], entries["y"] = _places(table)
    entries["uncertainty_m"] = np.clip(_reach(table.geometry.to_numpy()), 50.0, 10 * MAX_SPREAD_M)
    return entries


def owner_entries(entries: pd.DataFrame, level: str, column: str, known: frozenset[str]) -> pd.DataFrame:
    """Return a road or compound for each name that only addresses know: the middle of its addresses."""
    rows = entries[entries[column].notna() & entries["x"].notna() & ~entries[column].isin(known)]
    if level == "road":
        rows = rows[rows["house_number"].notna()]
    groups = rows.groupby(column, sort=True)
    if not len(rows):
        return empty_entries()
    box = groups[["x", "y"]].agg(["min", "max", "median"])
    derived = empty_entries(len(box))
    derived[column], derived["label"] = (
        pd.array(box.index, dtype="string"),
        pd.array(box.index, dtype="string"),
    )
    derived["name"] = derived["label"]
    derived["level"], derived["source"] = level, "addresses"
    for axis in ("x", "y"):
        derived[axis] = box[axis, "median"].to_numpy()
    half = np.hypot(box["x", "max"] - box["x", "min"], box["y", "max"] - box["y", "min"]).to_numpy() / 2
    derived["uncertainty_m"] = np.clip(half, 30.0, MAX_SPREAD_M)
    return derived
