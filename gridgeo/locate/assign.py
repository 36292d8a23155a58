"""Points and buildings get their one grid."""

from typing import Any, Literal

import numpy as np
import pandas as pd
import shapely
from geopandas import GeoDataFrame, GeoSeries
from numpy.typing import NDArray
from pandas.api.types import is_integer_dtype
from pyproj import CRS

from gridgeo.crs import check_crs, suitable_crs
from gridgeo.errors import SchemaError
from gridgeo.locate.doubts import warn_of_buildings, warn_of_places
from gridgeo.locate.index import GridIndex
from gridgeo.locate.index_input import CODE, check_valid, read_coordinates
from gridgeo.transform import to_system

__all__ = [
    "REASONS",
    "assign_buildings",
    "assign_points",
    "build_index",
    "describe_places",
    "locate_points",
]

Floats = NDArray[np.float64]
Positions = NDArray[np.int32]
Shapes = NDArray[Any]

NEAREST, OUTSIDE = "outside, nearest grid taken", "outside all grids"
MISSING, INFINITE = "no coordinates", "infinite coordinates"
REASONS = (NEAREST, OUTSIDE, MISSING, INFINITE)
TIE = 1e-9  # shares of a building closer than this are equal: the rounding of areas


def assign_points(
    points: GeoDataFrame | GeoSeries,
    grids: GeoDataFrame | GridIndex,
    *,
    tolerance: float | None = None,
) -> pd.Series:
    """Return the grid code of each point, aligned to ``points.index``.

    A point on a border, or where grids overlap, goes to the smallest code. A point outside goes to the
    nearest grid within the tolerance, else gets ``<NA>``, and so does one without coordinates.
    `locate_points` says why.

    Parameters
    ----------
    points
        Points in any declared system; they are taken to the system of the grids.
    grids
        Polygons with a column or an index ``grid_code``, or an index built before.
    tolerance
        Metres that a point may lie outside all grids.

    Raises
    ------
    SchemaError
        Some of the points are other shapes, or the grids are not fit.
    CRSError
        A layer has no coordinate system.

    Warns
    -----
    PlacementWarning
        Longitude and latitude look exchanged, or the points lie off as GCJ-02 or BD-09 lie from WGS 84.

    Examples
    --------
    >>> import geopandas, shapely
    >>> from gridgeo import assign_points
    >>> squares = [shapely.box(0, 0, 10, 10), shapely.box(10, 0, 20, 10)]
    >>> grids = geopandas.GeoDataFrame({"grid_code": ["A", "B"]}, geometry=squares, crs="EPSG:4546")
    >>> points = geopandas.GeoSeries.from_xy([10, 15, 24], [5, 5, 5], crs="EPSG:4546")
    >>> assign_points(points, grids, tolerance=5).tolist()
    ['A', 'B', 'B']
    """
    index, x, y = _to_coordinates(points, grids)
    codes = _take(index.codes, index.locate(*to_system(x, y, points.crs, index.crs), tolerance))
    return pd.Series(codes, index=points.index, name=CODE)


def locate_points(
    points: GeoDataFrame | GeoSeries,
    grids: GeoDataFrame | GridIndex,
    *,
    tolerance: float | None = None,
    with_border: bool = False,
) -> pd.DataFrame:
    """Return the grid of each point and why, aligned to ``points.index``.

    Columns: ``grid_code``; ``reason``, `<NA>` for a point inside its grid and else one of `REASONS`;
    ``distance_m`` to the grid, 0 inside. ``attrs["crs"]`` names the system that was worked in.

    Parameters
    ----------
    points
        Points in any declared system; they are taken to the system of the grids.
    grids
        Polygons with a column or an index ``grid_code``, or an index built before.
    tolerance
        Metres that a point may lie outside all grids.
    with_border
        Whether to add ``border_m``, the metres to the border of its grid: what is near it may be doubtful.

    Raises
    ------
    SchemaError
        Some of the points are other shapes, or the grids are not fit.
    CRSError
        A layer has no coordinate system.

    Warns
    -----
    PlacementWarning
        Longitude and latitude look exchanged, or the points lie off as GCJ-02 or BD-09 lie from WGS 84.
    """
    index, x, y = _to_coordinates(points, grids)
    described = describe_places(index, x, y, crs=points.crs, tolerance=tolerance, with_border=with_border)
    return described.set_axis(points.index)


def _to_coordinates(
    points: GeoDataFrame | GeoSeries, grids: GeoDataFrame | GridIndex
) -> tuple[GridIndex, Floats, Floats]:
    """Return the index of the grids, and the coordinates of the points in their own system."""
    check_crs(points, "points")
    index = grids if isinstance(grids, GridIndex) else build_index(grids)
    x, y = read_coordinates(points.geometry.to_numpy())
    warn_of_places((x, y), points.crs, index, "points")
    return index, x, y


def describe_places(
    index: GridIndex,
    x: Floats,
    y: Floats,
    *,
    crs: CRS,
    tolerance: float | None = None,
    with_border: bool = False,
) -> pd.DataFrame:
    """Return the columns of `locate_points` for coordinates in a system.

    What cannot be in it, such as a latitude of 111 degrees, lies outside all grids.
    """
    given_x, given_y = x, y
    x, y = to_system(x, y, crs, index.crs)
    found = index.locate(x, y)
    distance = np.where(found >= 0, 0.0, np.nan)
    reason = np.full(len(found), -1, np.int8)
    reason[found < 0] = REASONS.index(OUTSIDE)
    reason[np.isinf(given_x) | np.isinf(given_y)] = REASONS.index(INFINITE)
    reason[np.isnan(given_x) | np.isnan(given_y)] = REASONS.index(MISSING)
    if tolerance is not None:
        astray = np.flatnonzero((reason == REASONS.index(OUTSIDE)) & np.isfinite(x) & np.isfinite(y))
        found[astray], distance[astray] = index.find_nearest(x[astray], y[astray], tolerance)
        reason[astray[found[astray] >= 0]] = REASONS.index(NEAREST)
    columns = {
        "grid_code": _take(index.codes, found),
        "reason": _take(pd.Index(REASONS), reason),
        "distance_m": pd.array(distance, dtype="Float64"),
    }
    if with_border:
        columns["border_m"] = pd.array(index.border_distance(x, y, found), dtype="Float64")
    described = pd.DataFrame(columns)
    described.attrs["crs"] = index.crs.to_string()
    return described


def build_index(grids: GeoDataFrame) -> GridIndex:
    """Return an index of grids that have been looked at: each border closed and not crossing itself.

    Raises
    ------
    SchemaError
        The grids are not fit; the message lists why.
    CRSError
        They have no coordinate system.
    """
    index = GridIndex(grids)
    check_valid(index.codes, index.shapes)
    return index


def assign_buildings(
    buildings: GeoDataFrame,
    grids: GeoDataFrame,
    by: Literal["centroid-in", "largest-share"] = "centroid-in",
) -> pd.Series:
    """Return the one grid code of each building, aligned to ``buildings.index``.

    By ``centroid-in``, the grid that its centroid lies in. By ``largest-share``, the grid with the most of
    its area; of equal shares the smallest code. Buildings that are points are taken as points. One in no grid
    gets ``<NA>``.

    Parameters
    ----------
    buildings
        Polygons or points in any declared system.
    grids
        Polygons with a column or an index ``grid_code``.
    by
        The rule.

    Raises
    ------
    SchemaError
        Some of the buildings are lines, or invalid where areas are to be measured, or the grids are not fit.
    CRSError
        A layer has no coordinate system.

    Warns
    -----
    PlacementWarning
        Longitude and latitude look exchanged, or grids and buildings sit from each other as GCJ-02 or BD-09
        sit from WGS 84.

    Examples
    --------
    >>> import geopandas, shapely
    >>> from gridgeo import assign_buildings
    >>> squares = [shapely.box(0, 0, 10, 10), shapely.box(10, 0, 20, 10)]
    >>> grids = geopandas.GeoDataFrame({"grid_code": ["A", "B"]}, geometry=squares, crs="EPSG:4546")
    >>> house = geopandas.GeoDataFrame(geometry=[shapely.box(8, 2, 15, 4)], crs="EPSG:4546")
    >>> assign_buildings(house, grids, by="largest-share").tolist()
    ['B']
    """
    if by not in ("centroid-in", "largest-share"):
        raise ValueError(f"by must be 'centroid-in' or 'largest-share', got {by!r}")
    check_crs(buildings, "buildings")
    check_crs(grids, "grids")
    metric = suitable_crs(grids, "grids")
    index = build_index(grids.to_crs(metric))
    shapes = buildings.geometry.to_crs(metric).to_numpy()
    _check_buildings(buildings, shapes, by)
    warn_of_buildings(grids, index, buildings)
    x, y = read_coordinates(shapely.centroid(shapes))
    found = index.locate(x, y)
    if by == "largest-share":
        areal = np.flatnonzero(shapely.get_dimensions(shapes) == 2)
        found[areal] = _largest_share(shapes[areal], index)
    return pd.Series(_take(index.codes, found), index=buildings.index, name="grid_code")


def _take(names: pd.Index, positions: NDArray[Any]) -> Any:
    """Return the names at the positions, ``<NA>`` for -1."""
    if not len(names):
        return pd.array([pd.NA] * len(positions), dtype="string")
    return pd.array(names, dtype="Int64" if is_integer_dtype(names) else "string").take(
        positions, allow_fill=True
    )


def _check_buildings(buildings: GeoDataFrame, shapes: Shapes, by: str) -> None:
    """Raise when a building is a line, or its area cannot be measured."""
    lines = shapely.get_dimensions(shapes) == 1
    faults = [(lines, "are lines; give footprints or points")]
    if by == "largest-share":
        invalid = ~shapely.is_missing(shapes) & ~shapely.is_valid(shapes)
        faults.append((invalid, "are not valid; mend them with buildings.make_valid()"))
    texts = [
        f"{int(bad.sum())} rows, the first at index {buildings.index[bad.argmax()]}, {meaning}"
        for bad, meaning in faults
        if bad.any()
    ]
    if texts:
        raise SchemaError("buildings: " + "; ".join(texts))


def _largest_share(shapes: Shapes, index: GridIndex) -> Positions:
    """Return the position of the grid with the most of each shape's area, -1 where none has any."""
    found = np.full(len(shapes), -1, np.int32)
    shape, grid = index.tree.query(shapes, predicate="intersects")
    area = shapely.area(shapely.intersection(shapes[shape], index.shapes[grid]))
    shape, grid, area = shape[area > 0], grid[area > 0], area[area > 0]
    if len(shape):
        largest = np.zeros(len(shapes))
        np.maximum.at(largest, shape, area)
        best = area >= largest[shape] * (1 - TIE)
        order = np.lexsort((-grid[best], shape[best]))
        found[shape[best][order]] = grid[best][order]  # written last, the smallest code stays
    return found
