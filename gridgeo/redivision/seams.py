"""Seams: ground that is cut anew meets neighbours that keep their atoms.

When a division is stitched, vertices on the slanting borders between communities are moved by up to one and a
half millimetres, so that both sides agree. A neighbour that keeps its atoms has them there already; what is
cut anew comes from the lattice and takes over the old place, as it did the first time. A patch in the midst
of kept atoms takes over their vertices likewise.
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import shapely
from scipy.spatial import cKDTree

from gridgeo.partition.atoms import Atoms
from gridgeo.partition.coverage import LATTICE_M, Borders, Floats, Geometries, Ints, build_borders
from gridgeo.redivision.past import ON_LATTICE_M

__all__ = ["astray_places", "close_seam", "fit_seam", "merge_twins"]

REACH_M = 1.5 * LATTICE_M  # as far as stitching moves a vertex


def astray_places(shapes: Geometries) -> Floats:
    """Return the vertices that stitching moved off the lattice."""
    points = shapely.get_coordinates(shapes)
    astray = points[(np.abs(points - np.round(points, 3)) > ON_LATTICE_M).any(axis=1)]
    return np.unique(astray, axis=0)


def merge_twins(shapes: Geometries) -> Geometries:
    """Return a coverage without two vertices in one square of the lattice: they become one.

    Stitching may move two vertices to places a hair apart; what is cut anew can meet only one.
    """
    points, owner = shapely.get_coordinates(shapes, return_index=True)
    astray = (np.abs(points - np.round(points, 3)) > ON_LATTICE_M).any(axis=1)
    places = np.unique(points[astray], axis=0)
    squares, first, count = np.unique(place_keys(places), return_index=True, return_counts=True)
    keys = place_keys(points)
    twins = (count > 1) | np.isin(squares, keys[~astray])
    if not twins.any():
        return shapes
    chosen = places[first[twins]]
    touched = np.unique(owner[np.isin(keys, squares[twins])])
    merged = shapes.copy()
    moved = shapely.transform(shapes[touched], mover(chosen, chosen))
    merged[touched] = shapely.remove_repeated_points(moved, 0.0)
    return merged


def fit_seam(atoms: Atoms, places: Floats) -> Atoms:
    """Return a community cut anew with the vertices of its rim where the old neighbours have them."""
    if len(places) == 0:
        return atoms
    rim = rim_of(atoms)
    away, nearest = cKDTree(places).query(rim, distance_upper_bound=REACH_M)
    met = np.flatnonzero(np.isfinite(away))
    # Of several vertices beside one old place the nearest takes it.
    ordered = met[np.lexsort((met, away[met]))]
    _, first = np.unique(nearest[ordered], return_index=True)
    chosen = ordered[first]
    moved = mover(rim[chosen], places[nearest[chosen]])
    borders = atoms.borders
    ends = (moved(borders.start), moved(borders.end))
    geometry: Geometries = shapely.transform(atoms.geometry, moved)
    return replace(atoms, geometry=geometry, borders=Borders(borders.left, borders.right, *ends))


def close_seam(atoms: Atoms, places: Floats) -> Atoms:
    """Return a patch with no vertex on its rim beside one of the old ``places``: both become one.

    The line of a street meets an old border a hair beside the corner that it made there the first time.
    """
    rim = rim_of(atoms)
    away, nearest = cKDTree(places).query(rim, distance_upper_bound=REACH_M)
    beside = np.flatnonzero(np.isfinite(away) & (away > 0))
    if len(beside) == 0:
        return atoms
    moved = mover(rim[beside], places[nearest[beside]])
    geometry = shapely.remove_repeated_points(shapely.transform(atoms.geometry, moved), 0.0)
    return replace(atoms, geometry=geometry, borders=build_borders(geometry))


def rim_of(atoms: Atoms) -> Floats:
    """Return the vertices of the outer border of some atoms, each once."""
    borders = atoms.borders
    outer = ~borders.is_shared
    return np.unique(np.concatenate([borders.start[outer], borders.end[outer]]), axis=0)


def mover(old: Floats, new: Floats) -> Callable[[Floats], Floats]:
    """Return a function that puts every corner at one of the ``old`` places at the ``new`` one."""
    millimetres = place_keys(old)
    order = np.argsort(millimetres)
    millimetres, new = millimetres[order], new[order]

    def moved(corners: Floats) -> Floats:
        if len(new) == 0:
            return corners
        keys = place_keys(corners)
        found = np.minimum(np.searchsorted(millimetres, keys), len(millimetres) - 1)
        return np.where((millimetres[found] == keys)[:, None], new[found], corners)

    return moved


def place_keys(points: Floats) -> Ints:
    """Return one number for each place of the lattice."""
    millimetres = np.rint(points / LATTICE_M).astype(np.int64)
    keys: Ints = millimetres[:, 0] * 2**31 + millimetres[:, 1] % 2**31
    return keys
