"""The walk from the corner of a cell to a place in it, for many places at once, with numpy alone."""

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from gridgeo.locate.index_bands import Bands
from gridgeo.locate.index_cells import Cells
from gridgeo.locate.index_layout import CROSSED, DOUBTFUL, Layout, read_number

__all__ = ["walk"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Positions = NDArray[np.int32]

CHUNK = 65536  # places at a time, so that the in-between results stay in the processor's cache
MOST_ENTRIES = 262144  # edges looked at in one go: crowded cells must not take all memory


def walk(cells: Cells, bands: Bands | None, x: Floats, y: Floats) -> Positions:
    """Return for each place the position of its grid, `OUTSIDE`, or `DOUBTFUL` where only GEOS can tell."""
    found = np.empty(len(x), np.int32)
    for start in range(0, len(x), CHUNK):
        part = slice(start, start + CHUNK)
        found[part] = _walk_chunk(cells, bands, x[part], y[part])
    return found


def _walk_chunk(cells: Cells, bands: Bands | None, x: Floats, y: Floats) -> Positions:
    """Return the answers of one chunk: at once in cells without edges, by its side where off the band."""
    column, row = _to_cells(cells.layout, x, y)
    cell, in_column = row.astype(np.int32), column.astype(np.int32)
    cell *= cells.layout.n_columns
    cell += in_column
    found = cells.table.take(cell)
    crossed = np.flatnonzero(found <= CROSSED)
    k = CROSSED - found.take(crossed)
    if bands is not None:
        found[crossed], within = _take_sides(bands, k, column.take(crossed), row.take(crossed))
        crossed, k = crossed.take(within), k.take(within)
    line = cells.layout.lines.take(cell.take(crossed) // cells.layout.n_columns)
    found[crossed] = _walk_far(cells, k, (x.take(crossed), y.take(crossed), line))
    return found


def _to_cells(layout: Layout, x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """Return each place in columns and rows; far away, infinite and missing ones fall into the empty rim."""
    column, row = x - layout.left, y - layout.bottom
    column *= 1 / layout.size
    row *= 1 / layout.size
    # fmax and fmin pass over NaN
    np.fmin(np.fmax(column, 0, out=column), layout.n_columns - 1, out=column)
    np.fmin(np.fmax(row, 0, out=row), len(layout.lines) - 1, out=row)
    return column, row


def _take_sides(bands: Bands, k: Positions, column: Floats, row: Floats) -> tuple[Positions, Ints]:
    """Return what lies on the place's side of its cell's band, and which places lie in the band."""
    column -= np.floor(column)
    row -= np.floor(row)
    a, b, c, w = bands.lines.take(k, axis=0).T
    off = a * column.astype(np.float32)
    off += b * row.astype(np.float32)
    off += c
    return bands.sides.take(2 * k + (off < 0)), np.flatnonzero(~(np.abs(off) > w))


def _walk_far(cells: Cells, k: Positions, places: tuple[Floats, ...]) -> Positions:
    """Return the answers of places in the k-th cells with edges, in portions that memory holds."""
    heads = cells.heads.take(k, axis=0)
    n_entries = (cells.heads.take(2 * k + 3) - heads[:, 1]).astype(np.int64)  # 2 k + 3: the next first entry
    total = np.cumsum(n_entries)
    cuts = np.searchsorted(total, np.arange(0, total[-1] if len(k) else 0, MOST_ENTRIES))
    found = np.empty(len(k), np.int32)
    for first, last in pairwise([*np.unique(cuts).tolist(), len(k)]):
        part = slice(first, last)
        found[part] = _walk_cells(cells, heads[part], n_entries[part], tuple(p[part] for p in places))
    return found


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
    found = read_number(heads[:, 0] + gained)
    close = np.flatnonzero(np.minimum(np.abs(side), np.abs(side_below)) <= cells.level)
    if len(close):
        near = (right[close] >= 0) & (x[close] <= x1[close])
        below_is_close = np.abs(side_below[close]) <= cells.level
        found[place[close[near | (crosses[close] & below_is_close)]]] = DOUBTFUL
    return found
