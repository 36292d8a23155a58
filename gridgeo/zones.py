"""The metric zones of a place: CGCS2000 Gauss-Krueger in China, UTM elsewhere."""

import math
from typing import Literal

import shapely
from pyproj import CRS

from gridgeo.errors import CRSError

__all__ = ["CHINA", "cgcs2000_crs", "zone_crs"]

# Where CGCS2000 is the custom: a coarse outline of China, longitude and latitude.
CHINA = shapely.from_wkt(
    "POLYGON((73.4 39.5, 75 36.5, 78.5 34, 79 31.5, 81 30.2, 86 27.9, 92 27.6, 97.4 28.3, 97.8 24, 99.2 22,"
    "101.6 21.1, 105.5 23, 107.8 21.5, 108.3 18, 111.5 18, 118 21.8, 122.3 24.5, 123 31, 122.9 37.5,"
    "124.2 39.9, 126.8 41.7, 130.6 42.4, 131.2 44.9, 134.8 48.4, 131 47.8, 127.5 50, 125.5 53, 121 53.5,"
    "117 49.7, 115.7 47.8, 119.6 46.7, 116 45.8, 111.7 44.9, 111.6 43.6, 106 42, 100 42.6, 96 42.8, 91 45.2,"
    "87.8 49.2, 85.4 47.1, 82.4 45.3, 80.2 42.2, 73.4 39.5))"
)


def cgcs2000_crs(longitude: float, *, width: Literal[3, 6] = 3, zone_prefix: bool = False) -> CRS:
    """Return the CGCS2000 Gauss-Krueger zone of a longitude.

    Between two zones the eastern one is taken.

    Parameters
    ----------
    longitude
        Degrees east.
    width
        Zones of 3 degrees (the custom for towns) or of 6.
    zone_prefix
        Whether eastings carry the number of the zone in front (38500000 instead of 500000).

    Raises
    ------
    CRSError
        The longitude is not in a zone of China.
    """
    zone = math.floor(longitude / 3 + 0.5) if width == 3 else math.floor(longitude / 6) + 1
    first, last = (25, 45) if width == 3 else (13, 23)
    if not first <= zone <= last:
        raise CRSError(
            f"longitude {longitude:g} is in no {width} degree zone of CGCS2000; they lie from 73 to 138 east"
        )
    base = {(3, True): 4488, (3, False): 4509, (6, True): 4478, (6, False): 4489}[width, zone_prefix]
    return CRS.from_epsg(base + zone)


def zone_crs(lon: float, lat: float, *, cgcs2000: bool = False) -> CRS:
    """Return the zone of a place: 3 degree CGCS2000 in China, or wherever asked for; UTM elsewhere.

    Parameters
    ----------
    lon, lat
        The place, WGS 84 or CGCS2000.
    cgcs2000
        Whether to stay with CGCS2000 near, but not in, China.
    """
    if (cgcs2000 and 73.5 <= lon < 136.5) or CHINA.covers(shapely.Point(lon, lat)):
        return cgcs2000_crs(max(lon, 73.5))
    zone = min(int((lon + 180) // 6) + 1, 60)
    return CRS.from_epsg((32600 if lat >= 0 else 32700) + zone)
