"""Where the index's square cells lie, and the words for what a cell or a place is found to be."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gridgeo.locate.index_edges import ONE, Edges

__all__ = ["CROSSED", "DOUBTFUL", "OUTSIDE", "Layout", "lay_out", "read_number"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Positions = NDArray[np.int32]

OUTSIDE, DOUBTFUL, CROSSED = -1, -2, -3
CELLS_PER_EDGE = 8.0
MOST_CELLS = 1_200_000  # beyond this the table costs more to build and to look up than it saves
MOST_ACROSS = 30_000  # however thin the strip that the grids lie in
MOST_CELLS_EVER = 200_000_000
ROUNDING = 2.0**-52


@dataclass(frozen=True)
class Layout:
    """The cells: the corner of the first, the side of each, how many in a row.

    ``hair`` is far above the rounding of any x or y that is computed here. ``lines`` are the y of the lower
    sides of the rows, a hair down.
    """

    left: float
    bottom: float
    size: float
    n_columns: int
    hair: float
    lines: Floats

    def row_of(self, y: Floats) -> Ints:
        """Return the row of cells for each y."""
        return np.floor((y - self.bottom) * (1 / self.size)).astype(np.int64)


def lay_out(edges: Edges, cell_size: float | None) -> Layout:
    """Return cells over the edges; two rims, so that the outer one is empty for certain."""
    x0, x1 = edges.ends[:, 0].min(), edges.ends[:, 2].max()
    y0, y1 = edges.ends[:, 1::2].min(), edges.ends[:, 1::2].max()
    largest = max(abs(x0), abs(x1), abs(y0), abs(y1))
    hair = 128 * ROUNDING * largest
    n_cells = min(CELLS_PER_EDGE * len(edges.weight), MOST_CELLS)
    chosen = max(np.sqrt((x1 - x0) * (y1 - y0) / n_cells), max(x1 - x0, y1 - y0) / MOST_ACROSS)
    size = cell_size or float(chosen)
    size = max(size, 64 * hair)
    left, bottom = x0 - 2 * size, y0 - 2 * size
    n_columns, n_rows = int((x1 - left) / size) + 3, int((y1 - bottom) / size) + 3
    if n_columns * n_rows > MOST_CELLS_EVER:
        raise ValueError(
            f"cell_size {cell_size} makes {n_columns * n_rows:,} cells; take a larger one or none"
        )
    lines = bottom + np.arange(n_rows) * size - hair
    return Layout(float(left), float(bottom), size, n_columns, hair, lines)


def read_number(number: Floats) -> Positions:
    """Return what the number of a place says: a position, `OUTSIDE` or `DOUBTFUL`."""
    is_one = (number >= ONE) & (number < 1.5 * ONE)
    found = np.where(is_one, number - ONE - 1, DOUBTFUL).astype(np.int32)
    found[number == 0] = OUTSIDE
    return found
