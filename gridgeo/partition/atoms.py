"""Atoms: the smallest pieces of a community, which grids are put together from.

Streets, barriers and the boundary enclose *blocks*; compound walls and dedicated areas cut blocks into
*yards*. Inside a yard the open ground goes to the nearest building. What remains without a building is
merged into a neighbour, unless it is a whole block of a size of its own (a park, a square). A long empty
strip, such as a river bank, is cut where the blocks beside it end.
"""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from gridgeo.partition.coverage import (
    LATTICE_M,
    Borders,
    Floats,
    Geometries,
    Ints,
    build_borders,
    build_faces,
    connected,
    dissolve,
    find_dangles,
)
from gridgeo.partition.site import Site, first_cover, largest_share
from gridgeo.partition.tessellation import bank_midlines, bridge_tips, midlines

__all__ = ["Atoms", "build_atoms"]

EMPTY_BLOCK_M2 = 2_000.0  # an empty block under this size is a median or a gusset, not a place
EMPTY_BLOCK_WIDTH_M = 15.0  # mean width (2 area / perimeter) under which an empty block is a strip
ACROSS_DANGLE = 1e-3  # what a metre of dead-end street counts for when open ground looks for an owner
STRIP_COMPACTNESS = 0.35  # Polsby-Popper under which an empty yard is a strip: a river bank, a verge
STRIP_M2 = 10_000.0  # a smaller strip is no burden to a grid
OVERLAP_SHARE = 0.005  # buildings that overlap by more than this share of the smaller stay together


@dataclass(frozen=True)
class Atoms:
    """The atoms of one community: a valid coverage of its boundary, no building cut.

    ``building_atom`` is the atom of each building. ``block`` and ``dedicated`` tell for each atom the
    street block and the dedicated area (-1: none) that it lies in. ``borders`` lists every straight piece of
    border between two atoms and along the boundary.
    """

    geometry: Geometries
    building_atom: Ints
    block: Ints
    dedicated: Ints
    borders: Borders

    def __len__(self) -> int:
        return len(self.geometry)


@dataclass(frozen=True)
class Ground:
    """The faces that a community is cut into, and what each belongs to; -1 is nothing."""

    faces: Geometries
    block: Ints
    yard: Ints
    dedicated: Ints
    is_water: NDArray[np.bool_]
    borders: Borders
    on_dangle: NDArray[np.bool_]


def build_atoms(site: Site) -> Atoms:
    """Return the atoms of a site.

    A building that straddles a street or a wall goes whole to the side that holds most of it, and the
    border goes round it. Several buildings share an atom only where they overlap or lie on one spot.
    """
    shapes, shape_building = shapely.get_parts(site.buildings, return_index=True)
    parts = shapely.get_parts(site.boundary)
    rim = shapely.boundary(parts)
    hard = np.concatenate([rim, site.streets, site.walls, shapely.boundary(site.water)])
    soft = np.concatenate([shapely.boundary(site.compounds), shapely.boundary(site.dedicated)])
    blocks = inside(build_faces(hard), parts)
    yards = inside(build_faces(np.concatenate([hard, soft])), parts) if len(soft) else blocks
    yard_of_shape, _ = largest_share(shapes, yards)
    known = np.flatnonzero(yard_of_shape >= 0)
    is_water = first_cover(shapely.point_on_surface(yards), site.water) >= 0
    is_strip = find_strips(yards, yard_of_shape) & ~is_water
    dangles = find_dangles(hard)
    middle = midlines(shapes[known], yard_of_shape[known], yards)
    lines = [
        hard,
        soft,
        shapely.boundary(shapes[shapely.get_dimensions(shapes) == 2]),
        middle,
        bridge_tips(dangles, middle, shapes),
        bank_midlines(yards, np.flatnonzero(is_water), np.flatnonzero(~is_water), shapes, yard_of_shape),
        bank_midlines(
            yards, np.flatnonzero(is_strip), np.flatnonzero(~is_water), shapes[:0], yard_of_shape[:0]
        ),
    ]
    faces = inside(build_faces(np.concatenate(lines)), parts)
    ground = survey(faces, site, (blocks, yards), dangles)
    owner = claim_faces(ground, shapes, yard_of_shape)
    group = join_shapes(owner, ground, shapes, shape_building)
    place = np.where(is_strip[ground.yard], len(yards) + np.arange(len(faces)), ground.yard)
    label = np.where(owner >= 0, np.append(group, -1)[owner], len(shapes) + place)
    label = merge_scraps(label, len(shapes), ground)
    return gather(label, ground, main_shape_label(label, group, ground, shapes, shape_building))


def inside(faces: Geometries, parts: Geometries) -> Geometries:
    """Return the faces that lie inside the boundary, sorted by place so that row order changes nothing."""
    points = shapely.point_on_surface(faces)
    kept = faces[first_cover(points, parts) >= 0]
    bounds = shapely.bounds(kept)
    kept = shapely.normalize(kept)
    ordered: Geometries = kept[
        np.lexsort((shapely.area(kept), bounds[:, 3], bounds[:, 2], bounds[:, 1], bounds[:, 0]))
    ]
    return ordered


def find_strips(yards: Geometries, yard_of_shape: Ints) -> NDArray[np.bool_]:
    """Return which yards are empty and so long that one grid should not have to take the whole of them."""
    is_empty = ~np.isin(np.arange(len(yards)), yard_of_shape)
    compactness = 4 * np.pi * shapely.area(yards) / np.maximum(shapely.length(yards), 1e-9) ** 2
    return is_empty & (compactness < STRIP_COMPACTNESS) & (shapely.area(yards) > STRIP_M2)


def survey(
    faces: Geometries, site: Site, zones: tuple[Geometries, Geometries], dangles: Geometries
) -> Ground:
    """Return what each face belongs to: its block and yard (``zones``), and which borders are dead ends."""
    points = shapely.point_on_surface(faces)
    block, yard = (first_cover(points, zone) for zone in zones)
    borders = build_borders(faces)
    on_dangle = np.zeros(len(borders.left), dtype=bool)
    if len(dangles):
        within = np.flatnonzero(borders.is_shared & (block[borders.left] == block[borders.right]))
        middle = shapely.points((borders.start[within] + borders.end[within]) / 2.0)
        found = shapely.STRtree(dangles).query(middle, predicate="dwithin", distance=5 * LATTICE_M)[0]
        on_dangle[within[found]] = True
    return Ground(
        faces,
        block,
        yard,
        first_cover(points, site.dedicated),
        first_cover(points, site.water) >= 0,
        borders,
        on_dangle,
    )


def claim_faces(ground: Ground, shapes: Geometries, yard_of_shape: Ints) -> Ints:
    """Return the shape that each face belongs to, -1 where a block holds none.

    First the faces inside a shape, then, ring by ring, open ground beside a claimed face of its own yard,
    not across a dead-end street if it can be helped; then of its own block. Water goes to the bank.
    """
    owner = first_cover(shapely.point_on_surface(ground.faces), shapes)
    home = np.append(yard_of_shape, -1)
    spots = np.flatnonzero(~np.isin(np.arange(len(shapes)), owner))
    spot_face = first_cover(shapely.point_on_surface(shapes[spots]), ground.faces)
    for spot, face in zip(spots, spot_face, strict=True):
        if face >= 0 and owner[face] < 0:
            owner[face] = spot
    yard_block = np.full(ground.yard.max() + 2, -1)
    yard_block[ground.yard] = ground.block
    a, b, length = paired(ground.borders)
    length = np.where(np.tile(ground.on_dangle[ground.borders.is_shared], 2), length * ACROSS_DANGLE, length)
    for stage in range(3):
        while True:
            grow = spread(owner, a, b, length)
            face, shape = grow[0], grow[1]
            allowed = ~ground.is_water[face] if stage < 2 else ground.is_water[face]
            if stage == 0:
                allowed &= home[shape] == ground.yard[face]
            elif stage == 1:
                allowed &= yard_block[home[shape]] == ground.block[face]
            if not allowed.any():
                break
            owner = settle(owner, face[allowed], shape[allowed], grow[2][allowed])
    return owner


def paired(borders: Borders) -> tuple[Ints, Ints, Floats]:
    """Return each pair of neighbours in both directions with the length of their common border."""
    shared = np.flatnonzero(borders.is_shared)
    a = np.concatenate([borders.left[shared], borders.right[shared]])
    b = np.concatenate([borders.right[shared], borders.left[shared]])
    length = np.tile(borders.length_m[shared], 2)
    return a, b, length


def spread(owner: Ints, a: Ints, b: Ints, length: Floats) -> tuple[Ints, Ints, Floats]:
    """Return unclaimed faces, the owner of a claimed neighbour, and their common border."""
    front = (owner[a] < 0) & (owner[b] >= 0)
    return a[front], owner[b[front]], length[front]


def settle(owner: Ints, face: Ints, bidder: Ints, length: Floats) -> Ints:
    """Return the owners after each face went to the bidder with the longest border; ties to the first."""
    order = np.lexsort((bidder, face))
    face, bidder, length = face[order], bidder[order], length[order]
    is_new = np.append(True, (face[1:] != face[:-1]) | (bidder[1:] != bidder[:-1]))
    start = np.flatnonzero(is_new)
    total = np.add.reduceat(length, start)
    face, bidder = face[start], bidder[start]
    best = np.lexsort((bidder, -np.round(total, 6), face))
    first = is_first(face[best])
    settled = owner.copy()
    settled[face[best][first]] = bidder[best][first]
    return settled


def join_shapes(owner: Ints, ground: Ground, shapes: Geometries, shape_building: Ints) -> Ints:
    """Return for each shape the first shape of those that share an atom with it.

    These are shapes that overlap, and the parts of one building that are neighbours.
    """
    tree = shapely.STRtree(shapes)
    first, second = tree.query(shapes, predicate="intersects")
    pick = (first < second) & (shapely.get_dimensions(shapes[first]) == 2)
    first, second = first[pick], second[pick]
    smaller = np.minimum(shapely.area(shapes[first]), shapely.area(shapes[second]))
    together = shapely.area(shapely.intersection(shapes[first], shapes[second])) > OVERLAP_SHARE * smaller
    a, b, _ = paired(ground.borders)
    known = (owner[a] >= 0) & (owner[b] >= 0)
    left, right = owner[a[known]], owner[b[known]]
    twins = (shape_building[left] == shape_building[right]) & (left < right)
    return first_of_group(
        len(shapes),
        np.concatenate([first[together], left[twins]]),
        np.concatenate([second[together], right[twins]]),
    )


def first_of_group(n: int, a: Ints, b: Ints) -> Ints:
    """Return for each of n things the smallest member of its group, where a[i] and b[i] go together."""
    label = connected(n, a, b)
    smallest = np.full(n, n, dtype=np.int64)
    np.minimum.at(smallest, label, np.arange(n))
    return smallest[label]


def merge_scraps(label: Ints, n_shapes: int, ground: Ground) -> Ints:
    """Return the labels after scraps joined a neighbour, so that every label is one connected piece.

    A scrap is a piece cut off from the rest of its label, an empty block too small or too thin to be a
    place, and water. It goes to the neighbour of its own block with the longest border, if there is one.
    """
    area = shapely.area(ground.faces)
    a, b, length = paired(ground.borders)
    kinship = (
        1.0 + 1e3 * (ground.block[a] == ground.block[b]) + 1e6 * (ground.dedicated[a] == ground.dedicated[b])
    )
    for _ in range(len(label)):
        piece, is_scrap = scraps(label, n_shapes, ground, area)
        loose = is_scrap[piece]
        front = loose[a] & (piece[a] != piece[b])
        eager = front & ~loose[b]
        eager = eager if eager.any() else front
        if not eager.any():
            break
        bids = np.full(len(is_scrap), -1)
        bids = settle(bids, piece[a[eager]], label[b[eager]], (length * kinship)[eager])
        label = np.where(bids[piece] >= 0, bids[piece], label)
    return label


def scraps(label: Ints, n_shapes: int, ground: Ground, area: Floats) -> tuple[Ints, NDArray[np.bool_]]:
    """Return the connected piece of each face, and which pieces cannot stand alone."""
    a, b, length = paired(ground.borders)
    same = label[a] == label[b]
    piece = connected(len(label), a[same], b[same])
    n = int(piece.max()) + 1
    size = np.bincount(piece, area, n)
    wet = np.bincount(piece, area * ground.is_water, n) > 0.5 * size
    rim = np.bincount(piece[a[~same]], length[~same], n)
    piece_label = np.zeros(n, dtype=np.int64)
    piece_label[piece] = label
    order = np.lexsort((-np.round(size, 6), piece_label))
    is_main = np.zeros(n, dtype=bool)
    is_main[order[is_first(piece_label[order])]] = True
    thin = (size < EMPTY_BLOCK_M2) | (2 * size < EMPTY_BLOCK_WIDTH_M * rim)
    return piece, ~is_main | ((piece_label >= n_shapes) & (thin | wet))


def is_first(values: Ints) -> NDArray[np.bool_]:
    """Return whether each of the sorted values is the first of its kind."""
    return np.append(True, values[1:] != values[:-1])[: len(values)]


def main_shape_label(
    label: Ints, group: Ints, ground: Ground, shapes: Geometries, shape_building: Ints
) -> Ints:
    """Return the label under the largest shape of each building; of one outside, the nearest."""
    order = np.lexsort((-shapely.area(shapes), shape_building))
    main = order[is_first(shape_building[order])]
    wanted = group[main]
    missing = np.flatnonzero(~np.isin(wanted, label))
    if len(missing):
        face = shapely.STRtree(ground.faces).nearest(shapely.point_on_surface(shapes[main[missing]]))
        wanted[missing] = label[face]
    return wanted


def gather(label: Ints, ground: Ground, building_label: Ints) -> Atoms:
    """Return the faces of each label dissolved into one atom, in the order of place."""
    first_face = np.sort(np.unique(label, return_index=True)[1])
    number = np.full(max(int(label.max()), int(building_label.max(initial=0))) + 2, -1, dtype=np.int64)
    number[label[first_face]] = np.arange(len(first_face))
    atom = number[label]
    order = np.lexsort((-shapely.area(ground.faces), atom))
    biggest = order[is_first(atom[order])]
    return Atoms(
        dissolve(ground.faces, atom, len(first_face)),
        number[building_label],
        ground.block[biggest],
        ground.dedicated[biggest],
        ground.borders.relabelled(atom),
    )
