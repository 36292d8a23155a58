"""The same walk compiled, for services and very many places. The first import on a machine takes seconds."""

from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np
from numba import njit, types
from numpy.typing import NDArray

from gridgeo.locate.index_bands import Bands
from gridgeo.locate.index_cells import Cells
from gridgeo.locate.index_edges import ONE
from gridgeo.locate.index_layout import CROSSED, DOUBTFUL, OUTSIDE

__all__ = ["walk"]

Function = TypeVar("Function", bound=Callable[..., Any])
Floats = NDArray[np.float64]
Positions = NDArray[np.int32]

# Places at a time: each step is a plain loop over a block, which the compiler and the processor make the most
# of, and what it leaves for the next step stays in the cache.
BLOCK = 8192
PLACES, POSITIONS = types.float64[::1], types.int32[::1]
FRAME = types.Tuple((types.float64, types.float64, types.float64, types.int64, types.int64))
PAIR = types.UniTuple(types.float32[::1], 2)
# lines of the rows, heads, entries, ends, weights
EDGES = types.Tuple((PLACES, types.float64[:, ::1], types.uint32[::1], types.float64[:, ::1], PLACES))
# table, lines of the bands, their sides
ARRAYS = types.Tuple((POSITIONS, types.float32[:, ::1], types.int32[:, ::1], EDGES))


def _compiled(signature: Any) -> Callable[[Function], Function]:
    """Return a decorator that makes machine code for a signature, kept on disk, running beside others."""
    decorator: Callable[[Function], Function] = njit(signature, cache=True, nogil=True)
    return decorator


@_compiled(types.void(PLACES, PLACES, FRAME, POSITIONS))
def _find_cells(x: Floats, y: Floats, frame: Any, cell: Positions) -> None:
    """Write the cell of each place; far away and missing ones fall into the empty rim."""
    left, bottom, size, n_columns, n_rows = frame
    per_cell = 1 / size
    for i in range(len(x)):
        column, row = (x[i] - left) * per_cell, (y[i] - bottom) * per_cell
        inside = (column > 0) & (column < n_columns) & (row > 0) & (row < n_rows)  # NaN is not
        cell[i] = types.int32(row) * types.int32(n_columns) + types.int32(column) if inside else 0


@_compiled(types.void(POSITIONS, POSITIONS, POSITIONS))
def _look_up(cell: Positions, table: Positions, found: Positions) -> None:
    """Write what the table has of each cell."""
    for i in range(len(cell)):
        found[i] = table[np.uint32(cell[i])]


@_compiled(POSITIONS(POSITIONS))
def _pick_crossed(found: Positions) -> Any:
    """Return which places lie in cells with edges."""
    crossed = np.empty(len(found) + 1, np.int32)
    n = np.uint64(0)
    for i in range(len(found)):
        crossed[n] = i
        n += np.uint64(found[i] <= CROSSED)
    return crossed[:n]


@_compiled(PAIR(PLACES, PLACES, FRAME, POSITIONS))
def _place_in_cells(x: Floats, y: Floats, frame: Any, crossed: Any) -> Any:
    """Return how far right and how far up in its cell each of the places lies."""
    left, bottom, size, _, _ = frame
    per_cell = 1 / size
    u, v = np.empty(len(crossed), np.float32), np.empty(len(crossed), np.float32)
    for q in range(len(crossed)):
        i = np.uint32(crossed[q])
        column, row = (x[i] - left) * per_cell, (y[i] - bottom) * per_cell
        u[q], v[q] = column - np.floor(column), row - np.floor(row)
    return u, v


@_compiled(PAIR(POSITIONS, PAIR, types.float32[:, ::1]))
def _measure_off(k: Positions, places: Any, lines: Any) -> Any:
    """Return how far each place lies off the line of its cell, and half the width of the band."""
    u, v = places
    off, half = np.empty(len(k), np.float32), np.empty(len(k), np.float32)
    for q in range(len(k)):
        row = np.uint32(k[q])
        off[q] = lines[row, 0] * u[q] + lines[row, 1] * v[q] + lines[row, 2]
        half[q] = lines[row, 3]
    return off, half


@_compiled(POSITIONS(POSITIONS, POSITIONS, PAIR, types.int32[:, ::1], POSITIONS))
def _take_sides(crossed: Any, k: Any, distances: Any, sides: Any, found: Any) -> Any:
    """Write what lies on each place's side of the band; return those in the band, which keep theirs."""
    off, half = distances
    within = np.empty(len(crossed) + 1, np.int32)
    n = np.uint64(0)
    for q in range(len(crossed)):
        i = np.uint32(crossed[q])
        is_within = not abs(off[q]) > half[q]
        side = sides[np.uint32(k[q]), np.uint32(off[q] < 0)]
        found[i] = found[i] if is_within else side
        within[n] = i
        n += np.uint64(is_within)
    return within[:n]


@_compiled(types.float64(POSITIONS, POSITIONS, EDGES))
def _reach_ahead(within: Any, found: Any, edges: Any) -> Any:
    """Have at hand what the walks begin with: fetched for many at once, nobody waits for memory in turn."""
    _, heads, entries, ends, weights = edges
    first, last, reached = np.empty(len(within), np.uint32), np.empty(len(within), np.uint32), 0.0
    for q in range(len(within)):
        k = np.uint32(CROSSED - found[np.uint32(within[q])])
        first[q], last[q] = np.uint32(heads[k, 1]), np.uint32(heads[k + 1, 1])
    for q in range(len(within)):
        reached += entries[first[q]]
    for q in range(len(within)):
        for entry in range(first[q], last[q]):
            edge = entries[np.uint32(entry)] >> 1
            reached += ends[edge, 0] + weights[edge]
    return reached


@_compiled(types.int32(types.float64, types.float64, types.float64, types.int64, types.float64, EDGES))
def _walk_cell(x: Any, y: Any, line: Any, k: Any, level: float, edges: Any) -> Any:
    """Return the answer of a place past the edges of its cell, with few branches to guess wrong."""
    _, heads, entries, ends, weights = edges
    number, doubtful = heads[k, 0], False
    for entry in range(int(heads[k, 1]), int(heads[k + 1, 1])):
        edge = entries[entry] >> 1
        x0, y0, x1, y1 = ends[edge, 0], ends[edge, 1], ends[edge, 2], ends[edge, 3]
        may_cross = (entries[entry] & 1) == 1
        dx, dy, right = x1 - x0, y1 - y0, x - x0
        side, side_below = dx * (y - y0) - dy * right, dx * (line - y0) - dy * right
        over = (right >= 0) & (x <= x1)
        crosses = may_cross & ((y0 <= line) != (y1 <= line))
        doubtful |= (over & (abs(side) <= level)) | ((over | crosses) & (abs(side_below) <= level))
        turn = 1.0 if dy > 0 else -1.0
        change = turn if crosses & (side_below * turn < 0) else 0.0
        change -= 1.0 if over & (x < x1) & (side > 0) & (side_below < 0) else 0.0
        number += change * weights[edge]
    if number == 0 and not doubtful:
        return OUTSIDE
    if ONE <= number < 1.5 * ONE and not doubtful:
        return types.int32(number - ONE - 1)
    return DOUBTFUL


@_compiled(types.float64(PLACES, PLACES, FRAME, types.float64, ARRAYS, POSITIONS))
def _walk_block(x: Any, y: Any, frame: Any, level: float, arrays: Any, found: Positions) -> Any:
    """Write the answers: at once in cells without edges, by its side off the band, by the walk in it."""
    table, lines, sides, edges = arrays
    cell = np.empty(len(x), np.int32)
    _find_cells(x, y, frame, cell)
    _look_up(cell, table, found)
    crossed = _pick_crossed(found)
    k = np.empty(len(crossed), np.int32)
    for q in range(len(crossed)):
        k[q] = CROSSED - found[np.uint32(crossed[q])]
    places = _place_in_cells(x, y, frame, crossed)
    within = _take_sides(crossed, k, _measure_off(k, places, lines), sides, found)
    reached = _reach_ahead(within, found, edges)
    for i in within:
        line = edges[0][cell[i] // frame[3]]
        found[i] = _walk_cell(x[i], y[i], line, CROSSED - found[i], level, edges)
    return reached


@_compiled(types.Tuple((POSITIONS, types.float64))(PLACES, PLACES, FRAME, types.float64, ARRAYS))
def _walk(x: Any, y: Any, frame: Any, level: float, arrays: Any) -> Any:
    """Return the answers, and a number that nobody needs: what is used is not left out by the compiler."""
    found, reached = np.empty(len(x), np.int32), 0.0
    for start in range(0, len(x), BLOCK):
        block = slice(start, min(start + BLOCK, len(x)))
        reached += _walk_block(x[block], y[block], frame, level, arrays, found[block])
    return found, reached


def walk(cells: Cells, bands: Bands, x: Floats, y: Floats) -> Positions:
    """Return for each place the position of its grid, `OUTSIDE`, or `DOUBTFUL` where only GEOS can tell."""
    layout = cells.layout
    frame = (layout.left, layout.bottom, layout.size, layout.n_columns, len(layout.lines))
    edges = (layout.lines, cells.heads, cells.entries, cells.edges.ends, cells.edges.weight)
    at_x, at_y = np.ascontiguousarray(x), np.ascontiguousarray(y)
    arrays = (cells.table, bands.lines, bands.sides, edges)
    found: Positions = _walk(at_x, at_y, frame, cells.level, arrays)[0]
    return found
