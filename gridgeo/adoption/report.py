"""What had to change when drawn grids were adopted, as a list that a person can check."""

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from geopandas import GeoDataFrame

from gridgeo.adoption.claims import shares
from gridgeo.adoption.drawn import Drawn
from gridgeo.adoption.sites import AdoptedSite
from gridgeo.comparison.lineage import Network, build_lineage
from gridgeo.preparation import Prepared, site_order

__all__ = ["build_report", "lineage_of"]


def build_report(
    prepared: Prepared, drawn: Drawn, sites: list[AdoptedSite], conflicts: GeoDataFrame
) -> dict[str, Any]:
    """Return the report of an adoption as plain values.

    ``gaps``, ``overlaps`` and ``outside`` list places with their areas; ``changes`` what was done to grids;
    ``buildings_cut`` the buildings that a drawn line ran through; ``codes_lost`` the codes of drawn grids
    that no land was left for.
    """
    places = conflicts.representative_point()
    listed = [
        {
            "fault": str(row.fault),
            "grid_code": str(row.grid_code),
            "area_code": str(row.area_code),
            "area_m2": float(row.area_m2),
            "x": round(place.x, 1),
            "y": round(place.y, 1),
        }
        for row, place in zip(conflicts.itertuples(), places, strict=True)
    ]
    kept = {int(g) for site in sites for g in site.settled.origin if g >= 0}
    return {
        "n_drawn": len(drawn),
        "gaps": [one for one in listed if one["fault"] == "gap"],
        "overlaps": [one for one in listed if one["fault"] == "overlap"],
        "outside": [one for one in listed if one["fault"] == "outside"],
        "changes": list_changes(prepared, drawn, sites),
        "buildings_cut": cut_buildings(prepared, sites),
        "codes_lost": [drawn.label(g) for g in range(len(drawn)) if g not in kept],
    }


def list_changes(prepared: Prepared, drawn: Drawn, sites: list[AdoptedSite]) -> list[dict[str, Any]]:
    """Return what was done in each community, in its order."""
    rows = []
    for area_code, site in zip(prepared.communities["area_code"].astype(str), sites, strict=True):
        for move in site.settled.moves.itertuples():
            known = 0 <= move.grid < len(drawn)
            rows.append(
                {
                    "change": str(move.change),
                    "area_code": area_code,
                    "grid_code": drawn.label(int(move.grid)) if known else "",
                    "households": int(move.households),
                    "area_m2": float(move.area_m2),
                    "n_atoms": int(move.n_atoms),
                }
            )
    return rows


def cut_buildings(prepared: Prepared, sites: list[AdoptedSite]) -> list[str]:
    """Return the ids of the buildings that a drawn line ran through, sorted."""
    ids = prepared.buildings["building_id"].astype(str).to_numpy()
    return sorted(
        str(ids[row]) for i, site in enumerate(sites) for row in site_order(prepared, i)[site.claims.is_cut]
    )


def lineage_of(
    drawn: Drawn, prepared: Prepared, grids: GeoDataFrame, buildings: GeoDataFrame
) -> GeoDataFrame:
    """Return which drawn grid became which adopted one; a building counts where most of it was drawn."""
    shapes = np.asarray(prepared.buildings.geometry.values)
    held = shares(shapes, drawn.shapes).sort_values(
        ["shape", "area", "grid"], ascending=[True, False, True], kind="stable"
    )
    first = held.drop_duplicates("shape")
    names = np.array([drawn.label(g) for g in range(len(drawn))], dtype=object)
    code = pd.Series(pd.NA, index=range(len(shapes)), dtype="string")
    code.iloc[first["shape"].to_numpy()] = names[first["grid"].to_numpy()]
    before = prepared.buildings[["building_id", "households", "geometry"]].assign(grid_code=code.to_numpy())
    old = gpd.GeoDataFrame(
        {"grid_code": pd.array(names, dtype="string")}, geometry=drawn.shapes, crs=prepared.crs
    )
    return build_lineage(Network(grids=old, buildings=before), Network(grids=grids, buildings=buildings))
