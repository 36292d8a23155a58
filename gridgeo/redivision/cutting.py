"""Cutting: the atoms of every community of today, old ones where they can stay.

Rounding may keep old and new atoms from meeting vertex by vertex, by a part of a millimetre. Such a community
is cut anew as a whole.
"""

import logging
from collections.abc import Sequence

import numpy as np
import shapely

from gridgeo.partition.atoms import Atoms, build_atoms
from gridgeo.partition.coverage import Ints, join_rims, match_vertices
from gridgeo.partition.site import Site
from gridgeo.redivision.patch import Ground, cut_patch, reuse_atoms
from gridgeo.redivision.seams import astray_places, fit_seam

__all__ = ["cut_sites"]

LOG = logging.getLogger(__name__)

Cut = tuple[Atoms, Ints]


def cut_sites(sites: Sequence[Site], grounds: Sequence[Ground | None]) -> list[Cut]:
    """Return the atoms of each community, and which old atoms the first of them are.

    ``grounds`` are the old atoms of each, None where it is cut anew as a whole.
    """
    cut = fit_seams([cut_site(site, ground) for site, ground in zip(sites, grounds, strict=True)])
    patched = [ground is not None and ground.patch.any() for ground in grounds]
    if not any(patched):
        return cut
    torn = [number for number in torn_sites(cut) if patched[number]]
    for number in torn:
        cut[number] = cut_whole(sites[number])
    return fit_seams(cut) if torn else cut


def cut_site(site: Site, ground: Ground | None) -> Cut:
    """Return the atoms of one community, and which old atoms the first of them are."""
    if ground is None:
        return build_atoms(site), np.empty(0, dtype=np.int64)
    if not ground.patch.any():
        return reuse_atoms(ground), ground.own
    return cut_patch(ground, site), ground.own[~ground.patch]


def cut_whole(site: Site) -> Cut:
    """Return a community cut anew because its old atoms do not fit."""
    LOG.info("%s: old and new atoms do not fit together, so all of it is cut anew", site.area_code)
    return build_atoms(site), np.empty(0, dtype=np.int64)


def fit_seams(cut: list[Cut]) -> list[Cut]:
    """Return the atoms, those of communities without old ones with the vertices of their old neighbours."""
    kept = [atoms.geometry for atoms, own in cut if len(own)]
    if not kept or len(kept) == len(cut):
        return cut
    places = astray_places(np.concatenate(kept))
    return [(atoms if len(own) else fit_seam(atoms, places), own) for atoms, own in cut]


def torn_sites(cut: Sequence[Cut]) -> list[int]:
    """Return the communities whose atoms do not meet those beside them vertex by vertex, once stitched.

    Only new atoms and those that they touch are looked at: all others met before.
    """
    first = np.cumsum([0, *(len(atoms) for atoms, _ in cut)])
    home = np.repeat(np.arange(len(cut)), np.diff(first))
    is_new = np.concatenate([np.arange(len(atoms)) >= len(own) for atoms, own in cut])
    shapes = np.concatenate([atoms.geometry for atoms, _ in cut])
    matched = match_vertices(shapes, join_rims([atoms.borders for atoms, _ in cut], first), home)
    met = shapely.STRtree(matched).query(matched[is_new], predicate="intersects")[1]
    near = np.unique(met)
    torn = ~shapely.is_empty(shapely.coverage_invalid_edges(matched[near]))
    return [int(number) for number in np.unique(home[near[torn]])]
