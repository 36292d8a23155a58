"""Parts: the connected parts of a graph, as the arrays that the search works on, fine and coarse."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from gridgeo.partition.coverage import Floats, Ints, connected
from gridgeo.partition.energy import GIANTS, PERIMETER, SIZE, Weights
from gridgeo.partition.graph import COST_ON_STREET, AtomGraph
from gridgeo.partition.links import sizes
from gridgeo.partition.settlements import is_hamlet
from gridgeo.partition.split import count_grids
from gridgeo.partition.tree import Net, edge_sources
from gridgeo.spec import GridSpec

__all__ = ["Part", "build_parts", "coarse_part", "cut_out"]

# Prices, in typical sides or without unit: found by experiment, the same for every place.
SHAPE, THIN, BALANCE, VIOLATION, ABSORBED = 1.4, 0.6, 0.06, 100.0, 1.5
MAIN_PULL = 0.3  # what a metre of main road as a border is worth beyond a plain street
BLOCK_PUSH = 4.0  # how many times over a border off the streets costs in the search beyond its score
COST_IN_HAMLET = 1.5  # per metre, streets or not; more keeps more hamlets whole, by borders across the fields
COMPOUND_PUSH = 1.2  # and a border inside a compound once more
# What one border costs at most: a fifth of a grid out of range. Where a place is town and mountains, borders
# across these are long beyond all measure of the town, and being in range still comes first.
DEAREST = VIOLATION / 5


@dataclass(frozen=True)
class Part:
    """A connected part of a graph: its atoms, their net, and how many grids it should hold.

    ``links`` are the pairs of atoms between which one can walk; ``zones`` tells of each atom the compound,
    hamlet and block that it lies in (-1: none).
    """

    atoms: Ints
    net: Net
    links: Ints
    zones: tuple[Ints, Ints, Ints]
    weights: Weights
    n_ordinary: int
    capacity: int

    @property
    def n_grids(self) -> int:
        """Return how many grids it should hold, those of single giants included."""
        return self.n_ordinary + int(self.net.features[:, GIANTS].sum())

    def groups(self, block_limit: float) -> Ints:
        """Return what should stay together while the search is coarse, as the group of each atom.

        These are compounds and hamlets up to a whole grid, and blocks up to a limit.
        """
        high = self.weights.high
        return coarse_groups(self.zones, self.links, self.net.features[:, SIZE], (high, high, block_limit))


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
    side = typical_side(graph.block[atoms], size, graph.area_m2[atoms], spec)
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
        thin=THIN,
        balance=BALANCE,
        violation=VIOLATION,
        absorbed=ABSORBED,
    )
    place = np.full(len(graph), -1, dtype=np.int64)
    place[atoms] = np.arange(len(atoms))
    edge = np.flatnonzero((place[graph.a] >= 0) & (place[graph.b] >= 0))
    ends = np.stack([place[graph.a[edge]], place[graph.b[edge]]], axis=1)
    in_block = graph.length_m - graph.street_m
    hamlet = np.where(is_hamlet(graph.settlement[atoms], size, high), graph.settlement[atoms], -1)
    in_hamlet = is_within(hamlet[ends])
    in_compound = is_within(graph.compound[atoms][ends])
    cost = np.minimum(price_borders(graph, edge, in_compound, in_hamlet) / side, DEAREST)
    kind = np.where(in_compound | in_hamlet, 0, np.where(in_block[edge] > graph.street_m[edge], 1, 2))
    link = graph.is_link[edge]
    net = build_net(ends, graph.length_m[edge], cost, link, kind, features)
    capacity = min(int(giant.sum()) + int(ordinary / low) + 2, len(atoms))
    zones = (graph.compound[atoms], hamlet, graph.block[atoms])
    return Part(atoms, net, ends[link], zones, weights, n_ordinary, capacity)


def price_borders(
    graph: AtomGraph, edge: Ints, in_compound: NDArray[np.bool_], in_hamlet: NDArray[np.bool_]
) -> Floats:
    """Return what each of some edges costs in the search as a border between grids, in metres."""
    # A lane through a hamlet is no street to divide by: houses on both sides are the hamlet.
    on_street = np.where(in_hamlet, 0.0, COST_ON_STREET * graph.street_m[edge])
    off_street = np.where(in_hamlet, COST_IN_HAMLET * graph.length_m[edge], graph.cost_m[edge]) - on_street
    off_street *= np.where(in_compound, COMPOUND_PUSH, 1.0)
    price: Floats = on_street + (1.0 + BLOCK_PUSH) * off_street - MAIN_PULL * graph.main_m[edge]
    return price


def typical_side(block: Ints, size: Floats, area_m2: Floats, spec: GridSpec) -> float:
    """Return the length in metres that borders are measured by: between the side of a grid and of a block.

    Both are those of the block in which the median lives: the mean over the whole ground would let a park or
    a lake make every border cheap. The smaller the blocks, the nearer is another street, so the dearer it is
    to leave one.
    """
    block = np.unique(block, return_inverse=True)[1]
    living: Floats = np.bincount(block, size).astype(float)
    ground: Floats = np.bincount(block, area_m2).astype(float)
    if living.sum() == 0:
        return float(np.sqrt(ground.sum()))
    grid_m2 = weighted_median(ground / np.maximum(living, 1e-9), living) * spec.target
    return float((grid_m2 * weighted_median(ground, living)) ** 0.25)


def weighted_median(values: Floats, weights: Floats) -> float:
    """Return the value below which half of the weight lies."""
    order = np.argsort(values, kind="stable")
    upto = np.cumsum(weights[order])
    return float(values[order][np.searchsorted(upto, upto[-1] / 2)])


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


def is_within(zone: Ints) -> NDArray[np.bool_]:
    """Return whether both ends of each edge lie in one zone; ``zone`` is that of the ends, -1 for none."""
    within: NDArray[np.bool_] = (zone[:, 0] >= 0) & (zone[:, 0] == zone[:, 1])
    return within


def coarse_groups(
    zones: tuple[Ints, Ints, Ints], links: Ints, size: Floats, limits: tuple[float, float, float]
) -> Ints:
    """Return for each atom the group that stays together: its block, else hamlet or compound, else itself.

    A group is connected and not larger than the limit of its kind; ``zones`` and ``limits`` are those of
    compounds, hamlets and blocks.
    """
    n = len(size)
    group = np.arange(n)
    for zone, limit in zip(zones, limits, strict=True):
        inside = is_within(zone[links])
        # A compound across several blocks stays whole, and no part of it counts for a block.
        torn = np.zeros(n, dtype=bool)
        torn[group[links[~inside & (group[links[:, 0]] == group[links[:, 1]])].ravel()]] = True
        inside &= ~torn[group[links]].any(axis=1)
        piece = connected(n, links[inside, 0], links[inside, 1])
        fits = (np.bincount(piece, size)[piece] <= limit) & ~torn[group]
        group = connected(n, *same_group(np.where(fits, n + piece, group)))
    return group


def same_group(group: Ints) -> tuple[Ints, Ints]:
    """Return pairs that tie every member to the first of its group."""
    _, first, inverse = np.unique(group, return_index=True, return_inverse=True)
    return first[inverse], np.arange(len(group))


def coarse_part(part: Part, group: Ints) -> Part:
    """Return the part with every group of atoms as one atom."""
    net = part.net
    n = int(group.max()) + 1
    source = edge_sources(net)
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
    alone = np.full(n, -1, dtype=np.int64)
    return replace(
        part,
        atoms=np.arange(n),
        net=coarse,
        links=ends[link],
        zones=(alone, alone, alone),
        capacity=min(part.capacity, n),
    )


def cut_out(part: Part, chosen: NDArray[np.bool_], n_grids: int) -> Part:
    """Return the part of a part that some atoms make, which hold so many grids."""
    net = part.net
    source = edge_sources(net)
    edge = np.flatnonzero(chosen[source] & chosen[net.neighbour] & (source < net.neighbour))
    place = np.cumsum(chosen) - 1
    ends = np.stack([place[source[edge]], place[net.neighbour[edge]]], axis=1)
    features = net.features[chosen]
    kind, link = net.kind[edge], net.link[edge]
    compound, hamlet, block = part.zones
    return replace(
        part,
        atoms=np.flatnonzero(chosen),
        net=build_net(ends, net.length[edge], net.cost[edge], link, kind, features),
        links=ends[link],
        zones=(compound[chosen], hamlet[chosen], block[chosen]),
        n_ordinary=max(n_grids - int(features[:, GIANTS].sum()), 1),
        capacity=min(n_grids + 2, len(features)),
    )
