"""One community from site to plan: atoms, graph, split, refine, verdict, tally, with their times."""

from dataclasses import dataclass
from time import perf_counter

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

__all__ = ["DividedSite", "divide_site"]


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
