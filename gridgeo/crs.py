"""Coordinate systems: check them at the door, pick the metric one to work in, read their names.

Coordinates are ``(x, y)`` everywhere, longitude or easting first, whatever the order of the EPSG axes.
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np
import shapely
from geopandas import GeoDataFrame, GeoSeries
from numpy.typing import ArrayLike, NDArray
from pyproj import CRS, Proj
from pyproj.exceptions import CRSError as ProjCRSError
from pyproj.exceptions import ProjError

from gridgeo.errors import CRSError
from gridgeo.offset import bd09_to_wgs84, gcj02_to_wgs84, wgs84_to_bd09, wgs84_to_gcj02
from gridgeo.transform import build_transformer
from gridgeo.zones import zone_crs

__all__ = [
    "WGS84",
    "NamedSystem",
    "check_crs",
    "check_metric",
    "check_same_crs",
    "declare_crs",
    "from_lonlat",
    "is_metric",
    "parse_crs",
    "suitable_crs",
    "to_lonlat",
    "to_metric",
]

Layer: TypeAlias = GeoDataFrame | GeoSeries
Floats: TypeAlias = NDArray[np.float64]

WGS84 = CRS.from_epsg(4326)
MAX_SCALE_ERROR = (
    0.02  # Web Mercator stretches its "metres" by 30 % in Beijing; a zone's error is under 0.3 %
)


@dataclass(frozen=True)
class NamedSystem:
    """The coordinate system that a user named: a CRS, on which a Chinese map offset may sit."""

    name: str
    crs: CRS
    offset: Literal["", "GCJ-02", "BD-09"] = ""


def _describe(crs: CRS) -> str:
    """Return ``EPSG:4326`` where there is such a code, else the name of the CRS."""
    authority = crs.to_authority()
    return ":".join(authority) if authority else str(crs.name)


def _has_metre_axes(crs: CRS) -> bool:
    """Return whether the CRS is projected and says that its unit is the metre."""
    return bool(crs.is_projected and crs.axis_info and crs.axis_info[0].unit_conversion_factor == 1.0)


def _centre_lonlat(layer: Layer) -> tuple[float, float] | None:
    """Return longitude and latitude of the middle of the layer, None when it has none."""
    x0, y0, x1, y1 = layer.total_bounds
    x, y = (x0 + x1) / 2, (y0 + y1) / 2
    if not (math.isfinite(x) and math.isfinite(y)):
        return None
    lon, lat = build_transformer(layer.crs, WGS84).transform(x, y)
    return (lon, lat) if math.isfinite(lon) and math.isfinite(lat) else None


def is_metric(layer: Layer) -> bool:
    """Return whether a metre of the layer's coordinates is a metre on the ground, within 2 %.

    Feet, degrees and Web Mercator are not metres. A layer without any coordinates is judged by its CRS alone.
    """
    if layer.crs is None or not _has_metre_axes(layer.crs):
        return False
    centre = _centre_lonlat(layer)
    if centre is None:
        return True
    try:
        factors = Proj(layer.crs).get_factors(*centre, errcheck=True)
    except ProjError:
        return False
    scales = (factors.meridional_scale, factors.parallel_scale)
    return all(abs(scale - 1) <= MAX_SCALE_ERROR for scale in scales)


def check_crs(layer: Layer, name: str) -> None:
    """Raise when the layer does not say in which coordinate system it is.

    Parameters
    ----------
    layer
        Any layer.
    name
        What the message calls it.

    Raises
    ------
    CRSError
        The layer has no CRS.
    """
    if layer.crs is None:
        raise CRSError(
            f"{name} has no coordinate system; say which one it is in, as in {name}.set_crs('EPSG:4326')"
        )


def check_metric(layer: Layer, name: str) -> None:
    """Raise when the layer's coordinates are not metres on the ground.

    Parameters
    ----------
    layer
        Any layer.
    name
        What the message calls it.

    Raises
    ------
    CRSError
        The layer has no CRS, one in degrees or feet, or one that stretches by more than 2 %.
    """
    check_crs(layer, name)
    if not is_metric(layer):
        raise CRSError(
            f"{name} is in {_describe(layer.crs)}, not metres; "
            f"project it with {name}.to_crs({name}.estimate_utm_crs())"
        )


def check_same_crs(layers: Mapping[str, Layer]) -> None:
    """Raise when the layers are not all in one coordinate system.

    Parameters
    ----------
    layers
        The layers by the name that the message gives them.

    Raises
    ------
    CRSError
        A layer has no CRS, or another one than the first layer.
    """
    first = next(iter(layers), None)
    for name, layer in layers.items():
        check_crs(layer, name)
        if layer.crs != layers[str(first)].crs:
            raise CRSError(
                f"{name} is in {_describe(layer.crs)}, {first} in {_describe(layers[str(first)].crs)}; "
                f"bring them together with {name}.to_crs({first}.crs)"
            )


def suitable_crs(layer: Layer, name: str = "layer") -> CRS:
    """Return the metric coordinate system to work on this layer in.

    The layer's own where that is in true metres; else the zone of its middle: CGCS2000 in China, or UTM.

    Parameters
    ----------
    layer
        Any layer with a declared CRS.
    name
        What an error message calls it.

    Raises
    ------
    CRSError
        The layer has no CRS, or its coordinates cannot be in the one it declares.
    """
    check_crs(layer, name)
    if is_metric(layer):
        return layer.crs
    centre = _centre_lonlat(layer)
    if centre is None and len(layer) == 0:
        return CRS.from_epsg(32631)
    if centre is None or not (-180 <= centre[0] <= 180 and -90 <= centre[1] <= 90):
        raise CRSError(
            f"{name} says it is in {_describe(layer.crs)}, but its coordinates {layer.total_bounds.tolist()} "
            "are not in that system; set the right one with set_crs(..., allow_override=True)"
        )
    return zone_crs(*centre, cgcs2000="CGCS2000" in layer.crs.name.replace(" ", ""))


def to_metric(first: Layer, *others: Layer) -> tuple[Any, ...]:
    """Return the layers in one metric system: the one that suits the first.

    Parameters
    ----------
    first
        The layer that decides.
    *others
        Layers to bring along; each needs a declared CRS.

    Raises
    ------
    CRSError
        A layer has no CRS.
    """
    crs = suitable_crs(first, "the first layer")
    for number, layer in enumerate(others, start=2):
        check_crs(layer, f"layer {number} of {len(others) + 1}")
    return tuple(layer if layer.crs == crs else layer.to_crs(crs) for layer in (first, *others))


def parse_crs(text: str) -> NamedSystem:
    """Return the coordinate system that a text names.

    Besides all that pyproj reads (``EPSG:4490``, ``4547``, WKT): ``GCJ-02`` (AMap, Tencent), ``BD-09``
    (Baidu), ``WGS84`` and ``CGCS2000``, in any spelling.

    Raises
    ------
    CRSError
        Nobody knows this name.
    """
    plain = re.sub(r"[\s_-]", "", text).upper()
    if plain in {"GCJ02", "GCJ", "AMAP", "火星坐标"}:
        return NamedSystem("GCJ-02", WGS84, "GCJ-02")
    if plain in {"BD09", "BD09LL", "BAIDU", "百度坐标"}:
        return NamedSystem("BD-09", WGS84, "BD-09")
    known = {"WGS84": WGS84, "CGCS2000": CRS.from_epsg(4490)}
    try:
        crs = known[plain] if plain in known else CRS.from_user_input(int(plain) if plain.isdigit() else text)
    except ProjCRSError as error:
        raise CRSError(
            f"no coordinate system is called {text!r}; write for example EPSG:4490, GCJ-02 or BD-09"
        ) from error
    return NamedSystem(_describe(crs), crs)


def to_lonlat(x: ArrayLike, y: ArrayLike, system: NamedSystem) -> tuple[Floats, Floats]:
    """Return WGS 84 longitude and latitude of coordinates in the system; a Chinese offset is taken off."""
    lon, lat = np.asarray(x, float), np.asarray(y, float)
    if system.crs != WGS84:
        lon, lat = build_transformer(system.crs, WGS84).transform(lon, lat)
    if system.offset:
        return (gcj02_to_wgs84 if system.offset == "GCJ-02" else bd09_to_wgs84)(lon, lat)
    return np.asarray(lon), np.asarray(lat)


def from_lonlat(lon: ArrayLike, lat: ArrayLike, system: NamedSystem) -> tuple[Floats, Floats]:
    """Return coordinates in the system of WGS 84 longitude and latitude; a Chinese offset is put on."""
    if system.offset:
        lon, lat = (wgs84_to_gcj02 if system.offset == "GCJ-02" else wgs84_to_bd09)(lon, lat)
    x, y = np.asarray(lon, float), np.asarray(lat, float)
    if system.crs != WGS84:
        x, y = build_transformer(WGS84, system.crs).transform(x, y)
    return np.asarray(x), np.asarray(y)


def declare_crs(layer: GeoDataFrame, system: NamedSystem) -> GeoDataFrame:
    """Return the layer with the coordinate system that the user names, which beats the label of the file.

    GCJ-02 and BD-09 come back as true WGS 84. Files often hold such coordinates under the label WGS 84,
    sometimes projected since: those are taken back to longitude and latitude, then the offset is taken off.

    Parameters
    ----------
    layer
        A layer with any CRS or none.
    system
        What its coordinates are in, from `parse_crs`.
    """
    if not system.offset:
        return layer.set_crs(system.crs, allow_override=True)
    lonlat = layer.set_crs(WGS84) if layer.crs is None else layer.to_crs(WGS84)

    def take_off(coordinates: Floats) -> Floats:
        return np.column_stack((*to_lonlat(coordinates[:, 0], coordinates[:, 1], system), coordinates[:, 2:]))

    shapes = lonlat.geometry.to_numpy()
    solid = shapely.has_z(shapes)
    moved = shapes.copy()
    moved[~solid] = shapely.transform(shapes[~solid], take_off)
    moved[solid] = shapely.transform(shapes[solid], take_off, include_z=True)
    return lonlat.set_geometry(GeoSeries(moved, index=lonlat.index, crs=WGS84))
