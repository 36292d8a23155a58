"""A patch: the ground of a community that a change touches is cut anew; all other atoms stay as they are.

A new building touches the atoms that it stands on, one that is gone its own, a changed line or area those
along it; and each the atoms beside those up to the next street, wall or barrier, since the open ground is
shared out by what is nearest. A building is never parted: all atoms that it lies in are touched together.
"""

from dataclasses import dataclass, replace

import numpy as np
import shapely
from numpy.typing import NDArray

from gridgeo.partition.atoms import Atoms, build_atoms
from gridgeo.partition.coverage import Geometries, Ints, build_borders, join_rims, match_vertices
from gridgeo.partition.laws import UNCUT_SHARE
from gridgeo.partition.site import Site
from gridgeo.preparation import clip, pick
from gridgeo.redivision.changed import TOUCH_M
from gridgeo.redivision.seams import close_seam

__all__ = ["Ground", "cut_patch", "grow_patch", "reuse_atoms"]

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Ground:
    """The old atoms of one community of today, and which of them each of its buildings stands on.

    ``own`` are their positions among all old atoms; ``dedicated`` is the area of today that an atom lies in,
    -1 for none; ``building_atom`` is -1 for a building that was not there before; the ``patch`` is cut anew.
    """

    own: Ints
    atoms: Geometries
    dedicated: Ints
    building_atom: Ints
    patch: Mask


def grow_patch(ground: Ground, site: Site, touched: Mask, bereft: Mask) -> Mask:
    """Return which atoms are to be cut anew.

    ``touched`` are those that a changed line or area touches, ``bereft`` those that lost a building.
    """
    tree = shapely.STRtree(ground.atoms)
    fresh = ground.building_atom < 0
    under = tree.query(site.buildings[fresh], predicate="dwithin", distance=TOUCH_M)[1]
    core = bereft | touched
    core[under] = True
    if not core.any():
        return core
    grown = core.copy()
    grown[beside(ground, site, core, tree)] = True
    houses = shapely.STRtree(site.buildings)
    reached = grown
    while reached.any():
        near = np.unique(houses.query(ground.atoms[reached], predicate="intersects")[1])
        wider = grown | torn_with(ground, site, tree, near, grown)
        reached, grown = wider & ~grown, wider
    return grown


def beside(ground: Ground, site: Site, core: Mask, tree: shapely.STRtree) -> Ints:
    """Return the neighbours that no street, wall, barrier or dedicated border parts from some atoms."""
    rows = np.flatnonzero(core)
    first, other = tree.query(ground.atoms[rows], predicate="intersects")
    first = rows[first]
    near = ~core[other]
    first, other = first[near], np.asarray(other[near], dtype=np.int64)
    pieces, pair = shapely.get_parts(
        shapely.intersection(ground.atoms[first], ground.atoms[other]), return_index=True
    )
    length = shapely.length(pieces)
    length[shapely.get_dimensions(pieces) != 1] = 0.0
    rims = [shapely.boundary(shapes) for shapes in (site.water, site.compounds, site.dedicated)]
    hard = np.concatenate([site.streets, site.walls, *rims])
    middle = shapely.line_interpolate_point(pieces[length > 0], 0.5, normalized=True)
    parted = np.unique(shapely.STRtree(hard).query(middle, predicate="dwithin", distance=TOUCH_M)[0])
    open_m = length.copy()
    open_m[np.flatnonzero(length > 0)[parted]] = 0.0
    return other[np.bincount(pair, open_m, len(other)) > np.bincount(pair, length, len(other)) / 2]


def torn_with(ground: Ground, site: Site, tree: shapely.STRtree, near: Ints, grown: Mask) -> Mask:
    """Return the atoms of those of some buildings that the grown patch would part."""
    building, atom = lying_in(ground, site, tree, near)
    torn = np.unique(building[grown[atom]])
    found = np.zeros(len(grown), dtype=bool)
    found[atom[np.isin(building, torn)]] = True
    return found


def lying_in(ground: Ground, site: Site, tree: shapely.STRtree, near: Ints) -> tuple[Ints, Ints]:
    """Return pairs of a building and an atom that holds more than a rim of it, its own atom included.

    Only the buildings ``near`` are looked at.
    """
    own = near[ground.building_atom[near] >= 0]
    inside = shapely.covered_by(site.buildings[own], ground.atoms[ground.building_atom[own]])
    beyond = own[~inside]
    building, atom = tree.query(site.buildings[beyond], predicate="intersects")
    building = beyond[building]
    others = ground.building_atom[building] != atom
    building, atom = building[others], atom[others]
    area = shapely.area(site.buildings)[building]
    held = shapely.area(shapely.intersection(site.buildings[building], ground.atoms[atom]))
    kept = held > (1.0 - UNCUT_SHARE) * area
    return (
        np.concatenate([building[kept], own]),
        np.concatenate([atom[kept], ground.building_atom[own]]),
    )


def cut_patch(ground: Ground, site: Site) -> Atoms:
    """Return the atoms of a community, those of the patch cut anew and put behind those that stay."""
    patch = ground.patch
    kept = np.flatnonzero(~patch)
    inside = (ground.building_atom < 0) | patch[ground.building_atom]
    part = site_of_patch(site, shapely.coverage_union_all(ground.atoms[patch]), inside)
    fresh = close_seam(build_atoms(part), np.unique(shapely.get_coordinates(ground.atoms[patch]), axis=0))
    shapes = np.concatenate([ground.atoms[kept], fresh.geometry])
    borders = [build_borders(ground.atoms[kept]), fresh.borders]
    geometry = match_vertices(
        shapes,
        join_rims(borders, np.array([0, len(kept)])),
        np.repeat(np.arange(2), [len(kept), len(fresh)]),
    )
    place = np.full(len(ground.atoms) + 1, -1, dtype=np.int64)
    place[kept] = np.arange(len(kept))
    building_atom = place[ground.building_atom]
    building_atom[inside] = len(kept) + fresh.building_atom
    dedicated = np.concatenate([ground.dedicated[kept], fresh.dedicated])
    nothing = np.full(len(geometry), -1, dtype=np.int64)
    return Atoms(geometry, building_atom, nothing, dedicated, build_borders(geometry))


def reuse_atoms(ground: Ground) -> Atoms:
    """Return old atoms as those of today."""
    nothing = np.full(len(ground.atoms), -1, dtype=np.int64)
    borders = build_borders(ground.atoms)
    return Atoms(ground.atoms, ground.building_atom, nothing, ground.dedicated, borders)


def site_of_patch(site: Site, patch: shapely.Geometry, inside: Mask) -> Site:
    """Return some ground of a site as a site of its own, with the buildings ``inside``."""
    layers = (site.streets, site.walls, site.water, site.compounds)
    near, beside, wet, closed = (pick(shapely.STRtree(layer), patch) for layer in layers)
    # Areas are known by their number: those far away stay in their place, but have no border to cut along.
    dedicated = site.dedicated.copy()
    dedicated[~shapely.intersects(dedicated, patch)] = shapely.Polygon()
    return replace(
        site,
        boundary=patch,
        buildings=site.buildings[inside],
        households=site.households[inside],
        people=site.people[inside],
        compound_of_building=site.compound_of_building[inside],
        streets=clip(site.streets[near], patch),
        street_rank=site.street_rank[near],
        walls=clip(site.walls[beside], patch),
        water=site.water[wet],
        compounds=site.compounds[closed],
        dedicated=dedicated,
    )
