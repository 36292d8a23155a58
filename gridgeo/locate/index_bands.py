"""The band of each cell with edges: a strip that all its edges lie in, and which grid lies on either side.

Most such cells are crossed by a piece of one border, which is nearly straight. So one product tells the grid
of all that lies off the strip, and only what lies in it, some places in a hundred, has to be walked to.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gridgeo.locate.index_cells import Cells
from gridgeo.locate.index_layout import CROSSED, DOUBTFUL, Layout, read_number

__all__ = ["Bands", "build_bands"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Singles = NDArray[np.float32]
Positions = NDArray[np.int32]

CHUNK = 16384  # entries at a time, so that the in-between results stay in the processor's cache
MARGIN = 4e-6  # in cells, for each cell that an edge is long: more than single precision can err by here
TINY = np.float32(1e-30)


@dataclass(frozen=True)
class Bands:
    """One band for each cell with edges, in units of the cell and from its lower left corner.

    ``lines`` has rows of a, b, c, w: a place (u, v) lies off the band where ``abs(a u + b v + c) > w``. Then
    ``sides`` has its answer, first where the sum is positive, second where it is negative.
    """

    lines: Singles
    sides: Positions


def build_bands(cells: Cells) -> Bands:
    """Return the bands of the cells with edges."""
    layout, first = cells.layout, cells.heads[:, 1].astype(np.int64)
    crossed = np.flatnonzero(cells.table <= CROSSED)
    corner = cells.table.copy()
    corner[crossed] = read_number(cells.heads[:-1, 0])
    bands = Bands(np.empty((len(crossed), 4), np.float32), np.empty((len(crossed), 2), np.int32))
    for n, alike in _by_size(np.diff(first)):
        for start in range(0, len(alike), max(1, CHUNK // n)):
            k = alike[start : start + max(1, CHUNK // n)]
            entries = cells.entries.take(first.take(k) + np.arange(n)[:, None])
            begin, step = _to_cells(layout, crossed.take(k), cells.edges.ends.take(entries >> 1, axis=0))
            margin = float(MARGIN * (1 + np.abs(step).max()) + 4 * layout.hair / layout.size)
            lines = _fit_lines(*_cut_to_cells(begin, step, margin))
            lines[3] += margin
            sides = _find_sides(lines, crossed.take(k), layout.n_columns, corner)
            # a row as one number is put in its place twice as fast
            bands.lines.view(np.complex128)[k] = np.ascontiguousarray(lines.T).view(np.complex128)
            bands.sides.view(np.int64)[k] = np.ascontiguousarray(sides.T).view(np.int64)
    return bands


def _by_size(n_entries: Ints) -> Iterator[tuple[int, Ints]]:
    """Return each number of entries and the positions that have it."""
    how_many = np.bincount(n_entries)
    sizes = np.flatnonzero(how_many)
    # in the smallest whole numbers that hold them the sort is a quick one
    order = np.argsort(n_entries.astype(np.min_scalar_type(len(how_many))), kind="stable")
    return zip(sizes.tolist(), np.split(order, np.cumsum(how_many[sizes])[:-1]), strict=True)


def _to_cells(layout: Layout, cells: Ints, ends: Floats) -> tuple[Singles, Singles]:
    """Return where edges begin and how far they go, in units of their cells: x and y, edge, cell."""
    row = cells // layout.n_columns
    corner = np.stack([cells - row * layout.n_columns, row]) * layout.size
    corner += [[layout.left], [layout.bottom]]
    both = np.ascontiguousarray(ends.transpose(2, 0, 1))
    both[2:] -= both[:2]
    both[:2] -= corner[:, None]
    both *= 1 / layout.size
    begin, step = both.astype(np.float32).reshape(2, 2, *both.shape[1:])
    return begin, step


def _cut_to_cells(begin: Singles, step: Singles, margin: float) -> tuple[Singles, Singles]:
    """Return both ends of the edges as far as they lie in their cell and a margin around."""
    with np.errstate(all="ignore"):  # an edge along an axis meets two of the four sides nowhere
        per_step = 1 / step
        low, high = (-margin - begin) * per_step, (1 + margin - begin) * per_step
    enter = np.fmin(low, high).max(axis=0).clip(0, 1)
    leave = np.fmax(low, high).min(axis=0).clip(enter, 1)  # one that misses the cell leaves a point: no harm
    return begin + enter * step, begin + leave * step


def _fit_lines(begin: Singles, end: Singles) -> Singles:
    """Return the line of each cell along its edges, and half the width of the band: a, b, c, w."""
    x, y = end - begin
    length = np.sqrt(x * x + y * y) + TINY
    # the mean direction, whichever way the edges point: that of twice the angle, halved
    along, across = ((x * x - y * y) / length).sum(axis=0), (x * y / length).sum(axis=0)
    total = np.sqrt(along * along + 4 * across * across) + TINY
    larger = np.sqrt((1 + np.abs(along) / total) / 2)
    smaller = across / (total * larger)
    is_flat = along >= 0
    a, b = -np.where(is_flat, smaller, larger), np.where(is_flat, larger, smaller)
    at_begin, at_end = a * begin[0] + b * begin[1], a * end[0] + b * end[1]
    low, high = np.minimum(at_begin, at_end).min(axis=0), np.maximum(at_begin, at_end).max(axis=0)
    return np.stack([a, b, (low + high) / -2, (high - low) / 2])


def _find_sides(lines: Singles, cells: Ints, n_columns: int, corner: Positions) -> Positions:
    """Return what lies on either side of each band, as its farthest corner of the cell has it.

    ``corner`` is what lies at the lower left corner of every cell, a hair down and left of it.
    """
    a, b, c, w = lines
    right, up = a > 0, b > 0
    sides = np.empty((2, len(cells)), np.int32)
    for side, (east, north, sign) in enumerate(((right, up, 1), (~right, ~up, -1))):
        reaches = sign * (a * east + b * north + c) > w
        sides[side] = np.where(reaches, corner.take(cells + east + n_columns * north), DOUBTFUL)
    return sides
