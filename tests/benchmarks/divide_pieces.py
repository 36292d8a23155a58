"""What a peer gets to see of a community: its connected pieces, as plain weighted graphs.

Every peer works on the same atoms, the same contacts and the same prices as gridgeo is scored by: an edge
costs its metres, weighted 0.15 on a street, 1 inside a block, 3 inside a compound. Dedicated areas are taken
out first, each piece is asked for the number of grids that its households fit best, and a building above the
range counts as one grid of middle size, so that no peer breaks on it.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from gridgeo.partition.graph import AtomGraph
from gridgeo.partition.plan import Plan
from gridgeo.partition.split import count_grids
from gridgeo.spec import GridSpec

Ints = NDArray[np.int64]
Method = Callable[["Piece"], Ints]


@dataclass(frozen=True)
class Piece:
    """One connected piece: its atoms with their households (``size``; ``capped``: no giant above the middle).

    ``a``, ``b`` are the ends of each contact, ``cost_dm`` its price, ``kind`` what it lies in or on.
    """

    atoms: Ints
    size: Ints
    capped: Ints
    n_grids: int
    a: Ints
    b: Ints
    cost_dm: Ints
    compound: Ints
    block: Ints
    centre: NDArray[np.float64]
    low: int
    high: int

    def __len__(self) -> int:
        return len(self.atoms)

    def rows(self) -> tuple[Ints, Ints, Ints]:
        """Return the graph in rows: where each starts, the neighbours, the prices."""
        source, target = np.concatenate([self.a, self.b]), np.concatenate([self.b, self.a])
        order = np.lexsort((target, source))
        first = np.searchsorted(source[order], np.arange(len(self) + 1))
        return first, target[order], np.tile(self.cost_dm, 2)[order]

    def faults(self, label: Ints) -> int:
        """Return the grids out of range that hold no giant, and the pieces too many."""
        n = int(label.max()) + 1
        size = np.bincount(label, self.size, n)
        giant = np.bincount(label, self.size > self.high, n) > 0
        return int((((size < self.low) | (size > self.high)) & ~giant).sum()) + count_pieces(self, label) - n

    def price(self, label: Ints) -> int:
        """Return what the borders of a plan cost."""
        return int(self.cost_dm[label[self.a] != label[self.b]].sum())


def count_pieces(piece: Piece, label: Ints) -> int:
    """Return the number of connected pieces that the grids of a plan consist of."""
    same = label[piece.a] == label[piece.b]
    links = coo_array((np.ones(same.sum()), (piece.a[same], piece.b[same])), shape=(len(piece),) * 2)
    return int(connected_components(links, directed=False)[0])


def build_pieces(graph: AtomGraph, spec: GridSpec) -> list[Piece]:
    """Return the connected pieces of a community without its dedicated areas."""
    free = graph.dedicated < 0
    edge = np.flatnonzero(graph.is_link & free[graph.a] & free[graph.b])
    shape = (len(graph),) * 2
    _, component = connected_components(
        coo_array((np.ones(len(edge)), (graph.a[edge], graph.b[edge])), shape=shape), directed=False
    )
    return [
        build_piece(graph, np.flatnonzero(free & (component == number)), edge, spec)
        for number in np.unique(component[free])
    ]


def build_piece(graph: AtomGraph, atoms: Ints, links: Ints, spec: GridSpec) -> Piece:
    """Return one connected piece."""
    low, high = spec.households
    place = np.full(len(graph), -1, dtype=np.int64)
    place[atoms] = np.arange(len(atoms))
    edge = links[(place[graph.a[links]] >= 0) & (place[graph.b[links]] >= 0)]
    size = graph.households[atoms]
    giant = size > high
    ordinary = float(size[~giant].sum())
    n_ordinary = 0 if giant.any() and ordinary < low / 2 else count_grids(ordinary, float(low), float(high))
    return Piece(
        atoms=atoms,
        size=size,
        capped=np.where(giant, round(spec.target), size),
        n_grids=max(min(n_ordinary + int(giant.sum()), len(atoms)), 1),
        a=place[graph.a[edge]],
        b=place[graph.b[edge]],
        cost_dm=np.maximum(np.round(10 * graph.cost_m[edge]), 1).astype(np.int64),
        compound=graph.compound[atoms],
        block=graph.block[atoms],
        centre=graph.centre[atoms],
        low=int(low),
        high=int(high),
    )


def plan_with(method: Method, graph: AtomGraph, pieces: list[Piece]) -> Plan:
    """Return the plan of a community that a method makes piece by piece, dedicated areas as they are."""
    label = np.full(len(graph), -1, dtype=np.int64)
    part: list[int] = []
    for i, piece in enumerate(pieces):
        found = np.zeros(len(piece), dtype=np.int64)
        if piece.n_grids > 1:
            found = np.unique(method(piece), return_inverse=True)[1].astype(np.int64)
        label[piece.atoms] = found + len(part)
        part += [i] * (int(found.max()) + 1)
    carved = graph.dedicated >= 0
    if carved.any():
        areas = np.unique(graph.dedicated[carved])
        label[carved] = len(part) + np.searchsorted(areas, graph.dedicated[carved])
        part += [-1] * len(areas)
    numbers = np.array(part, dtype=np.int64)
    return Plan(label, numbers < 0, numbers)
