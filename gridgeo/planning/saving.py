"""From a plan back to a division: geometry from atoms, every law checked again, codes and lineage kept."""

import importlib.metadata
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from geopandas import GeoDataFrame

from gridgeo.comparison.lineage import build_lineage
from gridgeo.crs import suitable_crs
from gridgeo.division import Division
from gridgeo.errors import PlanError
from gridgeo.partition.coverage import Geometries, Ints, dissolve
from gridgeo.partition.feasibility import UNPROVED, Verdict, judge_plan
from gridgeo.partition.laws import check_laws, measure_laws
from gridgeo.partition.plan import Plan
from gridgeo.partition.score import build_score, polsby_popper, tally_plan
from gridgeo.planning.numbering import name_of, used_codes
from gridgeo.stitching import with_pieces

if TYPE_CHECKING:
    from gridgeo.planning.grid_plan import GridPlan

__all__ = ["BY_HAND", "build_division"]

BY_HAND = "drawn by hand; not proved impossible to bring into range"
SHOWN = 5


def build_division(
    plan: "GridPlan", *, author: str = "", note: str = "", start_date: str | None = None
) -> Division:
    """Return a plan as a division in the system of the one it was opened from.

    Grids that did not change keep their geometry and every column. New grids are in force from
    ``start_date``. The manifest names author and note, what changed, and the codes that are retired.

    Raises
    ------
    PlanError
        When the plan has alarms; all are named.
    LawError
        When the result breaks a law; a fault of gridgeo.
    """
    alarms = plan.alarms
    if alarms:
        said = "; ".join(str(alarm) for alarm in alarms[:SHOWN])
        more = f"; and {len(alarms) - SHOWN} more" if len(alarms) > SHOWN else ""
        raise PlanError(f"the plan cannot be saved: {said}{more}")
    terrain, parent = plan.terrain, plan.terrain.division
    label, codes = compact(plan)
    shapes = shapes_of(plan, label, codes)
    crs = suitable_crs(parent.communities, "communities")
    metric = np.asarray(gpd.GeoSeries(shapes, crs=parent.atoms.crs).to_crs(crs).values)
    dedicated = plan.dedicated[pd.Index(plan.drawing.codes).get_indexer(codes)]
    drawn = Plan(label, dedicated, np.where(dedicated, -1, 0).astype(np.int64))
    carved = np.where(dedicated[label], label, -1).astype(np.int64)
    changed = changed_codes(plan, label, codes)
    verdict = judge_plan(replace(terrain.graph, dedicated=carved), drawn, terrain.spec)
    table = table_of(plan, label, codes, settle(plan, codes, changed, verdict))
    table["area_m2"] = np.round(shapely.area(metric), 2)
    fresh = table["grid_code"].isin(changed).to_numpy()
    reason = table["reason"].to_numpy(dtype=object)
    reason[fresh] = with_pieces(reason[fresh], metric[fresh])
    table["reason"] = pd.array(reason, dtype="string")
    grids = GeoDataFrame(
        table.drop(columns=["is_proved", "has_giant"]), geometry=shapes, crs=parent.atoms.crs
    )
    buildings = parent.buildings.assign(grid_code=codes_of_buildings(plan, label, codes))
    division = replace(
        parent,
        grids=grids,
        atoms=parent.atoms.assign(grid_code=pd.array(codes[label], dtype=parent.atoms["grid_code"].dtype)),
        buildings=buildings,
        lineage=None,
        manifest={**parent.manifest, "score": score_of(plan, drawn, table, metric)},
    )
    dates = dates_of(plan, codes, start_date)
    grids = division.grids.assign(start_date=dates).sort_values("grid_code", ignore_index=True)
    division = replace(division, grids=grids)
    lineage = build_lineage(parent, division)
    story = story_of(plan, lineage, author, note, start_date)
    return replace(division, lineage=lineage, manifest={**division.manifest, **story})


def compact(plan: "GridPlan") -> tuple[Ints, Geometries]:
    """Return the grid of each atom counted from 0 without gaps, and the code of each."""
    numbers, label = np.unique(plan.drawing.label, return_inverse=True)
    return label.astype(np.int64), np.array(plan.drawing.codes, dtype=object)[numbers]


def shapes_of(plan: "GridPlan", label: Ints, codes: Geometries) -> Geometries:
    """Return the geometry of each grid: its old one where no atom came or went, else its atoms as one."""
    parent = plan.terrain.division
    atoms = np.asarray(parent.atoms.geometry.values)
    changed = changed_codes(plan, label, codes)
    old = dict(zip(parent.grids["grid_code"].astype(str), parent.grids.geometry, strict=True))
    shapes = np.empty(len(codes), dtype=object)
    fresh = np.array([code in changed for code in codes])
    shapes[~fresh] = [old[code] for code in codes[~fresh]]
    order = np.cumsum(fresh) - 1
    inside = fresh[label]
    shapes[fresh] = dissolve(atoms[inside], order[label[inside]], int(fresh.sum()))
    return shapes


def table_of(plan: "GridPlan", label: Ints, codes: Geometries, verdict: Verdict) -> pd.DataFrame:
    """Return one row for each grid, in the order of the codes given."""
    terrain, parent = plan.terrain, plan.terrain.division
    old = parent.grids.set_index(parent.grids["grid_code"].astype(str))
    graph, n = terrain.graph, len(codes)
    home = terrain.community[[int(np.argmax(label == g)) for g in range(n)]]
    known = np.isin(codes, old.index)
    names = [
        str(old.at[code, "name"]) if is_old else name_of(parent, int(home[g]), str(code))
        for g, (code, is_old) in enumerate(zip(codes, known, strict=True))
    ]
    base = "base" if terrain.spec.area_m2 is None else "unit"
    kinds = [str(old.at[code, "kind"]) if is_old else base for code, is_old in zip(codes, known, strict=True)]
    size = graph.households if terrain.spec.area_m2 is None else graph.area_m2

    def total(values: Any) -> Ints:
        return np.bincount(label, values, n).astype(np.int64)

    return pd.DataFrame(
        {
            "grid_code": pd.array(codes, dtype="string"),
            "area_code": pd.array(np.array(terrain.area_codes, dtype=object)[home], dtype="string"),
            "name": pd.array(names, dtype="string"),
            "kind": pd.array(kinds, dtype="string"),
            "households": total(graph.households),
            "people": total(graph.people)
            if "people" in parent.buildings
            else pd.array([pd.NA] * n, dtype="Int64"),
            "n_buildings": total(graph.n_buildings),
            "area_m2": 0.0,
            "status": pd.array(verdict.status, dtype="string"),
            "reason": pd.array(verdict.reason, dtype="string"),
            "start_date": pd.array([pd.NA] * n, dtype="string"),
            "end_date": pd.array([pd.NA] * n, dtype="string"),
            "is_proved": verdict.is_proved,
            "has_giant": total(size > terrain.spec.size_range[1]) > 0,
        }
    )


def changed_codes(plan: "GridPlan", label: Ints, codes: Geometries) -> set[str]:
    """Return the codes of the grids that atoms came to or went from since the plan was opened."""
    before = plan.terrain.division.atoms["grid_code"].astype(str).to_numpy(dtype=object)
    moved = before != codes[label]
    return set(before[moved]) | set(codes[label[moved]])


def settle(plan: "GridPlan", codes: Geometries, changed: set[str], verdict: Verdict) -> Verdict:
    """Return the verdict with the old reasons of grids that did not change, and by hand for the unproved."""
    grids = plan.terrain.division.grids
    old = dict(zip(grids["grid_code"].astype(str), grids["reason"].astype("string").fillna(""), strict=True))
    reason, proved = verdict.reason.copy(), verdict.is_proved.copy()
    for i, code in enumerate(codes):
        if code not in changed and old[code]:
            reason[i] = old[code]
            proved[i] |= verdict.status[i] not in ("in_range", "dedicated") and not old[code].startswith(
                (UNPROVED, BY_HAND)
            )
        elif reason[i] == UNPROVED:
            reason[i] = BY_HAND
    return Verdict(verdict.status, reason, proved)


def codes_of_buildings(plan: "GridPlan", label: Ints, codes: Geometries) -> pd.Series:
    """Return the grid code of each building, ``<NA>`` for those that were in none."""
    atom = plan.terrain.building_atom
    found = pd.array(codes[label], dtype="string").take(atom, allow_fill=True)
    return pd.Series(found, index=plan.terrain.division.buildings.index, dtype="string")


def score_of(plan: "GridPlan", drawn: Plan, table: pd.DataFrame, shapes: Geometries) -> dict[str, Any]:
    """Return the score of the grids in metres after the laws were checked on them.

    Raises
    ------
    LawError
        When a law is broken.
    """
    terrain = plan.terrain
    parent = terrain.division
    crs = suitable_crs(parent.communities, "communities")
    communities = np.asarray(parent.communities.geometry.to_crs(crs).values)
    home = pd.Index(terrain.area_codes).get_indexer(table["area_code"]).astype(np.int64)
    atom = terrain.building_atom
    grid_of_building = drawn.label[atom[atom >= 0]]
    measures = measure_laws(shapes, home, communities, terrain.site.buildings, grid_of_building)
    check_laws(measures, float(shapely.area(communities).sum()), float(shapely.length(communities).sum()))
    size = table["households"] if terrain.spec.area_m2 is None else table["area_m2"]
    tally = tally_plan(terrain.graph, drawn, terrain.site, shapes, terrain.spec)
    return build_score(table, polsby_popper(shapes), size.to_numpy(float), tally, measures, terrain.spec)


def story_of(
    plan: "GridPlan", lineage: GeoDataFrame, author: str, note: str, start_date: str | None
) -> dict[str, Any]:
    """Return what the manifest says of the change: who, why, what, and which codes are retired."""
    parent, difference = plan.terrain.division, plan.total_difference
    both = lineage["old_code"].notna() & lineage["new_code"].notna()
    carried = int(lineage.loc[both, "households_carried"].sum())
    moved = int(lineage.loc[lineage["is_moved"], "households_carried"].sum())
    spec = plan.terrain.spec if start_date is None else replace(plan.terrain.spec, start_date=start_date)
    return {
        "author": author,
        "note": note,
        "spec": asdict(spec),
        "parent": describe_parent(parent),
        "change": {
            "households_carried": carried,
            "households_moved": moved,
            "moved_share": round(moved / carried, 6) if carried else 0.0,
            "buildings_moved": difference.buildings_moved,
            "grids_changed": difference.grids["grid_code"].tolist(),
            "verbs": [change.verb for change in plan.past],
        },
        "retired_codes": sorted((used_codes(parent) | set(plan.drawing.codes)) - set(plan.codes)),
        "versions": {
            **dict(parent.manifest.get("versions") or {}),
            "gridgeo": importlib.metadata.version("gridgeo"),
        },
    }


def describe_parent(division: Division) -> dict[str, Any]:
    """Return what a manifest says of the division that a plan was opened from."""
    score = division.manifest.get("score") or {}
    return {
        "title": str(division.manifest.get("title") or ""),
        "start_date": (division.manifest.get("spec") or {}).get("start_date"),
        "n_grids": len(division.grids),
        "households": int(division.grids["households"].sum()),
        "feasible_in_range_share": score.get("feasible_in_range_share"),
    }


def dates_of(plan: "GridPlan", codes: Geometries, start_date: str | None) -> pd.Series:
    """Return since when each grid is in force: as before, new ones from the date given."""
    grids = plan.terrain.division.grids
    old = dict(zip(grids["grid_code"].astype(str), grids["start_date"], strict=True))
    dates = [old.get(code, pd.NA if start_date is None else start_date) for code in codes]
    return pd.Series(pd.array(dates, dtype="string"))
