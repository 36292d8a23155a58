"""All borders of a layer laid over one another: the faces between them, and who claims each."""

from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
import shapely
from numpy.typing import NDArray

__all__ = ["NOBODY", "Overlay", "build_overlay", "dissolve", "give_away", "is_narrow"]

Shapes: TypeAlias = NDArray[np.object_]
Positions: TypeAlias = NDArray[np.intp]

LATTICE_M = 0.001  # a millimetre: below any survey, above what floating point blurs
NOBODY = -1


@dataclass(frozen=True)
class Overlay:
    """Faces that share their borders exactly, and the one owner of each, as a position in the layer.

    ``claims`` are pairs (face, claimant); a face with several is an overlap, one with none a gap.
    """

    faces: Shapes
    claims: tuple[Positions, Positions]
    owners: Positions

    @property
    def n_claims(self) -> Positions:
        """How many claim each face."""
        return np.bincount(self.claims[0], minlength=len(self.faces))

    def claimants(self, face: int) -> tuple[int, ...]:
        """Return who claims a face, in the order of the layer."""
        return tuple(sorted(int(owner) for owner in self.claims[1][self.claims[0] == face]))


def build_overlay(shapes: Shapes, slit_width: float) -> Overlay:
    """Return the faces between the borders of valid polygons, on a lattice of 1 mm.

    Slits narrower than ``slit_width`` that open to the outside are closed off, so that they too are faces.
    Faces with a single claimant belong to it; overlaps and gaps belong to nobody yet.
    """
    lines = [*shapely.boundary(shapes), *shapely.boundary(_find_slits(shapes, slit_width))]
    lines = shapely.transform(np.array(lines, dtype=object), _without_noise)
    network = shapely.union_all(lines, grid_size=LATTICE_M)
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(network)))
    order = np.argsort(shapely.to_wkb(shapely.normalize(faces), hex=True), kind="stable")
    faces = faces[order]
    points = shapely.point_on_surface(faces)
    face, owner = shapely.STRtree(shapes).query(points, predicate="intersects")
    owners = np.full(len(faces), NOBODY, dtype=np.intp)
    owners[face] = owner
    owners[np.bincount(face, minlength=len(faces)) != 1] = NOBODY
    return Overlay(faces, (face, owner), owners)


def _without_noise(corners: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return corners without the digits under the lattice: GEOS divides by zero at a coordinate of 1e-242."""
    return np.round(corners, 6)


def is_narrow(shapes: Shapes, width: float) -> NDArray[np.bool_]:
    """Return which polygons are nowhere wider than ``width``."""
    return np.asarray(shapely.is_empty(shapely.buffer(shapes, -width / 2, join_style="mitre")))


def give_away(overlay: Overlay, chosen: NDArray[np.bool_], *, among_claimants: bool) -> Overlay:
    """Return the overlay with each chosen face given to the neighbour that it has the longest border with.

    Equal lengths go to the one that comes first in the layer. A face surrounded by faces without an owner
    waits until one of them has one; what never touches an owner stays without.

    Parameters
    ----------
    overlay
        Faces, some without an owner.
    chosen
        Which of the faces are to be given away.
    among_claimants
        Whether only those who claim a face can get it. The first of them gets it where none is its neighbour.
    """
    owners = np.where(chosen, NOBODY, overlay.owners)
    waiting = [int(face) for face in np.flatnonzero(chosen)]
    tree = shapely.STRtree(overlay.faces)
    while waiting:
        lengths = {face: _border_by_owner(overlay, tree, owners, face) for face in waiting}
        if among_claimants:
            for face, by_owner in lengths.items():
                lengths[face] = {who: by_owner[who] for who in overlay.claimants(face) if who in by_owner}
        ready = [face for face in waiting if lengths[face]]
        if not ready:
            break
        for face in ready:
            owners[face] = min(lengths[face], key=lambda who: (-lengths[face][who], who))
        waiting = [face for face in waiting if owners[face] == NOBODY]
    if among_claimants:
        for face in waiting:
            owners[face] = overlay.claimants(face)[0]
    return replace(overlay, owners=owners)


def dissolve(overlay: Overlay, n_owners: int) -> Shapes:
    """Return the area of each owner as a polygon or multipolygon; None for an owner of nothing."""
    shapes = np.full(n_owners, None, dtype=object)
    for owner in range(n_owners):
        own = overlay.faces[overlay.owners == owner]
        if len(own):
            shapes[owner] = shapely.normalize(shapely.coverage_union_all(own))
    return shapes


def _find_slits(shapes: Shapes, width: float) -> Shapes:
    """Return the narrow spaces between polygons, those open to the outside too."""
    if width <= 0 or len(shapes) < 2:
        return np.array([], dtype=object)
    union = shapely.union_all(shapes)
    style = {"join_style": "mitre", "mitre_limit": 2.0}
    closed = shapely.buffer(shapely.buffer(union, width / 2, **style), -width / 2, **style)
    slits = shapely.get_parts(shapely.difference(closed, union))
    slits = slits[(shapely.get_dimensions(slits) == 2) & (shapely.area(slits) > LATTICE_M * width)]
    near = shapely.STRtree(shapes).query(slits, predicate="dwithin", distance=LATTICE_M)[0]
    return np.asarray(slits[np.bincount(near, minlength=len(slits)) >= 2])


def _border_by_owner(
    overlay: Overlay, tree: shapely.STRtree, owners: Positions, face: int
) -> dict[int, float]:
    """Return how many metres of border a face has with each owner's faces."""
    near = tree.query(overlay.faces[face], predicate="touches")
    near = near[owners[near] != NOBODY]
    ring = shapely.boundary(overlay.faces[face])
    shared = shapely.length(shapely.intersection(ring, shapely.boundary(overlay.faces[near])))
    lengths: dict[int, float] = {}
    for owner, length in zip(owners[near], shared, strict=True):
        if length > 0:
            lengths[int(owner)] = lengths.get(int(owner), 0.0) + float(length)
    return {owner: round(length, 6) for owner, length in lengths.items()}
