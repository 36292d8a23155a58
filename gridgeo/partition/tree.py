"""Random spanning trees that follow the streets, and what every cut of a tree would cost, compiled.

A tree is grown from a random atom. It prefers steps inside a compound, then inside a block, and crosses
a street only when nothing else is left: cutting a tree edge then tends to cut along a street. For one tree
*every* cut is scored exactly, by sums over subtrees; a border between two atoms is crossed by the cuts on
the tree path between them, so it is added at both ends and taken off twice at the lowest common ancestor.
"""

from functools import lru_cache
from typing import NamedTuple, cast

import numpy as np
from numpy.typing import NDArray

from gridgeo.partition.compiled import compiled
from gridgeo.partition.coverage import Floats, Ints
from gridgeo.partition.energy import N_FEATURES, PERIMETER, Weights, grid_energy

__all__ = [
    "Bench",
    "Net",
    "build_bench",
    "choose_cut",
    "draw",
    "edge_sources",
    "grow_tree",
    "score_cuts",
    "weigh_tree",
]


# Typed, so that numba compiles one version of a loop and not a second one for a literal.
NOTHING = cast(int, np.int64(-1))


class Net(NamedTuple):
    """A graph of atoms in rows: the neighbours of atom i stand in ``first[i]:first[i + 1]``.

    ``length`` is the common border in metres, ``cost`` its price as a border between grids, ``link``
    whether one can walk across, ``kind`` 0 inside a compound, 1 inside a block, 2 across a street.
    ``features`` has a row for each atom (see ``energy.FEATURES``).
    """

    first: Ints
    neighbour: Ints
    length: Floats
    cost: Floats
    link: NDArray[np.bool_]
    kind: Ints
    features: Floats


class Bench(NamedTuple):
    """Work space of one search: made once, used for every tree."""

    place: Ints  # position of an atom in the tree, -1 outside
    atom: Ints  # atoms in the order in which the tree reached them
    parent: Ints
    mark: Ints  # room for a mark at each position
    total: Floats  # sums over the subtree of each position
    crossed: Floats  # cost, length crossed by the cut above a position; length inside its subtree
    waiting: Ints  # three stacks of (from, to)
    scores: Floats
    sums: Floats  # room for the sums over two grids
    height: Ints  # of the three stacks
    random: NDArray[np.uint64]


def edge_sources(net: Net) -> Ints:
    """Return the atom in whose row each neighbour stands."""
    return np.repeat(np.arange(len(net.first) - 1), np.diff(net.first))


def build_bench(net: Net, seed: int) -> Bench:
    """Return the work space for a graph."""
    n, m = len(net.first) - 1, len(net.neighbour)
    place, atom, parent, mark = (np.full(n, -1, dtype=np.int64) for _ in range(4))
    return Bench(
        place,
        atom,
        parent,
        mark,
        np.zeros((n, net.features.shape[1])),
        np.zeros((n, 3)),
        np.zeros((3, m + 1, 2), dtype=np.int64),
        np.zeros(n),
        np.zeros((2, N_FEATURES)),
        np.zeros(3, dtype=np.int64),
        first_state(seed).copy(),
    )


@lru_cache(maxsize=1_000)  # every part is searched from the same seeds
def first_state(seed: int) -> NDArray[np.uint64]:
    """Return the state from which the random numbers of a seed begin."""
    return np.random.default_rng(seed).integers(1, 2**63 - 1, size=1, dtype=np.uint64)


@compiled
def draw(random: NDArray[np.uint64]) -> float:
    """Return the next random number in [0, 1) (xorshift64*, Vigna 2016)."""
    x = random[0]
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    x ^= x >> np.uint64(27)
    random[0] = x
    return float((x * np.uint64(2685821657736338717)) >> np.uint64(11)) / 9007199254740992.0


@compiled
def grow_tree(net: Net, bench: Bench, label: Ints, first: int, second: int, root: int, stray: float) -> int:
    """Grow a random tree over the atoms of two grids and return its size.

    ``stray`` is the share of borders that forget what kind they are, for variety.
    """
    height = bench.height
    for kind in range(3):
        height[kind] = 0
    size = 0
    source, atom = NOTHING, root
    while True:
        if bench.place[atom] < 0:
            bench.place[atom] = size
            bench.atom[size] = atom
            bench.parent[size] = source
            for e in range(net.first[atom], net.first[atom + 1]):
                other = net.neighbour[e]
                if (
                    net.link[e]
                    and bench.place[other] < 0
                    and (label[other] == first or label[other] == second)
                ):
                    kind = net.kind[e]
                    if stray > 0.0 and draw(bench.random) < stray:
                        kind = int(3 * draw(bench.random))
                    bench.waiting[kind, height[kind], 0] = size
                    bench.waiting[kind, height[kind], 1] = other
                    height[kind] += 1
            size += 1
        kind = 0
        while kind < 3 and height[kind] == 0:
            kind += 1
        if kind == 3:
            return size
        pick = int(height[kind] * draw(bench.random))
        height[kind] -= 1
        source, atom = bench.waiting[kind, pick, 0], bench.waiting[kind, pick, 1]
        bench.waiting[kind, pick, 0] = bench.waiting[kind, height[kind], 0]
        bench.waiting[kind, pick, 1] = bench.waiting[kind, height[kind], 1]


@compiled
def weigh_tree(net: Net, bench: Bench, label: Ints, size: int) -> float:
    """Sum features, crossed borders and inner borders over every subtree.

    What the border between the present labels of its atoms costs is returned.
    """
    present = 0.0
    for i in range(size):
        atom = bench.atom[i]
        for column in range(N_FEATURES):
            bench.total[i, column] = net.features[atom, column]
        for column in range(3):
            bench.crossed[i, column] = 0.0
    for i in range(size):
        atom = bench.atom[i]
        for e in range(net.first[atom], net.first[atom + 1]):
            other = net.neighbour[e]
            j = bench.place[other]
            if j <= i:  # outside the tree, or met from the other side
                continue
            cost, length = net.cost[e], net.length[e]
            if label[other] != label[atom]:
                present += cost
            a, b = i, j
            while a != b:
                a, b = min(a, b), bench.parent[max(a, b)]
            bench.crossed[i, 0] += cost
            bench.crossed[j, 0] += cost
            bench.crossed[a, 0] -= 2.0 * cost
            bench.crossed[i, 1] += length
            bench.crossed[j, 1] += length
            bench.crossed[a, 1] -= 2.0 * length
            bench.crossed[a, 2] += length
    for i in range(size - 1, 0, -1):
        up = bench.parent[i]
        for column in range(3):
            bench.crossed[up, column] += bench.crossed[i, column]
        for column in range(N_FEATURES):
            bench.total[up, column] += bench.total[i, column]
    return present


@compiled
def sides(bench: Bench, cut: int, below: Floats, above: Floats) -> None:
    """Fill in the sums of the two sides of the cut above a position."""
    inner = bench.crossed[cut, 2]
    for column in range(N_FEATURES):
        below[column] = bench.total[cut, column]
        above[column] = bench.total[0, column] - below[column]
    below[PERIMETER] -= 2.0 * inner
    above[PERIMETER] -= 2.0 * (bench.crossed[0, 2] - inner - bench.crossed[cut, 1])


@compiled
def score_cuts(bench: Bench, size: int, weights: Weights, below: Floats, above: Floats) -> float:
    """Fill in the energy of each cut into two grids and return the lowest."""
    best = np.inf
    for cut in range(1, size):
        sides(bench, cut, below, above)
        score = bench.crossed[cut, 0] + grid_energy(below, weights) + grid_energy(above, weights)
        bench.scores[cut] = score
        best = min(best, score)
    return best


@compiled
def choose_cut(bench: Bench, size: int, heat: float, best: float) -> int:
    """Return a cut drawn in proportion to exp(-energy / heat)."""
    weight, drawn = 0.0, 1
    for cut in range(1, size):
        chance = np.exp(max((best - bench.scores[cut]) / heat, -60.0))
        weight += chance
        if draw(bench.random) * weight < chance:
            drawn = cut
    return drawn


@compiled
def clear_tree(bench: Bench, size: int) -> None:
    """Forget the tree."""
    for i in range(size):
        bench.place[bench.atom[i]] = -1


@compiled
def relabel_below(bench: Bench, label: Ints, size: int, cut: int, below: int, above: int) -> None:
    """Give the two sides of a cut their labels."""
    mark = bench.mark
    for i in range(size):
        mark[i] = 1 if i == cut or (i > cut and mark[bench.parent[i]] == 1) else 0
        label[bench.atom[i]] = below if mark[i] == 1 else above


@compiled
def copy_labels(source: Ints, target: Ints) -> None:
    """Write the labels of one plan over those of another."""
    for i in range(len(source)):
        target[i] = source[i]


@compiled
def copy_sums(source: Floats, target: Floats) -> None:
    """Write the sums over one grid in the place of others."""
    for column in range(N_FEATURES):
        target[column] = source[column]
