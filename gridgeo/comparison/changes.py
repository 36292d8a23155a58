"""What became of each grid: kept, changed, split, merged, new or ended, and which borders moved."""

from collections.abc import Mapping

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from geopandas import GeoDataFrame

from gridgeo.comparison.lineage import find_heirs, same_shapes
from gridgeo.partition.coverage import Borders, Geometries, build_borders

__all__ = ["CHANGES", "find_border_changes", "list_changes"]

CHANGES = ("kept", "changed", "split", "merged", "new", "ended")
SAME_BORDER_M = 0.01  # a border within a centimetre of its old place has not moved
PARTS = ("old_code", "change", "households_before", "households_after", "households_in", "households_out")


def list_changes(old: GeoDataFrame, new: GeoDataFrame, lineage: GeoDataFrame) -> GeoDataFrame:
    """Return one row for each new grid, and one for each old grid that ended.

    A grid is *kept* when nothing carried came or went and its border is the same; *changed* when it goes on
    with another border or other buildings; *split* when it, or a new grid beside it, holds most of its
    households from one old grid; *merged* when it took in most of another old grid; *new* when it has no
    ancestor. Of an old grid without heir the row is *ended*, with its old shape.

    Parameters
    ----------
    old, new
        The grids of the two partitions, both in metres.
    lineage
        What ``build_lineage`` says of them.

    Returns
    -------
    GeoDataFrame
        ``grid_code``, ``old_code`` (the old grid that it continues), ``change``, ``households_before``,
        ``households_after``, ``households_in`` and ``households_out`` (carried from and to other grids),
        ``status_before``, ``status_after``, and the columns ``area_code`` and ``name`` where there are any.
    """
    heirs = find_heirs(lineage)
    ancestor = {heir: code for code, heir in heirs.items()}
    kinds = classify(old, new, lineage, heirs)
    pairs = lineage[lineage["old_code"].notna() & lineage["new_code"].notna()]
    stays = pairs["old_code"].map(heirs).astype("string") == pairs["new_code"]
    moved = pairs[~stays.fillna(False)]
    came = moved.groupby("new_code")["households_carried"].sum()
    went = moved.groupby("old_code")["households_carried"].sum()
    rows = new.assign(
        grid_code=new["grid_code"].astype("string"),
        old_code=pd.array([ancestor.get(str(code), pd.NA) for code in new["grid_code"]], dtype="string"),
        change=pd.array([kinds[str(code)] for code in new["grid_code"]], dtype="string"),
        is_there=True,
    )
    gone = old[~old["grid_code"].astype(str).isin(heirs)]
    ended = gone.assign(
        grid_code=gone["grid_code"].astype("string"),
        old_code=gone["grid_code"].astype("string"),
        change=pd.array(["ended"] * len(gone), dtype="string"),
        is_there=False,
    )
    table = GeoDataFrame(pd.concat([rows, ended], ignore_index=True), geometry="geometry", crs=new.crs)
    before, after = households_of(lineage, "old_code"), households_of(lineage, "new_code")
    table["households_before"] = table["old_code"].map(before).astype("Int64")
    table["households_after"] = table["grid_code"].map(after).where(table["is_there"]).astype("Int64")
    table["households_in"] = table["grid_code"].map(came).where(table["is_there"]).fillna(0).astype("int64")
    table["households_out"] = table["old_code"].map(went).fillna(0).astype("int64")
    for side, grids, key in (("before", old, "old_code"), ("after", new, "grid_code")):
        status = grids.set_index(grids["grid_code"].astype(str))["status"] if "status" in grids else {}
        table[f"status_{side}"] = table[key].map(dict(status)).astype("string")
    table.loc[~table["is_there"], "status_after"] = pd.NA
    given = [name for name in ("area_code", "name") if name in table]
    ordered = ["grid_code", *given, *PARTS, "status_before", "status_after", "geometry"]
    return table[ordered].sort_values(["grid_code", "change"], ignore_index=True)


def households_of(lineage: pd.DataFrame, side: str) -> Mapping[str, int]:
    """Return the households of each grid of one side."""
    column = "households_before" if side == "old_code" else "households_after"
    return dict(lineage.groupby(side)[column].sum())


def classify(
    old: GeoDataFrame, new: GeoDataFrame, lineage: pd.DataFrame, heirs: Mapping[str, str]
) -> dict[str, str]:
    """Return what happened to each new grid, by code."""
    pairs = lineage[lineage["old_code"].notna() & lineage["new_code"].notna()]
    carried = pairs["households_carried"].astype(float)
    lives = carried.groupby(pairs["old_code"]).transform("sum") > 0
    weight = carried.where(lives, pairs["area_m2"])
    pairs = pairs.assign(weight=weight)
    of_new = pairs["weight"] / pairs.groupby("new_code")["weight"].transform("sum").clip(lower=1e-9)
    of_old = pairs["weight"] / pairs.groupby("old_code")["weight"].transform("sum").clip(lower=1e-9)
    heir = set(heirs.values())
    ended = ~pairs["old_code"].isin(heirs)
    merged = set(pairs.loc[ended & (of_old >= 0.5) & pairs["new_code"].isin(heir), "new_code"])
    offspring = pairs[(of_new >= 0.5) & ~pairs["new_code"].isin(heir)]
    split = set(offspring["new_code"]) | {heirs[o] for o in offspring["old_code"] if o in heirs}
    mixed = set(pairs.loc[pairs["is_moved"] & (pairs["households_carried"] > 0), "new_code"])
    left = pairs.loc[pairs["is_moved"] & (pairs["households_carried"] > 0), "old_code"]
    mixed |= {heirs[o] for o in left if o in heirs}
    same = same_borders(old, new, heirs)
    kinds = {}
    for code in new["grid_code"].astype(str):
        if code in merged:
            kinds[code] = "merged"
        elif code in split:
            kinds[code] = "split"
        elif code not in heir:
            kinds[code] = "new"
        else:
            kinds[code] = "kept" if code in same and code not in mixed else "changed"
    return kinds


def same_borders(old: GeoDataFrame, new: GeoDataFrame, heirs: Mapping[str, str]) -> set[str]:
    """Return the new grids whose border is that of the old grid that they continue."""
    before = old.set_index(old["grid_code"].astype(str)).geometry
    after = new.set_index(new["grid_code"].astype(str)).geometry
    one = before.reindex(list(heirs)).to_numpy()
    other = after.reindex(list(heirs.values())).to_numpy()
    same = shapely.equals_exact(one, other)
    doubtful = np.flatnonzero(~same)
    apart = shapely.area(shapely.symmetric_difference(one[doubtful], other[doubtful]))
    same[doubtful] = apart <= SAME_BORDER_M * shapely.length(other[doubtful]) / 2.0
    return {heir for heir, is_same in zip(heirs.values(), same, strict=True) if is_same}


def find_border_changes(old: GeoDataFrame, new: GeoDataFrame) -> GeoDataFrame:
    """Return the lines that are border of one of two partitions in metres only.

    ``side`` is ``removed`` or ``added``; ``length_m`` is the length. What lies within a centimetre of a
    border of the other partition is not listed.
    """
    ours, theirs = old.geometry.to_numpy(), new.geometry.to_numpy()
    one, other = same_shapes(ours, theirs)
    removed = lines_apart(np.delete(ours, one), theirs)
    added = lines_apart(np.delete(theirs, other), ours)
    side = np.repeat(["removed", "added"], [len(removed), len(added)])
    merged = np.concatenate([removed, added])
    return gpd.GeoDataFrame(
        {"side": pd.array(side, dtype="string"), "length_m": np.round(shapely.length(merged), 2)},
        geometry=merged,
        crs=new.crs,
    )


def lines_apart(shapes: Geometries, others: Geometries) -> Geometries:
    """Return the borders of some shapes that are no border of the others, each once."""
    beside = np.unique(shapely.STRtree(others).query(shapes, predicate="intersects")[1])
    ours, theirs = build_borders(shapes), build_borders(others[beside])
    # Most borders are the same to the vertex; only what is not needs the slow look.
    loose = ours.lines(~keys_of(ours).isin(keys_of(theirs)))
    around = theirs.lines()
    here, there = shapely.STRtree(around).query(loose, predicate="dwithin", distance=SAME_BORDER_M)
    order = np.argsort(here, kind="stable")
    bounds = np.searchsorted(here[order], np.arange(len(loose) + 1))
    for i in np.flatnonzero(np.diff(bounds)):
        close = shapely.multilinestrings(around[there[order[bounds[i] : bounds[i + 1]]]])
        loose[i] = shapely.difference(loose[i], shapely.buffer(close, SAME_BORDER_M, quad_segs=2))
    lines = shapely.get_parts(shapely.get_parts(loose))
    if len(lines):
        lines = shapely.get_parts(shapely.line_merge(shapely.multilinestrings(lines)))
    long: Geometries = lines[shapely.length(lines) > 4 * SAME_BORDER_M]
    return long


def keys_of(borders: Borders) -> pd.Index:
    """Return a key for each piece of border that is the same for the same piece, whichever way it runs."""
    ends = np.rint(np.stack([borders.start, borders.end], axis=1) * 1000).astype(np.int64)
    turned = (ends[:, 0, 0] > ends[:, 1, 0]) | (
        (ends[:, 0, 0] == ends[:, 1, 0]) & (ends[:, 0, 1] > ends[:, 1, 1])
    )
    ends[turned] = ends[turned][:, ::-1]
    return pd.Index([row.tobytes() for row in ends.reshape(-1, 4)], dtype=object)
