"""Square cells over the grids: what lies at the lower left corner of each, and which edges pass through it.

The corner of a cell is set a hair down and left of the place where cells divide, and edges are entered in all
cells within two hairs, so that no rounding in finding the cell of a place can matter.
"""

import sys
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gridgeo.errors import LawError
from gridgeo.locate.index_edges import ONE, Edges
from gridgeo.locate.index_layout import CROSSED, DOUBTFUL, OUTSIDE, ROUNDING, Layout, lay_out

__all__ = ["Cells", "build_cells"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Positions = NDArray[np.int32]

CHUNK = 16384  # edges or cells at a time, so that the in-between results stay in the processor's cache


@dataclass(frozen=True)
class Cells:
    """The index itself: plain arrays, the same for every way to walk them.

    ``table`` has for each cell the position of the grid that fills it, `OUTSIDE`, `DOUBTFUL` (several grids),
    or ``CROSSED - k`` for the k-th cell with edges. ``heads[k]`` is the number at its corner and its first
    entry; its last comes before the first of ``heads[k + 1]``. An entry is twice the row in ``edges``, plus
    one where the walk along the cell's line may cross the edge. ``level`` is the value up to which the side
    test of the walk may err.
    """

    layout: Layout
    level: float
    table: Positions
    heads: Floats
    entries: NDArray[np.uint32]
    edges: Edges


def build_cells(edges: Edges, n_grids: int, cell_size: float | None) -> Cells:
    """Return the cells over these edges.

    Parameters
    ----------
    edges
        Merged edges, at least one.
    n_grids
        How many grids they are of.
    cell_size
        Side of a cell; chosen when not given. Any size gives the same answers.
    """
    layout = lay_out(edges, cell_size)
    corners = _no_corners(len(layout.lines) * layout.n_columns, n_grids)
    keys = []
    for part in _chunks(len(edges.weight)):
        some = Edges(edges.ends[part], edges.weight[part])
        edge, row = _find_rows(some, layout)
        rows = _cut_to_rows(some, edge, row, layout)
        corners.add(rows.crossing, rows.gain)
        keys.append(_enter_cells(rows, part.start + edge, row, layout))
    corners.sum_rows(layout.n_columns)
    return _build_table(layout, corners, np.concatenate(keys), edges)


@dataclass(frozen=True)
class _EdgeRows:
    """Edges in rows: between which x, in which column they cross the row's line, and what is gained there."""

    low_x: Floats
    high_x: Floats
    column: Ints
    crossing: Ints
    gain: Floats


def _chunks(n: int) -> Iterator[slice]:
    """Return slices that together cover n."""
    return (slice(start, min(n, start + CHUNK)) for start in range(0, n, CHUNK))


def _certainty(edges: Edges, layout: Layout) -> float:
    """Return the largest value that the side test may have by rounding alone (Shewchuk's static filter)."""
    width = (edges.ends[:, 2] - edges.ends[:, 0]).max() + layout.size
    height = np.abs(edges.ends[:, 3] - edges.ends[:, 1]).max() + layout.size
    return float(8 * ROUNDING * width * height + 1e-300)


def _find_rows(edges: Edges, layout: Layout) -> tuple[Ints, Ints]:
    """Return the rows that the edges pass through or nearly touch: for each the edge and the row."""
    low_y = np.minimum(edges.ends[:, 1], edges.ends[:, 3]) - 2 * layout.hair
    high_y = np.maximum(edges.ends[:, 1], edges.ends[:, 3]) + 2 * layout.hair
    first = layout.row_of(low_y)
    n_rows = layout.row_of(high_y) - first + 1
    ends = np.cumsum(n_rows)
    edge = np.repeat(np.arange(len(first)), n_rows)
    return edge, (first - (ends - n_rows)).take(edge) + np.arange(len(edge))


def _cut_to_rows(edges: Edges, edge: Ints, row: Ints, layout: Layout) -> _EdgeRows:
    """Return each edge as it passes through one row of cells."""
    x0, y0, x1, y1 = np.ascontiguousarray(edges.ends.T)
    rises = y1 > y0
    low_x, low_y, high_x, high_y = (
        np.where(rises, rising, falling).take(edge)
        for rising, falling in ((x0, x1), (y0, y1), (x1, x0), (y1, y0))
    )
    line = layout.lines.take(row)
    above = line + (layout.size + 2 * layout.hair)
    crosses = (low_y <= line) & (line < high_y)
    with np.errstate(all="ignore"):  # level edges cross nothing; what is computed for them is not used
        slope = ((x1 - x0) / (y1 - y0)).take(edge)
        at_line = np.where(crosses, low_x + (line - low_y) * slope, low_x)
        leaves = (low_y <= above) & (above < high_y)
        at_top = np.where(leaves, low_x + (above - low_y) * slope, high_x)
    column = np.floor((at_line - (layout.left - layout.hair)) * (1 / layout.size)).astype(np.int64)
    crossing = np.flatnonzero(crosses)
    return _EdgeRows(
        low_x=np.minimum(at_line, at_top),
        high_x=np.maximum(at_line, at_top),
        column=column,
        crossing=(row * layout.n_columns + column + 1).take(crossing),
        gain=np.where(rises, edges.weight, -edges.weight).take(edge.take(crossing)),
    )


def _enter_cells(rows: _EdgeRows, edge: Ints, row: Ints, layout: Layout) -> Ints:
    """Return one key for each edge in each cell: cell, edge, whether the walk along the line may cross it."""
    per_cell = 1 / layout.size
    first = np.floor((rows.low_x - 2 * layout.hair - layout.left) * per_cell).astype(np.int64)
    last = np.floor((rows.high_x + 2 * layout.hair - layout.left) * per_cell).astype(np.int64)
    n_cells = last - first + 1
    ends = np.cumsum(n_cells)
    entry = np.repeat(np.arange(len(row)), n_cells)
    column = (first - (ends - n_cells)).take(entry) + np.arange(len(entry))
    may_cross = rows.column.take(entry) >= column  # else it is in the number of the corner already
    keys: Ints = (((row * layout.n_columns).take(entry) + column) << 32) | (2 * edge.take(entry) + may_cross)
    return keys


@dataclass(frozen=True)
class _Corners:
    """The numbers of the cells' corners in two parts: how many grids, and the sum of their names."""

    count: NDArray[np.signedinteger]
    names: NDArray[np.signedinteger]

    def add(self, cell: Ints, gain: Floats) -> None:
        """Note what is gained when a cell is entered from the left."""
        count = np.rint(gain * (1 / ONE))
        np.add.at(self.count, cell, count.astype(self.count.dtype))
        np.add.at(self.names, cell, (gain - count * ONE).astype(self.names.dtype))

    def sum_rows(self, n_columns: int) -> None:
        """Turn the gains into numbers: running sums along each row, which ends outside."""
        for part in (self.count, self.names):
            rows = part.reshape(-1, n_columns)
            np.cumsum(rows, axis=1, out=rows, dtype=part.dtype)
            if rows[:, -1].any():
                raise LawError("a row of the grid index does not end outside; please report the grids layer")

    def answer(self) -> Positions:
        """Return what the numbers say of each cell, where it has no edges; overwrites the names."""
        found = self.names
        found -= 1  # of no grid this makes OUTSIDE, of one its position
        for part in _chunks(len(found)):
            count, position = self.count[part], found[part]
            strange = np.flatnonzero((count >> 1 != 0) | ((count == 0) & (position != OUTSIDE)))
            position[strange] = DOUBTFUL
        return found.astype(np.int32, copy=False)


def _no_corners(n_cells: int, n_grids: int) -> _Corners:
    """Return corners in the smallest whole numbers that hold all grids on top of each other."""
    count = np.int16 if n_grids < 2**15 else np.int32
    names = np.int32 if n_grids * (n_grids + 1) // 2 < 2**31 else np.int64
    return _Corners(np.zeros(n_cells, count), np.zeros(n_cells, names))


def _halves(keys: Ints) -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
    """Return the lower and the upper half of each key, in place: fresh memory costs more than the work."""
    halves = keys.view(np.uint32).reshape(-1, 2)
    low = 0 if sys.byteorder == "little" else 1
    return halves[:, low], halves[:, 1 - low]


def _build_table(layout: Layout, corners: _Corners, keys: Ints, edges: Edges) -> Cells:
    """Return the cells with their entries in order."""
    keys.sort()
    entries, cell = _halves(keys)
    first = np.append(0, np.flatnonzero(cell[1:] != cell[:-1]) + 1)
    crossed = cell.take(first)
    heads = np.empty((len(crossed) + 1, 2))
    heads[:-1, 0] = corners.count.take(crossed) * ONE + corners.names.take(crossed)
    heads[:-1, 1], heads[-1] = first, len(keys)
    table = corners.answer()
    table[crossed] = CROSSED - np.arange(len(crossed), dtype=np.int32)
    level = _certainty(edges, layout)
    return Cells(layout, level, table, heads, entries.copy(), edges)
