"""The walk from the corner of a cell to a place in it, for many places at once, with numpy alone."""

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from gridgeo.locate.index_cells import (
    CROSS_X,
    CROSSED,
    DOUBTFUL,
    DX,
    DY,
    FROM_X,
    TO_X,
    WEIGHT,
    Cells,
    X,
    Y,
    answer,
)

__all__ = ["walk"]

Floats = NDArray[np.float64]
Positions = NDArray[np.int32]

CHUNK = 32768  # places at a time, so that the in-between results stay in the processor's cache
MOST_ENTRIES = 262144  # edges looked at in one go: crowded cells must not take all memory


def walk(cells: Cells, x: Floats, y: Floats) -> Positions:
    """Return for each place the position of its grid, `OUTSIDE`, or `DOUBTFUL` where only GEOS can tell."""
    found = np.empty(len(x), np.int32)
    for start in range(0, len(x), CHUNK):
        part = slice(start, start + CHUNK)
        found[part] = _walk_chunk(cells, x[part], y[part])
    return found


def _walk_chunk(cells: Cells, x: Floats, y: Floats) -> Positions:
    """Return the answers of one chunk: at once in cells without edges."""
    found = cells.table.take(_cell_of(cells, x, y))
    crossed = np.flatnonzero(found <= CROSSED)
    if len(crossed):
        cell = CROSSED - found[crossed]
        n_entries = cells.ends[cell + 1] - cells.ends[cell]
        total = np.cumsum(n_entries, dtype=np.int64)
        cuts = np.searchsorted(total, np.arange(MOST_ENTRIES, total[-1], MOST_ENTRIES))
        bounds = [0, *np.unique(cuts[cuts > 0]).tolist(), len(crossed)]
        for first, last in pairwise(bounds):
            rows = crossed[first:last]
            found[rows] = _walk_cells(cells, cell[first:last], n_entries[first:last], x[rows], y[rows])
    return found


def _cell_of(cells: Cells, x: Floats, y: Floats) -> Positions:
    """Return the cell of each place; far away, infinite and missing ones fall into the empty rim."""
    n_rows, n_columns = cells.shape
    column, row = x - cells.left, y - cells.bottom
    column *= 1 / cells.size
    row *= 1 / cells.size
    # fmax and fmin pass over NaN
    np.fmin(np.fmax(column, 0, out=column), n_columns - 1, out=column)
    np.fmin(np.fmax(row, 0, out=row), n_rows - 1, out=row)
    cell = row.astype(np.int32)
    cell *= n_columns
    cell += column.astype(np.int32)
    return cell


def _walk_cells(cells: Cells, cell: Positions, n_entries: Positions, x: Floats, y: Floats) -> Positions:
    """Return the answers of places in cells with edges: first along the cell's line, then straight up."""
    total = np.cumsum(n_entries)
    start = total - n_entries
    place = np.repeat(np.arange(len(cell)), n_entries)
    entry = cells.entries.take(np.arange(total[-1]) + (cells.ends[cell] - start)[place])
    spans = cells.spans.take(entry >> 1, axis=0)
    at_x, at_y = x[place], y[place]
    side = spans[:, DX] * (at_y - spans[:, Y]) - spans[:, DY] * (at_x - spans[:, X])
    over = (at_x >= spans[:, FROM_X]) & (at_x <= spans[:, TO_X])
    cross_x = np.where(entry & 1, spans[:, CROSS_X], np.inf)
    doubtful = (over & (np.abs(side) <= cells.level)) | (np.abs(at_x - cross_x) <= cells.hair / 8)
    over &= (side > 0) & (at_x < spans[:, TO_X])
    change = np.where(at_x > cross_x, np.copysign(1.0, spans[:, DY]), 0.0)
    change -= over
    change *= spans[:, WEIGHT]
    found = answer(cells.corner[cell] + np.add.reduceat(change, start))
    found[place[doubtful]] = DOUBTFUL
    return found
