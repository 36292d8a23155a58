"""The areas of a gazetteer: communities, and the streets offices and districts that they belong to."""

from collections.abc import Mapping

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gridgeo.locate.gazetteer.columns import take_texts

__all__ = ["build_areas", "locate_areas"]


def build_areas(
    communities: gpd.GeoDataFrame | None, mapping: Mapping[str, str], entries: pd.DataFrame
) -> pd.DataFrame:
    """Return ``name, kind, area_code``: each name of an area with each community in it.

    A community belongs to itself; the areas above it come from the columns street_office, district and city.
    """
    parts = []
    if communities is not None:
        code = take_texts(communities, mapping, "area_code").fillna(take_texts(communities, mapping, "name"))
        for role, kind in (
            ("name", "community"),
            ("street_office", "area"),
            ("district", "area"),
            ("city", "area"),
        ):
            if role in mapping:
                name = take_texts(communities, mapping, role)
                parts.append(pd.DataFrame({"name": name, "kind": kind, "area_code": code}))
    frame = (
        pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=["name", "kind", "area_code"])
    )
    return (
        frame.astype("string").dropna().drop_duplicates().sort_values(list(frame.columns), ignore_index=True)
    )


def locate_areas(
    entries: pd.DataFrame, communities: gpd.GeoDataFrame, mapping: Mapping[str, str]
) -> pd.DataFrame:
    """Return the entries with the code and name of the community each lies in, where they had none.

    Roads and crossings belong to no community. On a border the smaller code wins.
    """
    name = take_texts(communities, mapping, "name")
    code = take_texts(communities, mapping, "area_code").fillna(name)
    order = np.argsort(code.to_numpy(dtype=object), kind="stable")
    sorted_code, sorted_name = code.iloc[order], name.iloc[order]
    local = ~entries["level"].isin(["road", "intersection"]) & entries["area_code"].isna()
    points = shapely.points(entries.loc[local, "x"], entries.loc[local, "y"])
    tree = shapely.STRtree(communities.geometry.to_numpy()[order])
    at, area = tree.query(points, predicate="intersects")
    first = pd.Series(area).groupby(at).min()
    found = pd.Series(pd.NA, index=entries.index[local], dtype="string")
    found.iloc[first.index.to_numpy()] = sorted_code.to_numpy()[first.to_numpy()]
    located = entries.assign(area_code=entries["area_code"].fillna(found))
    names = pd.Series(sorted_name.to_numpy(), index=sorted_code.to_numpy())
    names = names[~names.index.duplicated()]
    return located.assign(area_name=located["area_name"].fillna(located["area_code"].map(names)))
