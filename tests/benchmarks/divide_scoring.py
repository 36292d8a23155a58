"""One scoring for all methods: the library's own definitions, on the same atoms."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from gridgeo.partition.atoms import Atoms
from gridgeo.partition.coverage import Geometries, dissolve
from gridgeo.partition.feasibility import judge_plan
from gridgeo.partition.graph import AtomGraph
from gridgeo.partition.laws import Measures
from gridgeo.partition.plan import Plan
from gridgeo.partition.score import Tally, build_score, polsby_popper, tally_plan
from gridgeo.partition.site import Site
from gridgeo.spec import GridSpec

# A peer's plan is not held against the laws of the output, so these measures are blank.
NO_MEASURES = Measures(0.0, 0.0, 0.0, 0, 0, 0, 0, 0, True)


@dataclass(frozen=True)
class Ground:
    """A community made ready: the same atoms and graph for every method."""

    site: Site
    atoms: Atoms
    graph: AtomGraph


@dataclass(frozen=True)
class Marks:
    """What the plan of one community gets; marks of several communities are scored together."""

    table: pd.DataFrame
    shapes: Geometries
    size: np.ndarray
    tally: Tally
    extra_pieces: int


def mark_plan(ground: Ground, plan: Plan, spec: GridSpec) -> Marks:
    """Return the marks of a plan."""
    graph, n = ground.graph, plan.n_grids
    verdict = judge_plan(graph, plan, spec)
    shapes = dissolve(ground.atoms.geometry, plan.label, n)
    giant = np.bincount(plan.label, graph.households > spec.households[1], n) > 0
    table = pd.DataFrame({"status": verdict.status, "is_proved": verdict.is_proved, "has_giant": giant})
    size = np.bincount(plan.label, graph.households, n)
    tally = tally_plan(graph, plan, ground.site, shapes, spec)
    return Marks(table, shapes, size, tally, extra_pieces(graph, plan))


def extra_pieces(graph: AtomGraph, plan: Plan) -> int:
    """Return by how many the pieces that one can walk in exceed the grids, dedicated areas left out."""
    free = ~plan.is_dedicated[plan.label]
    inside = graph.is_link & (plan.label[graph.a] == plan.label[graph.b]) & free[graph.a]
    links = coo_array(
        (np.ones(inside.sum()), (graph.a[inside], graph.b[inside])), shape=(len(graph), len(graph))
    )
    _, piece = connected_components(links, directed=False)
    return len(np.unique(piece[free])) - int((~plan.is_dedicated).sum())


def score_marks(marks: Sequence[Marks], spec: GridSpec) -> dict[str, Any]:
    """Return the figures of the plans of several communities."""
    tally = sum((mark.tally for mark in marks[1:]), marks[0].tally)
    score = build_score(
        pd.concat([mark.table for mark in marks], ignore_index=True),
        np.concatenate([polsby_popper(mark.shapes) for mark in marks]),
        np.concatenate([mark.size for mark in marks]),
        tally,
        NO_MEASURES,
        spec,
    )
    return {**score, "extra_pieces": sum(mark.extra_pieces for mark in marks)}


def score_row(name: str, score: dict[str, Any], seconds: float) -> dict[str, Any]:
    """Return the row of a method in a table."""
    return {
        "method": name,
        "grids": score["n_grids"],
        "feasible in range": score["feasible_in_range_share"],
        "unproved": score["exceptions_unproved"],
        "extra pieces": score["extra_pieces"],
        "mean PP": score["mean_polsby_popper"],
        "PP<.3": score["thin_share"],
        "street share": score["street_share"],
        "cut cost km": score["cut_cost_km"],
        "compounds whole": score["compounds_whole_share"],
        "main inside": score["main_road_inside_share"],
        "deviation": score["mean_deviation"],
        "CPU s": seconds,
    }
