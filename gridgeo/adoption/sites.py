"""The communities of drawn grids: atoms, claims, a plan for each, and whose grid is in which community."""

from dataclasses import dataclass, replace

import numpy as np

from gridgeo.adoption.claims import Claims, claim_atoms
from gridgeo.adoption.drawn import Drawn
from gridgeo.adoption.settling import Settled, settle_claims
from gridgeo.partition.atoms import Atoms, build_atoms
from gridgeo.partition.coverage import Floats, Ints, dissolve
from gridgeo.partition.dividing import DividedSite
from gridgeo.partition.feasibility import UNPROVED, judge_plan
from gridgeo.partition.graph import AtomGraph, build_graph
from gridgeo.partition.links import link_remnants
from gridgeo.partition.plan import Plan
from gridgeo.partition.score import tally_plan
from gridgeo.partition.site import Site
from gridgeo.planning.saving import BY_HAND
from gridgeo.preparation import Prepared
from gridgeo.spec import GridSpec

__all__ = ["AdoptedSite", "adopt_sites"]


@dataclass(frozen=True)
class AdoptedSite:
    """One community: what the stages made of it, the claims on it, and how they were settled."""

    divided: DividedSite
    claims: Claims
    settled: Settled


def adopt_sites(prepared: Prepared, drawn: Drawn, spec: GridSpec) -> list[AdoptedSite]:
    """Return each community with the grids that were drawn in it."""
    surveyed = [survey_site(site, prepared, drawn, spec) for site in prepared.sites]
    home = home_of_grids(surveyed, len(drawn))
    return [
        adopt_site(site, *parts, home, own, spec)
        for own, (site, parts) in enumerate(zip(prepared.sites, surveyed, strict=True))
    ]


def survey_site(
    site: Site, prepared: Prepared, drawn: Drawn, spec: GridSpec
) -> tuple[Atoms, AtomGraph, Claims]:
    """Return atoms, graph and claims of a community; dedicated land belongs to the grid drawn for it."""
    atoms = build_atoms(site)
    graph = link_remnants(build_graph(atoms, site, cross_barriers=spec.cross_barriers), spec)
    apart = graph.dedicated[graph.a] != graph.dedicated[graph.b]
    graph = replace(graph, contact_m=np.where(apart, 0.0, graph.contact_m))
    claims = claim_atoms(site, atoms, drawn.shapes)
    carved = graph.dedicated >= 0
    if prepared.dedicated is None or not carved.any():
        return atoms, graph, claims
    grid = prepared.dedicated["drawn"].to_numpy(np.int64)[graph.dedicated[carved]]
    best, contested = claims.best.copy(), claims.is_contested.copy()
    best[carved], contested[carved] = grid, False
    return atoms, graph, replace(claims, best=best, is_contested=contested)


def home_of_grids(surveyed: list[tuple[Atoms, AtomGraph, Claims]], n_drawn: int) -> Ints:
    """Return the community of each drawn grid: where most of its households are, else most of its ground."""
    weight: Floats = np.zeros((n_drawn, len(surveyed), 2))
    for own, (_, graph, claims) in enumerate(surveyed):
        held = claims.best >= 0
        weight[:, own, 0] = np.bincount(claims.best[held], graph.households[held], n_drawn)
        weight[:, own, 1] = np.bincount(claims.best[held], graph.area_m2[held], n_drawn)
    by_households, by_ground = weight.argmax(axis=1).T.astype(np.int64)
    home: Ints = np.where(weight[:, :, 0].sum(axis=1) > 0, by_households, by_ground)
    return home


def adopt_site(  # noqa: PLR0913, PLR0917 - what the survey found, and where the grids belong
    site: Site, atoms: Atoms, graph: AtomGraph, claims: Claims, home: Ints, own: int, spec: GridSpec
) -> AdoptedSite:
    """Return one community with its claims settled, judged and counted."""
    settled = settle_claims(graph, claims, home, own, spec.households[0])
    n = len(settled.origin)
    dedicated = np.zeros(n, dtype=bool)
    dedicated[settled.label[graph.dedicated >= 0]] = True
    plan = Plan(settled.label, dedicated, np.where(dedicated, -1, 0).astype(np.int64))
    verdict = judge_plan(graph, plan, spec)
    reason = np.where(verdict.reason == UNPROVED, BY_HAND, verdict.reason).astype(object)
    shapes = dissolve(atoms.geometry, plan.label, n)
    tally = tally_plan(graph, plan, site, shapes, spec)
    divided = DividedSite(atoms, graph, plan, replace(verdict, reason=reason), tally, {})
    return AdoptedSite(divided, claims, settled)
