"""House numbers and addresses."""

import numpy as np
import pandas as pd
import shapely

from gridgeo.demo.cells import Line
from gridgeo.demo.numbering import name_streets, number_along

STREET = pd.DataFrame({"street": [("split", 1)], "geometry": [shapely.LineString([(0, 0), (200, 0)])]})


def numbers_of(*places):
    points = np.array([shapely.Point(place) for place in places])
    return number_along(points, np.zeros(len(points), dtype=np.int64), STREET)


def test_odd_and_even_numbers_are_on_opposite_sides():
    left, right = numbers_of((50, 8), (50, -8))
    assert left % 2 != right % 2


def test_numbers_grow_in_one_direction_and_never_repeat_on_a_street():
    along = numbers_of(*[(x, y) for x in range(5, 200, 3) for y in (8, -8)])
    assert len(set(along.tolist())) == len(along)
    one_side = np.diff(along[::2])
    assert (one_side > 0).all() or (one_side < 0).all()


def test_a_gap_between_houses_leaves_numbers_free():
    assert np.ptp(numbers_of((5, 8), (150, 8))) > 20


def test_streets_of_one_quarter_form_a_series_and_great_roads_stand_alone():
    ends = np.zeros(2), np.ones(2)
    quarter = [Line(*ends, "lane", ("split", k), "village", quarter=3) for k in range(12)]
    names = name_streets([Line(*ends, "arterial", ("along", 0)), *quarter], np.random.default_rng(1))
    lanes = {names["split", k] for k in range(12)}
    assert sum(name.endswith(("一巷", "二巷", "十巷", "十二巷")) for name in lanes) >= 3
    assert names["along", 0].endswith(("大道", "路"))


def test_every_address_is_at_one_place_or_a_name_given_twice(city, district):
    """Two places share an address only where two streets or compounds share a name, or a gate and a shop."""
    own = city.addresses[city.addresses.building_no.notna()]
    names = pd.concat([city.compounds.name, city.dedicated.name]).value_counts()
    given_twice = tuple(names.index[names > 1])
    twice = own.address[own.address.duplicated(keep=False)].tolist()
    assert twice
    assert all(text.startswith(given_twice) for text in twice)
    assert city.addresses.address.duplicated().mean() < 0.05
    assert not district.addresses.geometry.to_wkb().duplicated().any()


def test_lanes_off_a_street_are_numbered_from_the_west_and_service_lanes_have_no_name():
    def lane(number, x, street_class="lane"):
        foot = np.array([float(x), 0.0])
        return Line(
            foot, foot + np.array([0.0, 50.0]), street_class, ("split", number), "mid", off=("along", 0)
        )

    street = Line(np.zeros(2), np.array([500.0, 0.0]), "arterial", ("along", 0))
    lines = [street, lane(1, 300), lane(2, 100), lane(3, 200, "service")]
    names = name_streets(lines, np.random.default_rng(0))
    assert names["split", 2] == names["along", 0] + "一巷"
    assert names["split", 1] == names["along", 0] + "二巷"
    assert ("split", 3) not in names


def test_addresses_stand_in_the_houses_that_carry_them(district):
    houses = district.buildings.dropna(subset="address")
    table = district.addresses.iloc[: len(houses)]
    assert table.address.tolist() == houses.address.tolist()
    assert table.geometry.reset_index(drop=True).within(houses.geometry.reset_index(drop=True)).all()


def test_an_address_names_its_street_and_number_or_its_compound_and_house(district):
    table = district.addresses
    on_street = table[table.building_no.isna() & table.street.notna()]
    assert (on_street.street + on_street.house_number + "号" == on_street.address).all()
    inside = table[table.building_no.notna() & table.compound.notna()]
    assert (inside.compound + inside.building_no.astype("string") + "栋").eq(inside.address).mean() > 0.9
    assert set(table.level) == {"building", "number"}


def test_the_area_code_of_an_address_is_that_of_its_community(district):
    at = district.addresses[["address_id", "area_code", "geometry"]]
    joined = at.sjoin(district.communities[["area_code", "geometry"]], predicate="intersects", rsuffix="of")
    assert (joined.area_code_left == joined.area_code_of).any()
    first = joined.groupby("address_id").area_code_of.min()
    assert first.reindex(at.address_id).tolist() == at.area_code.tolist()
