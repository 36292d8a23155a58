"""A plan: which atom belongs to which grid."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gridgeo.partition.anneal import anneal, build_state
from gridgeo.partition.coverage import Ints, connected
from gridgeo.partition.energy import GIANTS, PEOPLE, SIZE
from gridgeo.partition.graph import AtomGraph
from gridgeo.partition.parts import Part, build_parts, coarse_part
from gridgeo.partition.split import bisect, fits_some_number
from gridgeo.partition.tree import build_bench
from gridgeo.spec import EFFORTS, GridSpec

__all__ = ["Plan", "number_carved", "refine_plan", "split_graph"]

COARSE_HEATS = (4.0, 0.05)  # hot enough that grids pass through bad plans, cold enough to settle
FINE_HEATS = (0.15, 0.01)
FLIPS = 0.9  # share of moves that take one atom: a recombination is worth more, but takes 40 times as long
# A part that is small enough is searched until the best plan there is has been found: from many starts, and
# so hot that a grid may leave its range on the way.
SMALL_ATOMS, SMALL_GRIDS = 48, 6
SMALL_HEATS = (5.0, 20.0, 60.0) * 6
SMALL_MOVES = 800  # for each atom, whatever the effort: a small part costs milliseconds


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

    Whole compounds and blocks are moved first, from several first plans; then single atoms, from the best
    plan of these. The effort of the spec tells how long, and how often the search begins anew while a grid
    is out of range that might not be.
    """
    parts = build_parts(graph, spec)
    found = [refine_part(part, renumbered(plan.label[part.atoms]), spec) for part in parts]
    return join_parts(graph, parts, found)


def refine_part(part: Part, label: Ints, spec: GridSpec) -> Ints:
    """Return the best labels found for one part from a first plan."""
    effort = EFFORTS[spec.effort]
    if is_single(part):
        return np.zeros_like(label)
    if is_small(part):
        return refine_small(part, label, spec)
    seed = spec.seed * 1_000
    for group in part.groups[:-1]:
        starts = (
            search_coarse(part, group, seed + start, effort.coarse_moves) for start in range(effort.starts)
        )
        _, rough = min(starts, key=lambda found: found[0])
        if is_settled(part, rough):
            break
    best_energy, best = search(part, rough, seed, effort.fine_moves, FINE_HEATS)
    for retry in range(effort.starts, effort.starts + effort.retries):
        if is_settled(part, best):
            break
        _, rough = search_coarse(part, part.groups[-1], seed + retry, effort.coarse_moves)
        energy, label = search(part, rough, seed + retry, effort.fine_moves, FINE_HEATS)
        if energy < best_energy - 1e-9:
            best, best_energy = label, energy
    return best


def is_single(part: Part) -> bool:
    """Return whether a part should hold one grid, or cannot hold two."""
    return part.n_grids <= 1 or len(part.links) == 0


def is_small(part: Part) -> bool:
    """Return whether a part is one that a search from many starts goes through in no time."""
    return len(part.atoms) <= SMALL_ATOMS and part.n_grids <= SMALL_GRIDS


def refine_small(part: Part, label: Ints, spec: GridSpec) -> Ints:
    """Return the best labels of a small part that many hot searches find."""
    best, best_energy = label, np.inf
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


def search_coarse(part: Part, group: Ints, seed: int, moves: int) -> tuple[float, Ints]:
    """Return the lowest energy found by moves of whole groups of atoms, and the labels of the atoms."""
    coarse = coarse_part(part, group)
    energy, label = search(coarse, first_labels(coarse, seed), seed, moves, COARSE_HEATS)
    return energy, label[group]


def search(part: Part, label: Ints, seed: int, moves: int, heats: tuple[float, float]) -> tuple[float, Ints]:
    """Return the lowest energy that annealing finds from a plan of one part, and its labels."""
    if len(part.links) == 0:
        return 0.0, np.zeros_like(label)
    state = build_state(part.net, label, part.capacity)
    steps = moves * len(label)
    cooling = heats[0] * (heats[1] / heats[0]) ** np.linspace(0.0, 1.0, steps)
    best = label.copy()
    bench = build_bench(part.net, seed)
    energy = anneal(part.net, bench, state, part.weights, part.links, cooling, best, FLIPS)
    return energy, renumbered(best)


def first_labels(part: Part, seed: int) -> Ints:
    """Return the labels of a first plan of one part."""
    label = np.zeros(len(part.atoms), dtype=np.int64)
    bisect(part.net, build_bench(part.net, seed + 500), label, part.weights, part.n_ordinary, part.capacity)
    return renumbered(label)


def renumbered(label: Ints) -> Ints:
    """Return the labels counted from 0 without gaps."""
    return np.unique(label, return_inverse=True)[1].astype(np.int64)


def number_carved(graph: AtomGraph) -> Ints:
    """Return the number of the dedicated grid of each atom, -1 for all others.

    A dedicated area is one grid. Where whole buildings across its border cut it in pieces, or it was given in
    several parts, each piece is one: no grid is in pieces.
    """
    carved = graph.dedicated >= 0
    same = carved[graph.a] & (graph.dedicated[graph.a] == graph.dedicated[graph.b]) & (graph.length_m > 0)
    piece = connected(len(graph), graph.a[same], graph.b[same])
    pairs = np.stack([graph.dedicated, piece], axis=1)[carved]
    number = np.full(len(graph), -1, dtype=np.int64)
    number[carved] = np.unique(pairs, axis=0, return_inverse=True)[1].ravel()
    return number


def join_parts(graph: AtomGraph, parts: list[Part], labels: list[Ints]) -> Plan:
    """Return one plan: the plans of the parts, then a grid for each piece of a dedicated area."""
    label = np.full(len(graph), -1, dtype=np.int64)
    number: list[int] = []
    for i, (part, found) in enumerate(zip(parts, labels, strict=True)):
        label[part.atoms] = found + len(number)
        number += [i] * (int(found.max()) + 1)
    carved = graph.dedicated >= 0
    label[carved] = len(number) + number_carved(graph)[carved]
    number += [-1] * (int(label.max(initial=-1)) + 1 - len(number))
    part_of_grid = np.array(number, dtype=np.int64)
    return Plan(label, part_of_grid < 0, part_of_grid)
