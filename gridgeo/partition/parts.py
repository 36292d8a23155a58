"""Parts: the connected parts of a graph, as the arrays that the search works on, fine and coarse."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from gridgeo.partition.coverage import Floats, Ints, connected
from gridgeo.partition.energy import PERIMETER, Weights
from gridgeo.partition.graph import COST_ON_STREET, AtomGraph
from gridgeo.partition.links import sizes
from gridgeo.partition.split import count_grids
from gridgeo.partition.tree import Net
from gridgeo.spec import GridSpec

__all__ = ["Part", "build_parts", "coarse_part"]

# Prices, in sides of a mean grid or without unit: found by experiment, the same for every place.
SHAPE, BALANCE, VIOLATION, ABSORBED = 0.65, 0.1, 40.0, 15.0
MAIN_PULL = 0.6  # what a metre of main road as a border is worth beyond a plain street
BLOCK_PUSH = 2.0  # how many times over a border off the streets costs in the search beyond its score
COARSE_SHARE = 0.5  # blocks up to this share of the smallest grid are one piece in the coarse search


@dataclass(frozen=True)
class Part:
    """A connected part of a graph: its atoms, their net, and how many grids it should hold.

    ``links`` are the pairs of atoms between which one can walk; ``group`` is the block or compound of each
    atom that should stay together while the search is coarse.
    """

    atoms: Ints
    net: Net
    links: Ints
    group: Ints
    weights: Weights
    n_ordinary: int
    capacity: int


def build_parts(graph: AtomGraph, spec: GridSpec) -> list[Part]:
    """Return the connected parts of the graph without the dedicated atoms, by their first atom."""
    free = graph.dedicated < 0
    link = graph.is_link & free[graph.a] & free[graph.b]
    component = connected(len(graph), graph.a[link], graph.b[link])
    numbers, first = np.unique(component[free], return_index=True)
    return [
        build_part(graph, np.flatnonzero((component == number) & free), spec)
        for number in numbers[np.argsort(first, kind="stable")]
    ]


def build_part(graph: AtomGraph, atoms: Ints, spec: GridSpec) -> Part:
    """Return the arrays of one connected part."""
    size = sizes(graph, spec)[atoms]
    low, high = spec.size_range
    giant = size > high
    ordinary = float(size[~giant].sum())
    n_ordinary = 0 if giant.any() and ordinary < low / 2 else count_grids(ordinary, low, high)
    side = float(np.sqrt(graph.area_m2[atoms].sum() / max(n_ordinary + giant.sum(), 1)))
    columns = [size, graph.people[atoms], graph.area_m2[atoms], graph.perimeter_m[atoms], giant, size * giant]
    features = np.stack(columns, axis=1).astype(float)
    people_low, people_high = spec.people or (0.0, np.inf)
    weights = Weights(
        low=float(low),
        high=float(high),
        people_low=float(people_low),
        people_high=float(people_high),
        max_area=spec.max_area_m2 or np.inf,
        shape=SHAPE,
        balance=BALANCE,
        violation=VIOLATION,
        absorbed=ABSORBED,
    )
    place = np.full(len(graph), -1, dtype=np.int64)
    place[atoms] = np.arange(len(atoms))
    edge = np.flatnonzero((place[graph.a] >= 0) & (place[graph.b] >= 0))
    ends = np.stack([place[graph.a[edge]], place[graph.b[edge]]], axis=1)
    in_block = graph.length_m - graph.street_m
    off_street = graph.cost_m - COST_ON_STREET * graph.street_m
    cost = (graph.cost_m + BLOCK_PUSH * off_street - MAIN_PULL * graph.main_m)[edge] / side
    same = (graph.compound[atoms][ends] >= 0).all(axis=1) & (np.diff(graph.compound[atoms][ends])[:, 0] == 0)
    kind = np.where(same, 0, np.where(in_block[edge] > graph.street_m[edge], 1, 2))
    link = graph.is_link[edge]
    net = build_net(ends, graph.length_m[edge], cost, link, kind, features)
    capacity = min(int(giant.sum()) + int(ordinary / low) + 2, len(atoms))
    group = coarse_groups(graph, atoms, ends[link], size, COARSE_SHARE * low)
    return Part(atoms, net, ends[link], group, weights, n_ordinary, capacity)


def build_net(
    ends: Ints, length: Floats, cost: Floats, link: NDArray[np.bool_], kind: Ints, features: Floats
) -> Net:
    """Return the neighbours of each atom in rows."""
    source, target = np.concatenate([ends[:, 0], ends[:, 1]]), np.concatenate([ends[:, 1], ends[:, 0]])
    order = np.lexsort((target, source))
    edge = np.tile(np.arange(len(ends)), 2)[order]
    first = np.searchsorted(source[order], np.arange(len(features) + 1)).astype(np.int64)
    return Net(
        first, target[order], length[edge], cost[edge], link[edge], kind[edge].astype(np.int64), features
    )


def coarse_groups(graph: AtomGraph, atoms: Ints, links: Ints, size: Floats, limit: float) -> Ints:
    """Return for each atom the group that stays together: its block, else its compound, else itself.

    A group is connected and not larger than ``limit``.
    """
    n = len(atoms)
    group = np.arange(n)
    for zone in (graph.compound[atoms], graph.block[atoms]):
        inside = (zone[links] >= 0).all(axis=1) & (zone[links[:, 0]] == zone[links[:, 1]])
        piece = connected(n, links[inside, 0], links[inside, 1])
        total = np.bincount(piece, size)
        fits = total[piece] <= limit
        group = np.where(fits, n + piece, group)
        whole = connected(n, *same_group(group))
        group = whole
    return group


def same_group(group: Ints) -> tuple[Ints, Ints]:
    """Return pairs that tie every member to the first of its group."""
    _, first, inverse = np.unique(group, return_index=True, return_inverse=True)
    return first[inverse], np.arange(len(group))


def coarse_part(part: Part) -> Part:
    """Return the part with every group as one atom."""
    net, group = part.net, part.group
    n = int(group.max()) + 1
    source = np.repeat(np.arange(len(group)), np.diff(net.first))
    a, b = group[source], group[net.neighbour]
    inner = a == b
    features = np.zeros((n, net.features.shape[1]))
    np.add.at(features, group, net.features)
    features[:, PERIMETER] -= np.bincount(a[inner], net.length[inner], n)
    once = a < b
    key, edge = np.unique(a[once] * n + b[once], return_inverse=True)
    length = np.bincount(edge, net.length[once], len(key)).astype(float)
    cost = np.bincount(edge, net.cost[once], len(key)).astype(float)
    link = np.bincount(edge, net.link[once], len(key)) > 0
    kind = np.full(len(key), 2, dtype=np.int64)
    np.minimum.at(kind, edge, net.kind[once])
    ends = np.stack([key // n, key % n], axis=1)
    coarse = build_net(ends, length, cost, link, kind, features)
    return replace(
        part,
        atoms=np.arange(n),
        net=coarse,
        links=ends[link],
        group=np.arange(n),
        capacity=min(part.capacity, n),
    )
