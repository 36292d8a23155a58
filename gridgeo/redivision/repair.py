"""Repairs: each grid that left its range is brought back by moving as few households as a search finds.

A grid at fault is searched for with its neighbours, then with the neighbours of those, and so on; all other
grids stay as they are. Of the plans with the fewest grids at fault the one that moves fewest households is
taken. What is in range is moved only to help one that is not.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from gridgeo.partition.anneal import anneal, build_state
from gridgeo.partition.coverage import Ints
from gridgeo.partition.tree import build_bench
from gridgeo.redivision.anchors import AnchoredPart, count_moved, find_faults

__all__ = ["Repair", "find_repairs"]

HEATS = (3.0, 0.05)  # hot enough to pass one building through a second grid, cold enough to settle
MOST_STEPS = 6_000


class Reach(NamedTuple):
    """How far a repair may reach, and how long it is searched for: steps are for each grid within reach."""

    rings: int
    searches: int
    steps: int


# Nine of ten grids are mended with their neighbours alone; the long searches are for the few that are not.
REACHES = (Reach(1, 2, 100), Reach(2, 2, 150), Reach(4, 2, 300))


@dataclass(frozen=True)
class Repair:
    """A plan of one part after one more repair: labels of atoms and anchors, and what has been moved so far.

    ``n_faults`` is the number of grids at fault, ``moved`` the households moved, both for the whole part.
    """

    label: Ints
    n_faults: int
    moved: int


def find_repairs(
    anchored: AnchoredPart, locked: NDArray[np.bool_], hopeless: NDArray[np.bool_], seed: int
) -> list[Repair]:
    """Return plans with fewer and fewer grids at fault, the first one as it was carried over.

    ``locked`` tells for each label whether it must stay, ``hopeless`` whether it is proved that it cannot be
    in range.
    """
    label = anchored.start
    now = Repair(label, int(faults_of(anchored, label).sum()), count_moved(anchored, label))
    found = [now]
    frozen = atoms_of(label, locked)
    given_up = atoms_of(label, hopeless | locked)
    for reach in REACHES:
        tried: set[tuple[int, ...]] = set()
        while True:
            fault = next_fault(anchored, now.label, given_up, tried)
            if fault is None:
                break
            members = np.flatnonzero(now.label[: anchored.n_atoms] == fault)
            tried.add(tuple(members.tolist()))
            better = repair(anchored, now, fault, reach, frozen, seed)
            if better is not None:
                found.append(better)
                now = better
    return found


def atoms_of(label: Ints, chosen: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return which atoms and anchors belong to one of the chosen grids."""
    found: NDArray[np.bool_] = chosen[label]
    return found


def faults_of(anchored: AnchoredPart, label: Ints) -> NDArray[np.bool_]:
    """Return which grids of a plan are at fault."""
    return find_faults(anchored.net.features, label, anchored.part.weights)


def next_fault(
    anchored: AnchoredPart, label: Ints, given_up: NDArray[np.bool_], tried: set[tuple[int, ...]]
) -> int | None:
    """Return the first grid at fault that was not tried as it is, None when all were."""
    for grid in np.flatnonzero(faults_of(anchored, label)):
        members = np.flatnonzero(label[: anchored.n_atoms] == grid)
        if not given_up[members].all() and tuple(members.tolist()) not in tried:
            return int(grid)
    return None


def repair(
    anchored: AnchoredPart, now: Repair, fault: int, reach: Reach, frozen: NDArray[np.bool_], seed: int
) -> Repair | None:
    """Return the best plan found with fewer grids at fault, None where there is none.

    Only grids within reach of the one at fault change.
    """
    label = now.label
    near = neighbourhood(anchored, label, fault, reach.rings, frozen)
    links = anchored.part.links
    edges = links[near[label[links]].all(axis=1)]
    if len(edges) == 0:
        return None
    steps = min(reach.steps * int(near.sum()), MOST_STEPS)
    best: Repair | None = None
    for attempt in range(reach.searches):
        tried = search(anchored, label, edges, steps, seed * 1_000 + attempt)
        faults = int(faults_of(anchored, tried).sum())
        plan = Repair(tried, faults, count_moved(anchored, tried))
        if faults < now.n_faults and (
            best is None or (plan.n_faults, plan.moved) < (best.n_faults, best.moved)
        ):
            best = plan
    return best


def neighbourhood(
    anchored: AnchoredPart, label: Ints, fault: int, rings: int, frozen: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Return which grids lie within so many steps of one, across links, frozen ones left out."""
    ends = label[anchored.part.links]
    near = np.zeros(int(label.max()) + 1, dtype=bool)
    near[fault] = True
    open_ = np.ones(len(near), dtype=bool)
    open_[label[frozen]] = False
    for _ in range(rings):
        touching = near[ends].any(axis=1)
        near[ends[touching].ravel()] = True
        near &= open_
    return near


def search(anchored: AnchoredPart, label: Ints, edges: Ints, steps: int, seed: int) -> Ints:
    """Return the labels of the lowest energy that annealing finds with moves across some links only."""
    part = anchored.part
    state = build_state(anchored.net, label, int(label.max()) + 3)
    cooling = HEATS[0] * (HEATS[1] / HEATS[0]) ** np.linspace(0.0, 1.0, steps)
    best = label.copy()
    anneal(anchored.net, build_bench(anchored.net, seed), state, part.weights, edges, cooling, best)
    return np.unique(best, return_inverse=True)[1].astype(np.int64)
