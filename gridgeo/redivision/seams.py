"""Seams: a community that is cut anew meets neighbours that keep their atoms.

When a division was stitched, vertices were put into the slanting borders between communities, a fraction of a
millimetre off the lattice. Where a neighbour is cut anew they would no longer fit: they are taken out again,
corners go back to the lattice, and the new division is stitched like any other.
"""

from dataclasses import replace

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gridgeo.partition.atoms import Atoms
from gridgeo.partition.coverage import LATTICE_M, Floats, build_borders
from gridgeo.redivision.past import ON_LATTICE_M
from gridgeo.redivision.recall import Recalled

__all__ = ["open_seams", "unstitch"]

ON_LINE_M = 1e-6  # a vertex that was put into a line lies as near to it as numbers allow


def open_seams(sites: list[Recalled]) -> list[Recalled]:
    """Return the communities ready to be stitched; where all keep their atoms there is nothing to do."""
    if all(site.is_reused for site in sites):
        return sites
    return [replace(site, atoms=unstitch(site.atoms)) if site.is_reused else site for site in sites]


def unstitch(atoms: Atoms) -> Atoms:
    """Return the atoms of one community on the lattice, without the vertices that stitching put in."""
    points, owner = shapely.get_coordinates(atoms.geometry, return_index=True)
    astray = is_astray(points)
    if not astray.any():
        return atoms
    held = pd.DataFrame({"key": keys_of(points[astray]), "atom": owner[astray]}).drop_duplicates()
    several = held["key"].value_counts()
    corners = set(several.index[several > 1])
    geometry = atoms.geometry.copy()
    for atom in np.unique(owner[astray]):
        geometry[atom] = without_stitches(geometry[atom], corners)
    return replace(atoms, geometry=geometry, borders=build_borders(geometry))


def without_stitches(shape: shapely.Geometry, corners: set[int]) -> shapely.Geometry:
    """Return a polygon on the lattice without the vertices that only it has and that bend nothing."""
    parts = []
    for part in shapely.get_parts(shape):
        rings = [open_ring(shapely.get_coordinates(ring)[:-1], corners) for ring in shapely.get_rings(part)]
        parts.append(shapely.Polygon(rings[0], rings[1:]))
    return parts[0] if len(parts) == 1 else shapely.multipolygons(parts)


def open_ring(points: Floats, corners: set[int]) -> Floats:
    """Return the vertices of a ring, not closed, without its stitches and on the lattice."""
    astray = is_astray(points)
    before, after = np.roll(points, 1, axis=0), np.roll(points, -1, axis=0)
    off = shapely.distance(shapely.points(points), shapely.linestrings(np.stack([before, after], axis=1)))
    own = np.isin(keys_of(points), list(corners))
    kept = ~(astray & ~own & (off < ON_LINE_M))
    rounded = np.where(astray[:, None], np.round(points, 3), points)
    return rounded[kept] if kept.sum() >= 3 else rounded


def is_astray(points: Floats) -> NDArray[np.bool_]:
    """Return which points lie off the lattice."""
    away: Floats = np.abs(points - np.round(points, 3)).max(axis=1, initial=0.0)
    far: NDArray[np.bool_] = away > ON_LATTICE_M
    return far


def keys_of(points: Floats) -> NDArray[np.int64]:
    """Return one number for each place of the lattice."""
    millimetres = np.rint(points / LATTICE_M).astype(np.int64)
    keys: NDArray[np.int64] = millimetres[:, 0] * 2**31 + millimetres[:, 1] % 2**31
    return keys
