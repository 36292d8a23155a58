"""Streets of any city's words fall into a few ranks."""

import geopandas as gpd
import pytest

from gridgeo.maps.streets import LANE, LOCAL, MAIN, RAIL, SECONDARY, rank_streets


@pytest.mark.parametrize(
    ("word", "rank"),
    [
        ("Primary", MAIN),
        ("主干路", MAIN),
        ("tertiary", SECONDARY),
        ("footway", LANE),
        ("铁路", RAIL),
        ("unheard of", LOCAL),
        (None, LOCAL),
    ],
)
def test_a_class_has_a_rank_whatever_its_language(word, rank):
    assert rank_streets(gpd.GeoDataFrame({"street_class": [word]}, geometry=[None])).tolist() == [rank]


def test_streets_without_classes_are_local():
    assert rank_streets(gpd.GeoDataFrame({"name": ["a", "b"]}, geometry=[None, None])).tolist() == [
        LOCAL,
        LOCAL,
    ]
