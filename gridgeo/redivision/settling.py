"""The plan before anything is moved: every grid in one piece, whatever became of its ground."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gridgeo.partition.coverage import Ints, connected
from gridgeo.partition.graph import AtomGraph
from gridgeo.spec import GridSpec

__all__ = ["settle"]


def settle(graph: AtomGraph, origin: Ints, n_old: int, spec: GridSpec, locked: Ints) -> Ints:
    """Return a plan in which every grid is in one piece, from what was carried over.

    Of a grid in pieces the one with most households stays. The others, and atoms of no old grid, join the
    neighbour with the longest border; what is large enough for a grid, or has no such neighbour, becomes one.
    A locked grid takes in nobody.
    """
    free = graph.dedicated < 0
    link = graph.is_link & free[graph.a] & free[graph.b]
    same = link & (origin[graph.a] == origin[graph.b])
    piece = connected(len(graph), graph.a[same], graph.b[same])
    if len(np.unique(piece[free])) == len(np.unique(origin[free])) and (origin[free] >= 0).all():
        return np.where(free, origin, n_old + graph.dedicated)
    size = (graph.households if spec.area_m2 is None else graph.area_m2).astype(float)
    table = pd.DataFrame({"piece": piece, "origin": origin, "size": size, "area": graph.area_m2})[free]
    pieces = table.groupby("piece").agg({"origin": "first", "size": "sum", "area": "sum"}).reset_index()
    ranked = pieces.sort_values(["origin", "size", "area", "piece"], ascending=[True, False, False, True])
    stays = ranked[(ranked["origin"] >= 0) & ~ranked["origin"].duplicated()]
    label = np.full(len(graph), -1, dtype=np.int64)
    of_piece = dict(zip(stays["piece"], stays["origin"], strict=True))
    waiting = [p for p in pieces["piece"] if p not in of_piece]
    large = set(pieces.loc[pieces["size"] >= spec.size_range[0], "piece"])
    fresh = n_old
    for number in [p for p in waiting if p in large]:
        of_piece[number], fresh = fresh, fresh + 1
    waiting = [p for p in waiting if p not in large]
    known = np.array([of_piece.get(p, -1) for p in piece])
    label = np.where(free, known, -1)
    open_link = link & ~np.isin(label[graph.a], locked) & ~np.isin(label[graph.b], locked)
    empty = set(pieces.loc[pieces["size"] == 0, "piece"])
    doors = {number: link if number in empty else open_link for number in waiting}
    label, fresh = join_neighbours(graph, label, piece, doors, fresh)
    carved = ~free
    label[carved] = fresh + graph.dedicated[carved]
    return label


def join_neighbours(
    graph: AtomGraph, label: Ints, piece: Ints, doors: dict[int, NDArray[np.bool_]], fresh: int
) -> tuple[Ints, int]:
    """Return the labels with every waiting piece in its neighbour with the longest border, or on its own.

    ``doors`` tells for each waiting piece which edges it may leave by.
    """
    label, waiting = label.copy(), list(doors)
    while waiting:
        left = []
        for number in waiting:
            inside = piece == number
            out = np.flatnonzero(doors[number] & (inside[graph.a] != inside[graph.b]))
            beyond = label[np.where(inside[graph.a[out]], graph.b[out], graph.a[out])]
            if (beyond >= 0).any():
                metres = np.bincount(beyond[beyond >= 0], graph.length_m[out][beyond >= 0])
                label[inside] = int(metres.argmax()) if metres.max() > 0 else int(beyond.max())
            else:
                left.append(number)
        if len(left) == len(waiting):
            label[piece == left[0]], fresh, left = fresh, fresh + 1, left[1:]
        waiting = left
    return label, fresh
