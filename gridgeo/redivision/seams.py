"""Seams: a community that was cut anew and a neighbour that keeps its atoms must have the same vertices.

An old vertex on a slanting border is a fraction of a millimetre off the lattice. A community that is cut anew
may have the same vertex on the lattice; it takes over the old place.
"""

from dataclasses import replace

import numpy as np
import pandas as pd
import shapely

from gridgeo.partition.coverage import LATTICE_M, Floats, Geometries
from gridgeo.redivision.past import ON_LATTICE_M
from gridgeo.redivision.recall import Recalled

__all__ = ["match_seams"]


def match_seams(sites: list[Recalled]) -> list[Recalled]:
    """Return the communities, vertices of those cut anew moved to where their old neighbours have them."""
    kept = [site.atoms.geometry for site in sites if site.is_reused]
    if not kept or len(kept) == len(sites):
        return sites
    points = shapely.get_coordinates(np.concatenate(kept))
    astray = points[(np.abs(points - np.round(points, 3)) > ON_LATTICE_M).any(axis=1)]
    keys = keys_of(astray)
    first = np.flatnonzero(~keys.duplicated())
    places, keys = astray[first], keys[first]

    def moved(corners: Floats) -> Floats:
        found = keys.get_indexer(keys_of(corners))
        return np.where((found >= 0)[:, None], places[found] if len(places) else corners, corners)

    def with_places(shapes: Geometries) -> Geometries:
        changed: Geometries = shapely.transform(shapes, moved)
        return changed

    return [
        site
        if site.is_reused
        else replace(site, atoms=replace(site.atoms, geometry=with_places(site.atoms.geometry)))
        for site in sites
    ]


def keys_of(points: Floats) -> pd.Index:
    """Return one number for each place of the lattice."""
    millimetres = np.rint(points / LATTICE_M).astype(np.int64)
    return pd.Index(millimetres[:, 0] * 2**31 + millimetres[:, 1] % 2**31)
