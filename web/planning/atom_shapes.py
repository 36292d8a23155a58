"""The atoms of a division as the editor draws them, made once for each base and area: they never change."""

import numpy as np
from gridgeo_web.answers import to_json
from gridgeo_web.planning.deltas import Area, atoms_in, find_area
from gridgeo_web.service.snapshot import Snapshot

from gridgeo.maps.shapes import encode_shapes, to_world
from gridgeo.planning.grid_plan import GridPlan

__all__ = ["tell_atoms"]


def tell_atoms(shown: Snapshot, base: str, plan: GridPlan, own: str, asked: str = "") -> bytes:
    """Return ids, households and shapes of the atoms of an area as JSON.

    Parameters
    ----------
    shown
        Where the answer is kept.
    base
        The fingerprint of what the plan began from.
    plan
        The plan, in whatever state: no change of it changes an atom.
    own
        Beginning of the area codes that the one who asks may see.
    asked
        Code or beginning of codes asked for, all of the own ones by default.
    """

    def build() -> bytes:
        return to_json(_describe(plan, find_area(plan, own, asked))).encode()

    told: bytes = shown.cache.get(("draft atoms", base, own, asked), build)
    return told


def _describe(plan: GridPlan, area: Area) -> dict[str, object]:
    """Return the atoms as plain values, shapes on the web map's square."""
    terrain, mine = plan.terrain, np.flatnonzero(atoms_in(plan, area))
    return {
        "atom_id": [str(name) for name in terrain.atom_ids[mine]],
        "households": terrain.graph.households[mine].tolist(),
        "area": terrain.community[mine].tolist(),
        "area_codes": terrain.area_codes,
        "shapes": encode_shapes(to_world(terrain.division.atoms.iloc[mine], "atoms")),
    }
