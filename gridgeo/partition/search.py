"""Searches of one part of a community: a first plan by halving, a better one by annealing."""

from collections.abc import Iterable

import numpy as np

from gridgeo.partition.anneal import anneal, build_state
from gridgeo.partition.coverage import Ints, renumbered
from gridgeo.partition.crossing import cross_plans
from gridgeo.partition.parts import Part, coarse_part
from gridgeo.partition.split import bisect
from gridgeo.partition.tree import build_bench

__all__ = ["first_labels", "search", "search_groups"]

GROUP_HEATS = (40.0, 0.03)  # hot enough that grids pass through bad plans, cold enough to settle
AGREED = 3  # searches that came to the same energy: then there is hardly a lower one
SAME = 1e-6
FLIPS = 0.95  # share of moves that take one atom: a recombination is worth more, but takes 40 times as long


def first_labels(part: Part, seed: int) -> Ints:
    """Return the labels of a first plan of one part."""
    label = np.zeros(len(part.atoms), dtype=np.int64)
    bisect(part.net, build_bench(part.net, seed + 500), label, part.weights, part.n_ordinary, part.capacity)
    return renumbered(label)


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


def search_groups(part: Part, group: Ints, seeds: Iterable[int], moves: int) -> Ints:
    """Return the labels of the best plan that moves of whole groups of atoms find, once from each seed.

    What several seeds have led to is as good as it gets, and the rest are not tried.
    """
    coarse = coarse_part(part, group)
    found: list[tuple[float, Ints]] = []
    for seed in seeds:
        found.append(search(coarse, first_labels(coarse, seed), seed, moves, GROUP_HEATS))
        lowest = min(energy for energy, _ in found)
        if sum(energy <= lowest + SAME for energy, _ in found) >= AGREED:
            break
    plans = [label for _, label in sorted(found, key=lambda plan: plan[0])]
    return cross_plans(coarse.net, coarse.weights, plans, coarse.capacity)[group]
