"""Proposals: for each part of each community the plans that bring more and more of its grids into range."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gridgeo.partition.coverage import Ints
from gridgeo.partition.dividing import DividedSite, grid_shapes
from gridgeo.partition.feasibility import UNPROVED, Verdict, judge_plan
from gridgeo.partition.graph import AtomGraph
from gridgeo.partition.parts import build_parts
from gridgeo.partition.plan import Plan, number_carved
from gridgeo.partition.score import tally_plan
from gridgeo.redivision.anchors import AnchoredPart, build_anchored, find_faults
from gridgeo.redivision.recall import Recalled
from gridgeo.redivision.repair import Repair, find_repairs
from gridgeo.spec import GridSpec

__all__ = ["PartProposal", "Proposal", "finish_site", "propose_site"]

LOCKED = "kept as it was on request"


@dataclass(frozen=True)
class PartProposal:
    """The plans of one connected part, each with fewer grids at fault than the one before.

    ``n_hopeless`` grids at fault are proved impossible; ``n_in_range`` counts the grids in range of each
    plan, ``n_grids`` all of them.
    """

    anchored: AnchoredPart
    repairs: list[Repair]
    n_hopeless: int
    n_in_range: list[int]
    n_grids: list[int]


@dataclass(frozen=True)
class Proposal:
    """One community of today, what may be done about its grids, and which of its old grids are locked."""

    recalled: Recalled
    parts: list[PartProposal]
    locked: Ints

    @property
    def forced(self) -> int:
        """Households that leave their grid whatever is chosen.

        Those of grids that have no part here, and those whose ground was carved out of a grid.
        """
        graph, recalled = self.recalled.graph, self.recalled
        carved = (graph.dedicated >= 0) & ~recalled.was_dedicated
        rest = sum(int(part.anchored.carried[part.anchored.origin < 0].sum()) for part in self.parts)
        return rest + int(recalled.carried[carved].sum())


def propose_site(recalled: Recalled, locked: Ints, spec: GridSpec) -> Proposal:
    """Return the plans that a search finds for one community; ``locked`` are rows of old grids."""
    graph = recalled.graph
    parts = []
    _, compact = np.unique(recalled.label, return_inverse=True)
    carried = as_plan(graph, compact.astype(np.int64))
    proved = judge_plan(graph, carried, spec, tries_sets=False).is_proved
    for part in build_parts(graph, spec):
        names, label = np.unique(recalled.label[part.atoms], return_inverse=True)
        origin = recalled.origin[part.atoms]
        place = np.searchsorted(names, origin)
        is_here = names[np.minimum(place, len(names) - 1)] == origin
        anchored = build_anchored(
            part,
            label.astype(np.int64),
            np.where(is_here, place, -1).astype(np.int64),
            recalled.carried[part.atoms],
            spec.target,
        )
        first = np.unique(label, return_index=True)[1]
        hopeless = proved[compact[part.atoms[first]]]
        repairs = find_repairs(anchored, np.isin(names, locked), hopeless, spec.seed)
        plans = [repair.label[: len(part.atoms)] for repair in repairs]
        faults = find_faults(part.net.features, plans[0], part.weights)
        parts.append(
            PartProposal(
                anchored,
                repairs,
                int((faults & hopeless).sum()),
                [count_in_range(part.net.features[:, :2], plan, spec) for plan in plans],
                [len(np.unique(plan)) for plan in plans],
            )
        )
    return Proposal(recalled, parts, locked)


def count_in_range(counts: NDArray[np.float64], label: Ints, spec: GridSpec) -> int:
    """Return how many grids are in range; ``counts`` has the size and the people of each atom."""
    low, high = spec.size_range
    size = np.bincount(label, counts[:, 0])
    found = (size >= low) & (size <= high)
    if spec.people is not None:
        people = np.bincount(label, counts[:, 1])
        found &= (people >= spec.people[0]) & (people <= spec.people[1])
    return int(found.sum())


def as_plan(graph: AtomGraph, label: Ints) -> Plan:
    """Return labels as a plan."""
    dedicated = np.bincount(label, graph.dedicated >= 0, int(label.max()) + 1) > 0
    return Plan(label, dedicated, np.where(dedicated, -1, 0).astype(np.int64))


def finish_site(
    proposal: Proposal, chosen: Iterable[int], reasons: Iterable[str], spec: GridSpec
) -> DividedSite:
    """Return a community with the chosen plan of each part, ready to be stitched with the others.

    ``reasons`` says for each part why a grid is left out of range that no proof excuses.
    """
    recalled, graph = proposal.recalled, proposal.recalled.graph
    label = np.full(len(graph), -1, dtype=np.int64)
    said: dict[int, str] = {}
    n = 0
    for part, number, reason in zip(proposal.parts, chosen, reasons, strict=True):
        atoms = part.anchored.part.atoms
        found = np.unique(part.repairs[number].label[: len(atoms)], return_inverse=True)[1]
        label[atoms] = found + n
        n += int(found.max()) + 1
        said |= dict.fromkeys(range(n - int(found.max()) - 1, n), reason)
    carved = graph.dedicated >= 0
    label[carved] = n + number_carved(graph)[carved]
    plan = as_plan(graph, label)
    verdict = explain(judge_plan(graph, plan, spec), said, locked_grids(proposal, label))
    tally = tally_plan(graph, plan, recalled.site, grid_shapes(recalled.atoms, plan), spec)
    return DividedSite(recalled.atoms, graph, plan, verdict, tally, {})


def locked_grids(proposal: Proposal, label: Ints) -> set[int]:
    """Return the grids of a plan that hold a locked old grid."""
    inside = np.isin(proposal.recalled.label, proposal.locked)
    return set(label[inside].tolist())


def explain(verdict: Verdict, said: dict[int, str], locked: set[int]) -> Verdict:
    """Return the verdict with a reason for what is locked, and for what was left as it was."""
    reason, proved = verdict.reason.copy(), verdict.is_proved.copy()
    for grid in np.flatnonzero(~np.isin(verdict.status, ["in_range", "dedicated"])):
        if grid in locked:
            reason[grid], proved[grid] = LOCKED, True
        elif reason[grid] == UNPROVED and said.get(int(grid)):
            reason[grid] = said[int(grid)]
    return Verdict(verdict.status, reason, proved)
