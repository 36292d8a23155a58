"""Coordinates from one system to another, longitude or easting first."""

import threading
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pyproj import CRS, Transformer

__all__ = ["build_transformer", "to_system"]

Floats = NDArray[np.float64]

MOST_KEPT = 32
_kept = threading.local()


def build_transformer(source: CRS, target: CRS) -> Transformer:
    """Return the transformer between two systems, x before y.

    Making one takes a tenth of a second, so each thread keeps its own: they must not be shared.
    """
    if not hasattr(_kept, "build"):
        _kept.build = lru_cache(MOST_KEPT)(lambda a, b: Transformer.from_crs(a, b, always_xy=True))
    transformer: Transformer = _kept.build(source, target)
    return transformer


def to_system(x: ArrayLike, y: ArrayLike, source: CRS, target: CRS) -> tuple[Floats, Floats]:
    """Return coordinates in another system; missing and infinite ones stay as they are.

    A place that cannot be in the source system, such as a latitude of 111 degrees, becomes infinite.

    Parameters
    ----------
    x, y
        Longitude or easting, latitude or northing.
    source, target
        The systems.
    """
    old_x, old_y = np.asarray(x, float), np.asarray(y, float)
    if source == target:
        return old_x, old_y
    known = np.isfinite(old_x) & np.isfinite(old_y)
    new_x, new_y = np.array(old_x), np.array(old_y)
    new_x[known], new_y[known] = build_transformer(source, target).transform(old_x[known], old_y[known])
    return new_x, new_y
