"""Build a gazetteer from the user's own tables."""

import warnings
from collections.abc import Mapping
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import CRS

from gridgeo.crs import check_crs, suitable_crs
from gridgeo.errors import SchemaError
from gridgeo.locate.address import SCRIPTS, Script
from gridgeo.locate.doubts import PlacementWarning, find_table_doubts
from gridgeo.locate.entry import empty_entries, type_entries
from gridgeo.locate.gazetteer.areas import build_areas, locate_areas
from gridgeo.locate.gazetteer.columns import guess_columns, take_texts
from gridgeo.locate.gazetteer.gazetteer import Gazetteer
from gridgeo.locate.gazetteer.roads import crossing_entries, number_ranges, road_entries
from gridgeo.locate.gazetteer.tables import address_entries, area_entries, named_entries, owner_entries
from gridgeo.locate.geocode.calibrate import fit_weights

__all__ = ["build_gazetteer"]

SAME_ENTRY_M = 30.0  # two rows with one address closer than this are one place
# Rows of finer tables come first, so that they win over a rougher row of the same address.
TABLES = ("addresses", "buildings", "compounds", "pois", "streets", "communities")


def build_gazetteer(  # noqa: PLR0913 - one argument for each table that a user may have
    *,
    addresses: gpd.GeoDataFrame | None = None,
    buildings: gpd.GeoDataFrame | None = None,
    streets: gpd.GeoDataFrame | None = None,
    pois: gpd.GeoDataFrame | None = None,
    compounds: gpd.GeoDataFrame | None = None,
    communities: gpd.GeoDataFrame | None = None,
    columns: Mapping[str, Mapping[str, str]] | None = None,
    script: str = "auto",
    seed: int = 0,
) -> Gazetteer:
    """Return a gazetteer of the places in these tables; give as many of them as there are.

    Parameters
    ----------
    addresses, buildings, streets, pois, compounds, communities
        Layers in any declared CRS. Addresses may be whole (``address``) or in parts (``street``,
        ``house_number``, ``compound``, ``building_no``).
    columns
        For each table which column holds which part, where its name does not say so:
        ``{"addresses": {"address": "Location"}}``.
    script
        ``chinese``, ``european``, or ``auto`` to tell by the names.
    seed
        Of the noise that the score is calibrated with.

    Raises
    ------
    SchemaError
        When there is no table, or one lacks a column it needs.
    CRSError
        When a table has no CRS.

    Warns
    -----
    PlacementWarning
        Longitude and latitude of a table look exchanged, or it sits from the others as GCJ-02 or BD-09 sits
        from WGS 84.

    Examples
    --------
    >>> import geopandas as gpd
    >>> places = gpd.GeoDataFrame(
    ...     {"address": ["云集路28号", "云集路30号"]},
    ...     geometry=gpd.points_from_xy([111.29, 111.291], [30.69, 30.69]), crs=4326)
    >>> build_gazetteer(addresses=places).entries["level"].tolist()
    ['house_number', 'house_number', 'road']
    """
    given = {
        "addresses": addresses, "buildings": buildings, "streets": streets, "pois": pois,
        "compounds": compounds, "communities": communities,
    }  # fmt: skip
    tables = {name: table for name in TABLES if (table := given[name]) is not None and len(table)}
    if not tables:
        raise SchemaError(
            "a gazetteer needs at least one table with rows: addresses, buildings, streets, pois …"
        )
    crs = _common_crs(tables)
    for doubt in find_table_doubts(tables):
        warnings.warn(doubt, PlacementWarning, stacklevel=2)
    metric = {name: table if table.crs == crs else table.to_crs(crs) for name, table in tables.items()}
    mapping = {
        name: guess_columns(name, table.columns.drop(table.geometry.name), (columns or {}).get(name))
        for name, table in metric.items()
    }
    rules = _find_script(metric, mapping) if script == "auto" else SCRIPTS[script]
    entries = _entries(metric, mapping, rules)
    areas = build_areas(metric.get("communities"), mapping.get("communities", {}), entries)
    if "communities" in metric:
        entries = locate_areas(entries, metric["communities"], mapping["communities"])
    return _calibrated(
        Gazetteer(
            entries=type_entries(entries), ranges=_ranges(metric, mapping, crs), areas=areas,
            aliases=_aliases(metric, mapping), crs=crs, script=rules.name, mapping=mapping, weights={},
        ), seed
    )  # fmt: skip


def _calibrated(gazetteer: Gazetteer, seed: int) -> Gazetteer:
    """Return the gazetteer with the weights that turn agreement into a probability."""
    return gazetteer.replace(weights=fit_weights(gazetteer, seed))


def _common_crs(tables: Mapping[str, gpd.GeoDataFrame]) -> CRS:
    """Return the metric system that suits the first table."""
    for name, table in tables.items():
        check_crs(table, name)
    first = next(iter(tables))
    return suitable_crs(tables[first], first)


def _find_script(tables: Mapping[str, gpd.GeoDataFrame], mapping: Mapping[str, Mapping[str, str]]) -> Script:
    """Return the rules for Chinese where most names have a Chinese character."""
    texts = pd.concat(
        [
            take_texts(pd.DataFrame(table), mapping[name], role).dropna().head(500)
            for name, table in tables.items()
            for role in ("name", "address", "street", "compound")
            if role in mapping[name]
        ]
        or [pd.Series(dtype="string")]
    )
    share = texts.str.contains("[\u4e00-\u9fff]").mean() if len(texts) else 0.0
    return SCRIPTS["chinese" if share > 0.5 else "european"]


def _entries(
    tables: Mapping[str, gpd.GeoDataFrame], mapping: Mapping[str, Mapping[str, str]], script: Script
) -> pd.DataFrame:
    """Return the entries of all tables, each address once, numbered in order."""
    parts = [
        address_entries(tables[name], mapping[name], script, name)
        for name in ("addresses", "buildings")
        if name in tables
    ]
    if "name" in mapping.get("buildings", {}):
        parts.append(named_entries(tables["buildings"], mapping["buildings"], script, "poi"))
    parts += [
        named_entries(tables[name], mapping[name], script, level)
        for name, level in (("compounds", "compound"), ("pois", "poi"))
        if name in tables
    ]
    if "streets" in tables:
        parts += [road_entries(tables["streets"], mapping["streets"])]
        parts += [crossing_entries(tables["streets"], mapping["streets"])]
    if "communities" in tables:
        parts.append(area_entries(tables["communities"], mapping["communities"]))
    entries = pd.concat([p for p in parts if len(p)] or [empty_entries()], ignore_index=True)
    derived = [
        owner_entries(
            entries, level, column, frozenset(entries.loc[entries["level"] == level, column].dropna())
        )
        for level, column in (("compound", "compound"), ("road", "street"))
    ]
    entries = pd.concat([entries, *[d for d in derived if len(d)]], ignore_index=True)
    placed = np.isfinite(entries["x"]) & np.isfinite(entries["y"])
    entries = _without_repeats(entries[placed])
    return entries.assign(
        entry_id=pd.array([f"E{i:07d}" for i in range(1, len(entries) + 1)], dtype="string")
    )


def _without_repeats(entries: pd.DataFrame) -> pd.DataFrame:
    """Return the entries without rows that repeat an address a few metres from an earlier row."""
    key = ["level", "name", "street", "house_number", "compound", "building_no", "cross_street"]
    groups = entries.groupby(key, sort=False, dropna=False).ngroup()
    kept: list[pd.Index] = []
    left = groups
    while len(left):
        first = left[~left.duplicated()]
        kept.append(first.index)
        left = left.drop(first.index)
        near = pd.Series(first.index, index=first.to_numpy()).reindex(left.to_numpy()).to_numpy()
        dx = entries.loc[left.index, "x"].to_numpy() - entries.loc[near, "x"].to_numpy()
        dy = entries.loc[left.index, "y"].to_numpy() - entries.loc[near, "y"].to_numpy()
        left = left[np.hypot(dx, dy) > SAME_ENTRY_M]
    return entries.loc[np.sort(np.concatenate(kept))].reset_index(drop=True) if kept else entries


def _ranges(
    tables: Mapping[str, gpd.GeoDataFrame], mapping: Mapping[str, Mapping[str, str]], crs: CRS
) -> gpd.GeoDataFrame:
    """Return the house-number ranges of the streets, none where there are no streets."""
    if "streets" in tables:
        return number_ranges(tables["streets"], mapping["streets"])
    columns: dict[str, Any] = {"street": pd.array([], dtype="string")}
    columns |= {side: np.zeros(0, dtype="int64") for side in ("l_from", "l_to", "r_from", "r_to")}
    return gpd.GeoDataFrame(columns, geometry=shapely.points(np.zeros((0, 2))), crs=crs)


def _aliases(
    tables: Mapping[str, gpd.GeoDataFrame], mapping: Mapping[str, Mapping[str, str]]
) -> pd.DataFrame:
    """Return the other names of streets, compounds, POIs and communities; several are parted by a comma."""
    rows = []
    for table, kind in (
        ("streets", "street"),
        ("compounds", "compound"),
        ("pois", "poi"),
        ("communities", "community"),
    ):
        if table not in tables or "alias" not in mapping[table]:
            continue
        frame = pd.DataFrame(
            {
                "name": take_texts(tables[table], mapping[table], "name"),
                "alias": take_texts(tables[table], mapping[table], "alias"),
            }
        ).dropna()
        frame["alias"] = frame["alias"].str.split("[,;，；、]")
        rows.append(frame.explode("alias").assign(kind=kind))
    if not rows:
        return pd.DataFrame({c: pd.array([], dtype="string") for c in ("alias", "kind", "name")})
    aliases = pd.concat(rows, ignore_index=True)[["alias", "kind", "name"]].astype("string")
    aliases["alias"] = aliases["alias"].str.strip()
    return aliases[aliases["alias"] != ""].drop_duplicates().reset_index(drop=True)
