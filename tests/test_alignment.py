from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely

from gridgeo.alignment import find_offset, looks_like_gcj_offset, looks_swapped
from gridgeo.offset import wgs84_to_bd09, wgs84_to_gcj02
from gridgeo.zones import zone_crs

SHARED = Path(__file__).resolve().parents[1] / "../shared/data"
LUJIAZUI = SHARED / "shanghai/lujiazui.gpkg"
CAMBRIDGE = SHARED / "cambridge/cambridge.gpkg"
needs_lujiazui = pytest.mark.skipif(not LUJIAZUI.exists(), reason="the shared data of Lujiazui are not here")
needs_cambridge = pytest.mark.skipif(
    not CAMBRIDGE.exists(), reason="the shared data of Cambridge are not here"
)


def shifted(layer, step=wgs84_to_gcj02):
    lonlat = layer.to_crs(4326)
    moved = shapely.transform(lonlat.geometry.array, lambda c: np.column_stack(step(c[:, 0], c[:, 1])))
    return lonlat.set_geometry(gpd.GeoSeries(moved, index=layer.index, crs=4326)).to_crs(layer.crs)


def town_of_crooked_streets(lon=111.3, lat=30.7, seed=0):
    """Streets of a town, and community borders that run along some of them with a metre of noise."""
    rng = np.random.default_rng(seed)
    x, y = gpd.GeoSeries.from_xy([lon], [lat], crs=4326).to_crs(zone_crs(lon, lat)).get_coordinates().iloc[0]
    along = np.arange(-2500.0, 2501.0, 100)
    lines = []
    for at in np.cumsum(rng.uniform(60, 220, 32)) - 2300:
        wave = at + np.cumsum(rng.normal(0, 12, along.size))
        lines += [np.column_stack((x + along, y + wave)), np.column_stack((x + wave, y + along))]
    streets = gpd.GeoDataFrame(geometry=[shapely.LineString(line) for line in lines], crs=zone_crs(lon, lat))
    noisy = [shapely.LineString(line + rng.normal(0, 1, line.shape)) for line in lines[::7]]
    return streets, gpd.GeoDataFrame(geometry=noisy, crs=streets.crs)


@needs_lujiazui
@pytest.mark.parametrize(
    ("districts", "expected"), [("districts_gcj02_raw", True), ("districts_wgs84", False)]
)
def test_districts_of_lujiazui_are_found_out_against_the_buildings(districts, expected):
    layer = gpd.read_file(LUJIAZUI, layer=districts)
    assert looks_like_gcj_offset(layer, gpd.read_file(LUJIAZUI, layer="buildings")) is expected


@needs_lujiazui
def test_the_warning_says_how_far_and_what_to_type():
    layer = gpd.read_file(LUJIAZUI, layer="districts_gcj02_raw")
    found = find_offset(layer, gpd.read_file(LUJIAZUI, layer="buildings"))
    text = found.to_text("districts", "buildings")
    assert text.startswith("districts lies about 479 m from buildings, just as GCJ-02 lies from WGS 84 here")
    assert "--crs GCJ-02" in text


@needs_cambridge
@pytest.mark.parametrize(
    ("name", "reference"), [("neighborhoods", "street_centerlines"), ("street_centerlines", "parcels_units")]
)
def test_a_real_town_set_down_in_china_is_quiet_when_right_and_found_out_when_shifted(name, reference):
    layer, other = gpd.read_file(CAMBRIDGE, layer=name), gpd.read_file(CAMBRIDGE, layer=reference)
    assert find_offset(layer, other) is None
    assert find_offset(shifted(layer), other) is None  # at home there is no offset
    x0, y0, x1, y1 = other.total_bounds
    crs = zone_crs(116.4, 39.9)
    centre = gpd.GeoSeries.from_xy([116.4], [39.9], crs=4326).to_crs(crs).get_coordinates().iloc[0]

    def set_down(frame):
        step = centre["x"] - (x0 + x1) / 2, centre["y"] - (y0 + y1) / 2
        return frame.set_geometry(frame.translate(*step).set_crs(crs, allow_override=True))

    layer, other = set_down(layer), set_down(other)
    assert find_offset(layer, other) is None
    assert looks_like_gcj_offset(shifted(layer), other)


@pytest.mark.parametrize("seed", range(3))
def test_borders_on_streets_are_quiet(seed):
    streets, borders = town_of_crooked_streets(seed=seed)
    assert find_offset(borders, streets) is None


@pytest.mark.parametrize(("step", "system"), [(wgs84_to_gcj02, "GCJ-02"), (wgs84_to_bd09, "BD-09")])
def test_the_system_of_the_shifted_layer_is_named(step, system):
    streets, borders = town_of_crooked_streets()
    found = find_offset(shifted(borders, step), streets)
    assert (found.system, found.of_reference) == (system, False)
    found = find_offset(borders, shifted(streets, step))
    assert (found.system, found.of_reference) == (system, True)


def test_any_other_shift_is_not_called_an_offset():
    streets, borders = town_of_crooked_streets()
    for dx, dy in ((300, 0), (0, 500), (-350, 350)):
        assert find_offset(borders.set_geometry(borders.translate(dx, dy)), streets) is None


def test_the_layers_may_come_in_different_systems():
    streets, borders = town_of_crooked_streets()
    assert looks_like_gcj_offset(shifted(borders).to_crs(4326), streets.to_crs(3857))


def test_too_little_or_nothing_to_compare_is_no_sign():
    streets, borders = town_of_crooked_streets()
    assert find_offset(shifted(borders).iloc[:0], streets) is None
    assert find_offset(shifted(borders), streets.iloc[:0]) is None
    far = borders.set_geometry(borders.translate(50_000, 0))
    assert find_offset(far, streets) is None


def test_latitude_first_is_noticed_in_china():
    lon, lat = np.random.default_rng(0).uniform((116, 39), (117, 40), (500, 2)).T
    assert looks_swapped(lat, lon)
    assert not looks_swapped(lon, lat)


def test_latitude_first_is_noticed_elsewhere_by_the_layer_that_it_should_fall_in():
    lon, lat = np.random.default_rng(0).uniform((-71.2, 42.3), (-71.0, 42.5), (500, 2)).T
    bounds = (-71.2, 42.3, -71.0, 42.5)
    assert looks_swapped(lat, lon, bounds=bounds)
    assert not looks_swapped(lon, lat, bounds=bounds)


@pytest.mark.parametrize(
    ("lon", "lat"), [(55.3, 25.2), (28.0, 78.0), (87.6, 43.8), (25.0, 75.5), (80.0, 30.0)]
)
def test_ordinary_places_are_not_called_swapped(lon, lat):
    assert not looks_swapped([lon] * 10, [lat] * 10)


def test_missing_places_and_metres_are_no_sign():
    assert not looks_swapped([], [])
    assert not looks_swapped([np.nan, np.inf], [1.0, 2.0])
    assert not looks_swapped([500_000.0], [3_400_000.0])
    assert looks_swapped([39.9, np.nan], [116.4, 1.0])


@pytest.mark.parametrize("width", [0.0, 5.0, 900.0, 1300.0])
def test_a_reference_smaller_than_the_offset_says_nothing(width):
    streets, borders = town_of_crooked_streets()
    x, y = streets.total_bounds[:2] + 2000
    small = gpd.GeoDataFrame(geometry=[shapely.box(x, y, x + width, y + width).boundary], crs=streets.crs)
    assert find_offset(borders, small) is None
    assert find_offset(small, borders) is None
