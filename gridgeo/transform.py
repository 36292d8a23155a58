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

    Making one takes a tenth of a second, so each thread keeps its own: they must not be shared. To compare
    systems they are spelt out in full, so those that come again as the same objects are known by themselves.
    """
    if not hasattr(_kept, "build"):
        _kept.build = lru_cache(MOST_KEPT)(lambda a, b: Transformer.from_crs(a, b, always_xy=True))
        _kept.seen = {}
    seen: dict[tuple[int, int], tuple[CRS, CRS, Transformer]] = _kept.seen
    known = seen.get((id(source), id(target)))
    if known is None:
        if len(seen) >= MOST_KEPT:
            seen.clear()
        # The systems are kept too: as long as they are there, no other object has their id.
        known = seen[id(source), id(target)] = (source, target, _kept.build(source, target))
    return known[2]


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
