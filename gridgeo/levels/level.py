"""From a plan over whole base grids to the division one level up, its laws checked on the geometry."""

import importlib.metadata
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from geopandas import GeoDataFrame

from gridgeo.comparison.lineage import build_lineage
from gridgeo.crs import suitable_crs
from gridgeo.division import Division
from gridgeo.partition.codes import reading_order
from gridgeo.partition.coverage import Geometries, Ints, dissolve
from gridgeo.partition.feasibility import UNPROVED, Verdict, judge_plan
from gridgeo.partition.graph import AtomGraph
from gridgeo.partition.laws import check_laws, measure_laws
from gridgeo.partition.plan import Plan
from gridgeo.partition.score import build_score, polsby_popper, tally_plan
from gridgeo.planning.terrain import Terrain, codes_as_numbers
from gridgeo.spec import GridSpec
from gridgeo.stitching import CHINESE, with_pieces

__all__ = ["Size", "build_level"]

WHOLE_GRIDS = "whole base grids come no nearer to the range"


@dataclass(frozen=True)
class Size:
    """How large the grids of a level are to be, and what is counted: households, or people alone."""

    spec: GridSpec
    counts: Literal["households", "people"] = "households"

    @property
    def counting(self) -> GridSpec:
        """The spec with what is counted as its households."""
        if self.counts == "households" or self.spec.people is None:
            return self.spec
        return replace(self.spec, households=self.spec.people, people=None)

    def counted(self, graph: AtomGraph) -> AtomGraph:
        """Return a graph with what is counted as its households."""
        return graph if self.counts == "households" else replace(graph, households=graph.people)


def build_level(
    terrain: Terrain, graph: AtomGraph, plan: Plan, size: Size, prefix: str, *, across: bool
) -> Division:
    """Return the division of a plan of service grids; ``across`` lets them lie in several communities.

    Raises
    ------
    LawError
        When the result breaks a law; a fault of gridgeo.
    """
    base = terrain.division
    label = plan.label[codes_as_numbers(base)]
    shapes = dissolve(np.asarray(base.atoms.geometry.values), label, plan.n_grids)
    crs = suitable_crs(base.communities, "communities")
    metric = np.asarray(gpd.GeoSeries(shapes, crs=base.atoms.crs).to_crs(crs).values)
    table = table_of(terrain, graph, plan, size)
    table["area_m2"] = np.round(shapely.area(metric), 2)
    table["reason"] = pd.array(with_pieces(table["reason"].to_numpy(dtype=object), metric), dtype="string")
    table = name_groups(base, table, metric, prefix)
    codes = table["grid_code"].to_numpy(dtype=object)
    drawn = Plan(label, plan.is_dedicated, plan.part)
    score = score_of(terrain, drawn, table, metric, size, across)
    hidden = ["is_proved", "has_giant"]
    grids = GeoDataFrame(table.drop(columns=hidden), geometry=shapes, crs=base.atoms.crs)
    found = pd.array(codes[label], dtype="string").take(terrain.building_atom, allow_fill=True)
    level = Division(
        communities=base.communities,
        grids=grids.sort_values("grid_code", ignore_index=True),
        atoms=base.atoms.assign(grid_code=pd.array(codes[label], dtype="string")),
        buildings=base.buildings.assign(grid_code=pd.Series(found, index=base.buildings.index)),
        streets=base.streets,
        barriers=base.barriers,
        compounds=base.compounds,
        dedicated=base.dedicated,
        manifest={
            "spec": asdict(size.spec),
            "score": score,
            "level": {"prefix": prefix, "n_base_grids": len(base.grids), "counts": size.counts},
            "versions": {"gridgeo": importlib.metadata.version("gridgeo")},
            "crs": crs.to_string(),
        },
    )
    return replace(level, lineage=build_lineage(base, level))


def table_of(terrain: Terrain, graph: AtomGraph, plan: Plan, size: Size) -> pd.DataFrame:
    """Return sums and verdict of each service grid, in the order of their numbers."""
    grids, n = terrain.division.grids, plan.n_grids

    def total(values: Any) -> Ints:
        return np.bincount(plan.label, values, n).astype(np.int64)

    counted = size.counted(graph).households
    verdict = judge_plan(size.counted(graph), plan, size.counting)
    status, reason = say_verdict(verdict, counted, plan, size)
    weight = graph.households + 1e-9 * graph.area_m2
    order = np.lexsort((-weight, plan.label))
    first = order[np.unique(plan.label[order], return_index=True)[1]]
    has_people = "people" in grids and bool(grids["people"].notna().any())
    return pd.DataFrame(
        {
            "area_code": grids["area_code"].astype("string").to_numpy()[first],
            "kind": np.where(plan.is_dedicated, "dedicated", "service"),
            "households": total(graph.households),
            "people": total(graph.people) if has_people else pd.array([pd.NA] * n, dtype="Int64"),
            "n_buildings": total(graph.n_buildings),
            "n_base_grids": total(np.ones(len(graph))),
            "area_m2": 0.0,
            "status": pd.array(status, dtype="string"),
            "reason": reason,
            "start_date": pd.array([pd.NA] * n, dtype="string"),
            "end_date": pd.array([pd.NA] * n, dtype="string"),
            "is_proved": verdict.is_proved,
            "has_giant": total(counted > size.counting.households[1]) > 0,
        }
    )


def say_verdict(verdict: Verdict, counted: Ints, plan: Plan, size: Size) -> tuple[Geometries, Geometries]:
    """Return status and reason of each service grid in the words of whole base grids."""
    reason = np.where(verdict.reason == UNPROVED, WHOLE_GRIDS, verdict.reason)
    reason = np.array([in_base_grids(words) for words in reason], dtype=object)
    most = size.counting.households[1]
    for number in np.flatnonzero(np.isin(verdict.status, ["above", "below", "people_above", "people_below"])):
        own = counted[plan.label == number]
        if own.max() > most:
            beside = f", with {own.sum() - own.max()} beside it" if len(own) > 1 else ""
            reason[number] = f"a base grid of {own.max()} {size.counts}{beside}"
    if size.counts == "households":
        return verdict.status, reason
    out = np.isin(verdict.status, ["above", "below"])
    status = np.where(out, [f"people_{word}" for word in verdict.status], verdict.status)
    return status, np.array([str(words).replace("households", "people") for words in reason], dtype=object)


def in_base_grids(words: str) -> str:
    """Return a reason that speaks of base grids where it would speak of buildings."""
    plain = words.replace("a single building", "a base grid")
    plain = plain.replace("buildings on one spot of", "base grid of").replace("building of", "base grid of")
    return plain.replace("buildings of", "base grids of")


def name_groups(base: Division, table: pd.DataFrame, shapes: Geometries, prefix: str) -> pd.DataFrame:
    """Return the table with codes and names, numbered like the lines of a page in each community."""
    names = dict(
        zip(base.communities["area_code"].astype(str), base.communities["name"].astype(str), strict=True)
    )
    centres = shapely.get_coordinates(shapely.centroid(shapes))
    boxes = shapely.bounds(shapes)
    heights = boxes[:, 3] - boxes[:, 1]
    codes = np.full(len(table), "", dtype=object)
    said = np.full(len(table), "", dtype=object)
    for area_code, rows in table.groupby("area_code", sort=True).indices.items():
        order = rows[reading_order(centres[rows], shapely.area(shapes[rows]), heights[rows])]
        for number, row in enumerate(order, start=1):
            name = names[str(area_code)]
            codes[row] = f"{area_code}-{prefix}{number:02d}"
            said[row] = (
                f"{name}第{number}服务网格" if CHINESE.search(name) else f"{name} service grid {number}"
            )
    table.insert(0, "grid_code", pd.array(codes, dtype="string"))
    table.insert(2, "name", pd.array(said, dtype="string"))
    return table


def score_of(
    terrain: Terrain, plan: Plan, table: pd.DataFrame, shapes: Geometries, size: Size, across: bool
) -> dict[str, Any]:
    """Return the score of a level after the laws were checked; ``plan`` is over atoms.

    Service grids across communities are nested in all of them together.
    """
    base = terrain.division
    crs = suitable_crs(base.communities, "communities")
    homes = np.asarray(base.communities.geometry.to_crs(crs).values)
    border_m = float(shapely.length(homes).sum())
    home = np.asarray(pd.Index(terrain.area_codes).get_indexer(table["area_code"]), dtype=np.int64)
    if across:
        homes, home = np.array([shapely.union_all(homes)]), np.zeros(plan.n_grids, dtype=np.int64)
    atom = terrain.building_atom
    buildings = plan.label[atom[atom >= 0]]
    measures = measure_laws(shapes, home, homes, terrain.site.buildings, buildings)
    check_laws(measures, float(shapely.area(homes).sum()), border_m)
    tally = tally_plan(terrain.graph, plan, terrain.site, shapes, size.spec)
    counted = table[size.counts].to_numpy(float)
    return build_score(table, polsby_popper(shapes), counted, tally, measures, size.counting)
