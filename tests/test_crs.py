import geopandas as gpd
import numpy as np
import pytest
import shapely
from pyproj import Transformer

from gridgeo.crs import (
    check_metric,
    check_same_crs,
    declare_crs,
    from_lonlat,
    is_metric,
    parse_crs,
    suitable_crs,
    to_lonlat,
    to_metric,
)
from gridgeo.errors import CRSError
from gridgeo.offset import wgs84_to_bd09, wgs84_to_gcj02


def layer_at(lon, lat, crs=4326):
    return gpd.GeoDataFrame(geometry=[shapely.Point(lon, lat).buffer(0.01)], crs=4326).to_crs(crs)


@pytest.mark.parametrize("crs", [4546, 32649, 26986, 3035])
def test_true_metres_are_metres(crs):
    lon, lat = {26986: (-71.1, 42.4), 3035: (9.0, 50.0)}.get(crs, (111.3, 30.7))
    check_metric(layer_at(lon, lat, crs), "buildings")


@pytest.mark.parametrize("crs", [4326, 4490, 3857, 2249])
def test_degrees_feet_and_stretched_metres_are_not_metres(crs):
    layer = layer_at(-71.1, 42.4, crs)
    with pytest.raises(CRSError, match=rf"buildings is in EPSG:{crs}, not metres; project it with"):
        check_metric(layer, "buildings")


def test_no_coordinate_system_is_an_error_that_says_what_to_type():
    with pytest.raises(CRSError, match=r"streets has no coordinate system; .*streets\.set_crs"):
        check_metric(gpd.GeoDataFrame(geometry=[shapely.Point(0, 0)]), "streets")


def test_an_empty_layer_is_judged_by_its_system_alone():
    assert is_metric(gpd.GeoDataFrame(geometry=[], crs=4546))
    assert not is_metric(gpd.GeoDataFrame(geometry=[], crs=4326))
    assert suitable_crs(gpd.GeoDataFrame(geometry=[], crs=4326)).is_projected


@pytest.mark.parametrize(
    ("lon", "lat", "crs", "epsg"),
    [
        (111.3, 30.7, 4326, 4546),
        (111.3, 30.7, 3857, 4546),
        (111.3, 30.7, 4490, 4546),
        (111.3, 30.7, 32649, 32649),
        (-71.1, 42.4, 4326, 32619),
        (-71.1, 42.4, 2249, 32619),
        (-71.1, 42.4, 26986, 26986),
    ],
)
def test_a_layer_keeps_its_metres_or_takes_its_zone(lon, lat, crs, epsg):
    assert suitable_crs(layer_at(lon, lat, crs)).to_epsg() == epsg


def test_metres_labelled_as_degrees_are_refused():
    wrong = layer_at(111.3, 30.7, 4546).set_crs(4326, allow_override=True)
    with pytest.raises(CRSError, match=r"its coordinates .* are not in that system"):
        suitable_crs(wrong, "grids")


def test_layers_meet_in_the_system_of_the_first():
    first, second = to_metric(layer_at(111.3, 30.7), layer_at(111.3, 30.7, 3857))
    assert first.crs == second.crs
    assert shapely.hausdorff_distance(first.geometry.iloc[0], second.geometry.iloc[0]) < 1e-3


def test_two_systems_side_by_side_are_an_error():
    with pytest.raises(CRSError, match="streets is in EPSG:3857, grids in EPSG:4326"):
        check_same_crs({"grids": layer_at(111, 30), "streets": layer_at(111, 30, 3857)})


@pytest.mark.parametrize("text", ["GCJ-02", "gcj02", "GCJ 02", "AMap"])
def test_gcj02_is_understood_in_any_spelling(text):
    assert parse_crs(text).name == "GCJ-02"


@pytest.mark.parametrize(
    ("text", "epsg"), [("EPSG:4490", 4490), ("4547", 4547), ("CGCS2000", 4490), ("wgs-84", 4326)]
)
def test_codes_and_common_names_are_understood(text, epsg):
    assert parse_crs(text).crs.to_epsg() == epsg


def test_an_unknown_name_is_refused_with_examples():
    with pytest.raises(CRSError, match="'hello'; write for example EPSG:4490"):
        parse_crs("hello")


@pytest.mark.parametrize(
    "name", ["GCJ-02", "BD-09", "EPSG:4490", "EPSG:4546", "EPSG:4525", "EPSG:32649", "EPSG:3857"]
)
def test_every_system_leads_there_and_back(name):
    system = parse_crs(name)
    rng = np.random.default_rng(1)
    lon, lat = rng.uniform(110, 112, 1000), rng.uniform(30, 32, 1000)
    again = to_lonlat(*from_lonlat(lon, lat, system), system)
    assert np.abs(np.subtract(again, (lon, lat))).max() < 1e-9


def test_easting_comes_first_in_a_system_that_puts_northing_first():
    x, y = from_lonlat(111.3, 30.7, parse_crs("EPSG:4525"))
    assert 37_000_000 < x < 38_000_000
    assert 3_300_000 < y < 3_500_000


@pytest.mark.parametrize(("name", "shift"), [("GCJ-02", wgs84_to_gcj02), ("BD-09", wgs84_to_bd09)])
@pytest.mark.parametrize("label", [None, 4326, 32649])
def test_a_mislabelled_layer_comes_back_where_it_is(name, shift, label):
    true = shapely.LineString([(111.3, 30.7, 5.0), (111.4, 30.8, 6.0)])
    shifted = shapely.transform(
        true, lambda c: np.column_stack((*shift(c[:, 0], c[:, 1]), c[:, 2])), include_z=True
    )
    layer = gpd.GeoDataFrame(
        {"name": ["路", "点"]}, geometry=[shifted, shapely.Point(shift(111.3, 30.7))], index=[7, 3]
    )
    layer = layer if label is None else layer.set_crs(4326).to_crs(label)
    found = declare_crs(layer, parse_crs(name))
    assert found.crs.to_epsg() == 4326
    assert found.index.tolist() == [7, 3]
    assert np.abs(shapely.get_coordinates(found.geometry.iloc[0], include_z=True) - true.coords).max() < 1e-8
    assert found.geometry.iloc[1].distance(shapely.Point(111.3, 30.7)) < 1e-8


def test_the_users_word_beats_the_label_of_the_file():
    layer = layer_at(111.3, 30.7)
    assert declare_crs(layer, parse_crs("EPSG:4490")).crs.to_epsg() == 4490
    assert layer.crs.to_epsg() == 4326


def test_proj_and_we_agree_on_a_zone():
    x, y = from_lonlat([111.0, 112.0], [30.0, 31.0], parse_crs("EPSG:4546"))
    peer = Transformer.from_crs(4490, 4546, always_xy=True).transform([111.0, 112.0], [30.0, 31.0])
    assert np.abs(np.subtract((x, y), peer)).max() < 1e-3
