"""One community from site to plan: atoms, graph, split, refine, verdict, tally, with their times."""

from dataclasses import dataclass
from time import perf_counter

import numpy as np
import shapely

from gridgeo.partition.atoms import Atoms, build_atoms
from gridgeo.partition.coverage import Geometries, dissolve
from gridgeo.partition.crumbs import drop_crumbs
from gridgeo.partition.feasibility import Verdict, judge_plan
from gridgeo.partition.graph import AtomGraph, build_graph
from gridgeo.partition.links import link_remnants
from gridgeo.partition.plan import Plan
from gridgeo.partition.refine import refine_plan, split_graph
from gridgeo.partition.score import Tally, tally_plan
from gridgeo.partition.site import Site
from gridgeo.spec import GridSpec

__all__ = ["DividedSite", "divide_site", "warm_up"]


@dataclass(frozen=True)
class DividedSite:
    """A divided community: its atoms and graph, the plan over them, the verdict on each grid."""

    atoms: Atoms
    graph: AtomGraph
    plan: Plan
    verdict: Verdict
    tally: Tally
    seconds: dict[str, float]


def divide_site(site: Site, spec: GridSpec) -> DividedSite:
    """Return the best plan of one community; communities know nothing of each other."""
    seconds: dict[str, float] = {}
    clock = perf_counter()

    def lap(stage: str) -> None:
        nonlocal clock
        now = perf_counter()
        seconds[stage], clock = now - clock, now

    atoms = build_atoms(site)
    lap("atoms")
    graph = build_graph(atoms, site, cross_barriers=spec.cross_barriers)
    graph = link_remnants(drop_crumbs(graph, site.dedicated), spec)
    lap("graph")
    plan = split_graph(graph, spec)
    lap("split")
    plan = refine_plan(graph, plan, spec)
    lap("refine")
    verdict = judge_plan(graph, plan, spec)
    tally = tally_plan(graph, plan, site, grid_shapes(atoms, plan), spec)
    lap("score")
    return DividedSite(atoms, graph, plan, verdict, tally, seconds)


def grid_shapes(atoms: Atoms, plan: Plan) -> Geometries:
    """Return the geometry of each grid of a plan."""
    return dissolve(atoms.geometry, plan.label, plan.n_grids)


def warm_up() -> None:
    """Divide four houses, so that all code is loaded, and compiled if need be, before there is work."""
    corners = np.array([0.0, 20.0])
    x, y = (axis.ravel() for axis in np.meshgrid(corners, corners))
    households = np.full(len(x), 120)
    houses = shapely.box(x + 5, y + 5, x + 15, y + 15)
    ground = shapely.box(0, 0, 40, 40)
    site = Site(area_code="", boundary=ground, buildings=houses, households=households, people=households)
    divide_site(site, GridSpec())
