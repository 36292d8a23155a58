"""A layer that answers with tiles."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

from gridgeo.crs import check_crs
from gridgeo.maps.tiles.drawing import MARGIN, POLYGON, merge_collections
from gridgeo.maps.tiles.layer import encode_layer
from gridgeo.maps.tiles.square import tile_square
from gridgeo.maps.tiles.tags import Tags, build_tags
from gridgeo.maps.tiles.thinning import BEND_PIXELS, find_visible, measure_shapes, straighten

__all__ = ["TileSource", "build_tile_source"]

Shapes = NDArray[np.object_]
WEB_MERCATOR = "EPSG:3857"
PLAIN_ZOOM = 16  # from here on a coverage is drawn with every corner it has


@dataclass(frozen=True, eq=False)
class TileSource:
    """The shapes of a layer on the web map's square, with what a tile says of each.

    Attributes
    ----------
    name : of the layer in its tiles.
    shapes : valid geometries in EPSG:3857.
    sizes : area or length of each.
    tags : what a tile says of each.
    first_zoom : the zoom from which each may be seen.
    is_coverage : whether they are polygons that share borders, which then stay shared at every zoom.
    """

    name: str
    shapes: Shapes
    sizes: NDArray[np.float64]
    tags: Tags
    first_zoom: NDArray[np.int64]
    is_coverage: bool
    tree: shapely.STRtree
    _straight: dict[int, Shapes] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def tile(self, z: int, x: int, y: int) -> bytes:
        """Return a tile; no bytes at all where it shows nothing. Any thread may ask.

        Parameters
        ----------
        z, x, y
            Zoom, column from the west, row from the north.

        Raises
        ------
        ValueError
            There is no such tile.
        """
        square = tile_square(z, x, y)
        rows = np.sort(self.tree.query(shapely.box(*square.grown(MARGIN))))
        rows = rows[self.first_zoom[rows] <= z]
        if self.is_coverage:
            shapes = self.coverage_at(z, square.pixel)[rows]
        else:
            rows = rows[find_visible(self.shapes[rows], self.sizes[rows], square)]
            shapes = straighten(self.shapes[rows], square)
        return encode_layer(self.name, shapes, rows, self.tags, square)

    def coverage_at(self, zoom: int, pixel: float) -> Shapes:
        """Return the polygons with the corners that a zoom shows, borders still shared; made once a zoom."""
        if zoom >= PLAIN_ZOOM:
            return self.shapes
        with self._lock:
            if zoom not in self._straight:
                self._straight[zoom] = shapely.coverage_simplify(self.shapes, 2 * BEND_PIXELS * pixel)
            return self._straight[zoom]


def build_tile_source(
    layer: gpd.GeoDataFrame,
    name: str,
    *,
    columns: Sequence[str] = (),
    first_zoom: ArrayLike = 0,
    is_coverage: bool = False,
) -> TileSource:
    """Return a layer ready to be asked for tiles; rows without a shape are left out.

    Parameters
    ----------
    layer
        Points, lines or polygons in any declared system.
    name
        Of the layer in its tiles.
    columns
        What a tile says of each feature.
    first_zoom
        The zoom from which a feature may be seen, for all or for each row.
    is_coverage
        Whether the polygons share borders: then all are shown at every zoom, and simplified together.

    Raises
    ------
    CRSError
        The layer does not say in which system it is.
    SchemaError
        A column is not there.
    ValueError
        A coverage is asked of shapes that are no polygons.
    """
    check_crs(layer, name)
    shapes = layer.geometry.to_crs(WEB_MERCATOR).to_numpy()
    zooms = np.broadcast_to(np.asarray(first_zoom, dtype=np.int64), len(layer))
    finite = np.isfinite(shapely.bounds(shapes)).all(axis=1)  # also False for missing and empty ones
    shapes = mend_shapes(shapely.force_2d(shapes[finite]))
    if is_coverage and (shapely.get_dimensions(shapes) != POLYGON).any():
        raise ValueError(f"{name} has shapes that are no polygons, so it is no coverage")
    tree = shapely.STRtree(shapes)
    tree.query(shapely.Point(0, 0))  # the first query builds it: here, before threads share it
    tags = build_tags(layer.loc[finite], columns)
    return TileSource(name, shapes, measure_shapes(shapes), tags, zooms[finite], is_coverage, tree)


def mend_shapes(shapes: Shapes) -> Shapes:
    """Return the shapes valid, none of them a mixed collection."""
    mended = merge_collections(shapes)
    invalid = np.flatnonzero(~shapely.is_valid(mended))
    mended[invalid] = merge_collections(shapely.make_valid(mended[invalid]))
    return mended
