import pytest

from gridgeo.errors import CRSError
from gridgeo.zones import cgcs2000_crs, zone_crs


@pytest.mark.parametrize(
    ("lon", "width", "prefix", "epsg"),
    [
        (116.4, 3, False, 4548),
        (116.4, 3, True, 4527),
        (111.3, 3, False, 4546),
        (111.3, 3, True, 4525),
        (75.0, 3, False, 4534),
        (135.0, 3, False, 4554),
        (116.4, 6, False, 4509),
        (116.4, 6, True, 4498),
    ],
)
def test_known_towns_are_in_their_zones(lon, width, prefix, epsg):
    assert cgcs2000_crs(lon, width=width, zone_prefix=prefix).to_epsg() == epsg


@pytest.mark.parametrize("n", range(25, 46))
def test_every_three_degree_zone_has_its_meridian_and_number(n):
    assert cgcs2000_crs(3 * n).name == f"CGCS2000 / 3-degree Gauss-Kruger CM {3 * n}E"
    assert cgcs2000_crs(3 * n + 1.4, zone_prefix=True).name == f"CGCS2000 / 3-degree Gauss-Kruger zone {n}"


@pytest.mark.parametrize("n", range(13, 24))
def test_every_six_degree_zone_has_its_meridian_and_number(n):
    assert cgcs2000_crs(6 * n - 3, width=6).name == f"CGCS2000 / Gauss-Kruger CM {6 * n - 3}E"
    assert cgcs2000_crs(6 * n - 3, width=6, zone_prefix=True).name == f"CGCS2000 / Gauss-Kruger zone {n}"


def test_a_place_between_two_zones_goes_to_the_eastern_one():
    assert cgcs2000_crs(112.5).name.endswith("CM 114E")


def test_a_place_outside_china_has_no_zone_of_china():
    with pytest.raises(CRSError, match=r"longitude 2\.35 is in no 3 degree zone"):
        cgcs2000_crs(2.35)


@pytest.mark.parametrize(
    ("lon", "lat", "epsg"),
    [
        (111.3, 30.7, 4546),
        (87.6, 43.8, 4538),
        (126.6, 45.8, 4551),
        (-71.1, 42.4, 32619),
        (151.2, -33.9, 32756),
        (180.0, 1.0, 32660),
        (127.0, 37.5, 32652),
    ],
)
def test_china_takes_cgcs2000_and_the_rest_of_the_world_utm(lon, lat, epsg):
    assert zone_crs(lon, lat).to_epsg() == epsg


def test_a_layer_in_cgcs2000_stays_with_it_beside_china():
    assert zone_crs(127.0, 37.5, cgcs2000=True).to_epsg() == 4551
