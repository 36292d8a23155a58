"""Settlements: buildings near each other with open land around them, which people take for one place.

They are the natural hamlets (自然屯) that village grids are made of, houses on both sides of their lanes.
In a town streets part what belongs together, and what fills its ground up to them is no settlement.
"""

import numpy as np
import shapely
from numpy.typing import NDArray

from gridgeo.partition.atoms import Atoms
from gridgeo.partition.coverage import Floats, Ints, connected
from gridgeo.partition.site import Site

__all__ = ["find_settlements", "is_hamlet"]

APART_M = 50.0  # a gap over which one no longer speaks of neighbours; hamlets lie hundreds of metres apart
OPEN_SHARE = 0.5  # of its ground lies outside the hull of its buildings; blocks of a town fill two thirds
FEWEST_ATOMS = 3  # two farms are no hamlet


def find_settlements(atoms: Atoms, site: Site, a: Ints, b: Ints) -> Ints:
    """Return the settlement of each atom, -1 for none.

    ``a`` and ``b`` are the neighbours among the atoms with no barrier between. Two belong together
    where their first buildings are at most 50 m apart.
    """
    n = len(atoms)
    first = np.full(n, -1, dtype=np.int64)
    first[atoms.building_atom[::-1]] = np.arange(len(site.buildings))[::-1]
    built = np.flatnonzero((first[a] >= 0) & (first[b] >= 0))
    gap = shapely.distance(site.buildings[first[a[built]]], site.buildings[first[b[built]]])
    near = built[gap <= APART_M]
    place = connected(n, a[near], b[near])
    there, home = np.unique(place[atoms.building_atom], return_inverse=True)
    order = np.argsort(home, kind="stable")
    members = shapely.geometrycollections(site.buildings[order], indices=home[order])
    hull = np.zeros(n)
    hull[there] = shapely.area(shapely.convex_hull(members))
    ground = np.bincount(place, shapely.area(atoms.geometry), n)
    is_open = hull <= (1.0 - OPEN_SHARE) * ground
    return np.where((first >= 0) & is_open[place], place, -1).astype(np.int64)


def is_hamlet(settlement: Ints, size: Ints | Floats, most: float) -> NDArray[np.bool_]:
    """Return of each atom whether its settlement is a hamlet: several buildings, people, at most ``most``.

    ``size`` is the size of each atom in households, or in what else is counted.
    """
    place = np.unique(settlement, return_inverse=True)[1]
    total = np.bincount(place, size)[place]
    several = np.bincount(place)[place] >= FEWEST_ATOMS
    found: NDArray[np.bool_] = (settlement >= 0) & several & (total > 0) & (total <= most)
    return found
