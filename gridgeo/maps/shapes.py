"""Shapes small enough to travel inside a page: whole numbers on the web map's square, written as differences.

The square of EPSG:3857 is cut into 2**28 steps a side: 0.15 m at the equator, 0.13 m in Yichang. The browser
reads them back without a projection (see front/decode.js).
"""

import base64

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely

from gridgeo.errors import CRSError

__all__ = ["STEPS", "encode_shapes", "simplify_coverage", "simplify_shapes", "to_world"]

STEPS = 2**28
HALF_SQUARE_M = 20037508.342789244  # half a side of EPSG:3857

# Under half a metre: no map on a screen shows it, and it halves the bytes of digitised outlines.
SIMPLIFY_STEPS = 3.0

Geometries = npt.NDArray[np.object_]
Integers = npt.NDArray[np.int64]


def to_world(frame: gpd.GeoDataFrame, layer: str) -> Geometries:
    """Return the frame's geometries in steps of the web map's square, north up means y down.

    Parameters
    ----------
    frame
        Any layer with a declared coordinate reference system.
    layer
        What to call the layer in an error.

    Raises
    ------
    CRSError
        When the layer does not say in which system it is.
    """
    if frame.crs is None:
        raise CRSError(f"{layer} has no CRS; say which it is with {layer}.set_crs(...)")
    geometries = np.asarray(frame.geometry.to_crs("EPSG:3857").array, dtype=object)
    scale = STEPS / (2 * HALF_SQUARE_M)
    shift = np.array([HALF_SQUARE_M, -HALF_SQUARE_M])
    moved: Geometries = shapely.transform(geometries, lambda xy: (xy + shift) * np.array([scale, -scale]))
    return moved


def simplify_coverage(geometries: Geometries) -> Geometries:
    """Return the polygons of a coverage with fewer vertices, shared borders still shared."""
    kept = ~shapely.is_missing(geometries)
    answer = geometries.copy()
    answer[kept] = shapely.coverage_simplify(geometries[kept], SIMPLIFY_STEPS)
    return answer


def simplify_shapes(geometries: Geometries) -> Geometries:
    """Return the geometries with fewer vertices, each on its own."""
    answer: Geometries = shapely.simplify(geometries, SIMPLIFY_STEPS / 2, preserve_topology=True)
    return answer


def encode_shapes(geometries: Geometries) -> dict[str, str | int]:
    """Return geometries as text: parts of each feature, points of each part, steps from point to point.

    A polygon's rings and a multi-part's parts are parts alike (the browser fills by the even-odd rule); a
    ring does not repeat its first point; a missing geometry has no part.
    """
    features, parts = split_parts(geometries)
    coordinates, of_part = shapely.get_coordinates(parts, return_index=True)
    closing = np.zeros(len(coordinates), dtype=bool)
    if len(coordinates):
        last = np.flatnonzero(np.r_[np.diff(of_part) > 0, True])
        closing[last] = shapely.get_type_id(parts)[of_part[last]] == shapely.GeometryType.LINEARRING
    steps = np.rint(coordinates[~closing]).astype(np.int64)
    return {
        "n": len(geometries),
        "parts": to_text(np.bincount(features, minlength=len(geometries))),
        "points": to_text(np.bincount(of_part[~closing], minlength=len(parts))),
        "steps": to_text(fold_signs(np.diff(steps, axis=0, prepend=0).ravel())),
    }


def split_parts(geometries: Geometries) -> tuple[Integers, Geometries]:
    """Return every ring, line and point of the features, and the feature that each belongs to."""
    simple, of_feature = shapely.get_parts(geometries, return_index=True)
    simple, nested = shapely.get_parts(simple, return_index=True)
    of_feature = of_feature[nested]
    is_polygon = shapely.get_type_id(simple) == shapely.GeometryType.POLYGON
    rings, of_polygon = shapely.get_rings(simple[is_polygon], return_index=True)
    parts = np.concatenate([rings, simple[~is_polygon]])
    features = np.concatenate([of_feature[is_polygon][of_polygon], of_feature[~is_polygon]])
    order = np.argsort(features, kind="stable")
    return features[order].astype(np.int64), parts[order]


def fold_signs(numbers: Integers) -> Integers:
    """Return whole numbers as natural ones, small near zero: 0, -1, 1, -2 … → 0, 1, 2, 3 …"""
    return np.where(numbers < 0, -2 * numbers - 1, 2 * numbers)


def to_text(numbers: Integers) -> str:
    """Return natural numbers as base64 text of seven-bit groups, the low group first."""
    values = numbers.astype(np.uint64)[:, None]
    shifts = np.arange(0, 35, 7, dtype=np.uint64)
    used = values >= (np.uint64(1) << shifts)
    used[:, 0] = True
    more = np.zeros(used.shape, dtype=bool)
    more[:, :-1] = used[:, 1:]
    groups = (values >> shifts) & np.uint64(0x7F)
    octets = groups.astype(np.uint8) | (more.astype(np.uint8) << 7)
    return base64.b64encode(octets[used].tobytes()).decode("ascii")
