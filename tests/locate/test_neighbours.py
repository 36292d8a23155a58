"""What lies beside a grid, and beside a place near a border."""

import geopandas as gpd
import pytest
import shapely

from gridgeo import GridIndex
from gridgeo.locate.neighbours import find_grids_near, find_neighbours

CRS = "EPSG:4546"
WEST, SOUTH = 530_000, 3_390_000


def index_of(boxes, crs=CRS):
    shapes = [shapely.box(WEST + w, SOUTH + s, WEST + e, SOUTH + n) for w, s, e, n in boxes.values()]
    return GridIndex(gpd.GeoDataFrame({"grid_code": list(boxes)}, geometry=shapes, crs=CRS).to_crs(crs))


#  C C
#  A B D    D touches B at a corner only
BOXES = {"A": (0, 0, 100, 100), "B": (100, 0, 200, 100), "C": (0, 100, 200, 150), "D": (200, -50, 250, 0)}


@pytest.mark.parametrize("crs", [CRS, "EPSG:4326"])
def test_neighbours_share_a_border_and_the_longest_stands_first(crs):
    index = index_of(BOXES, crs)
    assert [(code, round(metres)) for code, metres in named(index, "C")] == [("A", 100), ("B", 100)]
    assert [(code, round(metres)) for code, metres in named(index, "B")] == [("A", 100), ("C", 100)]
    assert named(index, "D") == []


def named(index, code):
    position = list(index.codes).index(code)
    return [(index.codes[at], metres) for at, metres in find_neighbours(index, position)]


@pytest.mark.parametrize("crs", [CRS, "EPSG:4326"])
def test_near_a_corner_all_grids_within_reach_are_named_nearest_first(crs):
    index = index_of(BOXES, crs)
    place = gpd.GeoSeries([shapely.Point(WEST + 90, SOUTH + 95)], crs=CRS).to_crs(crs)[0]

    def near(metres):
        return [index.codes[at] for at in find_grids_near(index, place.x, place.y, metres)]

    assert near(2) == ["A"]
    assert near(7) == ["A", "C"]
    assert near(30) == ["A", "C", "B"]


def test_a_place_that_is_no_place_is_near_nothing():
    assert find_grids_near(index_of(BOXES), float("nan"), 5.0, 30) == []
    assert find_grids_near(index_of(BOXES), float("inf"), 5.0, 30) == []
    assert find_grids_near(index_of(BOXES), WEST - 5000.0, SOUTH, 30) == []
