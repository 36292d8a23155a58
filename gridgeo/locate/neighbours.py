"""What lies beside a grid, and beside a place near a border."""

import numpy as np
import shapely

from gridgeo.locate.index import GridIndex

__all__ = ["find_grids_near", "find_neighbours"]

LEAST_BORDER_M = 0.5  # a corner touched is no border


def find_grids_near(index: GridIndex, x: float, y: float, distance: float) -> list[int]:
    """Return the positions of the grids within some metres of a place, nearest first.

    Grids equally near, such as those that hold the place in them, stand in the order of their codes. A place
    that is not finite is near none.

    Parameters
    ----------
    index
        The grids.
    x, y
        The place, in their system.
    distance
        Metres.
    """
    _, near, metres = index.ruler.find_within(
        np.array([x], dtype=float), np.array([y], dtype=float), distance
    )
    order = np.lexsort((near, metres))
    return [int(position) for position in near[order]]


def find_neighbours(index: GridIndex, position: int) -> list[tuple[int, float]]:
    """Return the grids that share a border with a grid, each with its metres, the longest border first.

    Parameters
    ----------
    index
        The grids.
    position
        Of the grid in ``index.codes``.
    """
    shapes = index.ruler.shapes
    own = shapes[position]
    near = index.ruler.tree.query(own, predicate="intersects")
    near = np.sort(near[near != position])
    shared = shapely.intersection(shapely.boundary(own), shapely.boundary(shapes[near]))
    metres = np.round(shapely.length(shared), 1)
    order = np.lexsort((near, -metres))
    return [(int(near[at]), float(metres[at])) for at in order if metres[at] >= LEAST_BORDER_M]
