"""Two tables of communities of one district, of different years: which became which, by name and by ground.

Codes change between editions, names are written in many ways, communities merge and split. Each old one gets
the new one that fits best, with what speaks for it; what a person should look at is marked as doubtful.
"""

import re
import unicodedata

import numpy as np
import pandas as pd
import shapely
from geopandas import GeoDataFrame
from rapidfuzz.distance import JaroWinkler

from gridgeo.errors import SchemaError

__all__ = ["match_communities", "plain_name"]

# What stands behind the name proper, the longest first.
ENDINGS = re.compile("(社区居民委员会|社区居委会|居民委员会|村民委员会|居委会|村委会|社区|社区村|行政村|村)$")
ALIKE = 0.85  # names as alike as this are taken for one, doubtfully
MOST_GROUND = 0.5  # the new community that holds as much of an old one is where it went
SURE_GROUND = 0.8
STREET = 9  # digits of a code that say in which street office or town a community is
SHIFT = 0.02  # what the same street part is worth beside the likeness of names: enough to break a tie


def match_communities(
    old: pd.DataFrame, new: pd.DataFrame, *, code: str = "area_code", name: str = "name"
) -> pd.DataFrame:
    """Return what became of each community of an old table in a new one.

    Parameters
    ----------
    old, new
        Tables with a code (text) and a name. Where both have polygons, ground counts before names.
    code, name
        Their columns.

    Returns
    -------
    DataFrame
        One row for each old community and one for each new one that none became: ``old_code``, ``old_name``,
        ``new_code``, ``new_name``, ``name_likeness`` (0 to 1), ``ground`` (the share of the old one's area in
        the new one, ``<NA>`` without polygons), ``change`` (``same``, ``recoded``, ``renamed``, ``merged``,
        ``split``, ``new``, ``gone``), ``is_doubtful`` and ``why``. Sorted by code.

    Raises
    ------
    SchemaError
        When a column is missing, or a code is missing or there twice.

    Examples
    --------
    >>> import pandas as pd
    >>> old = pd.DataFrame({"area_code": ["420502001001"], "name": ["白马社区居民委员会"]})
    >>> new = pd.DataFrame({"area_code": ["420502001601"], "name": ["白马社区"]})
    >>> match_communities(old, new)[["new_code", "change", "is_doubtful"]].values.tolist()
    [['420502001601', 'recoded', False]]
    """
    tables = [check_table(table, side, code, name) for table, side in ((old, "old"), (new, "new"))]
    ground = share_ground(old, new)
    likeness = compare_names(tables[0], tables[1])
    best = choose(likeness, ground)
    rows = [describe(i, int(j), tables, likeness, ground) for i, j in enumerate(best)]
    fresh = np.setdiff1d(np.arange(len(new)), best)
    rows += [
        {"new_code": tables[1]["code"].iloc[j], "new_name": tables[1]["name"].iloc[j], "change": "new"}
        for j in fresh
    ]
    columns = ["old_code", "old_name", "new_code", "new_name", "name_likeness", "ground", "change", "why"]
    table = pd.DataFrame(rows, columns=columns)
    table = with_mergers(table)
    table = with_splits(table, ground, tables)
    table["is_doubtful"] = table["why"].fillna("").str.len() > 0
    texts = ["old_code", "old_name", "new_code", "new_name", "change", "why"]
    table = table.astype({**dict.fromkeys(texts, "string"), "name_likeness": "Float64", "ground": "Float64"})
    ordered = [*columns[:-1], "is_doubtful", "why"]
    return table[ordered].sort_values(["old_code", "new_code"], ignore_index=True, na_position="last")


def check_table(table: pd.DataFrame, side: str, code: str, name: str) -> pd.DataFrame:
    """Return code, name and plain name of a table."""
    missing = [column for column in (code, name) if column not in table]
    if missing:
        there = ", ".join(str(column) for column in table.columns if column != "geometry")
        raise SchemaError(f"{side} table: no column {', '.join(missing)} (there are {there}); name them")
    codes = table[code].astype("string")
    if codes.isna().any() or codes.duplicated().any():
        bad = codes[codes.duplicated()].dropna().unique()[:5]
        raise SchemaError(
            f"{side} table: codes are missing or there twice ({', '.join(bad)}); mend them first"
        )
    names = table[name].astype("string").fillna("")
    return pd.DataFrame(
        {"code": codes.to_numpy(), "name": names.to_numpy(), "plain": [plain_name(n) for n in names]}
    )


def plain_name(name: str) -> str:
    """Return the name proper of a community, without what kind of committee it has.

    Examples
    --------
    >>> plain_name("土街头社区居民委员会")
    '土街头'
    >>> plain_name("土街头 社区")
    '土街头'
    """
    text = re.sub(r"[\s·・()（）]", "", unicodedata.normalize("NFKC", str(name)))
    shorter = ENDINGS.sub("", text)
    return shorter or text


def share_ground(old: pd.DataFrame, new: pd.DataFrame) -> "np.ndarray | None":
    """Return the share of each old community's area in each new one, None where there are no polygons."""
    if not isinstance(old, GeoDataFrame) or not isinstance(new, GeoDataFrame):
        return None
    ours = old.geometry.to_crs(new.crs).to_numpy() if old.crs != new.crs else old.geometry.to_numpy()
    theirs = new.geometry.to_numpy()
    share = np.zeros((len(ours), len(theirs)))
    i, j = shapely.STRtree(theirs).query(ours, predicate="intersects")
    area = shapely.area(shapely.intersection(ours[i], theirs[j]))
    share[i, j] = area / np.maximum(shapely.area(ours[i]), 1e-12)
    return share


def compare_names(old: pd.DataFrame, new: pd.DataFrame) -> np.ndarray:
    """Return how alike each old and each new name are; a common street part breaks ties."""
    likeness = np.array([[JaroWinkler.similarity(a, b) for b in new["plain"]] for a in old["plain"]]).reshape(
        len(old), len(new)
    )
    street = np.array([[a[:STREET] == b[:STREET] for b in new["code"]] for a in old["code"]]).reshape(
        likeness.shape
    )
    return likeness + SHIFT * street


def choose(likeness: np.ndarray, ground: "np.ndarray | None") -> np.ndarray:
    """Return the new community of each old one, -1 for none."""
    if likeness.size == 0:
        return np.full(len(likeness), -1)
    by_name = likeness.argmax(axis=1)
    found = np.where(likeness.max(axis=1) >= ALIKE, by_name, -1)
    if ground is None:
        return found
    by_ground = ground.argmax(axis=1)
    return np.where(ground.max(axis=1) >= MOST_GROUND, by_ground, found)


def describe(
    i: int, j: int, tables: list[pd.DataFrame], likeness: np.ndarray, ground: "np.ndarray | None"
) -> dict[str, object]:
    """Return the row of one old community, with what a person should look at."""
    old = tables[0].iloc[i]
    row = {"old_code": old["code"], "old_name": old["name"]}
    if j < 0:
        return {**row, "change": "gone", "why": "no new community has its name or most of its ground"}
    new = tables[1].iloc[j]
    alike = min(float(JaroWinkler.similarity(old["plain"], new["plain"])), 1.0)
    share = None if ground is None else round(float(ground[i, j]), 4)
    same_name = old["plain"] == new["plain"]
    doubts = []
    twins = int((tables[1]["plain"] == old["plain"]).sum())
    if not same_name and (share is None or share < SURE_GROUND):
        doubts.append(f"the names are only alike ({alike:.2f})" if alike >= ALIKE else "another name")
    if share is None and same_name and twins > 1:
        doubts.append(f"{twins} new communities have this name")
    others = int((tables[0]["plain"] == old["plain"]).sum())
    if share is None and same_name and others > 1 and old["code"][:STREET] != new["code"][:STREET]:
        doubts.append(f"{others} old communities had this name, and this one was in another street")
    if share is not None and share < SURE_GROUND:
        doubts.append(f"only {100 * share:.0f} % of its ground lies there")
    if share is not None and not same_name and (tables[1]["plain"] == old["plain"]).any():
        doubts.append("its name is now that of another place")
    change = "renamed" if not same_name else "same" if old["code"] == new["code"] else "recoded"
    return {
        **row,
        "new_code": new["code"],
        "new_name": new["name"],
        "name_likeness": round(alike, 4),
        "ground": share,
        "change": change,
        "why": "; ".join(doubts),
    }


def with_mergers(table: pd.DataFrame) -> pd.DataFrame:
    """Return the table with ``merged`` where several old communities became one new one."""
    together = (
        table["new_code"].notna() & table["old_code"].notna() & table["new_code"].duplicated(keep=False)
    )
    by_name = together & table["ground"].isna() & (table["change"] == "renamed")
    table.loc[by_name, "why"] = table.loc[by_name, "why"].fillna("") + "; another one goes there, too"
    return table.assign(change=table["change"].mask(together & ~by_name, "merged"))


def with_splits(table: pd.DataFrame, ground: "np.ndarray | None", tables: list[pd.DataFrame]) -> pd.DataFrame:
    """Return the table with ``split`` for new communities whose ground comes mostly from one old one."""
    if ground is None or not len(tables[0]):
        return table
    change, origin = table["change"].copy(), table["old_code"].copy()
    whole = ground * 1.0
    for row in np.flatnonzero((table["change"] == "new").to_numpy()):
        j = int(np.flatnonzero(tables[1]["code"].to_numpy() == table["new_code"].iloc[row])[0])
        i = int(whole[:, j].argmax())
        if whole[i, j] > 0.05:
            change.iloc[row] = "split"
            origin.iloc[row] = tables[0]["code"].iloc[i]
            table.loc[table.index[row], ["old_name", "ground"]] = [
                tables[0]["name"].iloc[i],
                round(whole[i, j], 4),
            ]
    return table.assign(change=change, old_code=origin)
