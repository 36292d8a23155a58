"""A plan: which atom belongs to which grid."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gridgeo.partition.anneal import anneal, build_state
from gridgeo.partition.coverage import Ints
from gridgeo.partition.energy import GIANTS, PEOPLE, SIZE
from gridgeo.partition.graph import AtomGraph
from gridgeo.partition.parts import Part, build_parts, coarse_part
from gridgeo.partition.split import bisect, fits_some_number
from gridgeo.partition.tree import build_bench
from gridgeo.spec import EFFORTS, GridSpec

__all__ = ["Plan", "refine_plan", "split_graph"]

COARSE_HEATS = (4.0, 0.05)  # hot enough that grids pass through bad plans, cold enough to settle
FINE_HEATS = (0.15, 0.01)
# A part that is small enough is searched until the best plan there is has been found: from many starts, and
# so hot that a grid may leave its range on the way.
SMALL_ATOMS, SMALL_GRIDS = 48, 6
SMALL_HEATS = (5.0, 20.0) * 4
SMALL_MOVES = 8_000  # for each grid, whatever the effort: a small part costs milliseconds


@dataclass(frozen=True)
class Plan:
    """The grid of each atom: ``label`` counts the grids of the community from 0.

    ``is_dedicated`` tells for each grid whether it was carved out first; ``part`` is the connected part of
    the graph that it was drawn in (-1 for dedicated grids).
    """

    label: Ints
    is_dedicated: NDArray[np.bool_]
    part: Ints

    @property
    def n_grids(self) -> int:
        """Return the number of grids."""
        return len(self.part)


def split_graph(graph: AtomGraph, spec: GridSpec) -> Plan:
    """Return a first plan: dedicated grids, then each connected part halved until every piece is one grid."""
    parts = build_parts(graph, spec)
    return join_parts(graph, parts, [first_labels(part, spec.seed) for part in parts])


def refine_plan(graph: AtomGraph, plan: Plan, spec: GridSpec) -> Plan:
    """Return the best plan that a search finds which begins with ``plan``.

    Whole blocks are moved first, then single atoms. The effort of the spec tells how long, and how often
    the search begins anew from another first plan.
    """
    effort = EFFORTS[spec.effort]
    parts = build_parts(graph, spec)
    found = []
    for part in parts:
        best = renumbered(plan.label[part.atoms])
        best_energy = np.inf
        for start in range(effort.starts + effort.retries):
            if start >= effort.starts and is_settled(part, best):
                break
            seed = spec.seed * 1_000 + start
            label = best if start == 0 else first_labels(part, seed)
            energy, label = refine_part(part, label, seed, effort.coarse_moves, effort.fine_moves)
            if energy < best_energy - 1e-9:
                best, best_energy = label, energy
        found.append(refine_small(part, best, best_energy, spec) if is_small(part) else best)
    return join_parts(graph, parts, found)


def is_small(part: Part) -> bool:
    """Return whether a part is one that a search from many starts goes through in no time."""
    n_grids = part.n_ordinary + part.net.features[:, GIANTS].sum()
    return bool(len(part.atoms) <= SMALL_ATOMS and 1 < n_grids <= SMALL_GRIDS)


def refine_small(part: Part, label: Ints, energy: float, spec: GridSpec) -> Ints:
    """Return the best labels of a small part that many hot searches find, those given if none is better."""
    best, best_energy = label, energy
    for start, heat in enumerate(SMALL_HEATS):
        seed = spec.seed * 1_000 + start
        energy, label = search(part, first_labels(part, seed), seed, SMALL_MOVES, (heat, FINE_HEATS[1]))
        if energy < best_energy - 1e-9:
            best, best_energy = label, energy
    return best


def is_settled(part: Part, label: Ints) -> bool:
    """Return whether no grid of a plan is out of range, giants left out, or none can be."""
    features, weights = part.net.features, part.weights
    giants = np.bincount(label, features[:, GIANTS]) > 0
    size, people = np.bincount(label, features[:, SIZE]), np.bincount(label, features[:, PEOPLE])
    in_range = (size >= weights.low) & (size <= weights.high)
    in_range &= (people >= weights.people_low) & (people <= weights.people_high)
    total = float(features[:, SIZE].sum())
    hopeless = not giants.any() and not fits_some_number(total, weights.low, weights.high)
    return hopeless or bool((in_range | giants).all())


def refine_part(part: Part, label: Ints, seed: int, coarse_moves: int, fine_moves: int) -> tuple[float, Ints]:
    """Return the lowest energy found for one part, and its labels; moves are per grid."""
    coarse = coarse_part(part)
    if len(coarse.atoms) < len(part.atoms):
        _, rough = search(coarse, first_labels(coarse, seed), seed, coarse_moves, COARSE_HEATS)
        label = rough[part.group]
        return search(part, label, seed, fine_moves, FINE_HEATS)
    return search(part, label, seed, coarse_moves, (COARSE_HEATS[0], FINE_HEATS[1]))


def search(
    part: Part, label: Ints, seed: int, moves_per_grid: int, heats: tuple[float, float]
) -> tuple[float, Ints]:
    """Return the lowest energy that annealing finds from a plan of one part, and its labels."""
    is_single = part.n_ordinary + part.net.features[:, GIANTS].sum() <= 1
    if is_single or len(part.links) == 0:
        return 0.0, np.zeros_like(label)
    state = build_state(part.net, label, part.capacity)
    steps = moves_per_grid * int(label.max() + 1)
    cooling = heats[0] * (heats[1] / heats[0]) ** np.linspace(0.0, 1.0, steps)
    best = label.copy()
    energy = anneal(part.net, build_bench(part.net, seed), state, part.weights, part.links, cooling, best)
    return energy, renumbered(best)


def first_labels(part: Part, seed: int) -> Ints:
    """Return the labels of a first plan of one part."""
    label = np.zeros(len(part.atoms), dtype=np.int64)
    bisect(part.net, build_bench(part.net, seed + 500), label, part.weights, part.n_ordinary, part.capacity)
    return renumbered(label)


def renumbered(label: Ints) -> Ints:
    """Return the labels counted from 0 without gaps."""
    return np.unique(label, return_inverse=True)[1].astype(np.int64)


def join_parts(graph: AtomGraph, parts: list[Part], labels: list[Ints]) -> Plan:
    """Return one plan: the plans of the parts, then a grid for each dedicated area."""
    label = np.full(len(graph), -1, dtype=np.int64)
    number: list[int] = []
    for i, (part, found) in enumerate(zip(parts, labels, strict=True)):
        label[part.atoms] = found + len(number)
        number += [i] * (int(found.max()) + 1)
    carved = graph.dedicated >= 0
    if carved.any():
        areas = np.unique(graph.dedicated[carved])
        label[carved] = len(number) + np.searchsorted(areas, graph.dedicated[carved])
        number += [-1] * len(areas)
    part_of_grid = np.array(number, dtype=np.int64)
    return Plan(label, part_of_grid < 0, part_of_grid)
