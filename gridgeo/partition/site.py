"""A site: one community with all that lies in it, in metres, ready to be divided on its own."""

from dataclasses import dataclass, field

import numpy as np
import shapely
from numpy.typing import NDArray

from gridgeo.partition.coverage import Floats, Geometries, Ints
from gridgeo.partition.portable import Portable

__all__ = ["STREET_RANKS", "Site", "first_cover", "largest_share", "no_geometries"]

# What a street is worth as a border. The rank is the position; 0 is the strongest.
STREET_RANKS = ("main", "collector", "local", "lane")


def no_geometries() -> Geometries:
    """Return an empty array of geometries."""
    return np.empty(0, dtype=object)


@dataclass(frozen=True, kw_only=True)
class Site(Portable):
    """One community and the layers inside it, as arrays on the millimetre lattice.

    ``buildings`` are polygons, lines or points with ``households`` (and ``people``) of the same length.
    ``street_rank`` is the position of each street's kind in ``STREET_RANKS``. ``walls`` are lines that a
    grid never crosses (railways, river banks without area), ``water`` polygons that it never crosses.
    ``compound_of_building`` is the number of the compound of each building, -1 for none.
    """

    area_code: str
    boundary: shapely.Geometry
    buildings: Geometries
    households: Ints
    people: Ints
    streets: Geometries = field(default_factory=no_geometries)
    street_rank: Ints = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    walls: Geometries = field(default_factory=no_geometries)
    water: Geometries = field(default_factory=no_geometries)
    compounds: Geometries = field(default_factory=no_geometries)
    dedicated: Geometries = field(default_factory=no_geometries)
    compound_of_building: Ints = field(default_factory=lambda: np.empty(0, dtype=np.int64))


def first_cover(points: Geometries, zones: Geometries) -> Ints:
    """Return the position of the first zone that covers each point, -1 for none."""
    found = np.full(len(points), len(zones), dtype=np.int64)
    if len(zones):
        # What is asked about is prepared by GEOS: a river once, and not anew for each of many points.
        if len(points) > len(zones):
            zone, point = shapely.STRtree(points).query(zones, predicate="intersects")
        else:
            point, zone = shapely.STRtree(zones).query(points, predicate="intersects")
        np.minimum.at(found, point, zone)
    found[found == len(zones)] = -1
    return found


def largest_share(shapes: Geometries, zones: Geometries) -> tuple[Ints, NDArray[np.float64]]:
    """Return the zone that holds most of each shape (-1 for none) and the share of the shape in it.

    Points and lines count as a whole where their first point lies; ties go to the first zone.
    """
    best = first_cover(shapely.point_on_surface(shapes), zones)
    share = (best >= 0).astype(float)
    shape, zone = shapely.STRtree(zones).query(shapes, predicate="intersects")
    several = np.bincount(shape, minlength=len(shapes)) > 1
    several &= shapely.area(shapes) > 0
    pick = several[shape]
    shape, zone = shape[pick], zone[pick]
    part: Floats = shapely.area(shapely.intersection(shapes[shape], zones[zone])) / shapely.area(
        shapes[shape]
    )
    order = np.lexsort((zone, -np.round(part, 9), shape))
    shape, zone, part = shape[order], zone[order], part[order]
    first = np.append(True, shape[1:] != shape[:-1]) if len(shape) else np.empty(0, dtype=bool)
    best[shape[first]], share[shape[first]] = zone[first], part[first]
    return best, share
