"""`GridIndex`: which grid covers a place, exactly and for millions of places a second."""

from functools import cached_property
from typing import Any, Literal, cast

import numpy as np
import pandas as pd
import shapely
from geopandas import GeoDataFrame
from numpy.typing import ArrayLike, NDArray
from pyproj import CRS

from gridgeo.crs import check_crs
from gridgeo.locate.index_bands import Bands, build_bands
from gridgeo.locate.index_cells import Cells, build_cells
from gridgeo.locate.index_edges import build_edges
from gridgeo.locate.index_input import CODE, check_shapes, read_codes
from gridgeo.locate.index_layout import DOUBTFUL, OUTSIDE
from gridgeo.locate.index_ruler import Ruler, build_ruler
from gridgeo.locate.index_walk import walk

__all__ = ["GridIndex"]

Floats = NDArray[np.float64]
Positions = NDArray[np.int32]
Shapes = NDArray[Any]

CHUNK = 262144  # doubtful places that GEOS looks at in one go
BANDS_PAY = 2.0  # places for each cell with edges: what bands save later is soon more than what they cost


class GridIndex:
    """An exact index of grids: the one grid of every place.

    A place on a border, or where grids overlap, belongs to the smallest code that covers it. Coordinates are
    those of the grids' own system. The index does not change once it is built and may be used by many
    threads.

    Parameters
    ----------
    grids
        Valid polygons with a column or an index ``grid_code``. Whether borders cross themselves is not looked
        at here, which would take longer than all the rest: `assign_points` and ``gridgeo check`` do.
    engine
        ``numpy``, or ``numba`` for compiled code: about twice as fast, after a second to load it (some
        seconds the first time on a machine). The answers are the same.
    cell_size
        Side of the index's cells in units of the grids' system; found by itself. Any size gives the same
        answers.

    Raises
    ------
    SchemaError
        Codes are missing or not unique, or grids are not polygons; the message lists all of it.
    CRSError
        The grids do not say in which coordinate system they are.

    Examples
    --------
    >>> import geopandas, shapely
    >>> from gridgeo import GridIndex
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
        codes = read_codes(grids)
        order = np.argsort(codes.to_numpy(), kind="stable")
        self.codes: pd.Index = codes[order]
        self.crs: CRS = grids.crs
        self.shapes: Shapes = grids.geometry.to_numpy()[order]
        check_shapes(self.codes, self.shapes)
        if engine not in ("numpy", "numba"):
            raise ValueError(f"engine must be 'numpy' or 'numba', got {engine!r}")
        edges = build_edges(self.shapes)
        self._engine = engine
        self._cells = build_cells(edges, len(self), cell_size) if len(edges.weight) else None
        self._bands = build_bands(self._cells) if self._cells and engine == "numba" else None
        self._n_asked = 0

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
            Coordinates in the system of the grids.
        tolerance
            Metres.
        """
        return self.ruler.find_nearest(_to_floats(x), _to_floats(y), tolerance)

    def border_distance(self, x: ArrayLike, y: ArrayLike, positions: ArrayLike) -> Floats:
        """Return the metres from each place to the border of its grid; NaN where it has none.

        Parameters
        ----------
        x, y
            Coordinates in the system of the grids.
        positions
            The grid of each place, from `locate`.
        """
        return self.ruler.border_distance(_to_floats(x), _to_floats(y), np.asarray(positions))

    def to_layer(self) -> GeoDataFrame:
        """Return the grids in the order of their codes, as the index holds them."""
        return GeoDataFrame({CODE: self.codes}, geometry=self.shapes, crs=self.crs)

    def _walk(self, cells: Cells, x: Floats, y: Floats) -> Positions:
        """Return the answers of the index, `DOUBTFUL` where only GEOS can tell.

        Without compiled code the bands are made when so many places were asked for that they pay.
        """
        if self._engine == "numba":
            from gridgeo.locate import index_kernel

            return index_kernel.walk(cells, cast("Bands", self._bands), x, y)
        self._n_asked += len(x)
        if self._bands is None and self._n_asked > BANDS_PAY * len(cells.heads):
            self._bands = build_bands(cells)  # two threads may both make them: they are the same
        return walk(cells, self._bands, x, y)

    def _ask_geos(self, x: Floats, y: Floats) -> Positions:
        """Return the smallest code that covers each place, by GEOS."""
        place, grid = self.tree.query(shapely.points(x, y))
        covered = shapely.intersects_xy(self.shapes[grid], x[place], y[place])
        smallest = np.full(len(x), len(self), np.int32)
        np.minimum.at(smallest, place[covered], grid[covered].astype(np.int32))
        smallest[smallest == len(self)] = OUTSIDE
        return smallest

    @cached_property
    def tree(self) -> shapely.STRtree:
        """The tree of GEOS over the grids, for what the index does not answer."""
        tree = shapely.STRtree(self.shapes)
        tree.query(shapely.Point(0, 0))  # the first query builds it: here, before threads share it
        return tree

    @cached_property
    def ruler(self) -> Ruler:
        """The grids in metres, for distances."""
        return build_ruler(self.shapes, self.crs)


def _to_floats(values: ArrayLike) -> Floats:
    """Return the values as numbers, missing ones as NaN."""
    if isinstance(values, pd.Series | pd.Index):
        return values.to_numpy(dtype=float, na_value=np.nan)  # type: ignore[no-any-return]
    return np.atleast_1d(np.asarray(values, dtype=float))
