"""Which piece of the world a tile is."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridgeo.maps.tiles.square import HALF_M, LAST_ZOOM, tile_square


def test_the_only_tile_of_zoom_0_is_the_whole_square():
    assert tile_square(0, 0, 0).grown(0) == (-HALF_M, -HALF_M, HALF_M, HALF_M)


@given(st.integers(0, LAST_ZOOM - 1), st.data())
def test_four_tiles_of_the_next_zoom_fill_a_tile(z, data):
    x, y = (data.draw(st.integers(0, 2**z - 1)) for _ in range(2))
    west, south, east, north = tile_square(z, x, y).grown(0)
    parts = [tile_square(z + 1, 2 * x + i, 2 * y + j).grown(0) for i in (0, 1) for j in (0, 1)]
    sides = [min(p[0] for p in parts), min(p[1] for p in parts)]
    sides += [max(p[2] for p in parts), max(p[3] for p in parts)]
    assert all(
        math.isclose(a, b, abs_tol=1e-6) for a, b in zip(sides, (west, south, east, north), strict=True)
    )


@given(st.floats(-179.9, 179.9), st.floats(-85, 85), st.integers(0, LAST_ZOOM))
def test_a_place_lies_in_the_tile_that_leaflet_asks_for(lon, lat, z):
    n = 2**z
    x = int((lon + 180) / 360 * n)
    y = int((1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * n)
    west, south, east, north = tile_square(z, x, y).grown(1e-6)
    assert west <= math.radians(lon) * 6378137 <= east
    assert south <= math.asinh(math.tan(math.radians(lat))) * 6378137 <= north


@pytest.mark.parametrize("tile", [(-1, 0, 0), (LAST_ZOOM + 1, 0, 0), (3, 8, 0), (3, 0, -1)])
def test_a_tile_that_is_not_there_is_refused_with_what_there_is(tile):
    with pytest.raises(ValueError, match="0 to"):
        tile_square(*tile)
