"""Coverages: polygons that share their borders vertex by vertex, without gap and without overlap.

Everything below the front doors lives on a lattice of one millimetre. On it two borders are the same
when their coordinates are the same integers, so shared borders are found by sorting, not by geometry.
"""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

__all__ = [
    "LATTICE_M",
    "Borders",
    "build_borders",
    "build_faces",
    "dissolve",
    "match_vertices",
    "to_lattice",
]

Geometries = NDArray[np.object_]
Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

LATTICE_M = 0.001  # a thousandth of a metre: far under survey accuracy, far over the noise of doubles


def to_lattice(geometry: Geometries) -> Geometries:
    """Return the geometries with every coordinate on the millimetre lattice, valid."""
    snapped: Geometries = shapely.set_precision(geometry, LATTICE_M)
    return snapped


def build_faces(lines: Geometries) -> Geometries:
    """Return the polygons that the lines enclose, as a valid coverage on the lattice.

    The lines may cross, overlap and dangle: they are noded once, with snap rounding. Dangling ends
    enclose nothing and leave no trace.
    """
    noded = shapely.union_all(lines, grid_size=LATTICE_M)
    faces: Geometries = shapely.get_parts(shapely.polygonize([noded]))
    return faces


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
        return np.hypot(*(self.end - self.start).T)

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


def vertex_ids(points: Floats) -> Ints:
    """Return one number for each place of the lattice, the same for the same place."""
    millimetres = np.rint(points / LATTICE_M).astype(np.int64)
    millimetres -= millimetres.min(axis=0)
    key = millimetres[:, 0] * (millimetres[:, 1].max() + 1) + millimetres[:, 1]
    return np.unique(key, return_inverse=True)[1].astype(np.int64)


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


def match_vertices(polygons: Geometries) -> Geometries:
    """Return the polygons with the vertices that a neighbour has on their common border.

    Neighbouring coverages that were noded apart share their border line but not every vertex on it.
    A vertex within a lattice step of an edge is put into that edge, so that both sides agree.
    """
    borders = build_borders(polygons)
    rim = np.flatnonzero(~borders.is_shared)
    if len(rim) == 0:
        return polygons
    edges = borders.lines(rim)
    corners = np.unique(np.concatenate([borders.start[rim], borders.end[rim]]), axis=0)
    tree = shapely.STRtree(edges)
    corner, edge = tree.query(shapely.points(corners), predicate="dwithin", distance=1.5 * LATTICE_M)
    start, end = borders.start[rim][edge], borders.end[rim][edge]
    along = end - start
    share = ((corners[corner] - start) * along).sum(axis=1) / (along**2).sum(axis=1)
    apart = np.minimum(
        np.hypot(*(corners[corner] - start).T), np.hypot(*(corners[corner] - end).T)
    )
    inner = (share > 0) & (share < 1) & (apart > LATTICE_M / 2)
    if not inner.any():
        return polygons
    return insert_vertices(polygons, borders, rim[edge[inner]], corners[corner[inner]], share[inner])


def insert_vertices(polygons: Geometries, borders: Borders, piece: Ints, place: Floats, share: Floats) -> Geometries:
    """Return the polygons with extra vertices on pieces of their rim, in the order of ``share``."""
    result = polygons.copy()
    order = np.lexsort((share, piece))
    piece, place, share = piece[order], place[order], share[order]
    extra: dict[int, dict[tuple[float, float, float, float], list[tuple[float, float]]]] = {}
    for i, position in zip(piece, place, strict=True):
        key = (*borders.start[i], *borders.end[i])
        extra.setdefault(int(borders.left[i]), {}).setdefault(key, []).append(tuple(position))
    for owner, additions in extra.items():
        result[owner] = with_vertices(polygons[owner], additions)
    return result


def with_vertices(
    polygon: shapely.Geometry, additions: dict[tuple[float, float, float, float], list[tuple[float, float]]]
) -> shapely.Geometry:
    """Return one polygon with the extra vertices of its edges, given by edge as it runs."""

    def ring_with(ring: shapely.Geometry) -> list[tuple[float, float]]:
        corners = [tuple(c) for c in shapely.get_coordinates(ring)]
        walked = [corners[0]]
        for tail, head in zip(corners, corners[1:], strict=False):
            walked += additions.get((*tail, *head), [])
            walked += reversed(additions.get((*head, *tail), []))
            walked.append(head)
        return walked

    parts = []
    for part in shapely.get_parts(polygon):
        rings = [ring_with(ring) for ring in shapely.get_rings(part)]
        parts.append(shapely.Polygon(rings[0], rings[1:]))
    return parts[0] if len(parts) == 1 else shapely.multipolygons(parts)
