"""One layer of a tile as bytes."""

from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import NDArray

from gridgeo.maps.tiles.commands import build_commands
from gridgeo.maps.tiles.drawing import EXTENT, LINE, POINT, POLYGON, draw_shapes
from gridgeo.maps.tiles.ragged import Ragged, join_columns, pack_rows, take_rows
from gridgeo.maps.tiles.square import Square
from gridgeo.maps.tiles.tags import Tags
from gridgeo.maps.tiles.wire import fields, numbers_field

__all__ = ["encode_layer"]

Shapes = NDArray[np.object_]
Integers = NDArray[np.int64]

VERSION = 2
# Field numbers of the tile format.
TILE_LAYER = 3
LAYER_NAME, LAYER_FEATURES, LAYER_KEYS, LAYER_VALUES, LAYER_EXTENT, LAYER_VERSION = 1, 2, 3, 4, 5, 15
FEATURE_ID, FEATURE_TAGS, FEATURE_TYPE, FEATURE_GEOMETRY = 1, 2, 3, 4


def encode_layer(name: str, shapes: Shapes, rows: Integers, tags: Tags, square: Square) -> bytes:
    """Return a tile with one layer; nothing at all where no feature is large enough to be seen.

    Parameters
    ----------
    name
        Of the layer.
    shapes
        Valid geometries in EPSG:3857.
    rows
        The position of each in the layer it comes from: its number in the tile is one more.
    tags
        Of that whole layer.
    square
        The tile.
    """
    dimensions = shapely.get_dimensions(shapes)
    drawn, commands = [], []
    for dimension in (POINT, LINE, POLYGON):
        of_kind = np.flatnonzero(dimensions == dimension)
        drawing = draw_shapes(shapes[of_kind], square, dimension)
        features, numbers = build_commands(drawing, dimension)
        drawn.append(of_kind[features])
        commands.append(numbers)
    seen = np.concatenate(drawn)
    if not len(seen):
        return b""
    geometry = Ragged(
        np.concatenate([numbers.data for numbers in commands]),
        np.concatenate([numbers.lengths for numbers in commands]),
    )
    order = np.argsort(seen, kind="stable")
    seen, geometry = seen[order], take_rows(geometry, order)
    own, values = tags.take(rows[seen])
    features_of_tile = join_columns(
        [
            numbers_field(FEATURE_ID, rows[seen] + 1),
            fields(FEATURE_TAGS, own),
            numbers_field(FEATURE_TYPE, dimensions[seen].astype(np.int64) + 1),
            fields(FEATURE_GEOMETRY, geometry),
        ]
    )
    return frame_layer(name, features_of_tile, tags.keys, values)


def frame_layer(name: str, features: Ragged, keys: Sequence[str], values: Ragged) -> bytes:
    """Return the message of a layer within the message of a tile."""
    parts = [
        numbers_field(LAYER_VERSION, np.array([VERSION])),
        fields(LAYER_NAME, pack_rows([name.encode("utf-8")])),
        fields(LAYER_FEATURES, features),
        fields(LAYER_KEYS, pack_rows(text.encode("utf-8") for text in keys)),
        fields(LAYER_VALUES, values),
        numbers_field(LAYER_EXTENT, np.array([EXTENT])),
    ]
    message = b"".join(part.data.tobytes() for part in parts)
    return fields(TILE_LAYER, pack_rows([message])).data.tobytes()
