"""Searches of one part of a community: a first plan by halving, a better one by annealing."""

import numpy as np

from gridgeo.partition.anneal import anneal, build_state
from gridgeo.partition.coverage import Ints, renumbered
from gridgeo.partition.parts import Part, coarse_part
from gridgeo.partition.pool import GridPool
from gridgeo.partition.split import bisect
from gridgeo.partition.tree import build_bench

__all__ = ["first_labels", "search", "search_groups"]

GROUP_HEATS = (40.0, 0.03)  # hot enough that grids pass through bad plans, cold enough to settle
AGREED = 3  # searches that came to the same energy: then there is hardly a lower one
SAME = 1e-6
FLIPS, FINE_FLIPS = (
    0.95,
    0.99,
)  # share of moves that take one atom: a recombination is worth more, but takes 40 times as long


def first_labels(part: Part, seed: int) -> Ints:
    """Return the labels of a first plan of one part."""
    label = np.zeros(len(part.atoms), dtype=np.int64)
    bisect(part.net, build_bench(part.net, seed + 500), label, part.weights, part.n_ordinary, part.capacity)
    return renumbered(label)


def search(
    part: Part, label: Ints, seed: int, moves: int, heats: tuple[float, float], flips: float = FLIPS
) -> tuple[float, Ints]:
    """Return the lowest energy that annealing finds from a plan of one part, and its labels."""
    if len(part.links) == 0:
        return 0.0, np.zeros_like(label)
    state = build_state(part.net, label, part.capacity)
    steps = moves * len(label)
    cooling = heats[0] * (heats[1] / heats[0]) ** np.linspace(0.0, 1.0, steps)
    best = label.copy()
    bench = build_bench(part.net, seed)
    energy = anneal(part.net, bench, state, part.weights, part.links, cooling, best, flips)
    return energy, renumbered(best)


def search_groups(part: Part, group: Ints, seed: int, moves: int, starts: int) -> Ints:
    """Return the labels of the best plan that moves of whole groups of atoms find.

    The search begins from so many first plans, and from half as many more as long as their grids make a
    better plan. What several starts have led to is as good as it gets, and then no more are tried.
    """
    more = (starts + 1) // 2
    pool = GridPool(coarse_part(part, group))
    found: list[float] = []
    while True:
        before = pool.energy
        for _ in range(starts):
            label = first_labels(pool.part, seed + len(found))
            found.append(pool.add(search(pool.part, label, seed + len(found), moves, GROUP_HEATS)[1]))
            if sum(energy <= pool.energy + SAME for energy in found) >= AGREED:
                return pool.best[group]
        pool.cross()
        if pool.energy > before - SAME:
            return pool.best[group]
        starts = more
