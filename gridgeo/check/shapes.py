"""Mend the geometry of a layer: missing, broken, collapsed, of another kind, given twice."""

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gridgeo.check.mending import Mask, Mending
from gridgeo.schema import SHAPES

__all__ = ["mend_shapes", "set_aside_duplicates"]

Shapes = NDArray[np.object_]

COLLECTION = 7  # the number of a geometry collection among the types
MIN_AREA_M2 = 0.01  # a footprint smaller than a hand is a slip of the pen


def mend_shapes(state: Mending) -> Mending:
    """Return the layer with valid shapes of its own kinds; rows without such a shape are set aside."""
    shapes = state.good.geometry.to_numpy()
    absent = shapely.is_missing(shapes) | shapely.is_empty(shapes)
    state = state.set_aside(absent, "no geometry", "nobody knows where it is")
    state = state.set_aside(
        _find_endless(state.good.geometry.to_numpy()),
        "coordinates are no numbers",
        "NaN or infinite coordinates, mostly from a failed projection or an empty cell",
    )
    state = _mend_invalid(state.with_shapes(shapely.force_2d(state.good.geometry.to_numpy())))
    state = _keep_own_kind(state)
    return _mend_collapsed(state)


def set_aside_duplicates(state: Mending) -> Mending:
    """Return the layer without rows that say exactly the same as another one, shape and attributes."""
    shape = pd.Series(shapely.to_wkb(shapely.normalize(state.good.geometry.to_numpy())))
    # What the rows say is compared where the shape is the same.
    alike = shape.duplicated(keep=False).to_numpy()
    keys = state.good[alike].drop(columns="geometry").astype("str").assign(shape=shape[alike].to_numpy())
    same = np.zeros(len(shape), dtype=bool)
    same[alike] = keys.duplicated()
    state = state.set_aside(
        same,
        "exact duplicate",
        "the same shape with the same attributes stands in the file twice",
    )
    if state.contract.name != "buildings":
        return state
    twins = shape[~same].duplicated(keep=False)
    return state.note(
        twins.to_numpy(dtype=bool),
        "same shape as another row",
        "several records of one building, as of its entrances; each keeps its own households",
        "reported",
    )


def _find_endless(shapes: Shapes) -> Mask:
    """Return which shapes have a NaN or infinite coordinate."""
    coordinates, rows = shapely.get_coordinates(shapes, return_index=True)
    endless = np.zeros(len(shapes), dtype=bool)
    endless[rows[~np.isfinite(coordinates).all(axis=1)]] = True
    return endless


def _mend_invalid(state: Mending) -> Mending:
    """Return the layer with self-crossing and badly nested shapes made valid."""
    shapes = state.good.geometry.to_numpy()
    bad = ~shapely.is_valid(shapes)
    if not bad.any():
        return state
    reason = str(shapely.is_valid_reason(shapes[bad][0])).split("[")[0].lower()
    state = state.note(
        bad, "invalid geometry", f"{reason}, for example; made valid, keeping what it covers", "mended"
    )
    mended = shapes.copy()
    mended[bad] = shapely.make_valid(shapes[bad], method="structure", keep_collapsed=True)
    return state.with_shapes(mended)


def _keep_own_kind(state: Mending) -> Mending:
    """Return the layer with mixed collections reduced to its own kind of shape, other kinds set aside."""
    shapes = state.good.geometry.to_numpy()
    own = np.isin(state.good.geom_type.to_numpy(dtype=object), list(state.contract.geometry_types))
    if own.all():
        return state
    reduced = shapes.copy()
    for row in np.flatnonzero(~own):
        reduced[row] = _extract(shapes[row], state.contract.shapes)
    kinds = ", ".join(sorted(set(state.good.geom_type[~own])))
    wanted = " or ".join(state.contract.shapes)
    gone = np.asarray(shapely.is_missing(reduced))
    meaning = f"{kinds} reduced to its {wanted}"
    state = state.note(~own & ~gone, "mixed geometry", meaning, "mended").with_shapes(reduced)
    return state.set_aside(gone, f"not a {wanted}", f"{kinds} in a layer where each row is a {wanted}")


def _extract(shape: shapely.Geometry, kinds: tuple[str, ...]) -> shapely.Geometry | None:
    """Return the part of a shape that is of the first kind that it has any of, None when it has none.

    Where points count, a shape of another kind is taken as the point in its middle.
    """
    parts = np.array([shape], dtype=object)
    while (shapely.get_num_geometries(parts) > 1).any() or (shapely.get_type_id(parts) == COLLECTION).any():
        parts = shapely.get_parts(parts)
    parts = parts[~shapely.is_empty(parts)]
    dimensions = shapely.get_dimensions(parts)
    if "polygon" in kinds and (dimensions == 2).any():
        return shapely.union_all(parts[dimensions == 2])
    if "line" in kinds and (dimensions == 1).any():
        lines = parts[dimensions == 1]
        return lines[0] if len(lines) == 1 else shapely.multilinestrings(lines)
    return shapely.point_on_surface(shape) if "point" in kinds and len(parts) else None


def _mend_collapsed(state: Mending) -> Mending:
    """Return the layer with footprints of no area made points, or set aside where points do not count."""
    shapes = state.good.geometry.to_numpy()
    floor = MIN_AREA_M2 if state.good.crs is not None and state.good.crs.is_projected else 0.0
    is_polygon = np.isin(state.good.geom_type.to_numpy(dtype=object), list(SHAPES["polygon"]))
    flat = is_polygon & (shapely.area(shapes) <= floor)
    if "point" in state.contract.shapes:
        state = state.note(
            flat, "no area", "a footprint that is a line or a dot is taken as a point", "mended"
        )
        points = shapes.copy()
        points[flat] = shapely.point_on_surface(shapes[flat])
        return state.with_shapes(points)
    state = state.set_aside(flat, "no area", "a polygon that is a line or a dot encloses nothing")
    shapes = state.good.geometry.to_numpy()
    is_line = np.isin(state.good.geom_type.to_numpy(dtype=object), list(SHAPES["line"]))
    return state.set_aside(
        is_line & (shapely.length(shapes) == 0), "no length", "a line whose ends are one point"
    )
