"""Links for what cannot stand alone: exclaves, land behind barriers where nobody lives, narrow necks.

A grid of nobody is no grid. A piece of a community that holds too few households to be one, and that the
graph cuts off from the rest, is linked to its best neighbour, by the first rule that applies:

1. a piece without any household joins the neighbour with the longest border, also across a barrier;
2. a piece that hangs on the rest by a neck narrower than a contact joins across the neck;
3. an exclave joins the nearest other part of its community.

A piece with households behind a barrier stays alone: no grid crosses a barrier to reach people.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from gridgeo.partition.coverage import Floats, Ints, connected
from gridgeo.partition.graph import CONTACT_M, AtomGraph
from gridgeo.spec import GridSpec

__all__ = ["link_remnants", "sizes"]


@dataclass(frozen=True)
class Pieces:
    """The connected pieces of a graph: the piece of each atom (-1: dedicated), their sizes and open edges."""

    piece: Ints
    size: Floats
    boundary_part: Ints

    @property
    def n_pieces(self) -> int:
        """Return the number of pieces."""
        return len(self.size)


def sizes(graph: AtomGraph, spec: GridSpec) -> Floats:
    """Return the size of each atom in what the spec counts."""
    return (graph.households if spec.area_m2 is None else graph.area_m2).astype(float)


def link_remnants(graph: AtomGraph, spec: GridSpec) -> AtomGraph:
    """Return the graph with links for the pieces that cannot stand alone; see the rules of this module."""
    low = spec.size_range[0]
    for _ in range(len(graph)):
        pieces = find_pieces(graph, spec)
        small = np.flatnonzero(pieces.size < low)
        if pieces.n_pieces < 2 or len(small) == 0:
            break
        for number in small[np.lexsort((small, pieces.size[small]))]:
            linked = link_piece(graph, pieces, int(number))
            if linked is not graph:
                graph = linked
                break
        else:
            break
    return graph


def find_pieces(graph: AtomGraph, spec: GridSpec) -> Pieces:
    """Return the connected pieces of the graph without dedicated atoms."""
    free = graph.dedicated < 0
    link = graph.is_link & free[graph.a] & free[graph.b]
    component = connected(len(graph), graph.a[link], graph.b[link])
    piece = np.full(len(graph), -1, dtype=np.int64)
    numbers, first, inverse = np.unique(component[free], return_index=True, return_inverse=True)
    piece[free] = inverse
    size = np.bincount(inverse, sizes(graph, spec)[free], len(numbers))
    return Pieces(piece, size, graph.boundary_part[np.flatnonzero(free)[first]])


def link_piece(graph: AtomGraph, pieces: Pieces, number: int) -> AtomGraph:
    """Return the graph with one more link from a piece to another, the same graph where no rule applies."""
    inside = pieces.piece == number
    leaves = inside[graph.a] != inside[graph.b]
    leaves &= (pieces.piece[graph.a] >= 0) & (pieces.piece[graph.b] >= 0)
    if pieces.size[number] == 0 and leaves.any():
        return with_link(graph, leaves, graph.length_m)
    necks = leaves & (graph.contact_m > 0)
    if necks.any():
        return with_link(graph, necks, graph.contact_m)
    others = (pieces.piece >= 0) & ~inside
    others &= graph.boundary_part != pieces.boundary_part[number]
    return with_bridge(graph, inside, others) if others.any() and not leaves.any() else graph


def with_link(graph: AtomGraph, candidates: NDArray[np.bool_], length: Floats) -> AtomGraph:
    """Return the graph with the longest of the candidate edges made passable."""
    edges = np.flatnonzero(candidates)
    best = edges[np.argmax(np.round(length[edges], 3))]
    contact = graph.contact_m.copy()
    contact[best] = max(contact[best], CONTACT_M)
    return replace(graph, contact_m=contact)


def with_bridge(graph: AtomGraph, inside: NDArray[np.bool_], others: NDArray[np.bool_]) -> AtomGraph:
    """Return the graph with an edge without length between the nearest atoms of two sets."""
    here, there = np.flatnonzero(inside), np.flatnonzero(others)
    distance, nearest = cKDTree(graph.centre[there]).query(graph.centre[here])
    best = int(np.argmin(np.round(distance, 3)))
    ends = sorted((int(here[best]), int(there[nearest[best]])))
    nothing = np.zeros(1)
    return replace(
        graph,
        a=np.append(graph.a, ends[0]),
        b=np.append(graph.b, ends[1]),
        length_m=np.append(graph.length_m, nothing),
        street_m=np.append(graph.street_m, nothing),
        main_m=np.append(graph.main_m, nothing),
        contact_m=np.append(graph.contact_m, CONTACT_M),
        cost_m=np.append(graph.cost_m, nothing),
    )
