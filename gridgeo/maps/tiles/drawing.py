"""Shapes as a tile draws them: cut at its margin, on whole numbers, valid, with the right winding."""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from gridgeo.maps.tiles.square import Square

__all__ = ["EXTENT", "LINE", "MARGIN", "POINT", "POLYGON", "Drawing", "draw_shapes", "merge_collections"]

Shapes = NDArray[np.object_]
Integers = NDArray[np.int64]

POINT, LINE, POLYGON = 0, 1, 2  # dimensions
SIMPLE = (
    (shapely.GeometryType.POINT,),
    (shapely.GeometryType.LINESTRING, shapely.GeometryType.LINEARRING),
    (shapely.GeometryType.POLYGON,),
)
EXTENT = 4096  # units of a tile's side
MARGIN = 64 / EXTENT  # four pixels: no outline is wider
DIGITS = 6  # of a unit; GEOS divides by zero where a coordinate is 1e-300
NEST = 3  # a collection of multipolygons of polygons is the deepest that mending makes


@dataclass(frozen=True)
class Drawing:
    """The parts of features of one dimension on the whole numbers of a tile, y down.

    Attributes
    ----------
    rows : which feature of those given each part belongs to, ascending.
    counts : how many corners each part has; a ring does not repeat its first.
    corners : x and y of all corners.
    """

    rows: Integers
    counts: Integers
    corners: Integers


def draw_shapes(shapes: Shapes, square: Square, dimension: int) -> Drawing:
    """Return shapes of one dimension as a tile holds them.

    What is too small for the tile's units is left out. Polygons stay valid: those whose rounded corners cross
    are noded anew on the units. The outer ring of a polygon runs clockwise to the eye, its holes the other
    way. Points on the southern and the eastern side belong to the next tile, so that none is drawn twice.

    Parameters
    ----------
    shapes
        Valid geometries in EPSG:3857, none missing.
    square
        The tile.
    dimension
        Of the shapes: ``POINT``, ``LINE`` or ``POLYGON``.
    """
    units = to_units(clip_shapes(shapes, square, dimension), square)
    if dimension == POLYGON:
        simple, rows = split_simple(round_polygons(units), POLYGON)
        simple = shapely.orient_polygons(simple, exterior_cw=False)
        parts, of_simple = shapely.get_rings(simple, return_index=True)
        rows = rows[of_simple]
    else:
        parts, rows = split_simple(units, dimension)
    coordinates, of_part = shapely.get_coordinates(parts, return_index=True)
    corners = np.rint(coordinates).astype(np.int64)
    if dimension == POINT:
        inside = ((corners >= 0) & (corners < EXTENT)).all(axis=1)
        return gather_points(corners[inside], rows[of_part[inside]])
    return gather_parts(corners, of_part, rows, is_ring=dimension == POLYGON)


def clip_shapes(shapes: Shapes, square: Square, dimension: int) -> Shapes:
    """Return the shapes, those that reach over the margin cut there; points are left to the units.

    GEOS's fast clipping by a rectangle is for lines: of a polygon with a thin spike it makes rings that cross
    themselves, or none. Its overlay does not, and few polygons of a tile reach over its margin.
    """
    if dimension == POINT:
        return shapes
    west, south, east, north = window = square.grown(MARGIN)
    x0, y0, x1, y1 = shapely.bounds(shapes).T
    over = np.flatnonzero((x0 < west) | (y0 < south) | (x1 > east) | (y1 > north))
    clipped = shapes.copy()
    if dimension == LINE:
        clipped[over] = shapely.clip_by_rect(shapes[over], *window)
    else:
        clipped[over] = merge_collections(shapely.intersection(shapes[over], shapely.box(*window)))
    return clipped


def merge_collections(shapes: Shapes) -> Shapes:
    """Return each mixed collection as one geometry of its highest dimension: only that can be valid."""
    merged = shapes.copy()
    for at in np.flatnonzero(shapely.get_type_id(shapes) == shapely.GeometryType.GEOMETRYCOLLECTION):
        dimension = shapely.get_dimensions(shapes[at])
        parts, _ = split_simple(shapes[[at]], dimension) if dimension >= 0 else ([], None)
        merged[at] = shapely.union_all(parts)
    return merged


def to_units(shapes: Shapes, square: Square) -> Shapes:
    """Return the shapes in units of the tile from its north-western corner, y down, not yet whole."""
    scale = np.array([EXTENT, -EXTENT]) / square.side
    corner = np.array([square.west, square.north])
    moved: Shapes = shapely.transform(shapes, lambda xy: np.round((xy - corner) * scale, DIGITS))
    return moved


def round_polygons(shapes: Shapes) -> Shapes:
    """Return polygons on whole numbers; where plain rounding makes them cross themselves, noded there."""
    rounded: Shapes = shapely.transform(shapes, np.rint)
    bad = np.flatnonzero(~shapely.is_valid(rounded))
    if len(bad):
        mended = merge_collections(shapely.make_valid(shapes[bad]))
        rounded[bad] = merge_collections(shapely.set_precision(mended, 1.0))
    return rounded


def split_simple(shapes: Shapes, dimension: int) -> tuple[Shapes, Integers]:
    """Return the simple parts of one dimension and the shape that each belongs to; empty ones have none."""
    rows = np.arange(len(shapes))
    for _ in range(NEST):
        shapes, of_shape = shapely.get_parts(shapes, return_index=True)
        rows = rows[of_shape]
    kept = np.isin(shapely.get_type_id(shapes), SIMPLE[dimension]) & ~shapely.is_empty(shapes)
    return shapes[kept], rows[kept]


def gather_points(corners: Integers, rows: Integers) -> Drawing:
    """Return points, all of one feature as one part."""
    kept, counts = np.unique(rows, return_counts=True)
    return Drawing(kept, counts.astype(np.int64), corners)


def gather_parts(corners: Integers, of_part: Integers, rows: Integers, *, is_ring: bool) -> Drawing:
    """Return lines or rings without corners that repeat the one before; what collapses is left out."""
    is_first = np.diff(of_part, prepend=-1) != 0
    moves = is_first | (np.diff(corners, axis=0, prepend=0) != 0).any(axis=1)
    if is_ring and len(corners):
        is_last = np.diff(of_part, append=len(rows)) != 0
        moves &= ~is_last | is_first
    counts = np.bincount(of_part[moves], minlength=len(rows))
    large = counts >= (3 if is_ring else 2)
    kept = moves & large[of_part]
    return Drawing(rows[large], counts[large].astype(np.int64), corners[kept])
