"""The start: one connected graph of atoms is halved again and again along the best cut of a random tree."""

import numpy as np

from gridgeo.partition.compiled import compiled
from gridgeo.partition.coverage import Floats, Ints
from gridgeo.partition.energy import GIANT_SIZE, GIANTS, SIZE, Weights
from gridgeo.partition.tree import (
    NOTHING,
    Bench,
    Net,
    clear_tree,
    draw,
    grow_tree,
    relabel_below,
    sides,
    weigh_tree,
)

__all__ = ["bisect", "count_grids", "fits_some_number"]

STRAY = 0.1  # share of borders whose kind is forgotten when a tree grows
SHAPE_SHARE = 0.3  # how much the shape of a half counts against that of a finished grid


def fits_some_number(size: float, low: float, high: float) -> bool:
    """Return whether some number of grids, each from low to high, can hold exactly this size."""
    return bool(size > 0 and np.ceil(size / high) <= np.floor(size / low))


@compiled
def count_grids(size: float, low: float, high: float) -> int:
    """Return the number of grids that brings ``size`` nearest to the range; at least one."""
    fewest = max(int(np.ceil(size / high)), 1)
    most = max(int(np.floor(size / low)), 1)
    if fewest <= most:
        middle = int(round(2.0 * size / (low + high)))
        return min(max(middle, fewest), most)
    # No number fits: `most` grids carry too much, `fewest` too little; take the smaller fault.
    over = (size - most * high) / high
    under = (fewest * low - size) / low
    return most if over <= under else fewest


@compiled
def missed(size: float, k: int, weights: Weights) -> float:
    """Return how far ``size`` is from what k grids may hold, in grids."""
    if k == 0:
        return size / weights.low * 0.2
    if size < k * weights.low:
        return (k * weights.low - size) / weights.low
    if size > k * weights.high:
        return (size - k * weights.high) / weights.high
    return 0.0


@compiled
def best_share(below: Floats, above: Floats, k: int, weights: Weights) -> tuple[int, float]:
    """Return how many of k ordinary grids the side below a cut should get, and what is then missed."""
    rest_below, rest_above = below[SIZE] - below[GIANT_SIZE], above[SIZE] - above[GIANT_SIZE]
    guess = int(round(k * rest_below / max(rest_below + rest_above, 1.0)))
    best, best_k = np.inf, NOTHING
    for k_below in range(max(guess - 1, 0), min(guess + 1, k) + 1):
        if k_below + below[GIANTS] < 1 or k - k_below + above[GIANTS] < 1:
            continue
        fault = missed(rest_below, k_below, weights) + missed(rest_above, k - k_below, weights)
        # The evener the halves, the more ways are left to cut them.
        fault += 0.02 * abs(rest_below / max(rest_below + rest_above, 1.0) - k_below / max(k, 1))
        if fault < best:
            best, best_k = fault, k_below
    return best_k, best


@compiled
def halve(net: Net, bench: Bench, label: Ints, weights: Weights, old: int, k: int, new: int) -> int:
    """Cut the grid ``old`` that should become k ordinary grids; return the share of the new one.

    The new grid gets the label ``new``; -1 is returned where no cut exists.
    """
    below, above = bench.sums[0], bench.sums[1]
    size = grow_tree(net, bench, label, old, NOTHING, draw_member(label, old, bench), STRAY)
    weigh_tree(net, bench, label, size)
    best, best_k, best_cut = np.inf, NOTHING, NOTHING
    for cut in range(1, size):
        sides(bench, cut, below, above)
        k_below, fault = best_share(below, above, k, weights)
        if k_below < 0:
            continue
        shape = weights.shape * SHAPE_SHARE * (roundness(below) + roundness(above))
        score = bench.crossed[cut, 0] + shape + weights.violation * fault
        if score < best:
            best, best_k, best_cut = score, k_below, cut
    if best_cut >= 0:
        relabel_below(bench, label, size, best_cut, new, old)
    clear_tree(bench, size)
    return best_k


@compiled
def roundness(total: Floats) -> float:
    """Return one over Polsby and Popper's compactness, less one."""
    return float(total[3] ** 2 / (4.0 * np.pi * max(total[2], 1.0)) - 1.0)


@compiled
def draw_member(label: Ints, grid: int, bench: Bench) -> int:
    """Return an atom of a grid drawn at random."""
    n = 0
    for i in range(len(label)):
        n += label[i] == grid
    goal = int(n * draw(bench.random))
    for i in range(len(label)):
        goal -= label[i] == grid
        if goal < 0:
            return i
    return 0


def bisect(net: Net, bench: Bench, label: Ints, weights: Weights, k: int, capacity: int) -> int:
    """Fill in a first plan with k ordinary grids and one for each giant; return their number."""
    label[:] = 0
    shares = np.zeros(capacity, dtype=np.int64)
    shares[0] = k
    return int(halve_all(net, bench, label, weights, shares))


@compiled
def halve_all(net: Net, bench: Bench, label: Ints, weights: Weights, shares: Ints) -> int:
    """Halve every grid until it is one; ``shares`` are the ordinary grids that each should become."""
    n_grids, g = 1, 0
    while g < n_grids:
        giants = 0.0
        for i in range(len(label)):
            if label[i] == g:
                giants += net.features[i, GIANTS]
        if shares[g] + giants <= 1 or n_grids == len(shares):
            g += 1
            continue
        k_new = halve(net, bench, label, weights, g, shares[g], n_grids)
        if k_new < 0:
            g += 1
            continue
        shares[n_grids] = k_new
        shares[g] -= k_new
        n_grids += 1
    return n_grids
