"""Is each layer where it says it is? Axes exchanged, a wrong CRS label, the offset of a Chinese web map."""

import math
from collections.abc import Mapping

import numpy as np
import shapely
from geopandas import GeoDataFrame
from numpy.typing import NDArray
from pyproj import CRS

from gridgeo.alignment import find_offset, looks_swapped
from gridgeo.crs import WGS84
from gridgeo.errors import CRSError
from gridgeo.schema import Action, Fault
from gridgeo.transform import build_transformer

__all__ = ["check_placement", "find_offset_faults", "find_placement_faults", "has_place"]

# A zone is used a little beyond its edge, never this far (degrees); the CRS says where it holds.
BEYOND_DEG = 10.0
HALF_CIRCLE, RIGHT_ANGLE = 180.0, 90.0  # degrees
MOST = 0.5  # a layer is judged by most of its rows
# Some 20 km: a railway or a campus beside the place is of no use to it, but its label is right (degrees).
NEAR_DEG = 0.2
SWAP = (
    "the axes are exchanged: export again with x = longitude or easting, or swap them with shapely.transform"
)
LABEL = "the file's label is wrong: declare the right CRS, ogr2ogr -a_srs or set_crs(allow_override=True)"


def check_placement(layers: Mapping[str, GeoDataFrame]) -> None:
    """Return nothing when each layer can be where its CRS says and all lie together.

    Parameters
    ----------
    layers
        Layers with a declared CRS by name; the first decides where the others should be.

    Raises
    ------
    CRSError
        With every layer whose axes are exchanged, whose label is wrong, or that lies elsewhere.
    """
    faults = find_placement_faults(layers)
    if faults:
        raise CRSError("\n".join(str(fault) for fault in faults))


def find_placement_faults(layers: Mapping[str, GeoDataFrame]) -> list[Fault]:
    """Return which layers cannot be where their CRS says, and which do not lie with the others.

    Parameters
    ----------
    layers
        Layers by name; the first decides where the others should be.

    Returns
    -------
    list
        Fatal faults, one at most for each layer.
    """
    faults = {name: fault for name, layer in layers.items() if (fault := _judge_alone(layer, name))}
    sound = {name: layer for name, layer in layers.items() if name not in faults and _measure_box(layer)}
    if len(sound) > 1:
        first = next(iter(sound))
        home = _lonlat_box(sound[first])
        for name, layer in sound.items():
            fault = _judge_beside(layer, name, first, home) if name != first else None
            if fault is not None:
                faults[name] = fault
    return [faults[name] for name in layers if name in faults]


def find_offset_faults(layers: Mapping[str, GeoDataFrame]) -> list[Fault]:
    """Return which layers sit from buildings or streets as GCJ-02 or BD-09 sit from WGS 84."""
    faults = []
    pairs: set[frozenset[str]] = set()
    for name, layer in layers.items():
        for reference in ("buildings", "streets"):
            pair = frozenset({name, reference})
            if len(pair) == 1 or pair in pairs or reference not in layers or not has_place(layer).any():
                continue
            pairs.add(pair)
            found = find_offset(layer, layers[reference])
            if found is not None:
                meaning = found.to_text(name, reference)
                faults.append(_fault(name, f"offset of {found.system}", meaning, "reported"))
                break
    return faults


def _judge_alone(layer: GeoDataFrame, name: str) -> Fault | None:
    """Return what is wrong with a layer's coordinates seen by themselves."""
    box = _measure_box(layer)
    if box is None:
        return None
    if layer.crs.is_geographic:
        return _judge_degrees(layer, name, box)
    # of most rows: a single one that strayed is told by its own id, as a row in no community
    middle = tuple(float(np.median(along)) for along in _corners(layer))
    if _is_in_use(layer.crs, *middle):
        return None
    if _is_in_use(layer.crs, *reversed(middle)):
        return _fault(name, "easting and northing exchanged", f"{_text(box)}; {SWAP}", "fatal")
    return _fault(
        name, "coordinates are not in the CRS", f"{_text(box)} in {layer.crs.name}; {LABEL}", "fatal"
    )


def _judge_degrees(layer: GeoDataFrame, name: str, box: tuple[float, ...]) -> Fault | None:
    """Return what is wrong with coordinates that should be longitude and latitude."""
    x, y = _corners(layer)
    if np.mean((np.abs(x) <= HALF_CIRCLE) & (np.abs(y) <= RIGHT_ANGLE)) > MOST:
        return None
    if looks_swapped(*_corners(layer)):
        return _fault(name, "longitude and latitude exchanged", f"{_text(box)}; {SWAP}", "fatal")
    return _fault(name, "coordinates are no degrees", f"{_text(box)} in {layer.crs.name}; {LABEL}", "fatal")


def _judge_beside(layer: GeoDataFrame, name: str, first: str, home: tuple[float, ...]) -> Fault | None:
    """Return what is wrong with a layer's place seen beside the first one."""
    box = _lonlat_box(layer)
    if not all(map(math.isfinite, (*box, *home))) or shapely.box(*box).dwithin(shapely.box(*home), NEAR_DEG):
        return None
    if layer.crs.is_geographic and looks_swapped(
        *_corners(layer), bounds=(home[0], home[1], home[2], home[3])
    ):
        return _fault(name, "longitude and latitude exchanged", f"{_text(box)}; {SWAP}", "fatal")
    meaning = f"it lies at {_text(box)}, {first} at {_text(home)} (longitude, latitude); {LABEL}"
    return _fault(name, f"nowhere near {first}", meaning, "fatal")


def _measure_box(layer: GeoDataFrame) -> tuple[float, float, float, float] | None:
    """Return the box of a layer by its finite coordinates, None when it has none."""
    x, y = _corners(layer)
    return (float(x.min()), float(y.min()), float(x.max()), float(y.max())) if len(x) else None


def has_place(layer: GeoDataFrame) -> NDArray[np.bool_]:
    """Return which rows have a geometry with finite coordinates."""
    return np.asarray(np.isfinite(shapely.bounds(layer.geometry.to_numpy())).all(axis=1))


def _corners(layer: GeoDataFrame) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the coordinates of the corners of each row's box, as far as they are finite."""
    boxes = shapely.bounds(layer.geometry.to_numpy()[has_place(layer)])
    return np.concatenate([boxes[:, 0], boxes[:, 2]]), np.concatenate([boxes[:, 1], boxes[:, 3]])


def _lonlat_box(layer: GeoDataFrame) -> tuple[float, float, float, float]:
    """Return the box of a layer in longitude and latitude."""
    west, south, east, north = build_transformer(layer.crs, WGS84).transform_bounds(
        *(_measure_box(layer) or (math.nan,) * 4)
    )
    return (west, south, east, north)


def _is_in_use(crs: CRS, x: float, y: float) -> bool:
    """Tell whether a place is where a projected CRS is meant to be used, or not far from it."""
    lon, lat = build_transformer(crs, WGS84).transform(x, y)
    if not (math.isfinite(lon) and math.isfinite(lat)):
        return False
    area = crs.area_of_use
    if area is None:
        return True
    west, east = area.west - BEYOND_DEG, area.east + BEYOND_DEG
    inside_lon = west <= lon <= east or area.west > area.east
    return bool(inside_lon and area.south - BEYOND_DEG <= lat <= area.north + BEYOND_DEG)


def _text(box: tuple[float, ...]) -> str:
    """Return a box for the message."""
    return f"x {box[0]:.6g} to {box[2]:.6g}, y {box[1]:.6g} to {box[3]:.6g}"


def _fault(name: str, fault: str, meaning: str, action: Action) -> Fault:
    """Return a fault of a layer as a whole."""
    return Fault(layer=name, fault=fault, meaning=meaning, action=action, rows=("the layer",))
