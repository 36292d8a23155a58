"""All places that one text may mean."""

import geopandas as gpd
import pytest
import shapely

from gridgeo import build_gazetteer
from gridgeo.locate.geocode.placing import prepare_grids
from gridgeo.locate.geocode.several import find_places


@pytest.fixture(scope="module")
def town():
    """Two streets far apart with one name each in its own community, and a grid round each."""
    addresses = gpd.GeoDataFrame(
        {"address": ["云集路28号", "云集路30号", "云集路28号", "云集路30号", "夷陵大道5号"]},
        geometry=gpd.points_from_xy([111.29, 111.291, 111.34, 111.341, 111.30], [30.69] * 5),
        crs=4326,
    )
    grids = gpd.GeoDataFrame(
        {"grid_code": ["WEST", "EAST"]},
        geometry=[shapely.box(111.28, 30.68, 111.31, 30.70), shapely.box(111.33, 30.68, 111.35, 30.70)],
        crs=4326,
    ).to_crs(4546)
    gazetteer = build_gazetteer(addresses=addresses)
    return gazetteer, prepare_grids(grids, gazetteer)


def test_places_that_fit_as_well_stand_behind_the_answer(town):
    found = find_places(*swapped(town, "云集路28号"))
    assert sorted(found["grid_code"]) == ["EAST", "WEST"]
    assert found["score"].isna().tolist() == [False, True]
    assert set(found["address"]) == {"云集路28号"}
    assert not found["grid_certain"].iloc[0]


def test_one_meaning_is_one_row_and_none_is_none(town):
    assert find_places(*swapped(town, "夷陵大道5号"))["grid_code"].tolist() == ["WEST"]
    assert len(find_places(*swapped(town, "下雨了"))) == 0
    assert len(find_places(*swapped(town, " "))) == 0


def test_the_limit_counts_the_answer_too(town):
    assert len(find_places(*swapped(town, "云集路28号"), limit=1)) == 1


def swapped(town, text):
    gazetteer, grids = town
    return gazetteer, text, grids
