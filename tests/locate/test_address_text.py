"""Folding of text, with the way back."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridgeo.locate.address import ChineseScript, EuropeanScript
from gridgeo.locate.address.text import RADICALS, fold_characters, fold_marks

CHINESE = ChineseScript()


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("雲集路２８號", "云集路28号"),
        ("⻄陵⼀路", "西陵一路"),
        ("Ａ座", "a座"),
        ("㈱", "(株)"),
        ("龙湾路", "龙湾路"),
    ],
)
def test_width_radicals_case_and_traditional_forms_become_one_spelling(written: str, folded: str) -> None:
    assert fold_characters(written).text == folded


def test_a_part_of_the_folded_text_leads_back_to_what_was_typed() -> None:
    normal = CHINESE.normalize("反映： 雲集路 ２８號（錦江小區）")
    at = normal.text.index("云集路28号")
    assert normal.source_text(at, at + len("云集路28号")) == "雲集路 ２８號"


def test_blanks_and_commas_vanish_but_never_join_two_numbers() -> None:
    assert CHINESE.normalize("云集 路，28 3栋").text == "云集路28 3栋"


def test_accents_and_sharp_s_are_folded_for_european_addresses() -> None:
    assert fold_marks("Straße").text == "strasse"
    assert fold_marks("Cafe\u0301").text == "cafe"


def test_every_radical_is_folded_to_a_character_that_is_none() -> None:
    assert not set(RADICALS) & set(RADICALS.values())
    assert all("CJK RADICAL" in unicodedata.name(radical) for radical in RADICALS)


@given(st.text(max_size=40))
def test_folding_twice_changes_nothing(text: str) -> None:
    once = CHINESE.normalize(text).text
    assert CHINESE.normalize(once).text == once


@given(st.text(max_size=40))
def test_every_folded_character_comes_from_a_place_in_the_source_in_order(text: str) -> None:
    for normal in (CHINESE.normalize(text), EuropeanScript().normalize(text), fold_marks(text)):
        assert len(normal.starts) == len(normal.ends) == len(normal.text)
        assert normal.starts == sorted(normal.starts)
        assert all(0 <= s <= e <= len(text) for s, e in zip(normal.starts, normal.ends, strict=True))


@given(st.text(alphabet="云集路雲號二十8２ ，3a栋（）", max_size=30))
def test_the_source_of_the_whole_folded_text_folds_to_the_same(text: str) -> None:
    normal = CHINESE.normalize(text)
    part = normal.source_text(0, len(normal.text))
    assert CHINESE.normalize(part).text == normal.text
