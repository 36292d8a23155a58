"""`GridIndex`: which grid covers a place, exactly and for millions of places a second."""

from functools import cached_property
from typing import Any, Literal

import numpy as np
import pandas as pd
import shapely
from geopandas import GeoDataFrame
from numpy.typing import ArrayLike, NDArray
from pyproj import CRS

from gridgeo.crs import check_crs, is_metric
from gridgeo.errors import CRSError, SchemaError
from gridgeo.locate.index_cells import DOUBTFUL, OUTSIDE, build_cells
from gridgeo.locate.index_edges import build_edges
from gridgeo.locate.index_walk import walk

__all__ = ["GridIndex", "grid_codes"]

Floats = NDArray[np.float64]
Positions = NDArray[np.int32]
Shapes = NDArray[Any]

CODE = "grid_code"
CHUNK = 262144  # doubtful places that GEOS looks at in one go


class GridIndex:
    """An exact index of grids: the one grid of every place.

    A place on a border, or where grids overlap, belongs to the smallest code that covers it. Coordinates are
    those of the grids' own system. The index does not change once it is built and may be used by many
    threads.

    Parameters
    ----------
    grids
        Polygons with a column or an index ``grid_code``.
    engine
        ``numpy``, or ``numba`` for compiled code: twice as fast, after a second to load it (some seconds the
        first time on a machine). The answers are the same.
    cell_size
        Side of the index's cells in units of the grids' system; found by itself. Any size gives the same
        answers.

    Raises
    ------
    SchemaError
        Codes are missing or not unique, or grids are not valid polygons; the message lists all of it.
    CRSError
        The grids do not say in which coordinate system they are.

    Examples
    --------
    >>> import geopandas, shapely
    >>> from gridgeo.locate.index import GridIndex
    >>> squares = [shapely.box(0, 0, 10, 10), shapely.box(10, 0, 20, 10)]
    >>> grids = geopandas.GeoDataFrame({"grid_code": ["A", "B"]}, geometry=squares, crs="EPSG:4546")
    >>> index = GridIndex(grids)
    >>> index.locate([5, 10, 15, 99], [5, 5, 5, 5])
    array([ 0,  0,  1, -1], dtype=int32)
    """

    def __init__(
        self,
        grids: GeoDataFrame,
        *,
        engine: Literal["numpy", "numba"] = "numpy",
        cell_size: float | None = None,
    ) -> None:
        check_crs(grids, "grids")
        codes = grid_codes(grids)
        order = np.argsort(codes.to_numpy(), kind="stable")
        self.codes: pd.Index = codes[order]
        self.crs: CRS = grids.crs
        self.shapes: Shapes = grids.geometry.to_numpy()[order]
        _check_shapes(self.codes, self.shapes)
        self._cells = build_cells(build_edges(self.shapes), cell_size) if len(order) else None
        self._walk = walk
        if engine == "numba":
            from gridgeo.locate import index_kernel

            self._walk = index_kernel.walk

    def __len__(self) -> int:
        return len(self.codes)

    def __repr__(self) -> str:
        return f"GridIndex({len(self)} grids in {self.crs.to_string()})"

    def locate(self, x: ArrayLike, y: ArrayLike, tolerance: float | None = None) -> Positions:
        """Return for each place the position of its grid in ``codes``, -1 for none.

        On a border and where grids overlap, the smallest code that covers the place. Outside all grids, the
        nearest within the tolerance; of equally near ones, the smallest code. NaN and infinite places have no
        grid.

        Parameters
        ----------
        x, y
            Coordinates in the system of the grids, longitude or easting first.
        tolerance
            Metres that a place may lie outside and still be given to the nearest grid.
        """
        at_x, at_y = _to_floats(x), _to_floats(y)
        if at_x.shape != at_y.shape:
            raise ValueError(f"{at_x.size} values of x, but {at_y.size} of y; give as many of each")
        if self._cells is None:
            return np.full(at_x.shape, OUTSIDE, np.int32)
        flat_x, flat_y = at_x.ravel(), at_y.ravel()
        found = self._walk(self._cells, flat_x, flat_y)
        doubtful = np.flatnonzero(found == DOUBTFUL)
        for start in range(0, len(doubtful), CHUNK):
            part = doubtful[start : start + CHUNK]
            found[part] = self._ask_geos(flat_x[part], flat_y[part])
        if tolerance is not None:
            astray = np.flatnonzero((found == OUTSIDE) & np.isfinite(flat_x) & np.isfinite(flat_y))
            found[astray] = self.find_nearest(flat_x[astray], flat_y[astray], tolerance)[0]
        return found.reshape(at_x.shape)

    def find_nearest(self, x: ArrayLike, y: ArrayLike, tolerance: float) -> tuple[Positions, Floats]:
        """Return the nearest grid of each place and the metres to it; -1 and NaN beyond the tolerance.

        Parameters
        ----------
        x, y
            Finite coordinates in the system of the grids.
        tolerance
            Metres.

        Raises
        ------
        CRSError
            The grids are not in metres.
        """
        self._check_metric("tolerance")
        if not tolerance >= 0:
            raise ValueError(f"tolerance must be 0 metres or more, got {tolerance}")
        places = shapely.points(_to_floats(x), _to_floats(y))
        nearest = np.full(len(places), len(self), np.int32)
        metres = np.full(len(places), np.nan)
        if tolerance > 0 and len(self):
            # GEOS wants a little more than the tolerance to be sure to include it
            (place, grid), away = self._tree.query_nearest(
                places, max_distance=tolerance * (1 + 1e-9), return_distance=True
            )
            within = away <= tolerance
            np.minimum.at(nearest, place[within], grid[within].astype(np.int32))
            metres[place[within]] = away[within]
        nearest[nearest == len(self)] = OUTSIDE
        return nearest, metres

    def border_distance(self, x: ArrayLike, y: ArrayLike, positions: ArrayLike) -> Floats:
        """Return the metres from each place to the border of its grid; NaN where it has none.

        Parameters
        ----------
        x, y
            Coordinates in the system of the grids.
        positions
            The grid of each place, from `locate`.

        Raises
        ------
        CRSError
            The grids are not in metres.
        """
        self._check_metric("the distance to a border")
        grid = np.asarray(positions)
        known = np.flatnonzero(grid >= 0)
        metres = np.full(len(grid), np.nan)
        places = shapely.points(_to_floats(x)[known], _to_floats(y)[known])
        metres[known] = shapely.distance(self._borders[grid[known]], places)
        return metres

    def _ask_geos(self, x: Floats, y: Floats) -> Positions:
        """Return the smallest code that covers each place, by GEOS."""
        place, grid = self._tree.query(shapely.points(x, y))
        covered = shapely.intersects_xy(self.shapes[grid], x[place], y[place])
        smallest = np.full(len(x), len(self), np.int32)
        np.minimum.at(smallest, place[covered], grid[covered].astype(np.int32))
        smallest[smallest == len(self)] = OUTSIDE
        return smallest

    def _check_metric(self, what: str) -> None:
        """Raise when metres cannot be measured between these coordinates."""
        if not is_metric(GeoDataFrame(geometry=self.shapes[:1], crs=self.crs)):
            raise CRSError(
                f"{what} is in metres, but the grids are in {self.crs.to_string()}; "
                "project them with grids.to_crs(grids.estimate_utm_crs()) before building the index"
            )

    @cached_property
    def _tree(self) -> shapely.STRtree:
        tree = shapely.STRtree(self.shapes)
        tree.query(shapely.Point(0, 0))  # the first query builds it: here, before threads share it
        return tree

    @cached_property
    def _borders(self) -> Shapes:
        return np.asarray(shapely.boundary(self.shapes))


def grid_codes(grids: GeoDataFrame) -> pd.Index:
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


def _check_shapes(codes: pd.Index, shapes: Shapes) -> None:
    """Raise one error with every grid whose shape is not a valid polygon."""
    absent = shapely.is_missing(shapes) | shapely.is_empty(shapes)
    flat = ~absent & (shapely.get_dimensions(shapes) == 2) & (shapely.get_type_id(shapes) != 7)
    checks = (
        (absent, "have no shape; leave them out"),
        (~absent & ~flat, "are not polygons; leave them out or give their outlines"),
        (flat & ~shapely.is_valid(shapes), "are not valid; mend them with grids.make_valid()"),
    )
    faults = [f"{_name_some(codes[bad])} {meaning}" for bad, meaning in checks if bad.any()]
    if faults:
        raise SchemaError("grids: " + "; ".join(faults))


def _name_some(codes: pd.Index) -> str:
    """Return the first codes in words, with how many there are."""
    shown = ", ".join(str(code) for code in codes[:5])
    return shown if len(codes) <= 5 else f"{shown} and {len(codes) - 5} more"


def _to_floats(values: ArrayLike) -> Floats:
    """Return the values as numbers, missing ones as NaN."""
    if isinstance(values, pd.Series | pd.Index):
        return values.to_numpy(dtype=float, na_value=np.nan)  # type: ignore[no-any-return]
    return np.atleast_1d(np.asarray(values, dtype=float))
