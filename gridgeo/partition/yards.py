"""Yards: blocks cut by compound walls and dedicated areas, and the lines that share out their ground."""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from gridgeo.partition.coverage import Geometries, Ints
from gridgeo.partition.site import Site, first_cover
from gridgeo.partition.tessellation import bank_midlines, midlines

__all__ = ["Yards", "build_yards", "find_strips", "sharing_lines"]

STRIP_COMPACTNESS = 0.35  # Polsby-Popper under which an empty yard is a strip: a river bank, a verge
STRIP_M2 = 10_000.0  # a smaller strip is no burden to a grid


@dataclass(frozen=True)
class Yards:
    """The yards of a community: their block, and whether they are water or open ground outside all walls."""

    shapes: Geometries
    block: Ints
    is_water: NDArray[np.bool_]
    is_open: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.shapes)


def build_yards(shapes: Geometries, blocks: Geometries, site: Site) -> Yards:
    """Return the yards with what they belong to."""
    points = shapely.point_on_surface(shapes)
    is_water = first_cover(points, site.water) >= 0
    is_walled = (first_cover(points, site.compounds) >= 0) | (first_cover(points, site.dedicated) >= 0)
    return Yards(shapes, first_cover(points, blocks), is_water, ~is_walled & ~is_water)


def find_strips(yards: Yards, yard_of_shape: Ints) -> NDArray[np.bool_]:
    """Return which yards are empty and so long that one grid should not have to take the whole of them.

    What runs around the walls of a compound in its own block is none: it goes to the buildings inside.
    """
    is_empty = ~np.isin(np.arange(len(yards)), yard_of_shape)
    compactness = 4 * np.pi * shapely.area(yards.shapes) / np.maximum(shapely.length(yards.shapes), 1e-9) ** 2
    is_long: NDArray[np.bool_] = (compactness < STRIP_COMPACTNESS) & (shapely.area(yards.shapes) > STRIP_M2)
    return is_empty & is_long & ~yards.is_water & ~find_rings(yards)


def find_rings(yards: Yards) -> NDArray[np.bool_]:
    """Return which yards are the open ground of a block that has walled yards too."""
    walled = np.bincount(yards.block, ~yards.is_open & ~yards.is_water, int(yards.block.max(initial=0)) + 1)
    is_ring: NDArray[np.bool_] = yards.is_open & (walled[yards.block] > 0)
    return is_ring


def sharing_lines(
    yards: Yards, is_strip: NDArray[np.bool_], shapes: Geometries, yard_of_shape: Ints
) -> Geometries:
    """Return the lines that share out the ground of every yard among buildings.

    The open ground outside compound walls goes to the nearest building of its block, inside a wall or not;
    else one kiosk would own a ring around the whole compound. Water goes to its banks, a strip to the yards
    beside it.
    """
    is_ring = find_rings(yards)
    water, strips, rings = (np.flatnonzero(mask) for mask in (yards.is_water, is_strip, is_ring))
    plain = np.flatnonzero(yard_of_shape >= 0)
    plain = plain[~is_ring[yard_of_shape[plain]]]
    is_walled = ~yards.is_open & ~yards.is_water
    walled_here = (yards.block[rings][:, None] == yards.block) & is_walled
    dry = ~yards.is_water
    lines = [
        midlines(shapes[plain], yard_of_shape[plain], yards.shapes),
        bank_midlines(yards.shapes, rings, walled_here, shapes, yard_of_shape),
        bank_midlines(yards.shapes, water, np.tile(dry, (len(water), 1)), shapes, yard_of_shape),
        bank_midlines(yards.shapes, strips, np.tile(dry, (len(strips), 1)), shapes[:0], yard_of_shape[:0]),
    ]
    return np.concatenate(lines)
