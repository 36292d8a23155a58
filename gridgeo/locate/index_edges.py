"""The edges of all grids, each once: pointing right, with what changes when one steps down across it.

A place is described by one number: the sum, over the grids that cover it, of ``ONE + position + 1``. Whole
multiples of ``ONE`` count the grids, the rest names the grid where there is one. Every edge carries the
number below it minus the number above it, so that a walk knows the place it gets to from the place it came
from. All are whole numbers below 2**53, so sums are exact in doubles.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

__all__ = ["ONE", "Edges", "build_edges"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

ONE = 2.0**32
CHUNK = 16384  # vertices at a time, so that the in-between results stay in the processor's cache
TILE_BITS = 16
TILES = 2 ** (TILE_BITS // 2) - 1  # the box of the grids is hashed by so many tiles across and up
NO_EDGE = np.uint64(2**64 - 1)  # after all edges: its tile is none
STEP_X, STEP_Y = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F)


@dataclass(frozen=True)
class Edges:
    """Edges that point right, or up where they are plumb.

    ``ends`` has rows of left x, left y, right x, right y. ``weight`` is what lies below minus what lies
    above; of a plumb edge what lies on its right minus what lies on its left.
    """

    ends: Floats
    weight: Floats


def build_edges(polygons: NDArray[Any]) -> Edges:
    """Return the edges of the polygons, those of equal ends merged, those that change nothing left out.

    Parameters
    ----------
    polygons
        Valid polygons and multipolygons; the position of each is its name.
    """
    if not len(polygons):
        return Edges(np.empty((0, 4)), np.empty(0))
    rings, grid, is_shell = _take_apart(polygons)
    corners = shapely.get_coordinates(rings)
    n_corners = shapely.get_num_coordinates(rings)
    starts = np.cumsum(n_corners) - n_corners
    box = shapely.total_bounds(rings)
    gain, turned = np.empty(len(rings)), np.zeros(len(corners), bool)
    key = np.empty(len(corners), np.uint64)
    for first, last in _blocks(starts, len(corners)):
        rows = slice(starts[first], starts[last] if last < len(starts) else len(corners))
        own = starts[first:last] - starts[first]
        corners[rows] += 0.0  # so that -0.0 and 0.0 are one
        some = np.ascontiguousarray(corners[rows].T)
        gain[first:last] = _gain_on_right(some, own, is_shell[first:last]) * (grid[first:last] + 1 + ONE)
        key[rows], turned[rows] = _hash_edges(some, own, box), _points_left(some)
    return _merge(key, turned, corners, np.repeat(gain, n_corners))


def _take_apart(polygons: NDArray[Any]) -> tuple[NDArray[Any], Ints, NDArray[np.bool_]]:
    """Return the rings, the position of the grid of each, and whether it is a shell or a hole.

    A polygon without holes stands for its own ring: taking it apart costs more than all that is done to it.
    """
    parts, grid = polygons, np.arange(len(polygons))
    if (shapely.get_type_id(polygons) != shapely.GeometryType.POLYGON).any():
        parts, grid = shapely.get_parts(polygons, return_index=True)
    has_holes = shapely.get_num_interior_rings(parts) > 0
    plain, pierced = np.flatnonzero(~has_holes), np.flatnonzero(has_holes)
    rings, owner = shapely.get_rings(parts[pierced], return_index=True)
    is_shell = np.ones(len(plain) + len(rings), bool)
    is_shell[len(plain) + 1 :] = owner[1:] != owner[:-1]
    return (
        np.concatenate([parts[plain], rings]),
        np.concatenate([grid[plain], grid[pierced[owner]]]),
        is_shell,
    )


def _blocks(starts: Ints, n_corners: int) -> Iterator[tuple[int, int]]:
    """Return runs of rings, first and one past last, of about one chunk of vertices each."""
    cuts = np.unique(np.searchsorted(starts, np.arange(0, n_corners, CHUNK)))
    bounds = [*cuts.tolist(), len(starts)]
    return ((first, last) for first, last in pairwise(bounds) if first < last)


def _gain_on_right(corners: Floats, starts: Ints, is_shell: NDArray[np.bool_]) -> Floats:
    """Return for each ring 1 where its grid lies on the right of its edges, -1 where on the left."""
    x, y = corners[0] - corners[0, 0], corners[1] - corners[1, 0]
    cross = np.zeros(len(x))
    cross[:-1] = x[:-1] * y[1:] - x[1:] * y[:-1]
    cross[starts[1:] - 1] = 0  # from the end of a ring to the start of the next
    # should rounding turn a sliver round, it counts -1 or 2 within it, which is for GEOS to sort out
    counterclockwise = np.add.reduceat(cross, starts) > 0
    return np.where(counterclockwise == is_shell, -1.0, 1.0)


def _hash_edges(corners: Floats, starts: Ints, box: Floats) -> NDArray[np.uint64]:
    """Return for the edge from each corner to the next a number, the same both ways, rarely that of another
    edge.

    Its leading bits are the place, so that edges in the order of their numbers are near in memory as well.
    """
    x, y = corners
    mixed = x.view(np.uint64) * STEP_X
    mixed ^= y.view(np.uint64) * STEP_Y
    mixed ^= mixed >> np.uint64(29)
    mixed *= STEP_X
    size = np.maximum(box[2:] - box[:2], 1e-300) / (TILES / 2)
    tile = ((y[:-1] - box[1]) + (y[1:] - box[1])) * (1 / size[1])
    np.floor(tile, out=tile)
    tile *= TILES + 1
    tile += ((x[:-1] - box[0]) + (x[1:] - box[0])) * (1 / size[0])
    key = np.full(len(x), NO_EDGE)
    key[:-1] = tile.astype(np.uint64) << np.uint64(64 - TILE_BITS)
    key[:-1] |= (mixed[:-1] + mixed[1:]) >> np.uint64(TILE_BITS)
    key[starts[1:] - 1] = NO_EDGE
    key[np.flatnonzero((x[1:] == x[:-1]) & (y[1:] == y[:-1]))] = NO_EDGE  # a corner that is drawn twice
    return key


def _points_left(corners: Floats) -> NDArray[np.bool_]:
    """Return whether the edge from each corner to the next points left, or down where it is plumb."""
    x, y = corners
    points_left = np.zeros(len(x), bool)
    points_left[:-1] = (x[1:] < x[:-1]) | ((x[1:] == x[:-1]) & (y[1:] < y[:-1]))
    return points_left


def _merge(key: NDArray[np.uint64], turned: NDArray[np.bool_], corners: Floats, gain: Floats) -> Edges:
    """Return the edges with equal ones made one and their weights added, in the order of their places."""
    n_edges = int(np.count_nonzero(key != NO_EDGE))
    n_bits = np.uint64(len(key).bit_length() + 1)
    low_bits = (np.uint64(1) << n_bits) - np.uint64(1)
    # one plain sort of hash, row and direction together is four times as fast as an argsort
    key &= ~low_bits
    key |= np.arange(0, 2 * len(key), 2, dtype=np.uint64)
    key |= turned
    key.sort()  # the ends of rings come last
    # a cut between equal edges would leave them two
    cuts = np.searchsorted(key, key[CHUNK:n_edges:CHUNK] & ~low_bits)
    bounds = np.unique(np.r_[0, cuts, n_edges])
    ends, weight, done = np.empty((n_edges, 4)), np.empty(n_edges), 0
    for first, last in pairwise(bounds):
        part = _merge_chunk((key[first:last] & low_bits).astype(np.int64), corners, gain)
        after = done + len(part.weight)
        ends[done:after], weight[done:after] = part.ends, part.weight
        done = after
    return Edges(ends[:done], weight[:done])


def _merge_chunk(row: Ints, corners: Floats, gain: Floats) -> Edges:
    """Return some edges, sorted by their hashes, each pointing right, equal ones made one.

    A row is twice the corner that the edge starts at, plus one where it has to be turned.
    """
    start, turned = row >> 1, row & 1
    ends = np.empty((len(row), 4))
    # take copies whole rows, twenty times as fast as corners[...]
    ends[:, :2], ends[:, 2:] = corners.take(start + turned, axis=0), corners.take(start + 1 - turned, axis=0)
    # four equalities of one byte each, read as one number
    same = np.ascontiguousarray(ends[1:] == ends[:-1]).view(np.uint32).ravel() == 0x01010101
    first = np.flatnonzero(np.r_[True, ~same])
    total = np.add.reduceat(gain.take(start) * (1 - 2 * turned), first)
    kept = np.flatnonzero(total)
    return Edges(ends.take(first.take(kept), axis=0), total.take(kept))
