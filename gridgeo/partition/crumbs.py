"""Crumbs: small pieces of a dedicated area that are no grid of their own.

The border of a community, or whole buildings that straddle the area's own border, may cut a strip or a corner
off a campus. A worker for it would have nothing to do, so it goes with the ground around it.
"""

from dataclasses import replace

import numpy as np
import shapely

from gridgeo.partition.coverage import Geometries, Ints, connected
from gridgeo.partition.graph import AtomGraph

__all__ = ["drop_crumbs", "pieces_of_areas"]

# A piece is a crumb when it is less than both: a twentieth of its area, half a hectare.
CRUMB_SHARE, CRUMB_M2 = 0.05, 5_000.0


def drop_crumbs(graph: AtomGraph, areas: Geometries) -> AtomGraph:
    """Return the graph with the crumbs of the dedicated areas as ordinary ground.

    A crumb stays dedicated where one cannot walk from it to any ordinary ground.
    """
    carved = graph.dedicated >= 0
    if not carved.any():
        return graph
    piece = pieces_of_areas(graph)
    size = np.bincount(piece, graph.area_m2)
    whole = shapely.area(areas)[graph.dedicated[carved]]
    small = np.zeros(len(graph), dtype=bool)
    small[carved] = size[piece[carved]] < np.minimum(CRUMB_SHARE * whole, CRUMB_M2)
    meets = graph.is_link & (carved[graph.a] != carved[graph.b])
    inner = np.where(carved[graph.a], graph.a, graph.b)[meets]
    is_crumb = small & np.isin(piece, piece[inner])
    return replace(graph, dedicated=np.where(is_crumb, -1, graph.dedicated)) if is_crumb.any() else graph


def pieces_of_areas(graph: AtomGraph) -> Ints:
    """Return the number of the connected piece of its dedicated area that each atom is part of."""
    same = (graph.dedicated[graph.a] == graph.dedicated[graph.b]) & (graph.length_m > 0)
    return connected(len(graph), graph.a[same], graph.b[same])
