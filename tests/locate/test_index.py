import pickle
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from drawn_grids import DRAW, FRAMES, covering_by_geos, draw_grids, draw_places
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gridgeo.errors import CRSError, SchemaError
from gridgeo.locate import index as index_module
from gridgeo.locate.index import GridIndex

CAMBRIDGE = Path(__file__).resolve().parents[2] / "../shared/data/cambridge/cambridge.gpkg"
ENGINES = ("numpy", "numba")


def grids_of(**shapes):
    return gpd.GeoDataFrame({"grid_code": list(shapes)}, geometry=list(shapes.values()), crs=4546)


def two_squares():
    return grids_of(B=shapely.box(10, 0, 20, 10), A=shapely.box(0, 0, 10, 10))


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("kind", sorted(DRAW))
@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 2**32),
    frame=st.sampled_from(FRAMES),
    share=st.one_of(st.none(), st.floats(0.003, 10.0)),
)
def test_the_answer_is_that_of_geos_for_any_shapes_at_any_place_with_any_cells(
    engine, kind, seed, frame, share
):
    rng = np.random.default_rng(seed)
    grids = draw_grids(rng, kind, frame)
    if grids.empty:
        return
    extent = np.ptp(shapely.get_coordinates(grids.geometry.array), axis=0).max()
    index = GridIndex(grids, engine=engine, cell_size=None if share is None else share * extent)
    places = draw_places(rng, index.shapes)
    assert np.array_equal(index.locate(*places.T), covering_by_geos(index.shapes, places))


@pytest.mark.parametrize("kind", sorted(DRAW))
@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 2**32),
    frame=st.sampled_from(FRAMES),
    share=st.one_of(st.none(), st.floats(0.003, 10.0)),
)
def test_the_answer_stays_that_of_geos_when_bands_are_made(kind, seed, frame, share):
    rng = np.random.default_rng(seed)
    grids = draw_grids(rng, kind, frame)
    if grids.empty:
        return
    extent = np.ptp(shapely.get_coordinates(grids.geometry.array), axis=0).max()
    index = GridIndex(grids, cell_size=None if share is None else share * extent)
    places = draw_places(rng, index.shapes)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(index_module, "BANDS_PAY", 0.0)
        assert np.array_equal(index.locate(*places.T), covering_by_geos(index.shapes, places))


@pytest.mark.parametrize("engine", ENGINES)
@settings(max_examples=50, deadline=None)
@given(
    seed=st.integers(0, 2**32),
    aside=st.lists(st.floats(-1e-4, 1e-4), min_size=30, max_size=30),
    turn=st.floats(0, 2 * np.pi),
    size=st.floats(0.5, 40.0),
)
def test_places_close_to_a_border_are_told_as_geos_tells_them(engine, seed, aside, turn, size):
    rng = np.random.default_rng(seed)
    wedge = np.column_stack([np.cos(turn + np.arange(7) * 0.9), np.sin(turn + np.arange(7) * 0.9)])
    rim = wedge * rng.uniform(1, 1000, (7, 1)) + (5e5, 3.4e6)
    hub = (5e5, 3.4e6)
    shapes = [shapely.Polygon([hub, a, b]) for a, b in zip(rim, np.roll(rim, -1, axis=0), strict=True)]
    codes = [f"{i}" for i in range(len(shapes))]
    grids = gpd.GeoDataFrame({"grid_code": codes}, geometry=shapes, crs=4546)
    index = GridIndex(grids[grids.is_valid], engine=engine, cell_size=size)
    along = rng.uniform(0, 1, (30, 1))
    ends = rim[rng.integers(0, 7, 30)]
    places = hub + along * (ends - hub) + np.column_stack([aside, np.roll(aside, 1)])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(index_module, "BANDS_PAY", 0.0)
        assert np.array_equal(index.locate(*places.T), covering_by_geos(index.shapes, places))


def test_bands_are_made_once_many_places_were_asked_for_and_change_no_answer():
    grids = draw_grids(np.random.default_rng(1), "voronoi")
    index = GridIndex(grids)
    places = np.random.default_rng(2).uniform(grids.total_bounds[:2], grids.total_bounds[2:], (500, 2))
    many = np.tile(places, (200, 1))
    before = [index.locate(*place)[0] for place in places[:20]]
    assert index._bands is None
    after = index.locate(*many.T)
    assert index._bands is not None
    assert after[:20].tolist() == before
    assert np.array_equal(after, np.tile(covering_by_geos(index.shapes, places), 200))


@pytest.mark.skipif(not CAMBRIDGE.exists(), reason="the shared data of Cambridge are not here")
@pytest.mark.parametrize("layer", ["neighborhoods", "block_groups_2010", "parcels_units"])
def test_the_answer_is_that_of_geos_on_a_real_city(layer):
    grids = gpd.read_file(CAMBRIDGE, layer=layer)
    grids = grids.set_geometry(grids.make_valid()).assign(grid_code=[f"{i:05d}" for i in range(len(grids))])
    index = GridIndex(grids[grids.geom_type.str.contains("Polygon")])
    rng = np.random.default_rng(0)
    corners = shapely.get_coordinates(index.shapes)
    places = np.vstack(
        [
            rng.uniform(corners.min(axis=0), corners.max(axis=0), (20_000, 2)),
            corners[rng.integers(0, len(corners), 2_000)],
        ]
    )
    assert np.array_equal(index.locate(*places.T), covering_by_geos(index.shapes, places))


@pytest.mark.parametrize("engine", ENGINES)
def test_a_place_on_a_border_goes_to_the_smaller_code_and_one_outside_to_none(engine):
    index = GridIndex(two_squares(), engine=engine)
    assert index.codes.tolist() == ["A", "B"]
    assert index.locate([5, 10, 15, 10, 20, 20.1, 0], [5, 5, 5, 10, 10, 10, -1e-9]).tolist() == [
        0,
        0,
        1,
        0,
        1,
        -1,
        -1,
    ]


@pytest.mark.parametrize("engine", ENGINES)
def test_missing_and_infinite_places_have_no_grid(engine):
    nan, inf = np.nan, np.inf
    index = GridIndex(two_squares(), engine=engine)
    x, y = [nan, 5, inf, 5, -inf, 1e300, 5], [5, nan, 5, -inf, inf, -1e300, 5]
    assert index.locate(x, y, tolerance=1e9).tolist()[:5] == [-1] * 5
    assert index.locate(x, y).tolist() == [-1] * 6 + [0]
    assert index.locate(pd.Series([5, pd.NA], dtype="Float64"), pd.Series([5, 5])).tolist() == [0, -1]


def test_where_grids_overlap_the_smallest_code_wins():
    index = GridIndex(
        grids_of(C=shapely.box(0, 0, 10, 10), A=shapely.box(5, 0, 30, 10), B=shapely.box(0, 0, 40, 4))
    )
    assert index.codes[index.locate([1, 6, 35, 1], [5, 2, 2, 2])].tolist() == ["C", "A", "B", "B"]


def test_outside_the_nearest_grid_within_the_tolerance_is_taken():
    index = GridIndex(grids_of(A=shapely.box(0, 0, 10, 10), B=shapely.box(16, 0, 26, 10)))
    x, y = [12, 14, 13, 27, 28.001, 100], [5, 5, 5, 5, 5, 5]
    assert index.locate(x, y, tolerance=2).tolist() == [0, 1, -1, 1, -1, -1]
    assert index.locate(x, y, tolerance=3).tolist() == [0, 1, 0, 1, 1, -1]  # 13 is as near to B
    assert index.locate(x, y, tolerance=0).tolist() == [-1] * 6
    nearest, metres = index.find_nearest(x, y, 3)
    assert nearest.tolist() == [0, 1, 0, 1, 1, -1]
    assert np.allclose(metres, [2, 2, 3, 1, 2.001, np.nan], equal_nan=True)


def test_the_distance_to_the_border_is_that_of_its_own_grid():
    index = GridIndex(two_squares())
    x, y = [5, 9, 10, 13, 22, 500], [5, 5, 5, 9, 5, 5]
    found = index.locate(x, y, tolerance=5)
    assert np.allclose(index.border_distance(x, y, found), [5, 1, 0, 1, 2, np.nan], equal_nan=True)


def test_distances_are_metres_even_where_the_grids_are_in_degrees():
    grids = grids_of(A=shapely.box(500_000, 3_400_000, 500_100, 3_400_100)).to_crs(4490)
    index = GridIndex(grids)
    x, y = (
        gpd.GeoSeries.from_xy([500_130, 500_130, 500_090], [3_400_050] * 3, crs=4546)
        .to_crs(4490)
        .pipe(lambda places: (places.x, places.y))
    )
    assert index.locate(x, y).tolist() == [-1, -1, 0]
    assert index.locate(x, y, tolerance=29.9).tolist() == [-1, -1, 0]
    assert index.locate(x, y, tolerance=30.1).tolist() == [0, 0, 0]
    assert np.allclose(index.border_distance(x, y, [0, -1, 0]), [30, np.nan, 10], atol=1e-4, equal_nan=True)


def test_the_order_of_the_rows_changes_nothing():
    rng = np.random.default_rng(3)
    grids = draw_grids(rng, "stars")
    places = draw_places(rng, grids.geometry.array)
    found = GridIndex(grids).locate(*places.T)
    assert np.array_equal(GridIndex(grids.sample(frac=1, random_state=1)).locate(*places.T), found)


def test_codes_may_stand_in_the_index_and_be_numbers():
    assert GridIndex(two_squares().set_index("grid_code")).codes.tolist() == ["A", "B"]
    assert GridIndex(two_squares().assign(grid_code=[10, 9])).codes.tolist() == [9, 10]


def test_the_shape_of_the_question_is_the_shape_of_the_answer():
    index = GridIndex(two_squares())
    assert index.locate(np.full((2, 3), 15.0), np.full((2, 3), 5.0)).tolist() == [[1, 1, 1], [1, 1, 1]]
    assert index.locate([], []).shape == (0,)
    assert index.locate(5, 5).tolist() == [0]
    assert index.locate([1], [1]).dtype == np.int32
    with pytest.raises(ValueError, match="2 values of x, but 1 of y"):
        index.locate([1, 2], [1])


def test_no_grids_find_nothing():
    index = GridIndex(two_squares().iloc[:0])
    assert index.locate([1, 2], [3, 4], tolerance=10).tolist() == [-1, -1]
    assert len(index) == 0


def test_every_fault_of_the_shapes_is_in_one_error():
    grids = grids_of(A=shapely.box(0, 0, 1, 1), B=None, C=shapely.Point(1, 2), E=shapely.Polygon())
    with pytest.raises(SchemaError) as caught:
        GridIndex(grids)
    text = str(caught.value)
    assert "B, E have no shape" in text
    assert "C are not polygons" in text


@pytest.mark.parametrize("engine", ENGINES)
@settings(max_examples=100, deadline=None)
@given(corners=st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=4, max_size=9))
@example(corners=[(0, 1), (3, 1), (0, 1), (0, 0)])
def test_a_border_that_crosses_itself_is_taken_as_geos_takes_it(engine, corners):
    shape = shapely.Polygon(corners)
    index = GridIndex(grids_of(A=shape), engine=engine)
    places = np.random.default_rng(0).uniform(-1, 10, (200, 2))
    # Not by intersects: GEOS 3.14 takes a spike of five corners for the rectangle around it.
    meetings = shapely.relate(shapely.points(places), shape)
    inside = np.array([not meeting.startswith("FF") for meeting in meetings])
    assert np.array_equal(index.locate(*places.T) == 0, inside)


@pytest.mark.parametrize(
    ("codes", "message"),
    [(["A", "A"], "A stand more than once; dissolve them"), (["A", None], "1 grids have no grid_code")],
)
def test_missing_and_double_codes_are_refused(codes, message):
    with pytest.raises(SchemaError, match=message):
        GridIndex(two_squares().assign(grid_code=codes))
    with pytest.raises(SchemaError, match="neither a column nor an index grid_code; its columns are"):
        GridIndex(two_squares().rename(columns={"grid_code": "code"}))


def test_grids_without_a_system_are_refused():
    with pytest.raises(CRSError, match=r"grids has no coordinate system"):
        GridIndex(gpd.GeoDataFrame({"grid_code": ["A"]}, geometry=[shapely.box(0, 0, 1, 1)]))


def test_cells_too_small_to_hold_are_refused():
    with pytest.raises(ValueError, match="take a larger one or none"):
        GridIndex(two_squares(), cell_size=1e-6)


def test_ten_thousand_sides_at_one_spot_do_not_fill_the_memory():
    angle = np.linspace(0, 2 * np.pi, 3001)[:-1]
    rim = np.column_stack([np.cos(angle), np.sin(angle)]) * 100
    wedges = [shapely.Polygon([(0, 0), a, b]) for a, b in zip(rim, np.roll(rim, -1, axis=0), strict=True)]
    codes = [f"{i:04d}" for i in range(len(wedges))]
    index = GridIndex(gpd.GeoDataFrame({"grid_code": codes}, geometry=wedges, crs=4546))
    places = np.random.default_rng(0).normal(0, 1e-3, (300, 2))
    assert np.array_equal(index.locate(*places.T), covering_by_geos(index.shapes, places))


@pytest.mark.parametrize("engine", ENGINES)
def test_many_threads_may_ask_at_once(engine):
    rng = np.random.default_rng(0)
    index = GridIndex(draw_grids(rng, "junctions"), engine=engine)
    places = draw_places(rng, index.shapes, 2000)
    expected = covering_by_geos(index.shapes, places)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: index.locate(*places.T), range(32)))
    assert all(np.array_equal(answer, expected) for answer in answers)


@pytest.mark.parametrize("engine", ENGINES)
def test_an_index_can_be_sent_to_another_process(engine):
    rng = np.random.default_rng(0)
    index = GridIndex(draw_grids(rng, "voronoi"), engine=engine)
    places = draw_places(rng, index.shapes)
    found = index.locate(*places.T, tolerance=3)
    assert np.array_equal(pickle.loads(pickle.dumps(index)).locate(*places.T, tolerance=3), found)


def test_an_unknown_engine_is_refused():
    with pytest.raises(ValueError, match="engine must be 'numpy' or 'numba', got 'rust'"):
        GridIndex(two_squares(), engine="rust")


def test_the_layer_is_left_as_it_was():
    grids = two_squares()
    before = grids.copy(deep=True)
    GridIndex(grids).locate([1], [1], tolerance=3)
    pd.testing.assert_frame_equal(pd.DataFrame(grids), pd.DataFrame(before))
