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
TILES = 2 ** (TILE_BITS // 2)  # the grids' box is hashed by so many tiles across and up
HASH_STEP = np.uint64(0x9E3779B97F4A7C15)


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
    rings, grid, is_shell = _take_apart(polygons)
    corners, ring = shapely.get_coordinates(rings, return_index=True)
    starts = np.flatnonzero(np.r_[True, ring[1:] != ring[:-1]])
    box = shapely.total_bounds(polygons)
    n_edges = len(corners) - len(rings)
    ends, weight, key = np.empty((n_edges, 4)), np.empty(n_edges), np.empty(n_edges, np.uint64)
    done = 0
    for first, last in _blocks(starts, len(corners)):
        rows = slice(starts[first], starts[last] if last < len(starts) else len(corners))
        block = _turn_right(corners[rows], ring[rows] - first, is_shell[first:last], grid[first:last])
        after = done + len(block.weight)
        ends[done:after], weight[done:after], key[done:after] = (
            block.ends,
            block.weight,
            _hash(block.ends, box),
        )
        done = after
    return _merge(Edges(ends, weight), key)


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


def _turn_right(corners: Floats, ring: Ints, is_shell: NDArray[np.bool_], grid: Ints) -> Edges:
    """Return the edges of some rings, each pointing right, with the weight of its one grid."""
    within = np.flatnonzero(ring[1:] == ring[:-1])
    starts = np.flatnonzero(np.r_[True, ring[1:] != ring[:-1]])
    x, y = np.ascontiguousarray(corners[:, 0]), np.ascontiguousarray(corners[:, 1])
    x0, y0, x1, y1 = x[within], y[within], x[within + 1], y[within + 1]
    cross = np.zeros(len(x))
    cross[within] = (x0 - x[0]) * (y1 - y[0]) - (x1 - x[0]) * (y0 - y[0])
    # should rounding turn a sliver round, it counts -1 or 2 within it, which is for GEOS to sort out
    counterclockwise = np.add.reduceat(cross, starts) > 0
    # the grid lies on the left of a shell drawn counterclockwise and of a hole drawn clockwise
    gain = np.where(counterclockwise == is_shell, -1.0, 1.0) * (grid + 1 + ONE)
    turned = (x1 < x0) | ((x1 == x0) & (y1 < y0))
    ends = np.empty((len(within), 4))
    # take copies whole rows, twenty times as fast as corners[...]
    ends[:, :2], ends[:, 2:] = corners.take(within + turned, axis=0), corners.take(within + ~turned, axis=0)
    ends += 0.0  # so that -0.0 and 0.0 have one hash
    return Edges(ends, gain[ring[within]] * np.where(turned, -1.0, 1.0))


def _hash(ends: Floats, box: Floats) -> NDArray[np.uint64]:
    """Return a number for each row that is the same for the same ends and rarely for others.

    Its leading bits are the place, so that edges in the order of their numbers are near in memory as well.
    """
    mixed = np.zeros(len(ends), np.uint64)
    for column in np.ascontiguousarray(ends.T).view(np.uint64):
        mixed ^= column
        mixed *= HASH_STEP
        mixed ^= mixed >> np.uint64(29)
    tiles = (TILES - 1) / np.maximum(box[2:] - box[:2], 1e-300)
    across, up = ((ends[:, k] - box[k]) * tiles[k] for k in (0, 1))
    tile = up.astype(np.uint64) * np.uint64(TILES) + across.astype(np.uint64)
    hashes: NDArray[np.uint64] = (tile << np.uint64(64 - TILE_BITS)) | (mixed >> np.uint64(TILE_BITS))
    return hashes


def _merge(edges: Edges, key: NDArray[np.uint64]) -> Edges:
    """Return the edges with equal ones made one and their weights added, in the order of their places."""
    n_bits = np.uint64(len(key).bit_length())
    low_bits = (np.uint64(1) << n_bits) - np.uint64(1)
    # one plain sort of hash and row together is four times as fast as an argsort
    key &= ~low_bits
    key |= np.arange(len(key), dtype=np.uint64)
    key.sort()
    hashes = key >> n_bits
    cuts = np.arange(CHUNK, len(key), CHUNK)
    cuts = np.searchsorted(hashes, hashes[cuts])  # equal edges stay in one chunk
    bounds = np.unique(np.r_[0, cuts, len(key)])
    merged = [_merge_chunk(edges, (key[a:b] & low_bits).astype(np.int64)) for a, b in pairwise(bounds)]
    return Edges(
        np.concatenate([part.ends for part in merged]), np.concatenate([part.weight for part in merged])
    )


def _merge_chunk(edges: Edges, row: Ints) -> Edges:
    """Return the edges of some rows, sorted by their hashes, with equal ones made one."""
    ends = edges.ends.take(row, axis=0)
    # four equalities of one byte each, read as one number
    same = np.ascontiguousarray(ends[1:] == ends[:-1]).view(np.uint32).ravel() == 0x01010101
    first = np.flatnonzero(np.r_[True, ~same])
    total = np.add.reduceat(edges.weight.take(row), first)
    kept = np.flatnonzero(total)
    return Edges(ends.take(first[kept], axis=0), total[kept])
