"""What is doubtful in a gazetteer, so that its owner can mend it before the night's reports are placed."""

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gridgeo.locate.gazetteer.gazetteer import Gazetteer

__all__ = ["FAULTS", "check_quality"]

FAR_APART_M = 300.0  # one address in two places this far apart is a fault, not a long building
OFF_STREET_M = 300.0  # a house number this far from its street carries the wrong street
BACKWARDS_M = 150.0  # a number this far behind a smaller one on its side is out of order
FAULTS = {
    "duplicate_far_apart": "one address in two places; give one of them another number, or delete it",
    "number_out_of_order": "its neighbours by number stand elsewhere; check the number or the point",
    "off_street": "far from the street it is named after; check the street or the point",
    "outside": "lies in no community; check the point, or the communities",
}


def check_quality(
    gazetteer: Gazetteer, streets: gpd.GeoDataFrame | None = None, *, street_column: str = "name"
) -> pd.DataFrame:
    """Return the doubtful entries: ``entry_id, label, fault, detail, remedy``, one row a fault.

    Parameters
    ----------
    gazetteer
        What to look at.
    streets
        The street lines, to find points far from their street.
    street_column
        The column with the street's name.
    """
    entries = gazetteer.entries
    parts = [_duplicates(entries), _out_of_order(entries), _outside(gazetteer)]
    if streets is not None and len(streets):
        parts.append(_off_street(gazetteer, streets.to_crs(gazetteer.crs), street_column))
    found = pd.concat(parts, ignore_index=True)
    found["remedy"] = found["fault"].map(FAULTS).astype("string")
    return found


def _faults(entries: pd.DataFrame, fault: str, detail: pd.Series) -> pd.DataFrame:
    """Return a row for each entry."""
    return pd.DataFrame(
        {
            "entry_id": entries["entry_id"].to_numpy(),
            "label": entries["label"].to_numpy(),
            "fault": fault,
            "detail": detail.to_numpy(),
        }
    ).astype("string")


def _duplicates(entries: pd.DataFrame) -> pd.DataFrame:
    """Return addresses that stand in two places of one community, or in two where there are none."""
    addressed = entries[entries["level"].isin(["building", "house_number"])]
    key = ["street", "house_number", "compound", "building_no", "area_code"]
    first = addressed.groupby(key, dropna=False, sort=False)[["x", "y"]].transform("first")
    far = np.hypot(addressed["x"] - first["x"], addressed["y"] - first["y"])
    rows = addressed[far > FAR_APART_M]
    return _faults(rows, "duplicate_far_apart", far[rows.index].map("{:.0f} m from the first".format))


def _out_of_order(entries: pd.DataFrame) -> pd.DataFrame:
    """Return house numbers that stand far from both neighbours on their side, which are near each other."""
    houses = entries[(entries["level"] == "house_number") & entries["street"].notna()]
    digits = houses["house_number"].str.extract(r"(\d+)", expand=False)
    number = pd.to_numeric(digits.astype("object"), errors="coerce").astype("float64")
    frame = houses.assign(number=number, side=number % 2).dropna(subset=["number"])
    frame = frame.sort_values(["street", "side", "number"], kind="stable")
    same = [(frame[c].eq(frame[c].shift(1)) & frame[c].eq(frame[c].shift(-1))) for c in ("street", "side")]
    before = np.hypot(frame["x"] - frame["x"].shift(1), frame["y"] - frame["y"].shift(1))
    after = np.hypot(frame["x"] - frame["x"].shift(-1), frame["y"] - frame["y"].shift(-1))
    around = np.hypot(frame["x"].shift(1) - frame["x"].shift(-1), frame["y"].shift(1) - frame["y"].shift(-1))
    inside = same[0].fillna(False).astype(bool) & same[1].fillna(False).astype(bool)
    wrong = inside & (before > BACKWARDS_M) & (after > BACKWARDS_M) & (around < BACKWARDS_M)
    rows = frame[wrong]
    return _faults(rows, "number_out_of_order", before[rows.index].map("{:.0f} m off its neighbours".format))


def _outside(gazetteer: Gazetteer) -> pd.DataFrame:
    """Return the entries that lie in no community, where communities are known."""
    entries = gazetteer.entries
    if gazetteer.areas.empty:
        return _faults(entries.iloc[:0], "outside", entries["label"].iloc[:0])
    rows = entries[entries["area_code"].isna() & ~entries["level"].isin(["road", "intersection"])]
    return _faults(rows, "outside", pd.Series("no community holds the point", index=rows.index))


def _off_street(gazetteer: Gazetteer, streets: gpd.GeoDataFrame, column: str) -> pd.DataFrame:
    """Return house numbers far from every line of their street."""
    entries = gazetteer.entries
    lines = streets.dropna(subset=[column]).dissolve(by=column).geometry
    rows = entries[entries["house_number"].notna() & entries["street"].isin(lines.index)]
    own = lines.reindex(rows["street"]).to_numpy()
    distance = pd.Series(shapely.distance(own, shapely.points(rows["x"], rows["y"])), index=rows.index)
    rows = rows[distance > OFF_STREET_M]
    return _faults(rows, "off_street", distance[rows.index].map("{:.0f} m".format))
