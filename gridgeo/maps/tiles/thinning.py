"""What a tile leaves out: features too small to be seen at its zoom, bends that no pixel shows."""

import numpy as np
import shapely
from numpy.typing import NDArray

from gridgeo.maps.tiles.drawing import LINE, POINT, POLYGON
from gridgeo.maps.tiles.square import Square

__all__ = ["BEND_PIXELS", "find_visible", "measure_shapes", "straighten"]

Shapes = NDArray[np.object_]
Integers = NDArray[np.int64]
Floats = NDArray[np.float64]

LEAST_AREA_PIXELS = 0.5  # below that a building is a speck of grey; at zoom 14 a hut of 6 × 6 m is one
LEAST_LENGTH_PIXELS = 1.5
BEND_PIXELS = 0.25  # bends up to that are drawn straight
MOST_FEATURES = 6000  # the largest ones: one tile of a whole city stays under half a megabyte
CELL_PIXELS = 2.0  # points in one such cell look like one
CROWD = 500  # fewer points than that are all kept: at a corner with three hydrants there are three


def measure_shapes(shapes: Shapes) -> Floats:
    """Return how large each shape is: its area, or its length, or 0 for points, in EPSG:3857."""
    dimensions = shapely.get_dimensions(shapes)
    sizes = np.where(dimensions == POLYGON, shapely.area(shapes), shapely.length(shapes))
    return np.asarray(np.where(dimensions == POINT, 0.0, sizes))


def find_visible(shapes: Shapes, sizes: Floats, square: Square) -> NDArray[np.bool_]:
    """Return which shapes a tile shows.

    Polygons and lines too small to be seen go; of more than `MOST_FEATURES` the largest stay, the first of
    equally large ones. In a crowd of points each cell of two pixels keeps its first.

    Parameters
    ----------
    shapes
        What lies in the tile, in the order of the layer.
    sizes
        From `measure_shapes`.
    square
        The tile.
    """
    dimensions = shapely.get_dimensions(shapes)
    least = np.zeros(len(shapes))
    least[dimensions == POLYGON] = LEAST_AREA_PIXELS * square.pixel**2
    least[dimensions == LINE] = LEAST_LENGTH_PIXELS * square.pixel
    visible = sizes >= least
    points = np.flatnonzero(dimensions == POINT)
    if len(points) > CROWD:
        visible[points] = is_first_of_cell(shapes[points], CELL_PIXELS * square.pixel)
    seen = np.flatnonzero(visible)
    if len(seen) > MOST_FEATURES:
        order = np.lexsort((seen, -sizes[seen] / np.maximum(least[seen], 1e-9)))
        visible[seen[order[MOST_FEATURES:]]] = False
    return visible


def is_first_of_cell(points: Shapes, side: float) -> NDArray[np.bool_]:
    """Return whether each point is the first of those in its cell; the cells are the same in every tile."""
    x0, y0, _, _ = shapely.bounds(points).T
    cells = np.column_stack([np.floor(x0 / side), np.floor(y0 / side)])
    _, first = np.unique(cells, axis=0, return_index=True)
    answer = np.zeros(len(points), dtype=bool)
    answer[first] = True
    return answer


def straighten(shapes: Shapes, square: Square) -> Shapes:
    """Return the shapes without bends that no pixel of the tile shows, each on its own and still valid."""
    straight: Shapes = shapely.simplify(shapes, BEND_PIXELS * square.pixel, preserve_topology=True)
    return straight
