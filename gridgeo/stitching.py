"""From divided communities to the layers of one division: coverage, codes, tables, laws, score."""

import re
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from geopandas import GeoDataFrame

from gridgeo.partition.codes import build_codes, choose_scheme, reading_order
from gridgeo.partition.coverage import Floats, Geometries, Ints, dissolve, join_rims, match_vertices
from gridgeo.partition.dividing import DividedSite
from gridgeo.partition.laws import check_laws, measure_laws
from gridgeo.partition.score import build_score, polsby_popper
from gridgeo.preparation import Prepared, site_orders
from gridgeo.spec import GridSpec

__all__ = ["stitch"]

CHINESE = re.compile("[\\u4e00-\\u9fff]")
Layers = dict[str, GeoDataFrame | None]


def stitch(prepared: Prepared, divided: list[DividedSite], spec: GridSpec) -> tuple[Layers, dict[str, Any]]:
    """Return the layers of the division in metres, and its score.

    Raises
    ------
    SchemaError
        When the code scheme does not suit the area codes.
    LawError
        When the result breaks a law.
    """
    first_atom = np.cumsum([0, *(len(site.atoms) for site in divided)])
    first_grid = np.cumsum([0, *(site.plan.n_grids for site in divided)])
    atoms = match_vertices(
        np.concatenate([site.atoms.geometry for site in divided]),
        join_rims([site.atoms.borders for site in divided], first_atom),
        np.repeat(np.arange(len(divided)), np.diff(first_atom)),
    )
    label = np.concatenate(
        [site.plan.label + start for site, start in zip(divided, first_grid[:-1], strict=True)]
    )
    home = np.repeat(np.arange(len(divided)), np.diff(first_grid))
    shapes = dissolve(atoms, label, int(first_grid[-1]))
    building_grid = grids_of_buildings(prepared, divided, first_grid)
    communities = np.asarray(prepared.communities.geometry.values)
    buildings = np.asarray(prepared.buildings.geometry.values)
    measures = measure_laws(shapes, home, communities, buildings, building_grid)
    check_laws(measures, float(shapely.area(communities).sum()), float(shapely.length(communities).sum()))
    table = grid_table(prepared, divided, shapes, home, spec)
    size = (table["households"] if spec.area_m2 is None else table["area_m2"]).to_numpy(float)
    tally = sum((site.tally for site in divided[1:]), divided[0].tally)
    score = build_score(table, polsby_popper(shapes), size, tally, measures, spec)
    codes = table["grid_code"].to_numpy()
    hidden = ["is_proved", "has_giant"]
    grids = gpd.GeoDataFrame(table.drop(columns=hidden), geometry=shapes, crs=prepared.crs)
    layers: Layers = {
        "communities": without_clashes(prepared.communities),
        "grids": grids.sort_values("grid_code", ignore_index=True),
        "atoms": atom_layer(prepared, divided, atoms, codes[label]),
        "buildings": without_clashes(building_layer(prepared, building_grid, codes)),
        "streets": without_clashes(prepared.streets),
        "rejected": prepared.rejected,
    }
    return layers, score


def grids_of_buildings(prepared: Prepared, divided: list[DividedSite], first_grid: Ints) -> Ints:
    """Return the grid of each building, -1 outside all communities."""
    found = np.full(len(prepared.buildings), -1, dtype=np.int64)
    orders = site_orders(prepared)
    for i, (site, own) in enumerate(zip(divided, orders, strict=True)):
        found[own] = site.plan.label[site.atoms.building_atom] + first_grid[i]
    return found


def grid_table(
    prepared: Prepared, divided: list[DividedSite], shapes: Geometries, home: Ints, spec: GridSpec
) -> pd.DataFrame:
    """Return one row for each grid, in the order of the shapes."""
    most = max(site.plan.n_grids for site in divided)
    scheme = choose_scheme(prepared.communities["area_code"], spec.code_scheme, most)
    centres = shapely.get_coordinates(shapely.centroid(shapes))
    areas = shapely.area(shapes)
    heights = np.subtract(*shapely.bounds(shapes).T[[3, 1]])
    rows = []
    for i, (site, community) in enumerate(zip(divided, prepared.communities.itertuples(), strict=True)):
        own = np.flatnonzero(home == i)
        table = site_table(site, spec)
        order = reading_order(centres[own], areas[own], heights[own])
        codes = np.empty(len(own), dtype=object)
        codes[order] = build_codes(str(community.area_code), len(own), scheme)
        number = np.empty(len(own), dtype=np.int64)
        number[order] = np.arange(1, len(own) + 1)
        dedicated_names = names_of_dedicated(prepared, site)
        names = [
            dedicated or grid_name(str(community.name), int(n))
            for dedicated, n in zip(dedicated_names, number, strict=True)
        ]
        rows.append(table.assign(grid_code=codes, area_code=str(community.area_code), name=names))
    table = pd.concat(rows, ignore_index=True)
    table["area_m2"] = np.round(areas, 2)
    if "people" not in prepared.buildings:
        table["people"] = pd.array([pd.NA] * len(table), dtype="Int64")  # not counted is not zero
    table["reason"] = with_pieces(table["reason"].to_numpy(), shapes)
    table["start_date"] = pd.array([spec.start_date] * len(table), dtype="string")
    table["end_date"] = pd.array([pd.NA] * len(table), dtype="string")
    ordered = ["grid_code", "area_code", "name", "kind", "households", "people", "n_buildings", "area_m2"]
    return table[[*ordered, "status", "reason", "start_date", "end_date", "is_proved", "has_giant"]]


def site_table(site: DividedSite, spec: GridSpec) -> pd.DataFrame:
    """Return the sums and the verdict of each grid of one community."""
    graph, plan = site.graph, site.plan

    def total(values: Ints | Floats) -> Ints:
        return np.bincount(plan.label, values, plan.n_grids).astype(np.int64)

    size = graph.households if spec.area_m2 is None else graph.area_m2
    base = "base" if spec.area_m2 is None else "unit"
    return pd.DataFrame(
        {
            "kind": np.where(plan.is_dedicated, "dedicated", base),
            "households": total(graph.households),
            "people": total(graph.people),
            "n_buildings": total(graph.n_buildings),
            "status": site.verdict.status.astype(str),
            "reason": site.verdict.reason.astype(str),
            "is_proved": site.verdict.is_proved,
            "has_giant": total((size > spec.size_range[1]).astype(float)) > 0,
        }
    )


def names_of_dedicated(prepared: Prepared, site: DividedSite) -> list[str]:
    """Return the name of the dedicated area of each grid, empty for all others."""
    names = [""] * site.plan.n_grids
    if prepared.dedicated is None or "name" not in prepared.dedicated:
        return names
    given = prepared.dedicated["name"].astype("string").fillna("").tolist()
    for atom in np.flatnonzero(site.graph.dedicated >= 0):
        names[site.plan.label[atom]] = given[site.graph.dedicated[atom]]
    return names


def grid_name(community: str, number: int) -> str:
    """Return the name of a grid in the language of its community's name."""
    return f"{community}第{number}网格" if CHINESE.search(community) else f"{community} {number}"


def with_pieces(reason: Geometries, shapes: Geometries) -> Geometries:
    """Return the reasons, with a word on the pieces of grids that lie in several parts of their community."""
    said = reason.copy()
    for i in np.flatnonzero(shapely.get_num_geometries(shapes) > 1):
        words = f"{shapely.get_num_geometries(shapes[i])} pieces, as the community is in several parts"
        said[i] = f"{said[i]}; {words}" if said[i] else words
    return said


def atom_layer(
    prepared: Prepared, divided: list[DividedSite], shapes: Geometries, codes: Geometries
) -> GeoDataFrame:
    """Return the atoms as a layer, the borders' matching vertices included."""
    area_codes = prepared.communities["area_code"].tolist()
    ids = [
        f"{area_codes[i]}-{n:05d}" for i, site in enumerate(divided) for n in range(1, len(site.atoms) + 1)
    ]
    columns = {
        "atom_id": ids,
        "grid_code": codes,
        "households": np.concatenate([site.graph.households for site in divided]),
    }
    if "people" in prepared.buildings:
        columns["people"] = np.concatenate([site.graph.people for site in divided])
    return gpd.GeoDataFrame(columns, geometry=shapes, crs=prepared.crs)


def building_layer(prepared: Prepared, grid: Ints, codes: Geometries) -> GeoDataFrame:
    """Return the buildings with the code of their grid, ``<NA>`` outside and for those without a place."""
    found = pd.array(codes, dtype="string").take(grid, allow_fill=True)
    placed = prepared.buildings.assign(grid_code=found)
    if prepared.rejected is None:
        return placed
    aside = prepared.rejected[prepared.rejected["layer"] == "buildings"]
    aside = aside[~aside["building_id"].isin(placed["building_id"])] if len(aside) else aside
    if len(aside) == 0:
        return placed
    unplaced = aside.reindex(columns=placed.columns).assign(
        grid_code=pd.array([pd.NA] * len(aside), dtype="string")
    )
    unplaced["households"] = pd.to_numeric(unplaced["households"], errors="coerce").fillna(0).astype("int64")
    return gpd.GeoDataFrame(pd.concat([placed, unplaced], ignore_index=True), crs=prepared.crs)


def without_clashes(layer: GeoDataFrame) -> GeoDataFrame:
    """Return the layer with no two column names that differ by case alone, which a GeoPackage cannot hold.

    The caller's column gives way to the one of the contract, and is called ``…_source``.
    """
    names = [str(column) for column in layer.columns]
    lower = [name.lower() for name in names]
    clashes = {
        name: f"{name}_source" for name in names if name != name.lower() and lower.count(name.lower()) > 1
    }
    return layer.rename(columns=clashes)
