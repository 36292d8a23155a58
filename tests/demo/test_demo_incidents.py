"""Incidents: near their place, in order, in words that hold the address."""

import pandas as pd
import pytest
import shapely

from gridgeo.demo import build_incidents, incident_table
from gridgeo.demo.incidents import SEEN


@pytest.fixture(scope="module")
def many(district):
    return build_incidents(district, 6_000, seed=5)


def test_incidents_lie_in_the_district(district, many):
    outline = shapely.coverage_union_all(district.communities.geometry.to_numpy())
    assert many.within(outline).all()


def test_incidents_come_in_order_of_time_with_the_zone_of_china(many):
    times = pd.to_datetime(many.reported_at)
    assert times.is_monotonic_increasing
    assert many.reported_at.str.endswith("+08:00").all()
    assert times.dt.hour.between(8, 20).mean() > 0.7


def test_incidents_have_unique_ids_and_the_categories_of_the_field(many):
    assert many.incident_id.is_unique
    assert set(many.category) == set(SEEN)


def test_an_incident_with_an_address_lies_near_it(district, many):
    places = district.addresses.drop_duplicates("address", keep=False).set_index("address").geometry
    known = many[many.address.isin(places.index)]
    away = known.distance(places.loc[known.address].set_axis(known.index))
    assert len(known) > 1_000
    assert away.max() < 80


def test_most_texts_hold_an_address_and_some_hold_none(district, many):
    written = set(district.addresses.address)
    holds = many.description.map(
        lambda text: any(
            text[a:b] in written for a in range(len(text)) for b in range(a + 4, min(a + 16, len(text) + 1))
        )
    )
    assert 0.55 < holds.mean() < 0.9
    assert many.address.isna().mean() > 0.3


def test_incidents_repeat_for_a_seed_and_differ_for_another(district, many):
    pd.testing.assert_frame_equal(build_incidents(district, 6_000, seed=5), many)
    assert not build_incidents(district, 6_000, seed=6).description.equals(many.description)


def test_the_table_has_degrees_longitude_first(district):
    table = incident_table(district)
    assert table.lon.between(111, 112).all()
    assert table.lat.between(30, 31).all()
