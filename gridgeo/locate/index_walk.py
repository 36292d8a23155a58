"""The walk from the corner of a cell to a place in it, for many places at once, with numpy alone."""

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from gridgeo.locate.index_cells import CROSSED, DOUBTFUL, OUTSIDE, Cells
from gridgeo.locate.index_edges import ONE

__all__ = ["walk"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Positions = NDArray[np.int32]

CHUNK = 65536  # places at a time, so that the in-between results stay in the processor's cache
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
    cell = _cell_of(cells, x, y)
    found = cells.table.take(cell)
    crossed = np.flatnonzero(found <= CROSSED)
    if len(crossed):
        line = cells.lines.take(cell.take(crossed) // cells.n_columns)
        k = CROSSED - found.take(crossed)
        heads = cells.heads.take(k, axis=0)
        n_entries = (cells.heads.take(2 * k + 3) - heads[:, 1]).astype(
            np.int64
        )  # 2 k + 3: the next first entry
        total = np.cumsum(n_entries)
        cuts = np.searchsorted(total, np.arange(MOST_ENTRIES, total[-1], MOST_ENTRIES))
        bounds = [0, *np.unique(cuts[cuts > 0]).tolist(), len(crossed)]
        for first, last in pairwise(bounds):
            part, rows = slice(first, last), crossed[first:last]
            places = x.take(rows), y.take(rows), line[part]
            found[rows] = _walk_cells(cells, heads[part], n_entries[part], places)
    return found


def _cell_of(cells: Cells, x: Floats, y: Floats) -> Positions:
    """Return the cell of each place; far away, infinite and missing ones fall into the empty rim."""
    n_rows, n_columns = len(cells.lines), cells.n_columns
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


def _walk_cells(cells: Cells, heads: Floats, n_entries: Ints, places: tuple[Floats, ...]) -> Positions:
    """Return the answers of places in cells with edges: first along the cell's line, then straight up."""
    total = np.cumsum(n_entries)
    start = total - n_entries
    place = np.repeat(np.arange(len(heads)), n_entries)
    entry = cells.entries.take((heads[:, 1].astype(np.int64) - start).take(place) + np.arange(total[-1]))
    edge = entry >> 1
    x, y, line = (along.take(place) for along in places)
    x0, y0, x1, y1 = cells.edges.ends.take(edge, axis=0).T
    dx, dy, right = x1 - x0, y1 - y0, x - x0
    # on which side of the edge: above it when positive; of the place, and of the place below it on the line
    dy_right = dy * right
    side, side_below = dx * (y - y0) - dy_right, dx * (line - y0) - dy_right
    over, below, rises = (right >= 0) & (x < x1), side_below < 0, dy > 0
    crosses = (entry & 1).astype(bool) & ((y0 <= line) != (y1 <= line))
    along_line, upward = crosses & (below == rises), over & below & (side > 0)
    change = along_line.view(np.int8) * (2 * rises.view(np.int8) - 1) - upward.view(np.int8)
    gained = np.bincount(place, weights=change * cells.edges.weight.take(edge), minlength=len(heads))
    found = _answer(heads[:, 0] + gained)
    close = np.flatnonzero(np.minimum(np.abs(side), np.abs(side_below)) <= cells.level)
    if len(close):
        near = (right[close] >= 0) & (x[close] <= x1[close])
        below_is_close = np.abs(side_below[close]) <= cells.level
        found[place[close[near | (crosses[close] & below_is_close)]]] = DOUBTFUL
    return found


def _answer(number: Floats) -> Positions:
    """Return what the number of a place says: a position, `OUTSIDE` or `DOUBTFUL`."""
    is_one = (number >= ONE) & (number < 1.5 * ONE)
    found = np.where(is_one, number - ONE - 1, DOUBTFUL).astype(np.int32)
    found[number == 0] = OUTSIDE
    return found
