"""Places in any system that a client names, and the grids that they lie in."""

from functools import lru_cache
from typing import Any

import numpy as np
from gridgeo_web.errors import UnprocessableError
from gridgeo_web.service import own_grids
from gridgeo_web.service.snapshot import Snapshot
from numpy.typing import NDArray
from pyproj.exceptions import ProjError

from gridgeo.crs import NamedSystem, parse_crs, to_lonlat
from gridgeo.errors import CRSError
from gridgeo.locate.neighbours import find_grids_near
from gridgeo.offset import shift_place

__all__ = ["NEAR_BORDER_M", "describe_place", "find_grids", "named_system", "read_place", "take_to_lonlat"]

NEAR_BORDER_M = 30.0  # nearer than that, a phone's position may lie on the other side
DIGITS = 6
Floats = NDArray[np.float64]
Positions = NDArray[np.int32]


@lru_cache(maxsize=64)
def named_system(name: str) -> NamedSystem:
    """Return the coordinate system of a name.

    Raises
    ------
    UnprocessableError
        Nobody knows it, or places have no longitude and latitude in it.
    """
    try:
        system = parse_crs(name)
    except CRSError as error:
        raise UnprocessableError(str(error), where="crs") from error
    if not (system.crs.is_geographic or system.crs.is_projected) or system.crs.is_geocentric:
        raise UnprocessableError(f"{name} is no system of places on a map; write EPSG:4490, say", where="crs")
    return system


def take_to_lonlat(x: Floats, y: Floats, system: NamedSystem) -> tuple[Floats, Floats]:
    """Return longitude and latitude in WGS 84; infinite for what is no place in the system."""
    if system.crs.is_geographic:  # else PROJ takes 400 degrees for 40
        known = (np.abs(x) <= 180) & (np.abs(y) <= 90)
        x, y = np.where(known, x, np.inf), np.where(known, y, np.inf)
    lon, lat = np.full(x.shape, np.inf), np.full(x.shape, np.inf)
    finite = np.isfinite(x) & np.isfinite(y)
    try:
        lon[finite], lat[finite] = to_lonlat(x[finite], y[finite], system)
    except ProjError as error:
        raise UnprocessableError(f"{system.name} cannot be taken to WGS 84: {error}", where="crs") from error
    return lon, lat


def read_place(x: float, y: float, crs: str) -> tuple[float, float]:
    """Return longitude and latitude in WGS 84 of a place in a named system.

    Raises
    ------
    UnprocessableError
        The system is unknown, or this is no place in it.
    """
    lon, lat = take_to_lonlat(np.array([x]), np.array([y]), named_system(crs))
    if not (np.isfinite(lon[0]) and np.isfinite(lat[0])):
        raise UnprocessableError(
            f"{x}, {y} is no place in {crs}; longitude or easting comes first", where="lon"
        )
    return float(lon[0]), float(lat[0])


def find_grids(shown: Snapshot, lon: Floats, lat: Floats, tolerance: float) -> tuple[Positions, Floats]:
    """Return for each place in WGS 84 its grid and the metres to it: 0 inside; -1 and NaN without a grid.

    Parameters
    ----------
    shown
        The division.
    lon, lat
        Places; infinite ones have no grid.
    tolerance
        Metres that a place may lie outside all grids. Grids outside the own area are none.
    """
    return _locate(shown, *_to_system(shown, lon, lat), tolerance)


def describe_place(shown: Snapshot, lon: float, lat: float, tolerance: float) -> dict[str, Any]:
    """Return the grid of a place, how near its border is, which grids are beside, and its coordinates.

    Parameters
    ----------
    shown
        The division.
    lon, lat
        The place in WGS 84.
    tolerance
        Metres that it may lie outside all grids.
    """
    x, y = _to_system(shown, np.array([lon]), np.array([lat]))
    found, metres = _locate(shown, x, y, tolerance)
    position = int(found[0])
    border = float(shown.index.border_distance(x, y, found)[0]) if position >= 0 else None
    own = own_grids()
    near = [
        at for at in find_grids_near(shown.index, x[0], y[0], NEAR_BORDER_M) if at != position and own[at]
    ]
    return {
        "grid_code": str(shown.codes[position]) if position >= 0 else None,
        "distance_m": round(float(metres[0]), 2) if position >= 0 else None,
        "border_m": None if border is None else round(border, 2),
        "near_border": bool(near) or (border is not None and border < NEAR_BORDER_M),
        "neighbours": [str(shown.codes[at]) for at in near],
        "lon": round(lon, DIGITS),
        "lat": round(lat, DIGITS),
        "coordinates": _in_known_systems(lon, lat),
    }


def _to_system(shown: Snapshot, lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """Return places in the system of the division, NaN for infinite ones."""
    x, y = np.full(lon.shape, np.nan), np.full(lon.shape, np.nan)
    finite = np.isfinite(lon)
    x[finite], y[finite] = shown.to_metric(lon[finite], lat[finite])
    return x, y


def _locate(shown: Snapshot, x: Floats, y: Floats, tolerance: float) -> tuple[Positions, Floats]:
    """Return the grids of the own area of places, and the metres to them."""
    found = shown.index.locate(x, y)
    metres = np.where(found >= 0, 0.0, np.nan)
    if tolerance > 0:
        astray = np.flatnonzero((found < 0) & np.isfinite(x) & np.isfinite(y))
        found[astray], metres[astray] = shown.index.find_nearest(x[astray], y[astray], tolerance)
    foreign = ~np.append(own_grids(), True)[found]
    found[foreign], metres[foreign] = -1, np.nan
    return found, metres


def _in_known_systems(lon: float, lat: float) -> dict[str, list[float]]:
    """Return a place as GPS, AMap and Baidu give it."""
    amap, baidu = shift_place(lon, lat)
    pairs = {"WGS 84": (lon, lat), "GCJ-02": amap, "BD-09": baidu}
    return {name: [round(x, DIGITS), round(y, DIGITS)] for name, (x, y) in pairs.items()}
