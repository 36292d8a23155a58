"""The same walk compiled, for services and very many places. The first import on a machine takes seconds."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
from numba import njit, types
from numpy.typing import NDArray

from gridgeo.locate.index_cells import CROSSED, DOUBTFUL, OUTSIDE, Cells
from gridgeo.locate.index_edges import ONE

__all__ = ["PackedCells", "pack", "walk"]

Function = TypeVar("Function", bound=Callable[..., Any])
Floats = NDArray[np.float64]
Positions = NDArray[np.int32]

FRAME = types.UniTuple(types.float64, 4)  # left, bottom, size, level
ARRAYS = types.Tuple((types.float64[::1], types.int32[::1], types.float64[::1]))  # lines, table, records
BLOCK = 1024  # places at a time: looking them all up before walking any hides the wait for memory
PLACES = types.float64[::1]
TRIPLE = types.UniTuple(types.float64, 3)
# What is known of a cell with edges lies in one piece, in whole lines of the processor's cache: the number at
# its corner, how many edges, and for each its ends, its weight, and 1 where the cell's line may cross it.
LINE = 8
HEAD, PER_EDGE = 2, 6


@dataclass(frozen=True)
class PackedCells:
    """The cells as the compiled walk reads them: one wait for memory where plain arrays cost four."""

    frame: tuple[float, float, float, float]
    n_columns: int
    lines: Floats
    table: Positions
    records: Floats


def _compiled(signature: Any) -> Callable[[Function], Function]:
    """Return a decorator that makes machine code for a signature, kept on disk, running beside others."""
    decorator: Callable[[Function], Function] = njit(signature, cache=True, nogil=True)
    return decorator


@_compiled(
    types.void(PLACES, PLACES, FRAME, types.UniTuple(types.int64, 2), types.int32[::1], types.int32[::1])
)
def _find_cells(x: Floats, y: Floats, frame: Any, shape: Any, cell: Positions, in_row: Positions) -> None:
    """Write the cell and the row of each place; far away and missing ones fall into the empty rim."""
    left, bottom, size, _ = frame
    n_rows, n_columns = shape
    per_cell = 1 / size
    for i in range(len(x)):
        column, row = (x[i] - left) * per_cell, (y[i] - bottom) * per_cell
        column = column if 0 <= column < n_columns else 0.0  # NaN is not in between either
        row = row if 0 <= row < n_rows else 0.0
        inside = column > 0 and row > 0
        in_row[i] = types.int32(row) if inside else 0
        cell[i] = types.int32(row) * types.int32(n_columns) + types.int32(column) if inside else 0


@_compiled(
    types.void(
        types.float64[:, ::1], types.uint32[::1], types.float64[:, ::1], PLACES, PLACES, types.int64[::1]
    )
)
def _write_records(heads: Any, entries: Any, ends: Any, weight: Any, records: Any, first: Any) -> None:
    """Write the record of each cell with edges, from the line that it begins in."""
    for k in range(len(heads) - 1):
        at = first[k] * LINE
        start, stop = int(heads[k, 1]), int(heads[k + 1, 1])
        records[at], records[at + 1] = heads[k, 0], stop - start
        at += HEAD
        for i in range(start, stop):
            edge = entries[i] >> 1
            for side in range(4):
                records[at + side] = ends[edge, side]
            records[at + 4], records[at + 5] = weight[edge], entries[i] & 1
            at += PER_EDGE


def pack(cells: Cells) -> PackedCells:
    """Return the cells for :func:`walk`, at the price of some more memory."""
    n_entries = np.diff(cells.heads[:, 1])
    n_lines = np.ceil((HEAD + PER_EDGE * n_entries) / LINE).astype(np.int64)
    first = np.cumsum(n_lines) - n_lines
    records = _aligned(int(n_lines.sum() + 1) * LINE)
    _write_records(cells.heads, cells.entries, cells.edges.ends, cells.edges.weight, records, first)
    table = cells.table.copy()
    crossed = np.flatnonzero(table <= CROSSED)
    table[crossed] = CROSSED - first.take(CROSSED - table.take(crossed)).astype(np.int32)
    frame = (cells.left, cells.bottom, cells.size, cells.level)
    return PackedCells(frame, cells.n_columns, cells.lines, table, records)


def _aligned(n: int) -> Floats:
    """Return room for n numbers that begins where a line of the cache does."""
    room = np.zeros(n + LINE)
    skipped = -(room.ctypes.data // room.itemsize) % LINE
    return room[skipped : skipped + n]


@_compiled(types.int32(TRIPLE, types.int64, types.float64, types.float64[::1]))
def _walk_cell(place: Any, at: int, level: float, records: Any) -> Any:
    """Return the answer of a place past the edges of its cell, with few branches to guess wrong."""
    x, y, line = place
    number, doubtful = records[at], False
    n_edges = int(records[at + 1])
    at += HEAD
    for _ in range(n_edges):
        x0, y0, x1, y1 = records[at], records[at + 1], records[at + 2], records[at + 3]
        weight, may_cross = records[at + 4], records[at + 5] == 1
        at += PER_EDGE
        dx, dy, right = x1 - x0, y1 - y0, x - x0
        side, side_below = dx * (y - y0) - dy * right, dx * (line - y0) - dy * right
        over = (right >= 0) & (x <= x1)
        crosses = may_cross & ((y0 <= line) != (y1 <= line))
        doubtful |= (over & (abs(side) <= level)) | ((over | crosses) & (abs(side_below) <= level))
        turn = 1.0 if dy > 0 else -1.0
        change = turn if crosses & (side_below * turn < 0) else 0.0
        change -= 1.0 if over & (x < x1) & (side > 0) & (side_below < 0) else 0.0
        number += change * weight
    if number == 0 and not doubtful:
        return OUTSIDE
    if ONE <= number < 1.5 * ONE and not doubtful:
        return types.int32(number - ONE - 1)
    return DOUBTFUL


@_compiled(types.int32[::1](PLACES, PLACES, FRAME, types.int64, ARRAYS))
def _walk(x: Floats, y: Floats, frame: Any, n_columns: int, arrays: Any) -> Any:
    """Return the answers: at once in cells without edges, for the others by their walk."""
    lines, table, records = arrays
    found = np.empty(len(x), np.int32)
    cell, row = np.empty(BLOCK, np.int32), np.empty(BLOCK, np.int32)
    crossed, at, ahead = np.empty(BLOCK + 1, np.int64), np.empty(BLOCK, np.int64), np.empty(BLOCK, np.float64)
    for start in range(0, len(x), BLOCK):
        stop = min(start + BLOCK, len(x))
        _find_cells(x[start:stop], y[start:stop], frame, (len(lines), n_columns), cell, row)
        n = 0
        for i in range(stop - start):
            found[start + i] = table[np.uint32(cell[i])]
            crossed[n] = i
            n += found[start + i] <= CROSSED
        for q in range(n):
            at[q] = LINE * np.int64(CROSSED - found[start + crossed[q]])
            ahead[q] = records[at[q]] + records[at[q] + LINE]  # only to have them at hand
        for q in range(n):
            i = start + crossed[q]
            place = x[i], y[i], lines[row[crossed[q]]]
            found[i] = _walk_cell(place, at[q], frame[3], records)
    return found


def walk(cells: PackedCells, x: Floats, y: Floats) -> Positions:
    """Return for each place the position of its grid, `OUTSIDE`, or `DOUBTFUL` where only GEOS can tell."""
    arrays = (cells.lines, cells.table, cells.records)
    at_x, at_y = np.ascontiguousarray(x), np.ascontiguousarray(y)
    found: Positions = _walk(at_x, at_y, cells.frame, cells.n_columns, arrays)
    return found
