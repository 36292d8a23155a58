from concurrent.futures import ThreadPoolExecutor

import numpy as np
from pyproj import CRS

from gridgeo import transform
from gridgeo.transform import build_transformer, to_system

LONLAT, ZONE = CRS.from_epsg(4490), CRS.from_epsg(4546)


def test_there_and_back_is_the_same_place():
    lon, lat = np.random.default_rng(0).uniform((110, 30), (112, 31), (500, 2)).T
    again = to_system(*to_system(lon, lat, LONLAT, ZONE), ZONE, LONLAT)
    assert np.abs(np.subtract(again, (lon, lat))).max() < 1e-10


def test_easting_comes_first_though_the_system_puts_northing_first():
    x, y = to_system(111.3, 30.7, LONLAT, ZONE)
    assert 400_000 < x < 600_000
    assert y > 3_000_000


def test_missing_and_infinite_places_stay_and_impossible_ones_become_infinite():
    x, y = to_system([np.nan, np.inf, 30.7, 111.3], [30.0, 30.0, 111.3, 30.7], LONLAT, ZONE)
    assert np.isnan(x[0])
    assert y[0] == 30
    assert np.isinf(x[1])
    assert np.isinf(x[2])
    assert np.isfinite(x[3])


def test_the_same_system_changes_nothing():
    assert np.array_equal(
        to_system([1.0, np.nan], [2.0, 3.0], ZONE, ZONE), ([1, np.nan], [2, 3]), equal_nan=True
    )


def test_a_thread_keeps_its_transformer_and_shares_it_with_no_other():
    assert build_transformer(LONLAT, ZONE) is build_transformer(LONLAT, ZONE)
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(build_transformer, LONLAT, ZONE).result() is not build_transformer(LONLAT, ZONE)


def test_a_system_built_anew_has_the_same_transformer_and_no_more_than_some_are_remembered():
    first = build_transformer(LONLAT, ZONE)
    for _ in range(100):
        assert build_transformer(CRS.from_epsg(4490), CRS.from_epsg(4546)) is first
    assert build_transformer(ZONE, LONLAT) is not first
    assert len(transform._kept.seen) <= transform.MOST_KEPT
