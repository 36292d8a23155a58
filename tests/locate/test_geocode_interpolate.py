"""Places for house numbers that no entry has."""

import geopandas as gpd
import pytest
from shapely import LineString

from gridgeo.locate.gazetteer import build_gazetteer
from tests.locate.small_city import CRS, X, Y, addresses, at


def metres(gazetteer: object, text: str) -> tuple[str, float, float]:
    row = gazetteer.geocode([text]).iloc[0]
    point = gpd.GeoSeries(gpd.points_from_xy([row["lon"]], [row["lat"]]), crs=4326).to_crs(CRS).iloc[0]
    return row["precision"], point.x - X, point.y - Y


def ranged(*rows: tuple[int, int, int, int]) -> gpd.GeoDataFrame:
    columns = dict(zip(("L_From", "L_To", "R_From", "R_To"), zip(*rows, strict=True), strict=True))
    lines = [LineString([at(400 * i, 0), at(400 * i + 400, 0)]) for i in range(len(rows))]
    return gpd.GeoDataFrame({"name": ["云集路"] * len(rows), **columns}, geometry=lines, crs=CRS)


def test_a_number_goes_to_its_side_and_its_share_of_the_range() -> None:
    gazetteer = build_gazetteer(streets=ranged((2, 100, 1, 99), (102, 200, 101, 199)))
    level, x, y = metres(gazetteer, "云集路50号")
    assert (level, y > 0) == ("interpolated", True)
    assert x == pytest.approx(200, abs=15)
    assert metres(gazetteer, "云集路151号")[1:] == pytest.approx((600, -12), abs=15)


def test_ranges_that_run_backwards_are_read_so() -> None:
    gazetteer = build_gazetteer(streets=ranged((100, 2, 99, 1)))
    assert metres(gazetteer, "云集路90号")[1] < metres(gazetteer, "云集路10号")[1]


@pytest.mark.parametrize("number", [0, 250, 9999])
def test_a_number_outside_all_ranges_leaves_the_road(number: int) -> None:
    gazetteer = build_gazetteer(streets=ranged((2, 100, 0, 0)))
    assert metres(gazetteer, f"云集路{number}号")[0] == "road"


def test_the_nearer_neighbours_beat_a_long_range() -> None:
    gazetteer = build_gazetteer(addresses=addresses(), streets=ranged((2, 2000, 1, 1999)))
    level, x, y = metres(gazetteer, "云集路24号")
    assert level == "interpolated"
    assert (x, y) == pytest.approx((240, 15), abs=2)


def test_an_even_number_never_lies_between_odd_ones() -> None:
    table = addresses()
    odd = table[table["house_number"].isin(["21", "23", "25", "27"]) & (table["street"] == "云集路")]
    assert metres(build_gazetteer(addresses=odd), "云集路24号")[0] == "road"
