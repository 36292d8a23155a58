"""Codes, names and dates of new grids: what they take over from the old ones, and what ends.

A grid that holds at least half of the households of an old one keeps its code, its name and its start date.
In a community with another code it keeps its number, if that is free. All others get a code that was never
used.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import shapely

from gridgeo.comparison.lineage import build_lineage, find_heirs
from gridgeo.division import Division
from gridgeo.partition.codes import build_codes, choose_scheme
from gridgeo.planning.numbering import scheme_of, used_codes
from gridgeo.stitching import grid_name

__all__ = ["describe_parent", "hash_division", "succeed", "version_date"]


def succeed(old: Division, new: Division, start_date: str | None) -> Division:
    """Return the new division with the codes, names and dates that its grids take over from the old one.

    It gets the layer ``lineage``, and its manifest the ``parent``, the ``retired_codes`` and what moved.
    """
    lineage = build_lineage(old, new)
    heirs = find_heirs(lineage)
    codes = hand_on_codes(old, new, {heir: code for code, heir in heirs.items()})
    grids = rename_grids(old, new, codes, start_date)
    lineage["new_code"] = lineage["new_code"].map(codes).astype("string")
    lineage = lineage.sort_values(["old_code", "new_code"], ignore_index=True, na_position="last")
    atoms = new.atoms.assign(grid_code=new.atoms["grid_code"].map(codes).astype(new.atoms["grid_code"].dtype))
    buildings = new.buildings.assign(grid_code=new.buildings["grid_code"].map(codes).astype("string"))
    moved = int(lineage.loc[lineage["is_moved"], "households_carried"].sum())
    is_old, is_new = lineage["old_code"].notna(), lineage["new_code"].notna()
    carried = int(lineage.loc[is_old & is_new, "households_carried"].sum())
    manifest = {
        **new.manifest,
        "parent": describe_parent(old),
        "retired_codes": sorted(used_codes(old) - set(codes.values())),
        "change": {
            "households_carried": carried,
            "households_moved": moved,
            "moved_share": round(moved / carried, 6) if carried else 0.0,
            "households_gone": int(lineage["households_before"].sum()) - carried,
            "households_new": int(lineage["households_after"].sum()) - carried,
            "buildings_gone": int(lineage.loc[~is_new, "n_buildings"].sum()),
            "buildings_new": int(lineage.loc[~is_old, "n_buildings"].sum()),
        },
    }
    return replace(new, grids=grids, atoms=atoms, buildings=buildings, lineage=lineage, manifest=manifest)


def hand_on_codes(old: Division, new: Division, ancestor: Mapping[str, str]) -> dict[str, str]:
    """Return the final code of each new grid; ``ancestor`` is the old grid that a new one is the heir of."""
    used = used_codes(old)
    home = dict(zip(old.grids["grid_code"].astype(str), old.grids["area_code"].astype(str), strict=True))
    final: dict[str, str] = {}
    most = int(new.grids["area_code"].value_counts().max())
    spec_scheme = str((new.manifest.get("spec") or {}).get("code_scheme", "auto"))
    usual = choose_scheme(new.communities["area_code"].astype(str), spec_scheme, most)
    for area_code, own in new.grids.sort_values("grid_code").groupby("area_code", sort=True):
        area = str(area_code)
        waiting = []
        known = old.grids["grid_code"][old.grids["area_code"].astype(str) == area].astype(str)
        scheme = scheme_of(area, known) if len(known) else usual
        for code in own["grid_code"].astype(str):
            before = ancestor.get(code)
            if before is not None and home[before] == area:
                final[code] = before
                continue
            moved = None if before is None else renumbered(before, home[before], area)
            if moved is not None and moved not in used and moved not in final.values():
                final[code] = moved
            else:
                waiting.append(code)
        fresh = build_codes(area, len(waiting), scheme, used | set(final.values()))
        final |= dict(zip(waiting, fresh, strict=True))
    return final


def renumbered(code: str, old_area: str, new_area: str) -> str | None:
    """Return a code with the number it has in the community of another code, None for a code of one's own."""
    return new_area + code.removeprefix(old_area) if code.startswith(old_area) else None


def rename_grids(old: Division, new: Division, codes: Mapping[str, str], start_date: str | None) -> Any:
    """Return the new grids with their final codes, names and dates, sorted by code."""
    before = old.grids.set_index(old.grids["grid_code"].astype(str))
    community = dict(zip(new.communities["area_code"].astype(str), names_of_communities(new), strict=True))
    final = new.grids["grid_code"].astype(str).map(codes).astype(new.grids["grid_code"].dtype)
    grids = new.grids.assign(grid_code=final)
    is_old = grids["grid_code"].isin(before.index).to_numpy()
    names, dates = [], []
    for row, kept in zip(grids.itertuples(), is_old, strict=True):
        area = str(row.area_code)
        number = re.sub(r"\D", "", str(row.grid_code).removeprefix(area)) or "0"
        fresh = row.name if row.kind == "dedicated" else grid_name(community[area], int(number))
        given = before.at[row.grid_code, "name"] if kept and "name" in before else pd.NA
        names.append(fresh if pd.isna(given) else given)
        since = before.at[row.grid_code, "start_date"] if kept and "start_date" in before else start_date
        dates.append(pd.NA if since is None else since)
    grids = grids.assign(
        name=pd.array(names, dtype=grids["name"].dtype),
        start_date=pd.array(dates, dtype="string"),
    )
    return grids.sort_values("grid_code", ignore_index=True)


def names_of_communities(division: Division) -> list[str]:
    """Return the name of each community, its code where it has none."""
    codes = division.communities["area_code"].astype("string")
    given = division.communities["name"].astype("string") if "name" in division.communities else codes
    return [str(name) for name in given.fillna(codes)]


def describe_parent(division: Division) -> dict[str, Any]:
    """Return what a manifest says of the division that another one was made from."""
    score = division.manifest.get("score") or {}
    return {
        "hash": hash_division(division),
        "title": str(division.manifest.get("title") or ""),
        "start_date": version_date(division),
        "n_grids": len(division.grids),
        "households": int(division.grids["households"].sum()),
        "feasible_in_range_share": score.get("feasible_in_range_share"),
    }


def version_date(division: Division) -> str | None:
    """Return the day from which a division is in force, None where it does not say."""
    stated = (division.manifest.get("spec") or {}).get("start_date")
    return None if stated is None else str(stated)


def hash_division(division: Division) -> str:
    """Return the SHA-256 of the grids of a division and of which building lies in which.

    It is the same in memory and in a file, for any order of rows.
    """
    whole = hashlib.sha256()
    grids = division.grids.sort_values("grid_code")
    shapes = shapely.normalize(shapely.set_precision(grids.geometry.to_numpy(), 0.0))
    corners = np.round(shapely.get_coordinates(shapes), 6)
    whole.update("\n".join(grids["grid_code"].astype(str)).encode())
    whole.update(corners.tobytes())
    placed = division.buildings[["building_id", "grid_code", "households"]].sort_values(
        ["building_id", "households"]
    )
    whole.update(placed.astype("string").fillna("").to_csv(index=False).encode())
    return whole.hexdigest()
