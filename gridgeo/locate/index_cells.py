"""Square cells over the grids: what lies at the lower left corner of each, and which edges pass through it.

The corner of a cell is set a hair down and left of the place where cells divide, and edges are entered in all
cells within two hairs, so that no rounding in finding the cell of a place can matter.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gridgeo.errors import LawError
from gridgeo.locate.index_edges import ONE, Edges

__all__ = ["CROSSED", "DOUBTFUL", "OUTSIDE", "Cells", "answer", "build_cells"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Positions = NDArray[np.int32]

OUTSIDE, DOUBTFUL, CROSSED = -1, -2, -3
CELLS_PER_EDGE = 12.0
MOST_CELLS = 4_000_000  # beyond this the table costs more to build and to look up than it saves
MOST_CELLS_EVER = 200_000_000
CHUNK = 8192  # edges at a time
ROUNDING = 2.0**-52
# An edge within a row of cells: its left end, its extent, the x between which it is above the row's line,
# where it crosses that line, and what changes from above to below.
X, Y, DX, DY, FROM_X, TO_X, CROSS_X, WEIGHT = range(8)


@dataclass(frozen=True)
class Cells:
    """The index itself: plain arrays, the same for every way to walk them.

    ``table`` has for each cell the position of the grid that fills it, `OUTSIDE`, `DOUBTFUL` (several grids),
    or ``CROSSED - k`` for the k-th cell with edges: those are ``entries[ends[k]:ends[k + 1]]``, each twice
    the row of ``spans``, plus one where the walk from the corner meets the crossing.
    """

    left: float
    bottom: float
    size: float
    shape: tuple[int, int]
    hair: float
    level: float
    table: Positions
    ends: Positions
    corner: Floats
    entries: NDArray[np.uint32]
    spans: Floats


def answer(number: Floats) -> Positions:
    """Return what the number of a place says: a position, `OUTSIDE` or `DOUBTFUL`."""
    count = np.rint(number * (1 / ONE))
    position = number - count * ONE - 1
    position[count != 1] = DOUBTFUL
    position[number == 0] = OUTSIDE
    return position.astype(np.int32)


def build_cells(edges: Edges, cell_size: float | None) -> Cells:
    """Return the cells over these edges.

    Parameters
    ----------
    edges
        Merged edges, at least one.
    cell_size
        Side of a cell; chosen when not given. Any size gives the same answers.
    """
    layout = _lay_out(edges, cell_size)
    low = _row_of(edges.ends[:, 1] - 2 * layout.hair, layout)
    n_rows = _row_of(edges.ends[:, 3] + 2 * layout.hair, layout) - low + 1
    ends = np.cumsum(n_rows)
    spans = _aligned_rows(int(ends[-1]))
    crossings, gains, keys = [], [], []
    for part in _chunks(len(low)):
        start = int(ends[part.start] - n_rows[part.start])
        edge = np.repeat(np.arange(part.stop - part.start), n_rows[part])
        row = low[part][edge] + np.arange(len(edge)) - (ends[part] - n_rows[part] - start)[edge]
        chunk = _cut_to_rows(edges.ends[part][edge], edges.weight[part][edge], row, layout)
        spans[start : start + len(edge)] = chunk.spans
        crossings.append(chunk.crossing)
        gains.append(chunk.gain)
        keys.append(_enter_cells(chunk, row, start, layout))
    number = _corner_numbers(np.concatenate(crossings), np.concatenate(gains), layout)
    return _build_table(layout, number, np.concatenate(keys), spans, _certainty(edges, layout))


@dataclass(frozen=True)
class _Layout:
    """Where the cells lie."""

    left: float
    bottom: float
    size: float
    n_columns: int
    n_rows: int
    hair: float


@dataclass(frozen=True)
class _RowSpans:
    """Edges cut to rows, where they cross the rows' lines, and between which x they lie."""

    spans: Floats
    crossing: Ints
    gain: Floats
    column: Ints
    low_x: Floats
    high_x: Floats


def _chunks(n: int) -> Iterator[slice]:
    """Return slices that together cover n."""
    return (slice(start, min(n, start + CHUNK)) for start in range(0, n, CHUNK))


def _row_of(y: Floats, layout: _Layout) -> Ints:
    """Return the row of cells for each y."""
    return np.floor((y - layout.bottom) * (1 / layout.size)).astype(np.int64)


def _lay_out(edges: Edges, cell_size: float | None) -> _Layout:
    """Return cells over the edges; two rims, so that the outer one is empty for certain."""
    x0, x1 = edges.ends[:, ::2].min(), edges.ends[:, ::2].max()
    y0, y1 = edges.ends[:, 1].min(), edges.ends[:, 3].max()
    largest = max(abs(x0), abs(x1), abs(y0), abs(y1))
    hair = 128 * ROUNDING * largest  # far above the rounding of any x or y that is computed here
    n_cells = min(CELLS_PER_EDGE * len(edges.weight), MOST_CELLS)
    size = cell_size or float(np.sqrt((x1 - x0) * (y1 - y0) / n_cells))
    size = max(size, 64 * hair)
    left, bottom = x0 - 2 * size, y0 - 2 * size
    n_columns, n_rows = int((x1 - left) / size) + 3, int((y1 - bottom) / size) + 3
    if n_columns * n_rows > MOST_CELLS_EVER:
        raise ValueError(
            f"cell_size {cell_size} makes {n_columns * n_rows:,} cells; take a larger one or none"
        )
    return _Layout(float(left), float(bottom), size, n_columns, n_rows, hair)


def _certainty(edges: Edges, layout: _Layout) -> float:
    """Return the largest value that the side test may have by rounding alone (Shewchuk's static filter)."""
    width = np.abs(edges.ends[:, 2] - edges.ends[:, 0]).max() + layout.size
    height = np.abs(edges.ends[:, 3] - edges.ends[:, 1]).max() + layout.size
    return float(8 * ROUNDING * width * height + 1e-300)


def _cut_to_rows(ends: Floats, weight: Floats, row: Ints, layout: _Layout) -> _RowSpans:
    """Return each edge as it passes through one row of cells."""
    x0, y0, x1, y1 = np.ascontiguousarray(ends.T)
    dx, dy = x1 - x0, y1 - y0
    line = layout.bottom + row * layout.size - layout.hair
    above = line + (layout.size + 2 * layout.hair)
    crosses = (y0 <= line) & (line < y1)
    with np.errstate(all="ignore"):  # level edges cross nothing; what is computed for them is not used
        slope = dx / dy
        low_x = np.where(crosses, x0 + (line - y0) * slope, x0)
        high_x = np.where((y0 <= above) & (above < y1), x0 + (above - y0) * slope, x1)
    column = np.floor((low_x - (layout.left - layout.hair)) * (1 / layout.size)).astype(np.int64)
    falls = dx < 0
    spans = np.empty((len(row), 8))
    spans[:, X], spans[:, Y] = np.where(falls, x1, x0), np.where(falls, y1, y0)
    spans[:, DX], spans[:, DY] = np.abs(dx), np.where(falls, -dy, dy)
    spans[:, FROM_X] = np.where(falls, x1, np.maximum(low_x, x0))
    spans[:, TO_X] = np.where(falls, np.minimum(low_x, x0), x1)
    spans[y1 <= line, FROM_X] = np.inf  # a hair under the line: no walk of this row meets it
    spans[:, CROSS_X] = np.where(crosses, low_x, np.inf)
    spans[:, WEIGHT] = np.where(falls, -weight, weight)
    crossing = (row * layout.n_columns + column + 1)[crosses]
    return _RowSpans(
        spans, crossing, weight[crosses], column, np.minimum(low_x, high_x), np.maximum(low_x, high_x)
    )


def _enter_cells(part: _RowSpans, row: Ints, start: int, layout: _Layout) -> Ints:
    """Return one key for each edge in each cell: cell, row of the spans, whether the crossing is met."""
    per_cell = 1 / layout.size
    first = np.floor((part.low_x - 2 * layout.hair - layout.left) * per_cell).astype(np.int64)
    last = np.floor((part.high_x + 2 * layout.hair - layout.left) * per_cell).astype(np.int64)
    n_cells = last - first + 1
    ends = np.cumsum(n_cells)
    span = np.repeat(np.arange(len(row)), n_cells)
    column = first[span] + np.arange(len(span)) - (ends - n_cells)[span]
    met = part.column[span] >= column
    keys: Ints = ((row * layout.n_columns)[span] + column << 32) | (2 * (start + span) + met)
    return keys


def _aligned_rows(n: int) -> Floats:
    """Return rows of eight doubles, each exactly one line of the processor's cache."""
    room = np.empty(8 * n + 8)
    skip = -room.ctypes.data % 64 // 8
    return room[skip : skip + 8 * n].reshape(n, 8)


def _corner_numbers(crossing: Ints, gain: Floats, layout: _Layout) -> Floats:
    """Return the number of each cell's corner: the running sum of what is crossed along its row."""
    n_cells = layout.n_columns * layout.n_rows
    summed = np.bincount(crossing, weights=gain, minlength=n_cells).astype(float, copy=False)
    number = summed.reshape(layout.n_rows, layout.n_columns)
    np.cumsum(number, axis=1, out=number)
    if number[:, -1].any():
        raise LawError("a row of the grid index does not end outside; please report the grids layer")
    return number.ravel()


def _build_table(layout: _Layout, number: Floats, keys: Ints, spans: Floats, level: float) -> Cells:
    """Return the cells with their entries in order."""
    table = np.empty(len(number), np.int32)
    for part in _chunks(len(number)):
        table[part] = answer(number[part])
    keys.sort()
    cell = keys >> 32
    first = np.flatnonzero(np.r_[True, cell[1:] != cell[:-1]])
    crossed = cell[first]
    table[crossed] = CROSSED - np.arange(len(crossed))
    return Cells(
        left=layout.left,
        bottom=layout.bottom,
        size=layout.size,
        shape=(layout.n_rows, layout.n_columns),
        hair=layout.hair,
        level=level,
        table=table,
        ends=np.r_[first, len(keys)].astype(np.int32),
        corner=number[crossed],
        entries=(keys & 0xFFFFFFFF).astype(np.uint32),
        spans=spans,
    )
