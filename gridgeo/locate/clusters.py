"""Clusters: places that a map of some zoom would draw on top of one another, counted together."""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

__all__ = ["cluster_places"]

TILE_PX = 256
CELL_PX = 64  # a cluster's circle with its number, and a little air
MOST_LAT = 85.05112878  # where the web map's square ends


def cluster_places(lon: ArrayLike, lat: ArrayLike, zoom: int, cell_px: int = CELL_PX) -> pd.DataFrame:
    """Return places gathered in square cells of the web map, from north-west to south-east.

    Columns: ``lon`` and ``lat``, the mean of the cell's places; ``n``, how many they are; ``row``, the
    position of the place where it is alone in its cell, else ``<NA>``. Cells belong to the world, not to the
    window looked at, so clusters stay where they are while a map is moved. Places with a missing coordinate
    are left out.

    Parameters
    ----------
    lon, lat
        Degrees of WGS 84.
    zoom
        Of the web map: its square is 256 × 2**zoom pixels wide.
    cell_px
        Side of a cell in pixels.

    Examples
    --------
    >>> from gridgeo.locate.clusters import cluster_places
    >>> cluster_places([111.30, 111.3001, 112.0], [30.7, 30.7, 30.7], zoom=12).n.tolist()
    [2, 1]
    """
    at_lon, at_lat = np.asarray(lon, dtype=float), np.asarray(lat, dtype=float)
    rows = np.flatnonzero(np.isfinite(at_lon) & np.isfinite(at_lat))
    at_lon, at_lat = at_lon[rows], at_lat[rows]
    column, line, wide = _cells(at_lon, at_lat, TILE_PX * 2.0**zoom / cell_px)
    _, first, cell, count = np.unique(
        line * wide + column, return_index=True, return_inverse=True, return_counts=True
    )
    alone = pd.array(rows[first], dtype="Int64")
    alone[count > 1] = pd.NA
    mean_lon, mean_lat = (
        np.bincount(cell, weights=part) / count if len(cell) else part for part in (at_lon, at_lat)
    )
    return pd.DataFrame({"lon": mean_lon, "lat": mean_lat, "n": count, "row": alone})


def _cells(
    lon: NDArray[np.float64], lat: NDArray[np.float64], n_cells: float
) -> tuple[NDArray[np.int64], NDArray[np.int64], int]:
    """Return the column and the line of each place, and how many columns the world has."""
    sine = np.sin(np.radians(np.clip(lat, -MOST_LAT, MOST_LAT)))
    x = (lon + 180.0) / 360.0
    y = 0.5 - np.arctanh(sine) / (2 * np.pi)
    wide = int(np.ceil(n_cells)) + 1
    return (x * n_cells).astype(np.int64), (y * n_cells).astype(np.int64), wide
