from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gridgeo.errors import CRSError, SchemaError
from gridgeo.households import estimate_households, share_out, spread_totals
from gridgeo.io import read_layer

SHARED = Path(__file__).resolve().parents[1] / "../shared/data"
needs_shared = pytest.mark.skipif(not SHARED.exists(), reason="the shared data are not beside this checkout")


def buildings(shapes, **columns):
    return gpd.GeoDataFrame(columns, geometry=list(shapes), crs=4546)


def zones(shapes, totals):
    return gpd.GeoDataFrame({"households": totals}, geometry=list(shapes), crs=4546)


def test_households_are_floor_area_over_the_floor_area_of_one():
    frame = buildings(
        shapely.box(0, 0, [22, 22, 22, 22], 10), levels=[6, 0, None, None], height=[99, 99, 30.5, 0]
    )
    result = estimate_households(frame)
    assert result.tolist() == [12, 0, 20, 2]
    assert result.attrs["method"] == (
        "estimated: footprint x levels / 110 m2 per household; levels from levels, else height / 3 m, else 1 "
        "(1 of 4 buildings)"
    )
    assert estimate_households(frame, floor_area_per_household_m2=55, levels_column=None).tolist() == [
        132,
        132,
        40,
        4,
    ]


def test_degrees_and_senseless_parameters_are_refused():
    frame = buildings([shapely.box(0, 0, 10, 10)])
    with pytest.raises(CRSError, match="not metres"):
        estimate_households(frame.set_crs(4326, allow_override=True))
    with pytest.raises(ValueError, match="above 0"):
        estimate_households(frame, floor_area_per_household_m2=0)
    with pytest.raises(SchemaError, match=r"levels holds -3 \(1 rows\)"):
        estimate_households(frame.assign(levels=-3))


def test_totals_are_spread_by_volume_and_stay_exact():
    frame = buildings(shapely.box([0, 20, 40], 0, [10, 30, 60], 10), levels=[1, 3, 1])
    result = spread_totals(frame, zones([shapely.box(0, 0, 99, 99)], [10]), "households")
    assert result.tolist() == [2, 5, 3]
    assert result.sum() == 10
    by_area = spread_totals(frame, zones([shapely.box(0, 0, 99, 99)], [10]), "households", weight="area")
    assert by_area.tolist() == [3, 2, 5]


def test_a_building_belongs_to_the_zone_with_its_largest_share():
    frame = buildings([shapely.box(6, 0, 16, 10), shapely.Point(10, 5), shapely.box(30, 0, 31, 1)])
    areas = zones([shapely.box(0, 0, 10, 10), shapely.box(10, 0, 20, 10)], [4, 7])
    result = spread_totals(frame, areas, "households", weight="equal")
    assert result.tolist() == [7, 4, 0]
    assert "1 buildings in no zone have 0" in result.attrs["method"]


def test_a_zone_without_buildings_is_reported(caplog):
    frame = buildings([shapely.Point(1, 1)])
    areas = zones([shapely.box(0, 0, 2, 2), shapely.box(5, 5, 6, 6)], [3, 8])
    result = spread_totals(frame, areas, "households")
    assert result.tolist() == [3]
    assert result.attrs["unspread"] == {"1": 8}
    assert "1 zones with households hold no building" in caplog.text


def test_a_population_grid_with_fractions_keeps_its_grand_total():
    frame = buildings([shapely.Point(k + 0.5, 0.5) for k in range(4)])
    areas = zones(shapely.box(range(4), 0, range(1, 5), 1), [1.4, 1.4, 1.4, 0.8])
    assert spread_totals(frame, areas, "households").sum() == 5


def test_totals_that_are_no_counts_are_refused():
    frame, square = buildings([shapely.Point(1, 1)]), [shapely.box(0, 0, 2, 2)]
    with pytest.raises(SchemaError, match=r"zones: households holds -1\.0"):
        spread_totals(frame, zones(square, [-1.0]), "households")
    with pytest.raises(SchemaError, match="no column people; it has households"):
        spread_totals(frame, zones(square, [1]), "people")
    with pytest.raises(CRSError, match="bring them together"):
        spread_totals(frame, zones(square, [1]).to_crs(32649), "households")


@given(
    total=st.integers(0, 10**7),
    weights=st.lists(st.floats(0, 1e12, allow_subnormal=False), min_size=1, max_size=30),
    random=st.randoms(use_true_random=False),
)
def test_shares_are_exact_and_no_order_of_rows_changes_them(total, weights, random):
    ranks = np.arange(len(weights))
    shares = share_out(total, np.array(weights), ranks)
    assert shares.sum() == total
    assert (shares >= 0).all()
    exact = np.array(weights) / max(sum(weights), 1e-300) * total
    if sum(weights) > 0:
        assert (np.abs(shares - exact) < 1 + 1e-6 * total).all()
        assert shares[np.array(weights) == 0].sum() == 0
    order = list(range(len(weights)))
    random.shuffle(order)
    again = share_out(total, np.array(weights)[order], ranks[order])
    assert again.tolist() == shares[order].tolist()


@settings(max_examples=20, deadline=None)
@given(
    places=st.lists(st.tuples(st.integers(0, 39), st.integers(0, 19), st.integers(1, 6)), max_size=12),
    totals=st.lists(st.integers(0, 50), min_size=8, max_size=8),
    random=st.randoms(use_true_random=False),
)
def test_every_zone_is_exact_and_rows_in_any_order_give_the_same(places, totals, random):
    frame = buildings([shapely.box(x, y, x + size, y + size) for x, y, size in places])
    frame["building_id"] = [f"b{k:02}" for k in range(len(frame))]
    areas = zones([shapely.box(x, y, x + 10, y + 10) for x in range(0, 40, 10) for y in (0, 10)], totals)
    result = spread_totals(frame, areas, "households")
    assert (result >= 0).all()
    assert result.sum() + sum(result.attrs["unspread"].values()) == sum(totals)
    rows, cells = list(frame.index), list(areas.index)
    random.shuffle(rows)
    random.shuffle(cells)
    again = spread_totals(frame.loc[rows], areas.loc[cells], "households")
    assert again.sort_index().tolist() == result.tolist()


@needs_shared
def test_people_of_real_tracts_come_to_parcels_without_loss():
    parcels = read_layer(SHARED / "cambridge/cambridge.gpkg:parcels_units")
    tracts = read_layer(SHARED / "cambridge/cambridge.gpkg:tracts_2010")
    tracts["people"] = range(1000, 1000 + len(tracts))
    result = spread_totals(parcels, tracts, "people", weight="volume")
    assert result.sum() == tracts["people"].sum()
    assert result.attrs["unspread"] == {}
    with pytest.raises(SchemaError, match=r"gross_area holds -35616\.0 \(1 rows\)"):
        spread_totals(parcels, tracts, "people", weight="gross_area")


@needs_shared
def test_lujiazui_gets_an_estimate_from_heights():
    frame = read_layer(SHARED / "shanghai/lujiazui.gpkg:buildings")
    result = estimate_households(frame)
    assert result.index.equals(frame.index)
    assert result.dtype == np.int64
    assert "height / 3 m" in result.attrs["method"]
