"""From old grids to the atoms of today: which old grid each atom belongs to before anything is moved.

A community that has the border it had, or is several old ones together, keeps its atoms, whatever the counts;
only the ground that a changed building, street, barrier, compound or dedicated area touches is cut anew.
Other communities are cut anew as a whole. A new atom takes the old grid of most of its households, or of most
of its ground where it has none.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from enum import IntEnum

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gridgeo.comparison.lineage import match_buildings
from gridgeo.partition.atoms import Atoms
from gridgeo.partition.coverage import LATTICE_M, Geometries, Ints, connected
from gridgeo.partition.crumbs import drop_crumbs
from gridgeo.partition.graph import AtomGraph, build_graph
from gridgeo.partition.links import link_remnants
from gridgeo.partition.site import Site, first_cover, largest_share
from gridgeo.planning.terrain import link_inside
from gridgeo.preparation import Prepared
from gridgeo.redivision.changed import find_touched_atoms, matching_areas
from gridgeo.redivision.cutting import cut_sites
from gridgeo.redivision.past import Past, shape_keys
from gridgeo.redivision.patch import Ground, grow_patch
from gridgeo.redivision.seams import merge_twins
from gridgeo.redivision.settling import settle
from gridgeo.spec import GridSpec

__all__ = ["Keep", "Meeting", "Recalled", "meet", "recall_sites"]

MOST_CUT = 0.5  # where more than this share of the atoms is touched, the whole community is cut anew


class Keep(IntEnum):
    """Which old atoms may be used again: none, those of unchanged communities, all that nothing touches."""

    NOTHING = 0
    COMMUNITIES = 1
    ATOMS = 2


@dataclass(frozen=True)
class Recalled:
    """One community of today with the old grid of each atom.

    ``origin`` is the row of the old grid that an atom comes from, -1 for none; ``carried`` its households
    that the old grid knew. ``label`` is the plan before anything is moved: old rows, and numbers beyond them
    for what can join no old grid. ``n_kept`` of the atoms, the first ones, are old ones; ``was_dedicated``
    tells which come from a dedicated grid.
    """

    site: Site
    atoms: Atoms
    graph: AtomGraph
    origin: Ints
    carried: Ints
    label: Ints
    n_kept: int
    was_dedicated: NDArray[np.bool_]


@dataclass(frozen=True)
class Meeting:
    """How today meets the past.

    Of the buildings of today: the rows of each site, their old partners (-1), what both counted, the old atom
    of the same shape (-1). Of the old atoms: which ones changed ground touches, which lost a building, and
    the dedicated area of today (-1: none).
    """

    rows: list[Ints]
    partner: Ints
    carried: Ints
    old_atom: Ints
    touched: NDArray[np.bool_]
    bereft: NDArray[np.bool_]
    dedicated: Ints
    keep: Keep


def meet(past: Past, prepared: Prepared, rows: list[Ints], given: Collection[str], keep: Keep) -> Meeting:
    """Return how today meets the past; ``rows`` are the buildings of each site, ``given`` the new layers."""
    buildings = prepared.buildings
    forward = match_buildings(past.buildings, buildings)
    partner = np.full(len(buildings), -1, dtype=np.int64)
    met = np.flatnonzero(forward >= 0)
    partner[forward[met]] = met
    before = past.buildings["households"].fillna(0).to_numpy(np.int64)
    carried = np.minimum(np.append(before, 0)[partner], buildings["households"].to_numpy(np.int64))
    carried[partner >= 0] *= past.building_grid[partner[partner >= 0]] >= 0
    old_atom, bereft = find_old_places(past, shape_keys(np.asarray(buildings.geometry.values)))
    return Meeting(
        rows,
        partner,
        carried,
        old_atom,
        find_touched_atoms(past, prepared, given),
        bereft,
        matching_areas(past, prepared, given),
        keep,
    )


def find_old_places(past: Past, keys: Geometries) -> tuple[Ints, NDArray[np.bool_]]:
    """Return the old atom of each building of today by its shape (-1: new), and which atoms lost a building.

    Buildings of one shape lie on one atom, whatever their ids.
    """
    placed = np.flatnonzero(past.building_atom >= 0)
    known = pd.Index(past.building_keys[placed], dtype=object)
    first = np.flatnonzero(~known.duplicated())
    found = known[first].get_indexer(pd.Index(keys, dtype=object))
    old_atom = np.append(past.building_atom[placed[first]], -1)[found]
    bereft = np.zeros(len(past.atoms), dtype=bool)
    bereft[past.building_atom[placed[~known.isin(keys)]]] = True
    return old_atom.astype(np.int64), bereft


def recall_sites(
    past: Past, prepared: Prepared, meeting: Meeting, spec: GridSpec, locked: Ints
) -> list[Recalled]:
    """Return every community of today with the old grid of each atom; nothing new joins a locked one."""
    grounds = [
        find_ground(past, site, meeting, rows)
        for site, rows in zip(prepared.sites, meeting.rows, strict=True)
    ]
    if any(ground is None or ground.patch.any() for ground in grounds):
        shapes = merge_twins(past.atoms)
        grounds = [ground and replace(ground, atoms=shapes[ground.own]) for ground in grounds]
    cut = cut_sites(prepared.sites, grounds)
    recalled = []
    for site, rows, one in zip(prepared.sites, meeting.rows, cut, strict=True):
        recalled.append(recall_site(past, site, one, (meeting, rows), (spec, locked)))
    return recalled


def find_ground(past: Past, site: Site, meeting: Meeting, rows: Ints) -> Ground | None:
    """Return the old atoms of a community and which of them are cut anew, None where all of it is."""
    own = find_old_atoms(past, site, meeting, rows)
    if own is None:
        return None
    place = np.full(len(past.atoms) + 1, -1, dtype=np.int64)
    place[own] = np.arange(len(own))
    building_atom = place[meeting.old_atom[rows]]
    ground = Ground(own, past.atoms[own], meeting.dedicated[own], building_atom, np.zeros(len(own), bool))
    patch = grow_patch(ground, site, meeting.touched[own], meeting.bereft[own])
    most = MOST_CUT if meeting.keep == Keep.ATOMS else 0.0
    return None if patch.mean() > most else replace(ground, patch=patch)


def recall_site(
    past: Past, site: Site, cut: tuple[Atoms, Ints], today: tuple[Meeting, Ints], asked: tuple[GridSpec, Ints]
) -> Recalled:
    """Return one community of today with the old grid of each atom.

    ``cut`` are its atoms and which old ones the first of them are, ``today`` the meeting and the rows of its
    buildings, ``asked`` what a good grid is and which old grids are locked.
    """
    (atoms, own), (meeting, rows), (spec, locked) = cut, today, asked
    graph = build_graph(atoms, site, cross_barriers=spec.cross_barriers)
    graph = link_remnants(drop_crumbs(graph, site.dedicated), spec)
    origin = np.concatenate([past.atom_grid[own], find_origin(past, atoms, len(own), meeting, rows)])
    if len(own) and not is_whole(graph, origin):
        # What held together by less than a contact goes on doing so, where all of it is as it was.
        fresh = np.isin(origin, origin[len(own) :]) | np.isin(origin, lost_grids(past, own))
        graph = link_inside(graph, np.where(fresh, len(past.grids) + np.arange(len(origin)), origin))
    carried = np.bincount(atoms.building_atom, meeting.carried[rows], len(atoms)).astype(np.int64)
    was_dedicated = past.is_dedicated[origin] & (origin >= 0)
    base = np.where(was_dedicated, -1, origin)
    label = settle(graph, base, len(past.grids), spec, locked)
    return Recalled(site, atoms, graph, origin, carried, label, len(own), was_dedicated)


def lost_grids(past: Past, own: Ints) -> Ints:
    """Return the grids that have other atoms than the given ones."""
    whole = np.bincount(past.atom_grid, minlength=len(past.grids))
    return np.flatnonzero(np.bincount(past.atom_grid[own], minlength=len(past.grids)) < whole)


def is_whole(graph: AtomGraph, label: Ints) -> bool:
    """Return whether every grid is in one piece."""
    same = graph.is_link & (label[graph.a] == label[graph.b])
    piece = connected(len(graph), graph.a[same], graph.b[same])
    return len(np.unique(piece)) == len(np.unique(label))


def find_old_atoms(past: Past, site: Site, meeting: Meeting, rows: Ints) -> Ints | None:
    """Return the old atoms of a community whose border is an old one, or that of several together, else None.

    All of its buildings that were there before have to stand on them.
    """
    if meeting.keep == Keep.NOTHING:
        return None
    communities = find_old_communities(past, site)
    if len(communities) == 0:
        return None
    own = np.isin(past.atom_community, communities)
    old_atom = meeting.old_atom[rows]
    return np.flatnonzero(own) if own[old_atom[old_atom >= 0]].all() else None


def find_old_communities(past: Past, site: Site) -> Ints:
    """Return the old communities that one of today consists of, none where it has ground of its own."""
    same = np.flatnonzero(past.boundary_keys == shape_keys(np.array([site.boundary]))[0])
    if len(same) == 1:
        return same
    inside = np.flatnonzero(
        first_cover(shapely.point_on_surface(past.boundaries), np.array([site.boundary])) >= 0
    )
    together = shapely.union_all(past.boundaries[inside])
    away = shapely.area(shapely.symmetric_difference(together, site.boundary))
    return inside if away <= LATTICE_M * shapely.length(site.boundary) else inside[:0]


def find_origin(past: Past, atoms: Atoms, n_kept: int, meeting: Meeting, rows: Ints) -> Ints:
    """Return the old grid of each new atom: that of most of its households, buildings, ground; -1 for none.

    The first ``n_kept`` atoms are old ones, and left out.
    """
    is_new = atoms.building_atom >= n_kept
    rows, place = rows[is_new], atoms.building_atom[is_new] - n_kept
    shapes = atoms.geometry[n_kept:]
    partner = meeting.partner[rows]
    grid = np.append(past.building_grid, -1)[partner]
    known = np.flatnonzero(grid >= 0)
    pairs, pair = np.unique(np.stack([place[known], grid[known]], axis=1), axis=0, return_inverse=True)
    carried = np.bincount(pair.ravel(), meeting.carried[rows][known], len(pairs))
    n_buildings = np.bincount(pair.ravel(), minlength=len(pairs))
    order = np.lexsort((pairs[:, 1], -n_buildings, -carried, pairs[:, 0]))
    atom, first = np.unique(pairs[order, 0], return_index=True)
    origin = np.full(len(shapes), -1, dtype=np.int64)
    origin[atom] = pairs[order[first], 1]
    empty = np.flatnonzero(origin < 0)
    if len(empty):
        near = np.flatnonzero(
            shapely.intersects(past.grids, shapely.box(*shapely.total_bounds(shapes[empty])))
        )
        best, _ = largest_share(shapes[empty], past.grids[near])
        origin[empty] = np.append(near, -1)[best]
    return origin
