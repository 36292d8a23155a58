"""Seams: a community that is cut anew meets neighbours that keep their atoms.

When a division is stitched, vertices on the slanting borders between communities are moved by up to one and a
half millimetres, so that both sides agree. A neighbour that keeps its atoms has them there already; what is
cut anew comes from the lattice and takes over the old place, as it did the first time.
"""

from dataclasses import replace

import numpy as np
import shapely
from scipy.spatial import cKDTree

from gridgeo.partition.coverage import LATTICE_M, Borders, Floats, Geometries, Ints
from gridgeo.redivision.past import ON_LATTICE_M
from gridgeo.redivision.recall import Recalled

__all__ = ["match_seams"]

REACH_M = 1.5 * LATTICE_M  # as far as stitching moves a vertex


def match_seams(sites: list[Recalled]) -> list[Recalled]:
    """Return the communities, vertices of those cut anew moved to where their old neighbours have them."""
    kept = [site.atoms.geometry for site in sites if site.is_reused]
    if not kept or len(kept) == len(sites):
        return sites
    points = shapely.get_coordinates(np.concatenate(kept))
    astray = points[(np.abs(points - np.round(points, 3)) > ON_LATTICE_M).any(axis=1)]
    places = np.unique(astray, axis=0)
    if len(places) == 0:
        return sites
    tree = cKDTree(places)
    return [site if site.is_reused else fit(site, tree, places) for site in sites]


def fit(site: Recalled, tree: cKDTree, places: Floats) -> Recalled:
    """Return a community cut anew with the vertices of its rim where the old ones are."""
    borders = site.atoms.borders
    outer = ~borders.is_shared
    rim = np.unique(np.concatenate([borders.start[outer], borders.end[outer]]), axis=0)
    away, nearest = tree.query(rim, distance_upper_bound=REACH_M)
    met = np.flatnonzero(np.isfinite(away))
    # Of several vertices beside one old place the nearest takes it.
    ordered = met[np.lexsort((met, away[met]))]
    _, first = np.unique(nearest[ordered], return_index=True)
    chosen = ordered[first]
    if len(chosen) == 0:
        return site
    old, new = rim[chosen], places[nearest[chosen]]
    millimetres = place_keys(old)
    order = np.argsort(millimetres)
    millimetres, new = millimetres[order], new[order]

    def moved(corners: Floats) -> Floats:
        keys = place_keys(corners)
        found = np.minimum(np.searchsorted(millimetres, keys), len(millimetres) - 1)
        return np.where((millimetres[found] == keys)[:, None], new[found], corners)

    geometry: Geometries = shapely.transform(site.atoms.geometry, moved)
    ends = (moved(borders.start), moved(borders.end))
    return replace(
        site,
        atoms=replace(site.atoms, geometry=geometry, borders=Borders(borders.left, borders.right, *ends)),
    )


def place_keys(points: Floats) -> Ints:
    """Return one number for each place of the lattice."""
    millimetres = np.rint(points / LATTICE_M).astype(np.int64)
    keys: Ints = millimetres[:, 0] * 2**31 + millimetres[:, 1] % 2**31
    return keys
