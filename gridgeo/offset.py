"""The offsets of Chinese web maps: GCJ-02 (AMap, Tencent) and BD-09 (Baidu) to WGS 84 and back.

The published forward formulas are exact by definition and have no closed inverse. Ours repeats the forward
step until nothing moves, so that there and back is the same place to 1e-12 degrees.
"""

import math
from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = [
    "bd09_to_gcj02",
    "bd09_to_wgs84",
    "gcj02_to_bd09",
    "gcj02_to_wgs84",
    "is_offset_area",
    "shift_place",
    "wgs84_to_bd09",
    "wgs84_to_gcj02",
]

Floats: TypeAlias = NDArray[Any]  # the rough rounds run in single precision
Pair: TypeAlias = tuple[Floats, Floats]
Place: TypeAlias = tuple[float, float]

AXIS_M, ECCENTRICITY2 = (
    6378245.0,
    0.00669342162296594323,
)  # the Krasovsky ellipsoid, as in the published formula
# Outside this box of longitude and latitude the maps do not shift.
WEST, SOUTH, EAST, NORTH = 72.004, 0.8293, 137.8347, 55.8271
BAIDU_PI = np.pi * 3000.0 / 180.0
COARSE_ROUNDS = 2  # in single precision, a fraction of the cost
ROUNDS = 12  # each takes off two to three digits; three or four are the rule
STILL_DEG = 2e-12  # having moved less, a place is right to a hundredth of it (a few times it at 105 E)
CHUNK = 8192  # points at a time, so that the in-between results stay in the processor's cache


def is_offset_area(lon: ArrayLike, lat: ArrayLike) -> NDArray[np.bool_]:
    """Return whether Chinese web maps shift these places: a plain box round China, as theirs."""
    x, y = np.asarray(lon, float), np.asarray(lat, float)
    return np.asarray((x >= WEST) & (x <= EAST) & (y >= SOUTH) & (y <= NORTH))


def _gcj02_shift(lon: Any, lat: Any, of: Any = np) -> Any:
    """Return how far GCJ-02 lies from WGS 84, in degrees, with the sines of numpy or, for numbers, of math.

    The published sum of sines; sines of double and triple angles come from those of the single ones.
    """
    x, y = lon - 105.0, lat - 35.0
    px, py = np.pi * x, np.pi * y
    root = of.sqrt(abs(x))
    xy = 0.1 * x * y
    sin_x3, cos_x3, sin_y3 = of.sin(px / 3), of.cos(px / 3), of.sin(py / 3)
    sin_x = sin_x3 * (3 - 4 * sin_x3 * sin_x3)
    sin_2x = 2 * sin_x * (cos_x3 * (4 * cos_x3 * cos_x3 - 3))
    fine = (20 / 1.5) * sin_2x * (4 - 4 * sin_2x * sin_2x)  # of 2 px and 6 px
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + xy + 0.2 * root + fine
    north += (20 / 1.5) * sin_y3 * (5 - 4 * sin_y3 * sin_y3)  # of py and py / 3
    north += (160 / 1.5) * of.sin(py / 12) + (320 / 1.5) * of.sin(py / 30)
    east = 300 + x + 2 * y + 0.1 * x * x + xy + 0.1 * root + fine
    east += (20 / 1.5) * (sin_x + 2 * sin_x3)
    east += (150 / 1.5) * of.sin(px / 12) + (300 / 1.5) * of.sin(px / 30)
    sine = of.sin(lat * (np.pi / 180))
    sine2 = sine * sine
    magic = 1 - ECCENTRICITY2 * sine2
    root_magic = of.sqrt(magic)
    degrees = (180 / np.pi / AXIS_M) * root_magic
    return east * degrees / of.sqrt(1 - sine2), north * degrees * magic / (1 - ECCENTRICITY2)


def _bd09_shift(lon: Any, lat: Any, of: Any = np) -> Any:
    """Return how far BD-09 lies from GCJ-02, in degrees: a stretch and a tiny turn about (0, 0), a step."""
    stretch = 1 + 2e-5 * of.sin(lat * BAIDU_PI) / of.hypot(lon, lat)
    turn = 3e-6 * of.cos(lon * BAIDU_PI)
    cos_turn = 1 - turn * turn / 2  # exact in doubles for so small an angle
    return (
        stretch * (lon * cos_turn - lat * turn) + 0.0065 - lon,
        stretch * (lat * cos_turn + lon * turn) + 0.006 - lat,
    )


def _add(shift: Callable[[Floats, Floats], Pair], lon: Floats, lat: Floats) -> Pair:
    """Return the places moved by the shift."""
    dx, dy = shift(lon, lat)
    return lon + dx, lat + dy


def _solve(shift: Callable[[Floats, Floats], Pair], lon: Floats, lat: Floats) -> Pair:
    """Return the places that the shift moves to these; a place that none in the box moves to stays itself."""
    x, y = lon.astype(np.float32), lat.astype(np.float32)
    dx, dy = shift(x, y)
    for _ in range(COARSE_ROUNDS):
        dx, dy = shift(x - dx, y - dy)
    for _ in range(ROUNDS):
        new_dx, new_dy = shift(lon - dx, lat - dy)
        moved = max(np.abs(new_dx - dx).max(), np.abs(new_dy - dy).max())
        dx, dy = new_dx, new_dy
        if moved < STILL_DEG:
            break
    x, y = lon - dx, lat - dy
    inside = is_offset_area(x, y)
    return np.where(inside, x, lon), np.where(inside, y, lat)


def _in_chunks(step: Callable[[Floats, Floats], Pair], lon: ArrayLike, lat: ArrayLike) -> Pair:
    """Return the step applied to every place in the offset area, the others as they were."""
    x, y = np.broadcast_arrays(np.asarray(lon, float), np.asarray(lat, float))
    shape = x.shape
    out_x, out_y = x.ravel().copy(), y.ravel().copy()
    for start in range(0, out_x.size, CHUNK):
        part_x, part_y = out_x[start : start + CHUNK], out_y[start : start + CHUNK]
        inside = is_offset_area(part_x, part_y)
        if inside.all():
            part_x[:], part_y[:] = step(part_x, part_y)
        elif inside.any():
            part_x[inside], part_y[inside] = step(part_x[inside], part_y[inside])
    return out_x.reshape(shape), out_y.reshape(shape)


def wgs84_to_gcj02(lon: ArrayLike, lat: ArrayLike) -> Pair:
    """Return where AMap and Tencent draw these WGS 84 places. Outside the offset area nothing moves."""
    return _in_chunks(lambda x, y: _add(_gcj02_shift, x, y), lon, lat)


def shift_place(lon: float, lat: float) -> tuple[Place, Place]:
    """Return where AMap and where Baidu draw one WGS 84 place.

    Plain numbers, as an array of one costs ten times as much.
    """
    amap = _shift_one(_gcj02_shift, lon, lat)
    return amap, _shift_one(_bd09_shift, *amap)


def _shift_one(shift: Callable[..., Any], lon: float, lat: float) -> Place:
    """Return a place moved by a shift; outside the offset area it stays."""
    if not (WEST <= lon <= EAST and SOUTH <= lat <= NORTH):
        return lon, lat
    dx, dy = shift(lon, lat, math)
    return lon + dx, lat + dy


def gcj02_to_wgs84(lon: ArrayLike, lat: ArrayLike) -> Pair:
    """Return the WGS 84 places that AMap and Tencent draw here, to 1e-12 degrees."""
    return _in_chunks(lambda x, y: _solve(_gcj02_shift, x, y), lon, lat)


def gcj02_to_bd09(lon: ArrayLike, lat: ArrayLike) -> Pair:
    """Return where Baidu draws these GCJ-02 places. Outside the offset area nothing moves."""
    return _in_chunks(lambda x, y: _add(_bd09_shift, x, y), lon, lat)


def bd09_to_gcj02(lon: ArrayLike, lat: ArrayLike) -> Pair:
    """Return the GCJ-02 places that Baidu draws here, to 1e-12 degrees."""
    return _in_chunks(lambda x, y: _solve(_bd09_shift, x, y), lon, lat)


def wgs84_to_bd09(lon: ArrayLike, lat: ArrayLike) -> Pair:
    """Return where Baidu draws these WGS 84 places. Outside the offset area nothing moves."""
    return gcj02_to_bd09(*wgs84_to_gcj02(lon, lat))


def bd09_to_wgs84(lon: ArrayLike, lat: ArrayLike) -> Pair:
    """Return the WGS 84 places that Baidu draws here, to 1e-12 degrees."""
    return gcj02_to_wgs84(*bd09_to_gcj02(lon, lat))
