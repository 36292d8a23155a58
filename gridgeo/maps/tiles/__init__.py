"""Vector tiles of a layer, by numpy from shapes to bytes: the Mapbox Vector Tile specification 2.1."""

from gridgeo.maps.tiles.source import TileSource, build_tile_source
from gridgeo.maps.tiles.square import LAST_ZOOM, Square, tile_square

__all__ = ["LAST_ZOOM", "Square", "TileSource", "build_tile_source", "tile_square"]
