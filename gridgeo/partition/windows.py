"""Windows: a few neighbouring grids drawn anew from nothing, often, while all others stay as they are.

A search of a whole community passes by the one way in which towers and their small neighbours come out even.
A window around a grid that is out of range has so few atoms that a search goes through it in milliseconds.
"""

from collections.abc import Callable, Iterable

import numpy as np
from numpy.typing import NDArray

from gridgeo.partition.anneal import build_state, plan_energy
from gridgeo.partition.coverage import Ints, renumbered
from gridgeo.partition.parts import Part, cut_out
from gridgeo.partition.pool import GridPool
from gridgeo.partition.search import SAME, first_labels, search
from gridgeo.partition.tree import edge_sources

__all__ = ["FindAstray", "redraw_windows", "search_often"]

SIZES = (6, 10, 14)  # grids of a window
SEARCHES = 40
AGREED = 8  # searches of a window that came to the same energy: then there is hardly a lower one
HEATS = (20.0, 60.0, 120.0)  # so hot that a grid may leave its range on the way
LAST_HEAT = 0.01
MOVES = 200  # for each atom, but in one search not more than
MOST_MOVES = 200_000

# Which grids of a part are out of range though nothing proves that one has to be.
FindAstray = Callable[[Ints], NDArray[np.bool_]]


def redraw_windows(part: Part, label: Ints, astray: FindAstray, seed: int, rounds: int) -> Ints:
    """Return the labels of a plan with windows around grids that are out of range drawn anew.

    Every round draws one window of each size, each around one of these grids, until none is left.
    """
    random = np.random.default_rng(seed)
    for turn in range(rounds * len(SIZES)):
        bad = np.flatnonzero(astray(label))
        if len(bad) == 0:
            break
        window = choose_window(part, label, int(random.choice(bad)), SIZES[turn % len(SIZES)], random)
        chosen = np.isin(label, window)
        inside = cut_out(part, chosen, len(window))
        now = renumbered(label[chosen])
        energy = float(plan_energy(inside.net, build_state(inside.net, now, inside.capacity), inside.weights))
        first = seed + turn * SEARCHES
        found = search_often(inside, range(first, first + SEARCHES), HEATS, MOVES, AGREED)
        if found[0] < energy - 1e-9:
            label = label.copy()
            label[chosen] = len(label) + found[1]
            label = renumbered(label)
    return label


def search_often(
    part: Part, seeds: Iterable[int], heats: tuple[float, ...], moves: int, agreed: int
) -> tuple[float, Ints]:
    """Return the energy and the labels of the best plan of what hot searches find, one from each seed.

    What ``agreed`` seeds have led to is taken for the best there is, and the rest are not tried.
    """
    steps = min(moves, max(MOST_MOVES // len(part.atoms), 1))
    pool = GridPool(part)
    found: list[float] = []
    for turn, seed in enumerate(seeds):
        heat = heats[turn % len(heats)]
        found.append(pool.add(search(part, first_labels(part, seed), seed, steps, (heat, LAST_HEAT))[1]))
        if sum(energy <= pool.energy + SAME for energy in found) >= agreed:
            return pool.energy, pool.best
    pool.cross()
    return pool.energy, pool.best


def choose_window(part: Part, label: Ints, grid: int, size: int, random: np.random.Generator) -> list[int]:
    """Return a grid with others around it: its neighbours in a random order, then theirs."""
    source = edge_sources(part.net)
    border = part.net.link & (label[source] != label[part.net.neighbour])
    pairs = np.unique(np.stack([label[source[border]], label[part.net.neighbour[border]]], axis=1), axis=0)
    window = [grid]
    for ring in range(size):
        if ring >= len(window):
            break
        beside = pairs[np.isin(pairs[:, 0], window[ring]), 1]
        beside = np.setdiff1d(beside, window)
        window += [int(other) for other in random.permutation(beside)]
    return window[:size]
