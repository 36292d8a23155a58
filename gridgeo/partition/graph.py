"""The graph of atoms: who borders on whom, over how many metres, and on what."""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from gridgeo.partition.atoms import Atoms
from gridgeo.partition.coverage import Borders, Floats, Geometries, Ints
from gridgeo.partition.settlements import find_settlements
from gridgeo.partition.site import STREET_RANKS, Site, first_cover

__all__ = ["AtomGraph", "build_graph"]

ON_LINE_M = 0.5  # a border within half a metre of a street's centreline lies on it
CONTACT_M = 2.0  # grids that meet over less cannot be walked from one to the other
COST_IN_COMPOUND, COST_IN_BLOCK, COST_ON_STREET = 3.0, 1.0, 0.15  # per metre of border between grids


@dataclass(frozen=True)
class AtomGraph:
    """The atoms of a community as a graph with an edge for every common border.

    Of each atom: ``households``, ``people``, ``n_buildings``, ``area_m2``, ``perimeter_m``, ``centre`` (x,
    y); ``compound``, ``settlement``, ``block`` and ``dedicated`` that it lies in (-1: none), and the part of
    the boundary.
    Of each edge between atoms ``a < b``: ``length_m``; ``street_m`` on a street or barrier,
    ``main_m`` on a main road or railway; ``contact_m``, where no barrier lies between; ``cost_m``, the metres
    weighted by what the border would cut.
    """

    households: Ints
    people: Ints
    area_m2: Floats
    perimeter_m: Floats
    compound: Ints
    settlement: Ints
    block: Ints
    dedicated: Ints
    boundary_part: Ints
    centre: Floats
    n_buildings: Ints
    a: Ints
    b: Ints
    length_m: Floats
    street_m: Floats
    main_m: Floats
    contact_m: Floats
    cost_m: Floats

    def __len__(self) -> int:
        return len(self.households)

    @property
    def is_link(self) -> NDArray[np.bool_]:
        """Return whether one can walk across each edge."""
        return self.contact_m >= CONTACT_M


def build_graph(atoms: Atoms, site: Site, *, cross_barriers: bool = False) -> AtomGraph:
    """Return the graph of the atoms of a site."""
    n = len(atoms)
    borders = atoms.borders
    shared = np.flatnonzero(borders.is_shared)
    rank, is_barrier = classify(borders, shared, site)
    a = np.minimum(borders.left[shared], borders.right[shared])
    b = np.maximum(borders.left[shared], borders.right[shared])
    key, edge = np.unique(a * n + b, return_inverse=True)
    metres = borders.length_m[shared]
    on_street = (rank < len(STREET_RANKS)) | is_barrier
    compound = compound_of_atoms(atoms, site)
    together = (compound[a] >= 0) & (compound[a] == compound[b])
    cost = np.where(on_street, COST_ON_STREET, np.where(together, COST_IN_COMPOUND, COST_IN_BLOCK))

    def per_edge(values: Floats) -> Floats:
        # Of no edges at all bincount makes integers, which the compiled loops do not know.
        return np.bincount(edge, values, len(key)).astype(float)

    def per_atom(values: Ints) -> Ints:
        return np.bincount(atoms.building_atom, values, n).astype(np.int64)

    contact = per_edge(metres * (~is_barrier | cross_barriers))
    return AtomGraph(
        households=per_atom(site.households),
        people=per_atom(site.people),
        area_m2=shapely.area(atoms.geometry),
        perimeter_m=perimeters(borders, n),
        compound=compound,
        settlement=find_settlements(atoms, site, *np.divmod(key[contact > 0], n)),
        block=atoms.block,
        dedicated=atoms.dedicated,
        boundary_part=first_cover(shapely.point_on_surface(atoms.geometry), shapely.get_parts(site.boundary)),
        centre=shapely.get_coordinates(shapely.centroid(atoms.geometry)),
        n_buildings=np.bincount(atoms.building_atom, minlength=n),
        a=key // n,
        b=key % n,
        length_m=per_edge(metres),
        street_m=per_edge(metres * on_street),
        main_m=per_edge(metres * (rank == 0)),
        contact_m=contact,
        cost_m=per_edge(metres * cost),
    )


def perimeters(borders: Borders, n: int) -> Floats:
    """Return the length of the border of each of n atoms in metres."""
    shared = borders.is_shared
    perimeter: Floats = np.bincount(borders.left, borders.length_m, n).astype(float)
    return perimeter + np.bincount(borders.right[shared], borders.length_m[shared], n)


def classify(borders: Borders, pieces: Ints, site: Site) -> tuple[Ints, NDArray[np.bool_]]:
    """Return for each piece the best street rank that it lies on, and whether a barrier lies there.

    The rank is ``len(STREET_RANKS)`` where no street lies. A railway counts as a main road.
    """
    middle = shapely.points((borders.start[pieces] + borders.end[pieces]) / 2.0)
    rank = np.full(len(pieces), len(STREET_RANKS), dtype=np.int64)
    piece, street = on_lines(middle, site.streets)
    np.minimum.at(rank, piece, site.street_rank[street])
    is_barrier = first_cover(middle, site.water) >= 0
    piece, _ = on_lines(middle, site.walls)
    is_barrier[piece] = True
    rank[piece] = 0
    return rank, is_barrier


def on_lines(points: Geometries, lines: Geometries) -> tuple[Ints, Ints]:
    """Return the pairs of points and lines that lie on each other."""
    if len(lines) == 0:
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
    found: NDArray[np.int64] = shapely.STRtree(lines).query(points, predicate="dwithin", distance=ON_LINE_M)
    return found[0], found[1]


def compound_of_atoms(atoms: Atoms, site: Site) -> Ints:
    """Return the compound of each atom's first building, -1 for none."""
    compound = np.full(len(atoms), -1, dtype=np.int64)
    known = np.flatnonzero(site.compound_of_building >= 0)[::-1]
    compound[atoms.building_atom[known]] = site.compound_of_building[known]
    return compound
