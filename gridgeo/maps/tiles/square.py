"""Which piece of the web map's square a tile is."""

from dataclasses import dataclass

__all__ = ["HALF_M", "LAST_ZOOM", "Square", "tile_square"]

HALF_M = 20037508.342789244  # half a side of EPSG:3857
LAST_ZOOM = 22  # one unit of a tile is then 2 mm
PIXELS = 256


@dataclass(frozen=True)
class Square:
    """A tile's square: its north-western corner and its side in units of EPSG:3857."""

    zoom: int
    west: float
    north: float
    side: float

    @property
    def pixel(self) -> float:
        """The side of one of its 256 × 256 pixels."""
        return self.side / PIXELS

    def grown(self, share: float) -> tuple[float, float, float, float]:
        """Return west, south, east and north of the square with a margin of this share of its side."""
        margin = self.side * share
        return (
            self.west - margin,
            self.north - self.side - margin,
            self.west + self.side + margin,
            self.north + margin,
        )


def tile_square(z: int, x: int, y: int) -> Square:
    """Return the square of a tile; x counts from west to east, y from north to south.

    Parameters
    ----------
    z
        Zoom: the world is 2**z tiles wide.
    x, y
        Column and row.

    Raises
    ------
    ValueError
        There is no such tile.
    """
    if not 0 <= z <= LAST_ZOOM:
        raise ValueError(f"zoom {z} is not served; ask for one of 0 to {LAST_ZOOM}")
    n_tiles = 2**z
    if not (0 <= x < n_tiles and 0 <= y < n_tiles):
        raise ValueError(f"there is no tile {z}/{x}/{y}; at zoom {z}, x and y go from 0 to {n_tiles - 1}")
    side = 2 * HALF_M / n_tiles
    return Square(z, x * side - HALF_M, HALF_M - y * side, side)
