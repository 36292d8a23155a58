"""Coverages: polygons that share their borders vertex by vertex, without gap and without overlap.

Everything below the front doors lives on a lattice of one millimetre. On it two borders are the same
when their coordinates are the same integers, so shared borders are found by sorting, not by geometry.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

__all__ = [
    "LATTICE_M",
    "Borders",
    "build_borders",
    "build_faces",
    "connected",
    "dissolve",
    "find_dangles",
    "join_rims",
    "match_vertices",
    "renumbered",
    "to_lattice",
]

Geometries = NDArray[np.object_]
Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

LATTICE_M = 0.001  # a thousandth of a metre: far under survey accuracy, far over the noise of doubles
PER_METRE = 1.0 / LATTICE_M


def to_lattice(geometry: Geometries) -> Geometries:
    """Return the geometries with every coordinate on the millimetre lattice, valid."""
    found = np.array(geometry, dtype=object)
    is_area = shapely.get_dimensions(found) == 2
    # Nearly all areas stay valid when their corners are rounded. For the rest GEOS overlays each with itself.
    rounded = shapely.transform(found[is_area], lambda at: np.rint(at * PER_METRE) / PER_METRE)
    rounded = shapely.remove_repeated_points(rounded)
    found[is_area] = rounded
    rest = ~is_area
    rest[is_area] = ~shapely.is_valid(rounded)
    found[rest] = as_plain(shapely.set_precision(geometry[rest], LATTICE_M))
    return found


def as_plain(geometry: Geometries) -> Geometries:
    """Return the same geometries without a precision of their own.

    GEOS rounds every result to the precision of its inputs; after a trip to another process geometries have
    none, so one run would not be like another.
    """
    plain: Geometries = shapely.set_precision(geometry, 0.0)
    return plain


def build_faces(lines: Geometries) -> Geometries:
    """Return the polygons that the lines enclose, as a valid coverage on the lattice.

    The lines may cross, overlap and dangle: they are noded once, with snap rounding. Dangling ends
    enclose nothing and leave no trace.
    """
    noded = shapely.union_all(lines, grid_size=LATTICE_M)
    return as_plain(shapely.get_parts(shapely.polygonize([noded])))


def find_dangles(lines: Geometries) -> Geometries:
    """Return the pieces of the lines that enclose nothing: dead ends and lines that float free."""
    noded = shapely.union_all(lines, grid_size=LATTICE_M)
    _, cuts, dangles, _ = shapely.polygonize_full([noded])
    return as_plain(shapely.get_parts(shapely.line_merge(shapely.union_all([cuts, dangles]))))


@dataclass(frozen=True)
class Borders:
    """The straight pieces of border of a coverage, each once.

    ``left`` and ``right`` are positions of polygons, ``right`` is -1 where no polygon lies beyond.
    ``start`` and ``end`` are coordinates in metres, shape (n, 2).
    """

    left: Ints
    right: Ints
    start: Floats
    end: Floats

    @property
    def length_m(self) -> Floats:
        """Return the length of each piece in metres."""
        run = self.end - self.start
        length: Floats = np.hypot(run[:, 0], run[:, 1])
        return length

    @property
    def is_shared(self) -> NDArray[np.bool_]:
        """Return whether a polygon lies on both sides."""
        return self.right >= 0

    def lines(self, chosen: NDArray[np.bool_] | Ints | None = None) -> Geometries:
        """Return the chosen pieces (all by default) as line strings."""
        pick = slice(None) if chosen is None else chosen
        lines: Geometries = shapely.linestrings(np.stack([self.start[pick], self.end[pick]], axis=1))
        return lines

    def relabelled(self, label: Ints) -> "Borders":
        """Return the borders between groups of polygons: pieces inside a group are left out."""
        left, right = label[self.left], np.where(self.is_shared, label[self.right], -1)
        keep = left != right
        return Borders(left[keep], right[keep], self.start[keep], self.end[keep])


def build_borders(polygons: Geometries) -> Borders:
    """Return the borders of a coverage of polygons whose vertices match.

    A piece that more than two polygons claim means that the polygons overlap; only the first two are
    kept, and the check of the laws reports the overlap.
    """
    parts, part_owner = shapely.get_parts(polygons, return_index=True)
    rings, ring_part = shapely.get_rings(parts, return_index=True)
    points, ring = shapely.get_coordinates(rings, return_index=True)
    if len(points) == 0:
        none = np.empty(0, dtype=np.int64)
        return Borders(none, none, np.empty((0, 2)), np.empty((0, 2)))
    owner = part_owner[ring_part[ring]]
    follows = np.flatnonzero(ring[1:] == ring[:-1])
    tail, head = vertex_ids(points)[np.stack([follows, follows + 1])]
    moved = tail != head
    follows, tail, head = follows[moved], tail[moved], head[moved]
    low, high = np.minimum(tail, head), np.maximum(tail, head)
    order = np.lexsort((owner[follows], high, low))
    low, high, follows = low[order], high[order], follows[order]
    is_new = np.ones(len(low), dtype=bool)
    is_new[1:] = (low[1:] != low[:-1]) | (high[1:] != high[:-1])
    first = np.flatnonzero(is_new)
    has_twin = np.diff(np.append(first, len(low))) > 1
    right = np.full(len(first), -1, dtype=np.int64)
    right[has_twin] = owner[follows[first[has_twin] + 1]]
    source = follows[first]
    return Borders(owner[source].astype(np.int64), right, points[source], points[source + 1])


def join_rims(coverages: Sequence[Borders], first: Ints) -> Borders:
    """Return the outer borders of several coverages; ``first`` is the number of the first polygon of each."""
    left, right, start, end = [], [], [], []
    for borders, offset in zip(coverages, first, strict=False):
        outer = ~borders.is_shared
        left.append(borders.left[outer] + offset)
        right.append(borders.right[outer])
        start.append(borders.start[outer])
        end.append(borders.end[outer])
    return Borders(*(np.concatenate(columns) for columns in (left, right, start, end)))


def connected(n: int, a: Ints, b: Ints) -> Ints:
    """Return the number of the connected component of each of n things, where a[i] and b[i] touch."""
    ties = coo_array((np.ones(len(a)), (a, b)), shape=(n, n))
    label: Ints = connected_components(ties, directed=False)[1].astype(np.int64)
    return label


def renumbered(label: Ints) -> Ints:
    """Return the labels counted from 0 without gaps, in their order."""
    return np.unique(label, return_inverse=True)[1].astype(np.int64)


def vertex_ids(points: Floats) -> Ints:
    """Return one number for each place of the lattice, the same for the same place."""
    millimetres = np.rint(points / LATTICE_M).astype(np.int64)
    millimetres -= millimetres.min(axis=0)
    key = millimetres[:, 0] * (millimetres[:, 1].max() + 1) + millimetres[:, 1]
    return renumbered(key)


def dissolve(polygons: Geometries, label: Ints, n_labels: int) -> Geometries:
    """Return one geometry for each label 0…n-1: the union of its polygons, borders kept vertex by vertex.

    A label without a polygon gives an empty polygon.
    """
    order = np.argsort(label, kind="stable")
    bounds = np.searchsorted(label[order], np.arange(n_labels + 1))
    merged = np.empty(n_labels, dtype=object)
    for i in range(n_labels):
        group = polygons[order[bounds[i] : bounds[i + 1]]]
        merged[i] = group[0] if len(group) == 1 else without_wrapper(shapely.coverage_union_all(group))
    return merged


def without_wrapper(geometry: shapely.Geometry) -> shapely.Geometry:
    """Return a collection of one geometry as that geometry, polygons of a collection as a multipolygon."""
    parts = shapely.get_parts(geometry)
    if len(parts) == 0:
        return shapely.Polygon()
    return parts[0] if len(parts) == 1 else shapely.multipolygons(parts)


def match_vertices(polygons: Geometries, rim: Borders, coverage: Ints) -> Geometries:
    """Return the polygons with the vertices that a neighbour has on their common border.

    Neighbouring coverages that were noded apart share their border line but not every vertex on it.
    ``rim`` holds the pieces without a neighbour in their own coverage, ``left`` counting the polygons given
    here; ``coverage`` numbers the coverage of each polygon. A vertex of another coverage within a lattice
    step of a piece is put into it, so that both sides agree.
    """
    if len(rim.left) == 0:
        return polygons
    ids = vertex_ids(np.concatenate([rim.start, rim.end])).reshape(2, -1)
    _, twin, count = np.unique(np.sort(ids, axis=0), axis=1, return_inverse=True, return_counts=True)
    lone = np.flatnonzero(count[twin.ravel()] == 1)
    ends, first = np.unique(ids[:, lone], return_index=True)
    corners = np.concatenate([rim.start[lone], rim.end[lone]])[first]
    point, piece = shapely.STRtree(rim.lines(lone)).query(
        shapely.points(corners), predicate="dwithin", distance=1.5 * LATTICE_M
    )
    piece = lone[piece]
    own = coverage[rim.left]
    known = np.unique(ids * (int(own.max()) + 1) + own)
    is_new = ~np.isin(ends[point] * (int(own.max()) + 1) + own[piece], known)
    point, piece = point[is_new], piece[is_new]
    # Near a bend a vertex is close to two pieces; it belongs into the nearer one only.
    away = shapely.distance(shapely.points(corners[point]), rim.lines(piece))
    order = np.lexsort((piece, away, own[piece], point))
    point, piece = point[order], piece[order]
    once = np.append(True, (point[1:] != point[:-1]) | (own[piece][1:] != own[piece][:-1]))[: len(point)]
    corner, piece = corners[point[once]], piece[once]
    start, end = rim.start[piece], rim.end[piece]
    along = end - start
    share = ((corner - start) * along).sum(axis=1) / (along**2).sum(axis=1)
    apart = np.minimum(np.hypot(*(corner - start).T), np.hypot(*(corner - end).T))
    inner = (share > 0) & (share < 1) & (apart > LATTICE_M / 2)
    if not inner.any():
        return polygons
    # The vertex goes to the very line: on the lattice it could step across the far side of a thin wedge.
    exact = start[inner] + share[inner, None] * along[inner]
    matched = insert_vertices(polygons, rim, piece[inner], corner[inner], share[inner])
    return move_vertices(matched, corner[inner], exact)


def move_vertices(polygons: Geometries, old: Floats, new: Floats) -> Geometries:
    """Return the polygons with some vertices moved, wherever they occur."""
    target = {
        tuple(np.rint(o / LATTICE_M).astype(np.int64).tolist()): n for o, n in zip(old, new, strict=True)
    }

    def moved(points: Floats) -> Floats:
        keys = np.rint(points / LATTICE_M).astype(np.int64).tolist()
        return np.array([target.get(tuple(key), point) for key, point in zip(keys, points, strict=True)])

    touched = np.unique(
        shapely.STRtree(polygons).query(shapely.points(old), predicate="dwithin", distance=LATTICE_M)[1]
    )
    result = polygons.copy()
    result[touched] = shapely.transform(polygons[touched], moved)
    return result


def insert_vertices(
    polygons: Geometries, borders: Borders, piece: Ints, place: Floats, share: Floats
) -> Geometries:
    """Return the polygons with extra vertices on pieces of their rim, in the order of ``share``."""
    result = polygons.copy()
    order = np.lexsort((share, piece))
    piece, place = piece[order], place[order]
    extra: dict[int, dict[tuple[int, ...], list[tuple[float, float]]]] = {}
    ends = np.rint(np.concatenate([borders.start, borders.end], axis=1) / LATTICE_M).astype(np.int64)
    for i, position in zip(piece, place, strict=True):
        key = tuple(ends[i].tolist())
        extra.setdefault(int(borders.left[i]), {}).setdefault(key, []).append(tuple(position))
    for owner, additions in extra.items():
        result[owner] = with_vertices(polygons[owner], additions)
    return result


def with_vertices(
    polygon: shapely.Geometry, additions: dict[tuple[int, ...], list[tuple[float, float]]]
) -> shapely.Geometry:
    """Return one polygon with the extra vertices of its edges, given by edge as it runs."""

    def ring_with(ring: shapely.Geometry) -> list[tuple[float, float]]:
        points = shapely.get_coordinates(ring)
        places = np.rint(points / LATTICE_M).astype(np.int64).tolist()
        walked = [tuple(points[0])]
        for point, (tail, head) in zip(points[1:], pairwise(places), strict=True):
            walked += additions.get((*tail, *head), [])
            walked += reversed(additions.get((*head, *tail), []))
            walked.append(tuple(point))
        return walked

    parts = []
    for part in shapely.get_parts(polygon):
        rings = [ring_with(ring) for ring in shapely.get_rings(part)]
        parts.append(shapely.Polygon(rings[0], rings[1:]))
    return parts[0] if len(parts) == 1 else shapely.multipolygons(parts)
