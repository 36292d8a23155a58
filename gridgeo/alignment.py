"""Signs that a layer is not where it says: exchanged axes, and the offset of Chinese web maps.

Two layers of one town fit: borders follow streets, walls keep off them, addresses lie in buildings. The test
moves one layer by the offset of GCJ-02 or BD-09, and by as long a step in many other directions. When that
one move, and none of the others, changes the fit beyond chance, the offset is there.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray
from pyproj import CRS

from gridgeo.crs import WGS84, Layer, to_metric
from gridgeo.offset import (
    bd09_to_wgs84,
    gcj02_to_wgs84,
    wgs84_to_bd09,
    wgs84_to_gcj02,
)
from gridgeo.transform import build_transformer
from gridgeo.zones import CHINA

__all__ = [
    "OffsetFinding",
    "find_offset",
    "find_offset_by",
    "find_outside_offset",
    "looks_like_gcj_offset",
    "looks_swapped",
]

Floats: TypeAlias = NDArray[np.float64]
System: TypeAlias = Literal["GCJ-02", "BD-09"]
Box: TypeAlias = tuple[float, float, float, float]

N_SAMPLES = 1000
FEWEST_SAMPLES = 50
NEAR_M = (3.0, 12.0)  # what counts as lying on a line or in a building: one strict, one for loose drawings
# The control moves: as long as the offset and half as long, in directions neither with nor against it.
TURNS = np.delete(np.linspace(0, 2 * np.pi, 17)[1:-1], 7)
ORDER = np.argsort(
    np.arange(len(TURNS)) % 4, kind="stable"
)  # all round soon: most layers are cleared by a few
LENGTHS = (1.0, 0.5)
STRONG = 3.0  # standard deviations of the controls
CLEAR = 0.5  # standard deviations beyond the farthest control
USUAL = 2.0  # where the layer lies now must look like chance
FEWEST_OUTSIDE = 20  # places astray before there is anything to explain
STILL_OUTSIDE = 0.25  # of the places astray, so many may remain so after the right move
SYSTEMS: tuple[System, ...] = ("GCJ-02", "BD-09")
# The move that would mend it, when the layer is in the system and when its reference is.
MENDING: dict[tuple[System, bool], Callable[[Floats, Floats], tuple[Floats, Floats]]] = {
    ("GCJ-02", False): gcj02_to_wgs84,
    ("GCJ-02", True): wgs84_to_gcj02,
    ("BD-09", False): bd09_to_wgs84,
    ("BD-09", True): wgs84_to_bd09,
}


@dataclass(frozen=True)
class OffsetFinding:
    """An offset found between two layers: whose it is, how far, and how clear (more is clearer)."""

    system: System
    of_reference: bool
    distance_m: float
    strength: float

    def to_text(self, name: str, reference_name: str) -> str:
        """Return the warning that a user reads."""
        shifted, other = (reference_name, name) if self.of_reference else (name, reference_name)
        return (
            f"{shifted} lies about {self.distance_m:.0f} m from {other}, just as {self.system} lies from "
            f"WGS 84 here; if it is in {self.system}, say so (--crs {self.system}, or "
            f"declare_crs(layer, parse_crs('{self.system}')))"
        )


def _sample_places(layer: Layer, box: Box) -> Floats:
    """Return places spread evenly over the outlines, lines and points of the layer within the box."""
    shapes = layer.geometry.to_numpy()
    shapes = shapes[~(shapely.is_missing(shapes) | shapely.is_empty(shapes))]
    dimensions = shapely.get_dimensions(shapes)
    lines = np.concatenate([shapely.boundary(shapes[dimensions == 2]), shapes[dimensions == 1]])
    parts = shapely.get_parts(shapely.clip_by_rect(lines, *box))
    points = shapely.get_coordinates(shapes[dimensions == 0])
    lengths = shapely.length(parts)
    if lengths.sum() > 0:
        ends = np.cumsum(lengths)
        at = (np.arange(N_SAMPLES) + 0.5) * (ends[-1] / N_SAMPLES)
        line = np.searchsorted(ends, at)
        on_lines = shapely.line_interpolate_point(parts[line], at - (ends - lengths)[line])
        points = np.vstack([points, shapely.get_coordinates(on_lines)])
    x, y = points[:, 0], points[:, 1]
    points = points[(x > box[0]) & (x < box[2]) & (y > box[1]) & (y < box[3])]
    return np.asarray(points[:: max(1, len(points) // N_SAMPLES)])


def _build_tree(reference: Layer) -> shapely.STRtree:
    """Return a tree of the polygons, points and single line segments: long lines make a slow tree."""
    shapes = shapely.get_parts(reference.geometry.to_numpy())
    is_line = shapely.get_dimensions(shapes) == 1
    corners, line = shapely.get_coordinates(shapes[is_line], return_index=True)
    together = line[1:] == line[:-1]
    segments = shapely.linestrings(np.stack((corners[:-1][together], corners[1:][together]), axis=1))
    return shapely.STRtree(np.concatenate([shapes[~is_line], segments]))


def _nearness(tree: shapely.STRtree, places: Floats) -> Floats:
    """Return how near the places are to the shapes of the tree on the whole, strictly and loosely, 0 to 1."""
    _, away = tree.query_nearest(
        shapely.points(places), max_distance=3 * NEAR_M[-1], return_distance=True, all_matches=False
    )
    return np.array([np.exp(-np.square(away / near)).sum() / len(places) for near in NEAR_M])


def _unusual(now: Floats, moved: Floats, controls: Floats) -> float:
    """Return by how many standard deviations the move stands out, 0 when it does not clearly."""
    spread = controls.std(axis=0)
    strongest = 0.0
    for k in np.flatnonzero(spread > 1e-3):
        centre = controls[:, k].mean()
        z, z_now = (moved[k] - centre) / spread[k], (now[k] - centre) / spread[k]
        farthest = np.abs(controls[:, k] - centre).max() / spread[k]
        if abs(z) >= max(STRONG, farthest + CLEAR) and abs(z_now) <= USUAL:
            strongest = max(strongest, abs(float(z)))
    return strongest


def _mending_move(places: Floats, crs: CRS, system: System, *, of_reference: bool) -> Floats:
    """Return the step in metres that would mend each place, zero where the maps do not shift."""
    lonlat = build_transformer(crs, WGS84)
    mended = MENDING[system, of_reference](*lonlat.transform(places[:, 0], places[:, 1]))
    return np.column_stack(lonlat.transform(*mended, direction="INVERSE")) - places


def find_offset_by(
    score: Callable[[Floats], Floats], places: Floats, crs: CRS, system: System
) -> OffsetFinding | None:
    """Return the finding when the offset of the system, and no other move, makes the score stand out.

    Parameters
    ----------
    score
        How well places fit, one or more figures, for an array of (x, y).
    places
        Where they are now, in the metric system ``crs``.
    crs
        The system of the places.
    system
        The offset to try.
    """
    if len(places) < FEWEST_SAMPLES:
        return None
    moves = [_mending_move(places, crs, system, of_reference=of_reference) for of_reference in (False, True)]
    moved = [score(places + move) for move in moves]
    controls = _score_controls(score, places, moves[0], moved)
    if controls is None:
        return None
    now, found = score(places), []
    for of_reference, (move, then) in enumerate(zip(moves, moved, strict=True)):
        strength = _unusual(now, then, controls)
        if strength:
            distance = float(np.hypot(move[:, 0], move[:, 1]).mean())
            found.append(OffsetFinding(system, bool(of_reference), distance, strength))
    return max(found, key=lambda finding: finding.strength, default=None)


def _score_controls(
    score: Callable[[Floats], Floats], places: Floats, move: Floats, moved: list[Floats]
) -> Floats | None:
    """Return the scores of the control moves; None as soon as none of the mending moves can stand out.

    What lies between two controls is no farther from their middle than the farthest of them, whatever the
    others are.
    """
    turned = np.column_stack((-move[:, 1], move[:, 0]))
    controls: list[Floats] = []
    for length in LENGTHS:
        for turn in TURNS[ORDER]:
            controls.append(score(places + length * (np.cos(turn) * move + np.sin(turn) * turned)))
            low, high = np.min(controls, axis=0), np.max(controls, axis=0)
            if all(((low <= then) & (then <= high)).all() for then in moved):
                return None
    return np.array(controls)


def find_offset(layer: Layer, reference: Layer) -> OffsetFinding | None:
    """Return the Chinese map offset between two layers of one place, None when there is no sign of one.

    Outside China, beside a reference smaller than the offset, or with too little of the layer within it,
    nothing is found. A sign, not a
    proof: in 275 pairs of layers of a real town set down in 25 places of China no false one was found, and
    241 of the 275 shifted ones; water against parcels gave nothing to go by.

    Parameters
    ----------
    layer
        Borders, buildings, addresses, incidents: any geometry, any declared CRS.
    reference
        What it is held against, best streets or buildings.
    """
    reference, layer = to_metric(reference, layer)
    x0, y0, x1, y1 = reference.total_bounds
    middle = np.array([[(x0 + x1) / 2, (y0 + y1) / 2]])
    if not np.isfinite(middle).all():
        return None
    tree = _build_tree(reference)
    found = []
    for system in SYSTEMS:
        # A place that a move would take out of the reference says nothing.
        rim = 1.05 * float(np.hypot(*_mending_move(middle, reference.crs, system, of_reference=False)[0]))
        if 0 < 2 * rim < min(x1 - x0, y1 - y0):
            places = _sample_places(layer, (x0 + rim, y0 + rim, x1 - rim, y1 - rim))
            found.append(find_offset_by(lambda moved: _nearness(tree, moved), places, reference.crs, system))
    return max(filter(None, found), key=lambda finding: finding.strength, default=None)


def find_outside_offset(
    is_inside: Callable[[Floats], NDArray[np.bool_]], places: Floats, crs: CRS
) -> OffsetFinding | None:
    """Return the Chinese map offset that brings places back inside, when no other move does, None without
    one.

    Parameters
    ----------
    is_inside
        Whether places, an array of (x, y), are where such places should be.
    places
        Where they are now, in the metric system ``crs``.
    crs
        The system of the places.
    """
    n_outside = len(places) - int(is_inside(places).sum())
    if n_outside < FEWEST_OUTSIDE:
        return None
    for system in SYSTEMS:
        move = _mending_move(places, crs, system, of_reference=False)
        left = len(places) - int(is_inside(places + move).sum())
        if not move.any() or left > n_outside * STILL_OUTSIDE:
            continue
        turned = np.column_stack((-move[:, 1], move[:, 0]))
        steps = (
            length * (np.cos(turn) * move + np.sin(turn) * turned) for length in LENGTHS for turn in TURNS
        )
        if all(2 * left <= len(places) - is_inside(places + step).sum() for step in steps):
            return OffsetFinding(system, False, float(np.hypot(*move.T).mean()), n_outside / max(left, 1))
    return None


def looks_like_gcj_offset(layer: Layer, reference: Layer) -> bool:
    """Return whether the layer sits from the reference as GCJ-02 coordinates sit from WGS 84.

    Parameters
    ----------
    layer
        Borders, buildings, addresses, incidents: any geometry, any declared CRS.
    reference
        What it is held against, best streets or buildings.
    """
    found = find_offset(layer, reference)
    return found is not None and found.system == "GCJ-02" and not found.of_reference


def looks_swapped(
    x: ArrayLike, y: ArrayLike, *, bounds: tuple[float, float, float, float] | None = None
) -> bool:
    """Return whether longitude and latitude look exchanged.

    Sure signs: latitudes beyond 90 degrees, or places that lie in China only the other way round. With the
    bounds of a layer that they should fall in, also: most are in it the other way round, and few as they are.

    Parameters
    ----------
    x, y
        Longitude and latitude, degrees; missing and infinite ones are left out.
    bounds
        ``(west, south, east, north)`` of where they should be.
    """
    lon, lat = np.asarray(x, float).ravel(), np.asarray(y, float).ravel()
    known = np.isfinite(lon) & np.isfinite(lat)
    lon, lat = lon[known], lat[known]
    if not lon.size or np.abs(lat).max() > 180 or np.abs(lon).max() > 180:
        return False  # nothing to judge, or not degrees at all

    if np.mean(np.abs(lat) > 90) > 0.5 and np.mean(np.abs(lon) <= 90) > 0.5:
        return True
    area = CHINA if bounds is None else shapely.union(CHINA, shapely.box(*bounds))
    as_is, other_way = shapely.intersects_xy(area, lon, lat), shapely.intersects_xy(area, lat, lon)
    return bool(other_way.mean() > 0.9 and as_is.mean() < 0.1)
