"""Yards: blocks cut by compound walls and dedicated areas, and the lines that share out their ground."""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from gridgeo.partition.coverage import Floats, Geometries, Ints
from gridgeo.partition.site import Site, first_cover
from gridgeo.partition.tessellation import BANK_SAMPLE_M, TOUCH_M, bank_midlines, midlines

__all__ = ["Medians", "Yards", "build_yards", "find_medians", "find_strips", "sharing_lines"]

STRIP_COMPACTNESS = 0.35  # Polsby-Popper under which an empty yard is a strip: a river bank, a verge
STRIP_M2 = 10_000.0  # a smaller strip is no burden to a grid
EMPTY_BLOCK_M2 = 2_000.0  # an empty block under this size is a median or a gusset, not a place
EMPTY_BLOCK_WIDTH_M = 15.0  # mean width (2 area / perimeter) under which an empty block is no place either
MEDIAN_LENGTH_M = 60.0  # a shorter one may go to one neighbour as it is


@dataclass(frozen=True)
class Yards:
    """The yards of a community: their block, and whether they are water or open ground outside all walls."""

    shapes: Geometries
    block: Ints
    is_water: NDArray[np.bool_]
    is_open: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.shapes)


@dataclass(frozen=True)
class Medians:
    """The yards that are medians, the yards that share each, and the built-up ones that these stand for.

    Of two medians side by side one shares the other, and stands for the yards that share itself.
    """

    yards: Ints
    heirs: list[Ints]
    stands_for: dict[int, Ints]

    def are_shared_by(self, yard: Ints, other: Ints) -> NDArray[np.bool_]:
        """Return of each pair whether the first is a median that the second shares."""
        if len(self.yards) == 0:
            return np.zeros(len(yard), dtype=bool)
        n = 1 + max(
            yard.max(initial=0), other.max(initial=0), *(heirs.max(initial=0) for heirs in self.heirs)
        )
        pairs = [median * n + heirs for median, heirs in zip(self.yards, self.heirs, strict=True)]
        shared: NDArray[np.bool_] = np.isin(yard * n + other, np.concatenate(pairs)) & (other >= 0)
        return shared


def build_yards(shapes: Geometries, blocks: Geometries, site: Site) -> Yards:
    """Return the yards with what they belong to."""
    points = shapely.point_on_surface(shapes)
    is_water = first_cover(points, site.water) >= 0
    is_walled = (first_cover(points, site.compounds) >= 0) | (first_cover(points, site.dedicated) >= 0)
    return Yards(shapes, first_cover(points, blocks), is_water, ~is_walled & ~is_water)


def is_long(yards: Yards) -> NDArray[np.bool_]:
    """Return which yards are strips by their shape."""
    compactness = 4 * np.pi * shapely.area(yards.shapes) / np.maximum(shapely.length(yards.shapes), 1e-9) ** 2
    long: NDArray[np.bool_] = compactness < STRIP_COMPACTNESS
    return long


def find_strips(yards: Yards, yard_of_shape: Ints) -> NDArray[np.bool_]:
    """Return which yards are empty and so long that one grid should not have to take the whole of them.

    What runs around the walls of a compound in its own block is none: it goes to the buildings inside.
    """
    is_empty = ~np.isin(np.arange(len(yards)), yard_of_shape)
    is_large = shapely.area(yards.shapes) > STRIP_M2
    is_strip: NDArray[np.bool_] = is_empty & is_large & is_long(yards) & ~yards.is_water
    return is_strip & ~find_rings(yards)


def find_medians(yards: Yards, yard_of_shape: Ints) -> Medians:
    """Return the medians: what lies empty between the carriageways of one street, or a street and its lane.

    As one piece it would be a corridor of its owner along the blocks of others, and shared by both sides it
    would draw the border off the street: so the blocks of one side share it.
    """
    area, rim = shapely.area(yards.shapes), shapely.length(yards.shapes)
    is_empty = ~np.isin(np.arange(len(yards)), yard_of_shape)
    is_narrow = (2 * area < EMPTY_BLOCK_WIDTH_M * rim) | ((area <= STRIP_M2) & is_long(yards))
    is_median = is_narrow & (rim > 2 * MEDIAN_LENGTH_M) & is_empty & ~yards.is_water & ~find_rings(yards)
    is_scrap = is_empty & ((area < EMPTY_BLOCK_M2) | is_narrow)
    say = np.where(yards.is_water | is_scrap, 0.0, np.where(is_empty, 1.0, 1e3))
    tree = shapely.STRtree(yards.shapes)
    contacts = {median: side_contacts(median, yards, tree) for median in np.flatnonzero(is_median).tolist()}
    heirs: dict[int, Ints] = {}
    stands_for: dict[int, Ints] = {}
    while True:
        found = {median: one_side(contacts[median], say) for median in contacts if median not in heirs}
        found = {median: side for median, side in found.items() if len(side)}
        if not found:
            return Medians(np.array(list(heirs), dtype=np.int64), list(heirs.values()), stands_for)
        for median, side in found.items():
            stands_for[median] = np.concatenate([stands_for.get(int(yard), [yard]) for yard in side])
        heirs |= found
        say[list(found)] = 0.1


def side_contacts(median: int, yards: Yards, tree: shapely.STRtree) -> tuple[Ints, Ints]:
    """Return the yards that samples along one side of a median touch, and those along the other.

    The sides part at the two ends: the corner farthest from the middle, and the corner farthest from that.
    """
    rim = shapely.segmentize(shapely.get_exterior_ring(yards.shapes[median]), BANK_SAMPLE_M)
    corners = shapely.get_coordinates(rim)[:-1]
    end = int(np.argmax(np.hypot(*(corners - corners.mean(axis=0)).T)))
    corners = np.roll(corners, -end, axis=0)
    other_end = int(np.argmax(np.hypot(*(corners - corners[0]).T)))
    sample, yard = tree.query(shapely.points(corners), predicate="dwithin", distance=TOUCH_M)
    yard, sample = yard[yard != median], sample[yard != median]
    return yard[(sample > 0) & (sample < other_end)], yard[sample > other_end]


def one_side(contacts: tuple[Ints, Ints], say: Floats) -> Ints:
    """Return the yards on the side that has more to ``say``, of those that have a say at all."""
    sides = [side[say[side] > 0] for side in contacts]
    return np.unique(max(sides, key=lambda side: float(say[side].sum())))


def find_rings(yards: Yards) -> NDArray[np.bool_]:
    """Return which yards are the open ground of a block that has walled yards too."""
    walled = np.bincount(yards.block, ~yards.is_open & ~yards.is_water, int(yards.block.max(initial=0)) + 1)
    is_ring: NDArray[np.bool_] = yards.is_open & (walled[yards.block] > 0)
    return is_ring


def sharing_lines(
    yards: Yards, is_strip: NDArray[np.bool_], medians: Medians, shapes: Geometries, yard_of_shape: Ints
) -> Geometries:
    """Return the lines that share out the ground of every yard among buildings.

    The open ground outside compound walls goes to the nearest building of its block, inside a wall or not;
    else one kiosk would own a ring around the whole compound. Water goes to its banks, a strip to the yards
    beside it, a median to those on one side.
    """
    is_ring = find_rings(yards)
    water, strips, rings = (np.flatnonzero(mask) for mask in (yards.is_water, is_strip, is_ring))
    plain = np.flatnonzero(yard_of_shape >= 0)
    plain = plain[~is_ring[yard_of_shape[plain]]]
    is_walled = ~yards.is_open & ~yards.is_water
    walled = [np.flatnonzero(is_walled & (yards.block == yards.block[ring])) for ring in rings]
    dry = np.flatnonzero(~yards.is_water)
    some = [
        (rings, walled, shapes, yard_of_shape),
        (water, [dry] * len(water), shapes, yard_of_shape),
        (strips, [dry] * len(strips), shapes[:0], yard_of_shape[:0]),
        (medians.yards, medians.heirs, shapes, yard_of_shape),
    ]
    lines = [bank_midlines(yards.shapes, *what, medians.stands_for) for what in some]
    return np.concatenate([midlines(shapes[plain], yard_of_shape[plain], yards.shapes), *lines])
