"""The same walk compiled, for services and very many places. The first import on a machine takes seconds."""

from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np
from numba import njit, types
from numpy.typing import NDArray

from gridgeo.locate.index_cells import CROSSED, DOUBTFUL, OUTSIDE, Cells
from gridgeo.locate.index_edges import ONE

__all__ = ["walk"]

Function = TypeVar("Function", bound=Callable[..., Any])
Floats = NDArray[np.float64]
Positions = NDArray[np.int32]

FRAME = types.UniTuple(types.float64, 4)  # left, bottom, size, level
ARRAYS = types.Tuple(  # lines, table, heads, entries, ends of edges, weight
    (
        types.float64[::1],
        types.int32[::1],
        types.float64[:, ::1],
        types.uint32[::1],
        types.float64[:, ::1],
        types.float64[::1],
    )
)
BLOCK = 1024  # places at a time: looking them all up before walking any hides the wait for memory
PLACES = types.float64[::1]
TRIPLE = types.UniTuple(types.float64, 3)


def _compiled(signature: Any) -> Callable[[Function], Function]:
    """Return a decorator that makes machine code for a signature, kept on disk, running beside others."""
    decorator: Callable[[Function], Function] = njit(signature, cache=True, nogil=True)
    return decorator


@_compiled(types.void(PLACES, PLACES, FRAME, types.UniTuple(types.int64, 2), types.int32[::1]))
def _find_cells(x: Floats, y: Floats, frame: Any, shape: Any, cell: Positions) -> None:
    """Write the cell of each place; far away, infinite and missing ones fall into the empty rim."""
    left, bottom, size, _ = frame
    n_rows, n_columns = shape
    per_cell = 1 / size
    for i in range(len(x)):
        column, row = (x[i] - left) * per_cell, (y[i] - bottom) * per_cell
        column = column if 0 <= column < n_columns else 0.0  # NaN is not in between either
        row = row if 0 <= row < n_rows else 0.0
        inside = column > 0 and row > 0
        cell[i] = types.int32(row) * types.int32(n_columns) + types.int32(column) if inside else 0


@_compiled(types.int32(TRIPLE, types.UniTuple(types.int64, 2), types.float64, types.float64, ARRAYS))
def _walk_cell(place: Any, run: Any, number: float, level: float, arrays: Any) -> Any:
    """Return the answer of a place past a run of edges, with as few branches to guess wrong as can be."""
    x, y, line = place
    entries, ends, weight = arrays[3], arrays[4], arrays[5]
    doubtful = False
    for k in range(run[0], run[1]):
        edge = np.uint32(entries[k] >> 1)
        x0, y0, x1, y1 = ends[edge, 0], ends[edge, 1], ends[edge, 2], ends[edge, 3]
        dx, dy, right = x1 - x0, y1 - y0, x - x0
        side, side_below = dx * (y - y0) - dy * right, dx * (line - y0) - dy * right
        over = (right >= 0) & (x <= x1)
        crosses = ((entries[k] & 1) == 1) & ((y0 <= line) != (y1 <= line))
        doubtful |= (over & (abs(side) <= level)) | ((over | crosses) & (abs(side_below) <= level))
        turn = 1.0 if dy > 0 else -1.0
        change = turn if crosses & (side_below * turn < 0) else 0.0
        change -= 1.0 if over & (x < x1) & (side > 0) & (side_below < 0) else 0.0
        number += change * weight[edge]
    if number == 0 and not doubtful:
        return OUTSIDE
    if ONE <= number < 1.5 * ONE and not doubtful:
        return types.int32(number - ONE - 1)
    return DOUBTFUL


@_compiled(types.int32[::1](PLACES, PLACES, FRAME, types.int64, ARRAYS))
def _walk(x: Floats, y: Floats, frame: Any, n_columns: int, arrays: Any) -> Any:
    """Return the answers: at once in cells without edges, for the others by their walk."""
    lines, table, heads, entries, edges, weight = arrays
    found, cell = np.empty(len(x), np.int32), np.empty(BLOCK, np.int32)
    crossed, first, last = np.empty(BLOCK + 1, np.int64), np.empty(BLOCK, np.int64), np.empty(BLOCK, np.int64)
    number, ahead = np.empty(BLOCK, np.float64), np.empty(BLOCK, np.float64)
    for start in range(0, len(x), BLOCK):
        stop = min(start + BLOCK, len(x))
        _find_cells(x[start:stop], y[start:stop], frame, (len(lines), n_columns), cell)
        n = 0
        for i in range(stop - start):
            found[start + i] = table[np.uint32(cell[i])]
            crossed[n] = i
            n += found[start + i] <= CROSSED
        for q in range(n):
            k = np.uint32(CROSSED - found[start + crossed[q]])
            number[q], first[q], last[q] = heads[k, 0], int(heads[k, 1]), int(heads[k + np.uint32(1), 1])
        for q in range(n):
            one, other = entries[first[q]] >> 1, entries[last[q] - 1] >> 1
            ahead[q] = edges[one, 0] + edges[other, 0] + weight[one]  # only to have it at hand
        for q in range(n):
            i = start + crossed[q]
            place = x[i], y[i], lines[cell[crossed[q]] // n_columns]
            found[i] = _walk_cell(place, (first[q], last[q]), number[q], frame[3], arrays)
    return found


def walk(cells: Cells, x: Floats, y: Floats) -> Positions:
    """Return for each place the position of its grid, `OUTSIDE`, or `DOUBTFUL` where only GEOS can tell."""
    frame = (cells.left, cells.bottom, cells.size, cells.level)
    edges = cells.edges
    arrays = (cells.lines, cells.table, cells.heads, cells.entries, edges.ends, edges.weight)
    found: Positions = _walk(np.ascontiguousarray(x), np.ascontiguousarray(y), frame, cells.n_columns, arrays)
    return found
