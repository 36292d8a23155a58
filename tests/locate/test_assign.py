import warnings

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
import shapely.affinity
from hypothesis import given, settings
from hypothesis import strategies as st

from gridgeo.errors import CRSError, SchemaError
from gridgeo.locate.assign import assign_buildings, assign_points, locate_points
from gridgeo.locate.doubts import PlacementWarning
from gridgeo.locate.index import GridIndex
from gridgeo.offset import wgs84_to_gcj02

X0, Y0 = 500_000.0, 3_400_000.0  # in EPSG:4546, near Yichang


def grids(crs=4546):
    """Four squares of 1 km: C D over A B."""
    corners = {"A": (0, 0), "B": (1000, 0), "C": (0, 1000), "D": (1000, 1000)}
    squares = [shapely.box(X0 + x, Y0 + y, X0 + x + 1000, Y0 + y + 1000) for x, y in corners.values()]
    return gpd.GeoDataFrame({"grid_code": list(corners)}, geometry=squares, crs=4546).to_crs(crs)


def points_at(*places, crs=4546):
    shapes = [None if place is None else shapely.Point(X0 + place[0], Y0 + place[1]) for place in places]
    return gpd.GeoDataFrame({"n": range(len(shapes))}, geometry=shapes, crs=4546).to_crs(crs)


def random_points(n=3000, seed=0):
    return points_at(*np.random.default_rng(seed).uniform(0, 2000, (n, 2)))


def test_a_point_on_the_wall_goes_to_the_smaller_code():
    found = assign_points(points_at((1000, 500), (1500, 1000), (1000, 1000), (1500, 1500)), grids())
    assert found.tolist() == ["A", "B", "A", "D"]
    assert found.name == "grid_code"


def test_the_index_and_the_order_of_the_caller_are_kept():
    points = points_at((1500, 1500), (500, 500)).set_axis([7, 3])
    assert assign_points(points, grids()).to_dict() == {7: "D", 3: "A"}
    assert locate_points(points, grids()).index.tolist() == [7, 3]


def test_every_kind_of_point_says_why_it_has_no_grid():
    points = points_at((500, 500), (2010, 500), (2100, 500), None)
    points = pd.concat(
        [points, gpd.GeoDataFrame(geometry=[shapely.Point(), shapely.Point(np.inf, 1)], crs=4546)]
    )
    found = locate_points(points, grids(), tolerance=50)
    assert found["grid_code"].tolist() == ["A", "B", pd.NA, pd.NA, pd.NA, pd.NA]
    assert found["reason"].tolist() == [
        pd.NA,
        "outside, nearest grid taken",
        "outside all grids",
        "no coordinates",
        "no coordinates",
        "infinite coordinates",
    ]
    assert found["distance_m"].tolist() == [0, 10, pd.NA, pd.NA, pd.NA, pd.NA]
    assert found.attrs["crs"] == "EPSG:4546"


def test_the_distance_to_the_border_comes_on_request():
    found = locate_points(
        points_at((500, 990), (2010, 500), (9000, 0)), grids(), tolerance=50, with_border=True
    )
    assert found["border_m"].tolist() == [10, 10, pd.NA]


@pytest.mark.parametrize("points_crs", [4546, 4326, 4490, 3857, 32649])
@pytest.mark.parametrize("grids_crs", [4546, 4326])
def test_any_declared_systems_may_meet(points_crs, grids_crs):
    expected = assign_points(random_points(), grids())
    found = locate_points(random_points().to_crs(points_crs), grids(grids_crs), tolerance=1)
    assert (found["grid_code"] == expected).mean() > 0.999  # to a hair's breadth of the borders
    assert found["distance_m"].max() < 0.1


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.integers(-3, 23), st.integers(-3, 23)), min_size=1, max_size=30), st.randoms())
def test_shuffled_rows_change_nothing(places, random):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PlacementWarning)
        points = points_at(*[(100 * x, 100 * y) for x, y in places])
        order = random.sample(range(len(points)), len(points))
        found = assign_points(points, grids(), tolerance=150)
        again = assign_points(points.iloc[order], grids().sample(frac=1, random_state=1), tolerance=150)
    pd.testing.assert_series_equal(again, found.iloc[order])


def test_an_index_that_is_there_already_gives_the_same():
    points = random_points(100)
    pd.testing.assert_series_equal(assign_points(points, GridIndex(grids())), assign_points(points, grids()))


def test_numbers_as_codes_stay_numbers():
    numbered = grids().assign(grid_code=[11, 9, 10, 12])
    found = assign_points(points_at((1000, 500), (5000, 0), (1500, 500)), numbered)
    assert found.tolist() == [9, pd.NA, 9]
    assert found.dtype == "Int64"


def test_no_points_and_no_grids_are_no_error():
    assert assign_points(random_points(0), grids()).tolist() == []
    assert assign_points(points_at((1, 1)), grids().iloc[:0], tolerance=5).isna().tolist() == [True]


def test_other_shapes_are_refused_and_single_multipoints_taken():
    mixed = points_at((500, 500), (1500, 500))
    mixed.loc[1, "geometry"] = shapely.MultiPoint([(X0 + 1500, Y0 + 500)])
    assert assign_points(mixed, grids()).tolist() == ["A", "B"]
    mixed.loc[1, "geometry"] = shapely.LineString([(0, 0), (1, 1)])
    with pytest.raises(
        SchemaError, match="1 rows that are not points, the first of them row 2, a LineString"
    ):
        assign_points(mixed, grids())


def test_grids_whose_border_crosses_itself_are_refused():
    bow = shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])
    crossing = grids().set_geometry([bow, *grids().geometry[1:]])
    with pytest.raises(SchemaError, match=r"grids: A are not valid; mend them with grids\.make_valid\(\)"):
        assign_points(points_at((1, 1)), crossing)
    with pytest.raises(SchemaError, match="A are not valid"):
        assign_buildings(houses((1, 1, 2, 2)), crossing)


def test_layers_without_a_system_are_refused():
    with pytest.raises(CRSError, match="points has no coordinate system"):
        assign_points(gpd.GeoDataFrame(geometry=[shapely.Point(0, 0)]), grids())


def test_exchanged_axes_are_warned_about():
    swapped = random_points().to_crs(4326)
    swapped = swapped.set_geometry(gpd.points_from_xy(swapped.geometry.y, swapped.geometry.x, crs=4326))
    with pytest.warns(
        PlacementWarning, match="x and y of points look exchanged: the other way round 100% of them"
    ):
        assign_points(swapped, grids())
    northing_first = random_points()
    northing_first = gpd.GeoSeries.from_xy(northing_first.geometry.y, northing_first.geometry.x, crs=4546)
    with pytest.warns(PlacementWarning, match="look exchanged"):
        assign_points(northing_first, grids())


def test_points_of_a_chinese_map_are_warned_about():
    lonlat = random_points().to_crs(4326).geometry
    shifted = gpd.GeoSeries.from_xy(*wgs84_to_gcj02(lonlat.x, lonlat.y), crs=4326)
    with pytest.warns(PlacementWarning, match=r"points lies about \d+ m from grids, just as GCJ-02"):
        assign_points(shifted, grids())


def test_points_partly_outside_for_other_reasons_are_not_warned_about():
    rng = np.random.default_rng(0)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assign_points(points_at(*rng.uniform(-500, 2500, (3000, 2))), grids())
        assign_points(points_at(*rng.uniform(0, 2000, (3000, 2)) + np.array([300, 0])), grids())
        assign_points(points_at(*rng.uniform(0, 2000, (3000, 2)) + np.array([50_000, 0])), grids())


def houses(*boxes):
    shapes = [shapely.box(X0 + x0, Y0 + y0, X0 + x1, Y0 + y1) for x0, y0, x1, y1 in boxes]
    return gpd.GeoDataFrame(geometry=shapes, index=[f"h{i}" for i in range(len(shapes))], crs=4546)


@pytest.mark.parametrize("by", ["centroid-in", "largest-share"])
def test_a_building_goes_to_one_grid(by):
    buildings = houses((990, 10, 1005, 20), (995, 10, 1010, 20), (3000, 0, 3010, 10))
    found = assign_buildings(buildings, grids(), by=by)
    assert found.tolist() == ["A", "B", pd.NA]
    assert found.index.tolist() == ["h0", "h1", "h2"]


def test_the_two_rules_differ_where_the_centroid_lies_beside_the_most():
    hook = [(990, 0), (999, 0), (999, 100), (990, 100)]  # most in A, a long arm in B
    arm = shapely.union(shapely.Polygon(hook), shapely.box(999, 0, 1300, 2))
    buildings = gpd.GeoDataFrame(geometry=[shapely.affinity.translate(arm, X0, Y0)], crs=4546)
    assert assign_buildings(buildings, grids()).tolist() == ["B"]
    assert assign_buildings(buildings, grids(), by="largest-share").tolist() == ["A"]


def test_a_building_in_equal_shares_goes_to_the_smallest_code():
    four = houses((990, 990, 1010, 1010), (1490, 990, 1510, 1010))
    assert assign_buildings(four, grids(), by="largest-share").tolist() == ["A", "B"]
    shuffled = grids().iloc[::-1]
    assert assign_buildings(four, shuffled, by="largest-share").tolist() == ["A", "B"]


def test_a_building_that_only_touches_has_no_share():
    assert assign_buildings(houses((2000, 0, 2010, 10)), grids(), by="largest-share").isna().all()


def test_buildings_may_be_points_missing_and_in_degrees():
    buildings = points_at((500, 500), None, (1500, 1500), crs=4326)
    for by in ("centroid-in", "largest-share"):
        assert assign_buildings(buildings, grids(), by=by).tolist() == ["A", pd.NA, "D"]


def test_buildings_that_cannot_be_measured_are_refused():
    bow = shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])
    lines = gpd.GeoDataFrame(geometry=[shapely.LineString([(0, 0), (1, 1)]), bow], index=["a", "b"], crs=4546)
    with pytest.raises(SchemaError) as caught:
        assign_buildings(lines, grids(), by="largest-share")
    assert "the first at index a, are lines" in str(caught.value)
    assert "the first at index b, are not valid; mend them with buildings.make_valid()" in str(caught.value)
    with pytest.raises(ValueError, match="by must be 'centroid-in' or 'largest-share'"):
        assign_buildings(lines, grids(), by="most")


def test_the_layers_are_left_as_they_were():
    points, layer = random_points(10), grids()
    before = points.copy(deep=True), layer.copy(deep=True)
    locate_points(points, layer, tolerance=1, with_border=True)
    pd.testing.assert_frame_equal(pd.DataFrame(points), pd.DataFrame(before[0]))
    pd.testing.assert_frame_equal(pd.DataFrame(layer), pd.DataFrame(before[1]))
