"""What layers must be before an index is built or asked: polygons with unique codes, and points."""

from typing import Any

import numpy as np
import pandas as pd
import shapely
from geopandas import GeoDataFrame
from numpy.typing import NDArray

from gridgeo.errors import SchemaError

__all__ = ["CODE", "check_shapes", "check_valid", "read_codes", "read_coordinates"]

Floats = NDArray[np.float64]
Shapes = NDArray[Any]

CODE = "grid_code"
COLLECTION = shapely.GeometryType.GEOMETRYCOLLECTION


def read_codes(grids: GeoDataFrame) -> pd.Index:
    """Return the grid codes of a layer, in its order: the column ``grid_code``, else the index of that name.

    Raises
    ------
    SchemaError
        There are none, or some are missing or not unique.
    """
    if CODE in grids.columns:
        codes = pd.Index(grids[CODE], name=CODE)
    elif grids.index.name == CODE:
        codes = grids.index
    else:
        raise SchemaError(
            f"grids has neither a column nor an index {CODE}; its columns are {list(grids.columns)}"
        )
    faults = []
    if codes.isna().any():
        faults.append(f"{int(codes.isna().sum())} grids have no {CODE}")
    twice = codes[codes.duplicated() & ~codes.isna()].unique()
    if len(twice):
        faults.append(
            f"{_name_some(twice)} stand more than once; dissolve them with grids.dissolve('{CODE}')"
        )
    if faults:
        raise SchemaError("grids: " + "; ".join(faults))
    return codes


def check_shapes(codes: pd.Index, shapes: Shapes) -> None:
    """Raise one error with every grid that has no shape or is not a polygon."""
    absent = shapely.is_missing(shapes) | shapely.is_empty(shapes)
    flat = (shapely.get_dimensions(shapes) == 2) & (shapely.get_type_id(shapes) != COLLECTION)
    checks = (
        (absent, "have no shape; leave them out"),
        (~absent & ~flat, "are not polygons; leave them out or give their outlines"),
    )
    faults = [f"{_name_some(codes[bad])} {meaning}" for bad, meaning in checks if bad.any()]
    if faults:
        raise SchemaError("grids: " + "; ".join(faults))


def check_valid(codes: pd.Index, shapes: Shapes) -> None:
    """Raise one error with every grid whose border crosses itself."""
    bad = ~shapely.is_valid(shapes)
    if bad.any():
        raise SchemaError(f"grids: {_name_some(codes[bad])} are not valid; mend them with grids.make_valid()")


def _name_some(codes: pd.Index) -> str:
    """Return the first codes in words, with how many there are."""
    shown = ", ".join(str(code) for code in codes[:5])
    return shown if len(codes) <= 5 else f"{shown} and {len(codes) - 5} more"


def read_coordinates(shapes: Shapes) -> tuple[Floats, Floats]:
    """Return x and y of points, NaN for missing and empty ones; a multipoint of one point is that point."""
    n_corners = shapely.get_num_coordinates(shapes)
    others = np.flatnonzero(n_corners > 1)
    if len(others):
        raise SchemaError(
            f"points has {len(others)} rows that are not points, the first of them row {others[0] + 1}, "
            f"a {shapes[others[0]].geom_type}; take points.centroid, or assign_buildings for buildings"
        )
    x, y = np.full((2, len(shapes)), np.nan)
    there = np.flatnonzero(n_corners)
    some = shapes if len(there) == len(shapes) else shapes[there]
    x[there], y[there] = shapely.get_x(some), shapely.get_y(some)
    multipoints = there[np.isnan(x[there])]
    x[multipoints], y[multipoints] = shapely.get_coordinates(shapes[multipoints]).T
    return x, y
