"""The same walk compiled, for services and very many places. The first import on a machine takes seconds."""

from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np
from numba import njit, types
from numpy.typing import NDArray

from gridgeo.locate.index_cells import (
    CROSS_X,
    CROSSED,
    DOUBTFUL,
    DX,
    DY,
    FROM_X,
    OUTSIDE,
    TO_X,
    WEIGHT,
    Cells,
    X,
    Y,
)
from gridgeo.locate.index_edges import ONE

__all__ = ["walk"]

Function = TypeVar("Function", bound=Callable[..., Any])
Floats = NDArray[np.float64]
Positions = NDArray[np.int32]

FRAME = types.UniTuple(types.float64, 5)  # left, bottom, size, hair, level
SHAPE = types.UniTuple(types.int64, 2)
ARRAYS = types.Tuple(  # table, ends, corner, entries, spans
    (types.int32[::1], types.int32[::1], types.float64[::1], types.uint32[::1], types.float64[:, ::1])
)
BLOCK = 1024  # places at a time: looking them all up before walking any hides the wait for memory
PLACES = types.float64[::1]
PAIR = types.UniTuple(types.float64, 2)


def _compiled(signature: Any) -> Callable[[Function], Function]:
    """Return a decorator that makes machine code for a signature, kept on disk, running beside others."""
    decorator: Callable[[Function], Function] = njit(signature, cache=True, nogil=True)
    return decorator


@_compiled(types.void(PLACES, PLACES, FRAME, SHAPE, types.int32[::1]))
def _find_cells(x: Floats, y: Floats, frame: Any, shape: Any, cell: Positions) -> None:
    """Write the cell of each place; far away, infinite and missing ones fall into the empty rim."""
    left, bottom, size, _, _ = frame
    n_rows, n_columns = shape
    per_cell = 1 / size
    for i in range(len(x)):
        column, row = (x[i] - left) * per_cell, (y[i] - bottom) * per_cell
        column = column if 0 <= column < n_columns else 0.0  # NaN is not in between either
        row = row if 0 <= row < n_rows else 0.0
        inside = column > 0 and row > 0
        cell[i] = types.int32(row) * types.int32(n_columns) + types.int32(column) if inside else 0


@_compiled(types.int32(PAIR, types.UniTuple(types.int64, 2), types.float64, FRAME, ARRAYS))
def _walk_cell(place: Any, run: Any, number: float, frame: Any, arrays: Any) -> Any:
    """Return the answer of a place past a run of edges, with as few branches to guess wrong as can be."""
    x, y = place
    entries, spans = arrays[3], arrays[4]
    hair, level = frame[3] / 8, frame[4]
    doubtful = False
    for k in range(run[0], run[1]):
        span = spans[entries[k] >> 1]
        met = (entries[k] & 1) == 1
        beyond = x - span[CROSS_X]
        side = span[DX] * (y - span[Y]) - span[DY] * (x - span[X])
        over = (span[FROM_X] <= x) & (x <= span[TO_X])
        doubtful |= (met & (abs(beyond) <= hair)) | (over & (abs(side) <= level))
        turn = 1.0 if span[DY] > 0 else -1.0
        change = turn if met & (beyond > 0) else 0.0
        change -= 1.0 if over & (side > 0) & (x < span[TO_X]) else 0.0
        number += change * span[WEIGHT]
    if number == 0 and not doubtful:
        return OUTSIDE
    if ONE <= number < 1.5 * ONE and not doubtful:
        return types.int32(number - ONE - 1)
    return DOUBTFUL


@_compiled(types.int32[::1](PLACES, PLACES, FRAME, SHAPE, ARRAYS))
def _walk(x: Floats, y: Floats, frame: Any, shape: Any, arrays: Any) -> Any:
    """Return the answers: at once in cells without edges, for the others by their walk."""
    table, ends, corner, entries, spans = arrays
    found, cell = np.empty(len(x), np.int32), np.empty(BLOCK, np.int32)
    crossed, first, last = np.empty(BLOCK + 1, np.int64), np.empty(BLOCK, np.int64), np.empty(BLOCK, np.int64)
    number, ahead = np.empty(BLOCK, np.float64), np.empty(BLOCK, np.float64)
    for start in range(0, len(x), BLOCK):
        stop = min(start + BLOCK, len(x))
        _find_cells(x[start:stop], y[start:stop], frame, shape, cell)
        n = 0
        for i in range(stop - start):
            found[start + i] = table[np.uint32(cell[i])]
            crossed[n] = start + i
            n += found[start + i] <= CROSSED
        for q in range(n):
            k = np.uint32(CROSSED - found[crossed[q]])
            first[q], last[q], number[q] = ends[k], ends[k + np.uint32(1)], corner[k]
        for q in range(n):
            ahead[q] = spans[entries[first[q]] >> 1, X]  # only to have it at hand
        for q in range(n):
            i = crossed[q]
            found[i] = _walk_cell((x[i], y[i]), (first[q], last[q]), number[q], frame, arrays)
    return found


def walk(cells: Cells, x: Floats, y: Floats) -> Positions:
    """Return for each place the position of its grid, `OUTSIDE`, or `DOUBTFUL` where only GEOS can tell."""
    frame = (cells.left, cells.bottom, cells.size, cells.hair, cells.level)
    arrays = (cells.table, cells.ends, cells.corner, cells.entries, cells.spans)
    found: Positions = _walk(np.ascontiguousarray(x), np.ascontiguousarray(y), frame, cells.shape, arrays)
    return found
