"""What lies elsewhere."""

from gridgeo.locate.address.provinces import names_elsewhere


def test_other_provinces_and_their_cities_are_elsewhere_and_the_own_is_not() -> None:
    elsewhere = names_elsewhere(["420502001001"])
    assert {"北京市", "广东省", "深圳市"} <= elsewhere
    assert not {"湖北省", "武汉市"} & elsewhere


def test_codes_that_are_no_official_ones_tell_nothing() -> None:
    assert names_elsewhere(["A1", "999999", "12"]) == frozenset()
