import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gridgeo.check import mend_layer
from gridgeo.errors import CRSError, SchemaError
from gridgeo.schema import check_layer

BOW_TIE = shapely.Polygon([(0, 0), (2, 2), (2, 0), (0, 2)])


def layer(shapes, **columns):
    return gpd.GeoDataFrame(columns, geometry=list(shapes), crs=4546)


def buildings(shapes, ids=None, households=None):
    n = len(shapes)
    return layer(
        shapes,
        building_id=[f"b{k}" for k in range(n)] if ids is None else ids,
        households=[1] * n if households is None else households,
    )


def faults_of(frame, name="buildings"):
    good, rejected, faults = mend_layer(frame, name)
    assert len(good) + len(rejected) == len(frame), "a row disappeared"
    return good, rejected, {fault.fault: (fault.action, fault.n_rows) for fault in faults}


def test_a_clean_layer_comes_back_as_it_was():
    frame = buildings([shapely.box(0, 0, 1, 1), shapely.Point(5, 5)]).set_index(pd.Index(["x", "y"]))
    good, rejected, faults = faults_of(frame)
    assert faults == {}
    assert rejected.empty
    assert good.index.tolist() == ["x", "y"]
    assert good.geometry.geom_equals_exact(frame.geometry, 0).all()
    check_layer(good, "buildings")


def test_rows_without_a_place_are_set_aside_with_the_reason():
    shapes = [
        None,
        shapely.Polygon(),
        shapely.Point(np.nan, 1),
        shapely.box(0, 0, np.inf, 1),
        shapely.Point(1, 1),
    ]
    good, rejected, faults = faults_of(buildings(shapes))
    assert good["building_id"].tolist() == ["b4"]
    assert rejected["fault"].tolist() == ["no geometry"] * 2 + ["coordinates are no numbers"] * 2
    assert set(rejected["layer"]) == {"buildings"}
    assert rejected["building_id"].tolist() == ["b0", "b1", "b2", "b3"]
    assert faults["no geometry"] == ("set aside", 2)


def test_an_invalid_shape_keeps_what_it_covers():
    hole_outside = shapely.Polygon(shapely.box(0, 0, 1, 1).exterior, [shapely.box(3, 3, 4, 4).exterior])
    good, _, faults = faults_of(buildings([BOW_TIE, hole_outside]))
    assert faults["invalid geometry"] == ("mended", 2)
    assert good.geometry.is_valid.all()
    assert good.geometry.iloc[0].area == pytest.approx(2.0)


def test_heights_are_left_out():
    good, _, _ = faults_of(buildings([shapely.Polygon([(0, 0, 5), (1, 0, 5), (1, 1, 5)])]))
    assert not good.geometry.has_z.any()


def test_a_collection_is_reduced_to_the_kind_of_the_layer():
    nested = shapely.GeometryCollection(
        [
            shapely.GeometryCollection([shapely.box(0, 0, 1, 1), shapely.Point(9, 9)]),
            shapely.LineString([(0, 0), (5, 5)]),
        ]
    )
    as_building, _, _ = faults_of(buildings([nested]))
    assert as_building.geometry.iloc[0].equals(shapely.box(0, 0, 1, 1))
    as_street, _, faults = faults_of(layer([nested]), "streets")
    assert as_street.geometry.iloc[0].geom_type == "LineString"
    assert faults == {"mixed geometry": ("mended", 1)}
    empty, rejected, faults = faults_of(layer([shapely.Point(1, 1), shapely.box(0, 0, 1, 1)]), "streets")
    assert empty.empty
    assert rejected["fault"].tolist() == ["not a line"] * 2


def test_a_footprint_without_area_becomes_a_point_as_its_household_still_counts():
    flat = shapely.Polygon([(0, 0), (5, 0), (2, 0)])
    line = shapely.LineString([(0, 0), (4, 0)])
    good, _, _ = faults_of(buildings([flat, line, shapely.box(0, 0, 0.01, 0.01)]))
    assert good.geom_type.tolist() == ["Point"] * 3
    kept, rejected, _ = faults_of(layer([flat, shapely.box(0, 0, 5, 5)]), "compounds")
    assert len(kept) == 1
    assert rejected["fault"].tolist() == ["not a polygon"]


def test_a_line_of_no_length_is_set_aside():
    lines = [shapely.LineString([(1, 1), (1, 1)]), shapely.LineString([(0, 0), (1, 1)])]
    good, rejected, _ = faults_of(layer(lines), "streets")
    assert len(good) == 1
    assert len(rejected) == 1


def test_exact_duplicates_are_set_aside_once():
    square, turned = shapely.box(0, 0, 1, 1), shapely.box(0, 0, 1, 1, ccw=False)
    frame = buildings([square, turned, square], ids=["a", "a", "b"])
    good, _, faults = faults_of(frame)
    assert good["building_id"].tolist() == ["a", "b"]
    assert faults == {"exact duplicate": ("set aside", 1), "same shape as another row": ("reported", 2)}


def test_different_rows_of_one_id_are_told_apart_from_west_to_east():
    good, _, faults = faults_of(buildings([shapely.Point(k, 0) for k in (3, 1, 2)], ids=["a", "a", "a#2"]))
    assert faults["building_id not unique"] == ("mended", 2)
    assert good["building_id"].is_unique
    assert good["building_id"].tolist()[1] == "a"


def test_missing_ids_are_numbered_from_west_to_east():
    good, _, faults = faults_of(buildings([shapely.Point(k, 0) for k in (3, 1, 2)], ids=[None, "x", " "]))
    assert good["building_id"].tolist() == ["no-id-00002", "x", "no-id-00001"]
    assert faults["building_id missing"] == ("mended", 2)
    none = buildings([shapely.Point(2, 0), shapely.Point(1, 0)]).drop(columns="building_id")
    assert mend_layer(none, "buildings")[0]["building_id"].tolist() == ["no-id-00002", "no-id-00001"]


def test_ids_that_are_numbers_become_their_digits():
    points = [shapely.Point(k, 0) for k in range(3)]
    codes = [420502001001.0, 420502001002.0, np.nan]
    good, _, _ = faults_of(buildings(points, ids=codes))
    assert good["building_id"].tolist() == ["420502001001", "420502001002", "no-id-00001"]


@pytest.mark.parametrize(
    "ids",
    [["4.20502E+11", "b"], [420502000000.0, 420502000000.0], [1.5, 2.0]],
    ids=["text", "rounded", "fraction"],
)
def test_ids_that_a_spreadsheet_has_spoilt_are_fatal(ids):
    with pytest.raises(SchemaError, match=r"building_id spoilt.*export again as text"):
        mend_layer(buildings([shapely.Point(k, 0) for k in range(2)], ids=ids), "buildings")


def test_a_county_code_that_ends_in_zeros_is_a_code():
    good, _, _ = faults_of(buildings([shapely.Point(0, 0)], ids=[420502000000.0]))
    assert good["building_id"].tolist() == ["420502000000"]


def test_households_that_are_no_count_are_reported_and_their_buildings_kept():
    households = [3, None, -2, 2.5, "x", "7", 9_999, ""]
    good, rejected, faults = faults_of(
        buildings([shapely.Point(k, 0) for k in range(8)], households=households)
    )
    assert rejected.empty
    assert good["households"].tolist() == [3, 0, 0, 2, 0, 7, 9_999, 0]
    assert good["households"].dtype == np.int64
    assert faults == {
        "households missing": ("reported", 2),
        "households no number": ("reported", 1),
        "households negative": ("reported", 1),
        "households not whole": ("mended", 1),
        "households above 5000": ("reported", 1),
    }


def test_households_of_which_none_is_a_number_cannot_be_used():
    with pytest.raises(SchemaError, match=r"households no number.*such as 39户, and no row has a number"):
        mend_layer(
            buildings([shapely.Point(0, 0), shapely.Point(9, 9)], households=["39户", "4户"]), "buildings"
        )


def test_rows_are_numbered_as_in_the_file_whatever_was_set_aside_before():
    line = shapely.LineString([(0, 0), (1, 1)])
    shapes = [None, shapely.Point(0, 0), line, shapely.LineString([(3, 3), (3, 3)]), shapely.box(0, 0, 1, 1)]
    _, _, faults = mend_layer(layer(shapes), "streets")
    named = {fault.fault: fault.rows for fault in faults if fault.action == "set aside"}
    assert named == {
        "no geometry": ("row 1",),
        "not a line": ("row 2", "row 4", "row 5"),  # a line without length is made a valid point
    }


def test_buildings_without_a_column_of_households_cannot_be_used():
    with pytest.raises(SchemaError, match=r"no column households.*estimate them with gridgeo\.households"):
        mend_layer(layer([shapely.Point(0, 0)], building_id=["a"]), "buildings")


def test_a_layer_without_crs_is_refused():
    with pytest.raises(CRSError, match="streets has no CRS; declare it"):
        mend_layer(gpd.GeoDataFrame(geometry=[shapely.Point(0, 0)]), "streets")


def test_the_callers_frame_is_not_changed():
    frame = buildings([BOW_TIE, None], ids=[1, None], households=[-1, None])
    before = frame.copy(deep=True)
    mend_layer(frame, "buildings")
    pd.testing.assert_frame_equal(pd.DataFrame(frame), pd.DataFrame(before))


SHAPES = st.sampled_from(
    [
        None,
        BOW_TIE,
        shapely.Polygon(),
        shapely.box(0, 0, 3, 3),
        shapely.box(3, 0, 5, 2),
        shapely.Point(1, 1),
        shapely.Point(np.nan, np.nan),
        shapely.LineString([(0, 0), (1, 1)]),
        shapely.MultiPolygon([shapely.box(0, 0, 2, 2), shapely.box(1, 1, 3, 3)]),
        shapely.GeometryCollection([shapely.box(7, 7, 8, 8), shapely.Point(0, 0)]),
        shapely.MultiPoint([(0, 0), (5, 5)]),
    ]
)
ROWS = st.tuples(
    SHAPES,
    st.sampled_from(["a", "b", "a#2", "", None]),
    st.sampled_from([0, 1, -1, 2.5, None, "x", float("inf")]),
)


@settings(max_examples=60, deadline=None)
@given(rows=st.lists(ROWS, max_size=9), seed=st.randoms(use_true_random=False))
def test_whatever_the_dirt_the_good_rows_keep_the_contract_and_order_changes_nothing(rows, seed):
    # a layer in which no row has a number of households is refused as a whole
    rows = [*rows, (shapely.Point(770, 770), "z", 7)]
    frame = buildings(*[list(column) for column in zip(*rows, strict=True)])
    good, rejected, _ = mend_layer(frame, "buildings")
    check_layer(good, "buildings")
    assert sorted([*good.index, *rejected.index]) == list(frame.index)
    shuffled = list(frame.index)
    seed.shuffle(shuffled)
    again, _, _ = mend_layer(frame.loc[shuffled], "buildings")

    def content(part):
        return sorted(zip(part["building_id"], part["households"], part.geometry.to_wkt(), strict=True))

    assert content(again) == content(good)
