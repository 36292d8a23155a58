"""Numbers in Chinese addresses."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridgeo.locate.address import ChineseScript
from gridgeo.locate.address.numbers import find_numbers
from gridgeo.locate.address.numerals import from_chinese_numeral
from tests.noise import to_chinese_number


def numbers(text: str) -> list[tuple[str, str]]:
    return [(n.kind, "-".join(n.values)) for n in find_numbers(ChineseScript().normalize(text).text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("云集路28号", [("house", "28")]),
        ("云集路28号附1号", [("house", "28-1")]),
        ("云集路28号之一", [("house", "28-1")]),
        ("云集路12-1号", [("house", "12-1")]),
        ("甲28号", [("house", "28甲")]),
        ("长寿路100弄5号501室", [("lane", "100"), ("house", "5"), ("room", "501")]),
        ("锦江小区三栋2单元", [("building", "3"), ("unit", "2")]),
        ("锦江小区3-2-501", [("bare", "3-2-501")]),
        ("28号院3号楼", [("house", "28"), ("building", "3")]),
        ("B座", [("building", "b")]),
        ("28#3#楼", [("hash", "28"), ("building", "3")]),
        ("一百二十五号", [("house", "125")]),
        ("3组12号", [("group", "3"), ("house", "12")]),
        ("40号楼道里", [("house", "40")]),
    ],
)
def test_each_way_to_write_a_number_is_read(text: str, expected: list[tuple[str, str]]) -> None:
    assert numbers(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "3月28日8点30分",
        "3月28号开会",
        "停水2天",
        "约20辆车",
        "2路公交",
        "13812345678",
        "五一路",
        "3.5万元",
        "28号线",
    ],
)
def test_dates_counts_telephones_and_names_are_no_house_numbers(text: str) -> None:
    assert numbers(text) == []


@given(st.integers(1, 999))
def test_a_chinese_numeral_is_read_as_the_number_it_spells(number: int) -> None:
    assert from_chinese_numeral(to_chinese_number(number)) == number


@given(st.text(alphabet="零一二三四五六七八九十百千", min_size=1, max_size=8))
def test_any_string_of_numerals_is_a_number_or_none(text: str) -> None:
    number = from_chinese_numeral(text)
    assert number is None or number >= 0


@given(st.text(alphabet="云集路0123456789一二十号栋幢弄单元室-之附a甲#月", max_size=30))
def test_numbers_stand_in_order_and_never_overlap(text: str) -> None:
    found = find_numbers(text)
    assert all(a.end <= b.start for a, b in pairwise(found))
    assert all(n.values and all(n.values) for n in found)
