"""Where a label or a flag stands on a shape."""

import numpy as np
import shapely
from numpy.typing import NDArray

__all__ = ["anchor_points"]

Shapes = NDArray[np.object_]


def anchor_points(shapes: Shapes) -> NDArray[np.float64]:
    """Return x and y of a place on each shape, NaN where there is none.

    Inside a polygon, half-way along the longest part of a line, a point itself.

    Parameters
    ----------
    shapes
        Of any kind.
    """
    places = np.full((len(shapes), 2), np.nan)
    known = np.flatnonzero(~(shapely.is_missing(shapes) | shapely.is_empty(shapes)))
    dimensions = shapely.get_dimensions(shapes[known])
    surfaces = known[dimensions != 1]
    places[surfaces] = shapely.get_coordinates(shapely.point_on_surface(shapes[surfaces]))
    lines = known[dimensions == 1]
    parts, of_line = shapely.get_parts(shapes[lines], return_index=True)
    order = np.lexsort((-shapely.length(parts), of_line))
    firsts = order[np.diff(of_line[order], prepend=-1) != 0]
    half_way = shapely.line_interpolate_point(parts[firsts], 0.5, normalized=True)
    places[lines] = shapely.get_coordinates(half_way)
    return places
