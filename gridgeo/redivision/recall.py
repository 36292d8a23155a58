"""From old grids to the atoms of today: which old grid each atom belongs to before anything is moved.

A community whose boundary, buildings' shapes, streets, barriers and compounds are as before keeps its atoms
as they are, whatever the counts. Elsewhere atoms are cut anew, and each takes the old grid of most of its
households, or of most of its ground where it has none.
"""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gridgeo.comparison.lineage import match_buildings
from gridgeo.partition.atoms import Atoms, build_atoms
from gridgeo.partition.coverage import Geometries, Ints, build_borders, connected
from gridgeo.partition.graph import AtomGraph, build_graph
from gridgeo.partition.links import link_remnants
from gridgeo.partition.site import Site, largest_share
from gridgeo.planning.terrain import link_inside
from gridgeo.preparation import Prepared
from gridgeo.redivision.past import Past, find_changed_ground, shape_keys
from gridgeo.spec import GridSpec

__all__ = ["Meeting", "Recalled", "meet", "recall_site"]


@dataclass(frozen=True)
class Recalled:
    """One community of today with the old grid of each atom.

    ``origin`` is the row of the old grid that an atom comes from, -1 for none; ``carried`` its households
    that the old grid knew. ``label`` is the plan before anything is moved: old rows, and numbers beyond them
    for what can join no old grid. ``is_reused`` tells whether the atoms are the old ones.
    """

    site: Site
    atoms: Atoms
    graph: AtomGraph
    origin: Ints
    carried: Ints
    label: Ints
    is_reused: bool


@dataclass(frozen=True)
class Meeting:
    """Old and new buildings: rows of each new site, its old partners (-1), and what both counted."""

    rows: list[Ints]
    partner: Ints
    carried: Ints
    keys: Geometries
    changed: Geometries
    may_reuse: bool = True


def meet(past: Past, prepared: Prepared, rows: list[Ints], given: Collection[str]) -> Meeting:
    """Return how today meets the past; ``rows`` are the buildings of each site, ``given`` the new layers."""
    buildings = prepared.buildings
    forward = match_buildings(past.buildings, buildings)
    partner = np.full(len(buildings), -1, dtype=np.int64)
    met = np.flatnonzero(forward >= 0)
    partner[forward[met]] = met
    before = past.buildings["households"].fillna(0).to_numpy(np.int64)
    carried = np.minimum(np.append(before, 0)[partner], buildings["households"].to_numpy(np.int64))
    carried[partner >= 0] *= past.building_grid[partner[partner >= 0]] >= 0
    return Meeting(
        rows,
        partner,
        carried,
        shape_keys(np.asarray(buildings.geometry.values)),
        find_changed_ground(past, prepared, given),
    )


def recall_site(
    past: Past, prepared: Prepared, meeting: Meeting, number: int, spec: GridSpec, locked: Ints
) -> Recalled:
    """Return one community of today with the old grid of each atom; nothing new joins a locked one."""
    site, rows = prepared.sites[number], meeting.rows[number]
    own = find_old_atoms(past, site, meeting, rows)
    if own is not None:
        atoms = reuse_atoms(past, own, meeting.keys[rows])
        graph = link_remnants(build_graph(atoms, site, cross_barriers=spec.cross_barriers), spec)
        origin = past.atom_grid[own]
        graph = graph if is_whole(graph, origin) else link_inside(graph, origin)
    else:
        atoms = build_atoms(site)
        graph = link_remnants(build_graph(atoms, site, cross_barriers=spec.cross_barriers), spec)
        origin = find_origin(past, atoms, meeting, rows)
    carried = np.bincount(atoms.building_atom, meeting.carried[rows], len(atoms)).astype(np.int64)
    base = np.where(past.is_dedicated[origin] & (origin >= 0), -1, origin)
    label = settle(graph, base, len(past.grids), spec, locked)
    return Recalled(site, atoms, graph, origin, carried, label, own is not None)


def is_whole(graph: AtomGraph, label: Ints) -> bool:
    """Return whether every grid is in one piece."""
    same = graph.is_link & (label[graph.a] == label[graph.b])
    piece = connected(len(graph), graph.a[same], graph.b[same])
    return len(np.unique(piece)) == len(np.unique(label))


def find_old_atoms(past: Past, site: Site, meeting: Meeting, rows: Ints) -> Ints | None:
    """Return the old atoms of a community where nothing but counts has changed, else None."""
    found = np.flatnonzero(past.boundary_keys == shape_keys(np.array([site.boundary]))[0])
    if len(found) != 1 or not meeting.may_reuse:
        return None
    code = str(past.division.communities["area_code"].iloc[found[0]])
    area = past.area_codes
    there = past.building_grid >= 0
    there[there] = area[past.building_grid[there]] == code
    if there.sum() != len(rows) or sorted(past.building_keys[there]) != sorted(meeting.keys[rows]):
        return None
    if len(meeting.changed) and shapely.intersects(meeting.changed, site.boundary).any():
        return None
    return np.flatnonzero(area[past.atom_grid] == code)


def reuse_atoms(past: Past, own: Ints, keys: Geometries) -> Atoms:
    """Return old atoms as those of today; buildings of one shape lie on one atom, whatever their ids."""
    place = np.full(len(past.atoms) + 1, -1, dtype=np.int64)
    place[own] = np.arange(len(own))
    inside = np.flatnonzero((past.building_atom >= 0) & (place[past.building_atom] >= 0))
    known = pd.Index(past.building_keys[inside])
    first = np.flatnonzero(~known.duplicated())
    row = (
        inside[first[known[first].get_indexer(pd.Index(keys))]] if len(keys) else np.empty(0, dtype=np.int64)
    )
    geometry = past.atoms[own]
    grid = past.atom_grid[own]
    carved = np.flatnonzero(past.is_dedicated)
    dedicated = np.where(past.is_dedicated[grid], np.searchsorted(carved, grid), -1)
    nothing = np.full(len(own), -1, dtype=np.int64)
    return Atoms(
        geometry, place[past.building_atom[row]], nothing, dedicated.astype(np.int64), build_borders(geometry)
    )


def find_origin(past: Past, atoms: Atoms, meeting: Meeting, rows: Ints) -> Ints:
    """Return the old grid of each atom: that of most of its households, buildings, ground; -1 for none."""
    partner = meeting.partner[rows]
    known = np.flatnonzero(partner >= 0)
    grid = past.building_grid[partner[known]]
    known, grid = known[grid >= 0], grid[grid >= 0]
    votes = pd.DataFrame(
        {"atom": atoms.building_atom[known], "grid": grid, "carried": meeting.carried[rows][known], "n": 1}
    )
    votes = votes.groupby(["atom", "grid"], sort=True)[["carried", "n"]].sum().reset_index()
    votes = votes.sort_values(["atom", "carried", "n", "grid"], ascending=[True, False, False, True])
    first = votes.drop_duplicates("atom")
    origin = np.full(len(atoms), -1, dtype=np.int64)
    origin[first["atom"].to_numpy()] = first["grid"].to_numpy()
    empty = np.flatnonzero(origin < 0)
    if len(empty):
        origin[empty], _ = largest_share(atoms.geometry[empty], past.grids)
    return origin


def settle(graph: AtomGraph, origin: Ints, n_old: int, spec: GridSpec, locked: Ints) -> Ints:
    """Return a plan in which every grid is in one piece, from what was carried over.

    Of a grid in pieces the one with most households stays. The others, and atoms of no old grid, join the
    neighbour with the longest border; what is large enough for a grid, or has no such neighbour, becomes one.
    A locked grid takes in nobody.
    """
    free = graph.dedicated < 0
    link = graph.is_link & free[graph.a] & free[graph.b]
    same = link & (origin[graph.a] == origin[graph.b])
    piece = connected(len(graph), graph.a[same], graph.b[same])
    if len(np.unique(piece[free])) == len(np.unique(origin[free])) and (origin[free] >= 0).all():
        return np.where(free, origin, n_old + graph.dedicated)
    size = (graph.households if spec.area_m2 is None else graph.area_m2).astype(float)
    table = pd.DataFrame({"piece": piece, "origin": origin, "size": size, "area": graph.area_m2})[free]
    pieces = table.groupby("piece").agg({"origin": "first", "size": "sum", "area": "sum"}).reset_index()
    ranked = pieces.sort_values(["origin", "size", "area", "piece"], ascending=[True, False, False, True])
    stays = ranked[(ranked["origin"] >= 0) & ~ranked["origin"].duplicated()]
    label = np.full(len(graph), -1, dtype=np.int64)
    of_piece = dict(zip(stays["piece"], stays["origin"], strict=True))
    waiting = [p for p in pieces["piece"] if p not in of_piece]
    large = set(pieces.loc[pieces["size"] >= spec.size_range[0], "piece"])
    fresh = n_old
    for number in [p for p in waiting if p in large]:
        of_piece[number], fresh = fresh, fresh + 1
    waiting = [p for p in waiting if p not in large]
    known = np.array([of_piece.get(p, -1) for p in piece])
    label = np.where(free, known, -1)
    open_link = link & ~np.isin(label[graph.a], locked) & ~np.isin(label[graph.b], locked)
    empty = set(pieces.loc[pieces["size"] == 0, "piece"])
    doors = {number: link if number in empty else open_link for number in waiting}
    label, fresh = join_neighbours(graph, label, piece, doors, fresh)
    carved = ~free
    label[carved] = fresh + graph.dedicated[carved]
    return label


def join_neighbours(
    graph: AtomGraph, label: Ints, piece: Ints, doors: dict[int, NDArray[np.bool_]], fresh: int
) -> tuple[Ints, int]:
    """Return the labels with every waiting piece in its neighbour with the longest border, or on its own.

    ``doors`` tells for each waiting piece which edges it may leave by.
    """
    label, waiting = label.copy(), list(doors)
    while waiting:
        left = []
        for number in waiting:
            inside = piece == number
            out = np.flatnonzero(doors[number] & (inside[graph.a] != inside[graph.b]))
            beyond = label[np.where(inside[graph.a[out]], graph.b[out], graph.a[out])]
            if (beyond >= 0).any():
                metres = np.bincount(beyond[beyond >= 0], graph.length_m[out][beyond >= 0])
                label[inside] = int(metres.argmax()) if metres.max() > 0 else int(beyond.max())
            else:
                left.append(number)
        if len(left) == len(waiting):
            label[piece == left[0]], fresh, left = fresh, fresh + 1, left[1:]
        waiting = left
    return label, fresh
