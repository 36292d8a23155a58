"""The ground of a community: the faces that lines cut it into, and which building each belongs to.

Every face inside a building is its own; open ground goes, ring by ring, to a building beside it. What is
left over and cannot stand alone joins a neighbour.
"""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from gridgeo.partition.coverage import Borders, Floats, Geometries, Ints, connected
from gridgeo.partition.site import first_cover
from gridgeo.partition.yards import EMPTY_BLOCK_M2, EMPTY_BLOCK_WIDTH_M, Medians

__all__ = ["Ground", "claim_faces", "is_first", "join_shapes", "merge_scraps"]

ACROSS_DANGLE = 1e-3  # what a metre of dead-end street counts for when open ground looks for an owner
OVERLAP_SHARE = 0.005  # buildings that overlap by more than this share of the smaller stay together


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


def claim_faces(ground: Ground, shapes: Geometries, yard_of_shape: Ints, is_open: NDArray[np.bool_]) -> Ints:
    """Return the shape that each face belongs to, -1 where a block holds none.

    First the faces inside a shape, then, ring by ring, ground beside a claimed face of its own yard (for
    yards that are ``is_open``, of its own block), not across a dead-end street if it can be helped; then of
    its own block. Water goes to the bank. Dry ground goes over the border of a dedicated area neither way.
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
    yard_dedicated = np.full(len(yard_block), -1)
    yard_dedicated[ground.yard] = ground.dedicated
    a, b, length = paired(ground.borders)
    length = np.where(np.tile(ground.on_dangle[ground.borders.is_shared], 2), length * ACROSS_DANGLE, length)
    for stage in range(3):
        while True:
            grow = spread(owner, a, b, length)
            face, shape = grow[0], grow[1]
            allowed = ~ground.is_water[face] if stage < 2 else ground.is_water[face]
            in_block = yard_block[home[shape]] == ground.block[face]
            if stage < 2:
                in_block &= yard_dedicated[home[shape]] == ground.dedicated[face]
            if stage == 0:
                allowed &= (home[shape] == ground.yard[face]) | (in_block & is_open[ground.yard[face]])
            elif stage == 1:
                allowed &= in_block
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


def merge_scraps(label: Ints, n_shapes: int, ground: Ground, medians: Medians) -> Ints:
    """Return the labels after scraps joined a neighbour, so that every label is one connected piece.

    A scrap is a piece cut off from the rest of its label, an empty block too small or too thin to be a
    place, a piece of a median, and water. It goes to the neighbour of its own block with the longest border,
    if there is one, and a piece of a median to the side that shares it, once that is settled.
    """
    area = shapely.area(ground.faces)
    a, b, length = paired(ground.borders)
    kinship = 1.0 + 1e3 * (ground.block[a] == ground.block[b])
    kinship += 1e6 * (ground.dedicated[a] == ground.dedicated[b])
    is_heir = medians.are_shared_by(ground.yard[a], ground.yard[b])
    kinship += 1e2 * is_heir
    is_median = np.isin(ground.yard, medians.yards)
    for _ in range(len(label)):
        piece, is_scrap = scraps(label, n_shapes, ground, area, is_median)
        loose = is_scrap[piece]
        front = loose[a] & (piece[a] != piece[b])
        waiting = np.isin(piece[a], piece[a[front & loose[b] & is_heir]])
        eager = front & ~loose[b] & ~waiting
        eager = eager if eager.any() else front & ~loose[b]
        if front.any() and not eager.any():
            # Nothing but scraps side by side: the others join the largest of them.
            size = np.bincount(piece, area)[piece[a[front]]]
            largest = piece[a[front]][np.argmax(np.round(size, 6))]
            label = np.where(piece == largest, label.max() + 1, label)
            eager = front & (piece[b] == largest)
        if not eager.any():
            break
        bids = np.full(len(is_scrap), -1)
        bids = settle(bids, piece[a[eager]], label[b[eager]], (length * kinship)[eager])
        label = np.where(bids[piece] >= 0, bids[piece], label)
    return label


def scraps(
    label: Ints, n_shapes: int, ground: Ground, area: Floats, is_median: NDArray[np.bool_]
) -> tuple[Ints, NDArray[np.bool_]]:
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
    shared = np.bincount(piece, is_median, n) > 0
    return piece, ~is_main | ((piece_label >= n_shapes) & (thin | wet | shared))


def is_first(values: Ints) -> NDArray[np.bool_]:
    """Return whether each of the sorted values is the first of its kind."""
    return np.append(True, values[1:] != values[:-1])[: len(values)]
