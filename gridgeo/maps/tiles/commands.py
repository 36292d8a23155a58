"""Drawings as the commands of the tile format: move, line, close, with steps from corner to corner."""

import numpy as np
from numpy.typing import NDArray

from gridgeo.maps.tiles.drawing import POINT, POLYGON, Drawing
from gridgeo.maps.tiles.ragged import Ragged, join_rows
from gridgeo.maps.tiles.wire import varints, zigzag

__all__ = ["build_commands"]

Integers = NDArray[np.int64]
MOVE, LINE, CLOSE = 1, 2, 7
ONCE = 1 << 3  # the count stands above the three bits of the command


def build_commands(drawing: Drawing, dimension: int) -> tuple[Integers, Ragged]:
    """Return the features that a drawing has, ascending, and the commands of each.

    Parameters
    ----------
    drawing
        Parts on whole numbers.
    dimension
        Of its features.
    """
    features, n_parts = np.unique(drawing.rows, return_counts=True)
    steps = zigzag(find_steps(drawing))
    counts = drawing.counts
    extra = 1 if dimension == POINT else 3 if dimension == POLYGON else 2
    sizes = 2 * counts + extra
    starts = np.cumsum(sizes) - sizes
    first = np.cumsum(counts) - counts
    within = np.arange(int(counts.sum())) - np.repeat(first, counts)
    at = np.repeat(starts, counts) + 1 + 2 * within
    stream = np.empty(int(sizes.sum()), dtype=np.int64)
    if dimension == POINT:
        stream[starts] = MOVE | counts << 3
    else:
        stream[starts] = MOVE | ONCE
        stream[starts + 3] = LINE | (counts - 1) << 3
        at += within > 0  # behind the first corner stands the command to draw lines
        if dimension == POLYGON:
            stream[starts + sizes - 1] = CLOSE | ONCE
    stream[at], stream[at + 1] = steps[:, 0], steps[:, 1]
    numbers_of_feature = np.add.reduceat(sizes, np.cumsum(n_parts) - n_parts) if len(sizes) else sizes
    return features, join_rows(varints(stream), numbers_of_feature)


def find_steps(drawing: Drawing) -> Integers:
    """Return the way from each corner to the next; every feature starts from the tile's corner."""
    steps = np.diff(drawing.corners, axis=0, prepend=np.zeros((1, 2), dtype=np.int64))
    starts = np.cumsum(drawing.counts) - drawing.counts
    firsts = starts[np.diff(drawing.rows, prepend=-1) != 0]
    steps[firsts] = drawing.corners[firsts]
    return steps
