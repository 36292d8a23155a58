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
    """The connected pieces of a graph: the piece of each atom (-1: dedicated), and their sizes."""

    piece: Ints
    size: Floats


def sizes(graph: AtomGraph, spec: GridSpec) -> Floats:
    """Return the size of each atom in what the spec counts."""
    return (graph.households if spec.area_m2 is None else graph.area_m2).astype(float)


def link_remnants(graph: AtomGraph, spec: GridSpec) -> AtomGraph:
    """Return the graph with links for the pieces that cannot stand alone; see the rules of this module."""
    low = spec.size_range[0]
    while True:
        pieces = find_pieces(graph, spec)
        small = np.flatnonzero(pieces.size < low)
        ordered = small[np.lexsort((small, pieces.size[small]))]
        tries = (
            rule(graph, pieces, int(number)) for rule in (link_by_land, link_by_bridge) for number in ordered
        )
        linked = next((found for found in tries if found is not graph), None)
        if linked is None:
            return graph
        graph = linked


def find_pieces(graph: AtomGraph, spec: GridSpec) -> Pieces:
    """Return the connected pieces of the graph without dedicated atoms."""
    free = graph.dedicated < 0
    link = graph.is_link & free[graph.a] & free[graph.b]
    component = connected(len(graph), graph.a[link], graph.b[link])
    piece = np.full(len(graph), -1, dtype=np.int64)
    numbers, inverse = np.unique(component[free], return_inverse=True)
    piece[free] = inverse
    size = np.bincount(inverse, sizes(graph, spec)[free], len(numbers)).astype(float)
    return Pieces(piece, size)


def link_by_land(graph: AtomGraph, pieces: Pieces, number: int) -> AtomGraph:
    """Return the graph with one more link from a piece to a neighbour, the same graph if no rule applies."""
    leaves = find_leaves(graph, pieces, number)
    if pieces.size[number] == 0 and leaves.any():
        return with_link(graph, leaves, graph.length_m)
    necks = leaves & (graph.contact_m > 0)
    return with_link(graph, necks, graph.contact_m) if necks.any() else graph


def link_by_bridge(graph: AtomGraph, pieces: Pieces, number: int) -> AtomGraph:
    """Return the graph with one more link from a piece without neighbours to another part of its community.

    Two pieces of one part are never linked so: a grid would lie in both and not in what is between them.
    """
    inside = pieces.piece == number
    if find_leaves(graph, pieces, number).any():
        return graph
    rivals = pieces.piece[np.isin(graph.boundary_part, graph.boundary_part[inside])]
    others = (pieces.piece >= 0) & ~np.isin(pieces.piece, rivals)
    return with_bridge(graph, inside, others) if others.any() else graph


def find_leaves(graph: AtomGraph, pieces: Pieces, number: int) -> NDArray[np.bool_]:
    """Return which edges lead from a piece to another one."""
    inside = pieces.piece == number
    leaves: NDArray[np.bool_] = inside[graph.a] != inside[graph.b]
    leaves &= (pieces.piece[graph.a] >= 0) & (pieces.piece[graph.b] >= 0)
    return leaves


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
