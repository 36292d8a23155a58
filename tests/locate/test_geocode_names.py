"""Names in a text: as they stand, by sound, with one slip."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridgeo.locate.address import ChineseScript, EuropeanScript
from gridgeo.locate.geocode.names import Heard, build_name_index

CHINESE = ChineseScript()
NAMES = [
    ("street", "云集路", 0),
    ("street", "云集一路", 1),
    ("compound", "锦江小区", 2),
    ("poi", "云集路小学", 3),
]
INDEX = build_name_index(NAMES, CHINESE)
ENGLISH = build_name_index([("street", "walker st", 0), ("street", "walker st pl", 1)], EuropeanScript())


def heard(text: str) -> Heard:
    return Heard(text, CHINESE.to_sound(text))


def test_the_longest_name_wins() -> None:
    hits = INDEX.find("在云集路小学旁的云集路上")
    assert [(hit.start, hit.end, hit.meanings[0].name_id) for hit in hits] == [(1, 6, 3), (8, 11, 0)]


def test_a_short_form_says_that_it_needs_a_number() -> None:
    assert [m.needs_number for hit in INDEX.find("锦江3栋") for m in hit.meanings] == [True]


def test_homophones_are_found_and_cost_something() -> None:
    hits = INDEX.find_by_sound(heard("运级路"))
    assert [m.name_id for m in hits[0].meanings] == [0]
    assert 0 < hits[0].meanings[0].cost < 0.6


def test_whole_words_are_not_swallowed_by_a_longer_name_that_does_not_fit() -> None:
    assert [(h.start, h.end) for h in ENGLISH.find("68 walker st please")] == [(3, 12)]
    assert ENGLISH.find("68 nightwalker st") == []


@pytest.mark.parametrize("piece", ["云极一路", "云一路", "云集集一路", "集云一路"])
def test_one_slip_is_forgiven(piece: str) -> None:
    hit = INDEX.find_misspelled(heard(piece), 0, len(piece))
    assert hit is not None
    assert 1 in [m.name_id for m in hit.meanings]


def test_a_name_that_stands_alone_keeps_what_is_its_own() -> None:
    assert INDEX.find_misspelled(heard("里跳小区"), 0, 4, is_alone=True) is None
    assert INDEX.find_misspelled(heard("锦江小去"), 0, 4, is_alone=True) is not None


@given(st.integers(0, 3), st.sampled_from("甲乙丙丁戊"))
def test_any_one_wrong_character_still_finds_a_name_of_four(at: int, char: str) -> None:
    typed = "云集一路"[:at] + char + "云集一路"[at + 1 :]
    hit = INDEX.find_misspelled(heard(typed), 0, 4)
    assert hit is not None
    assert 1 in [m.name_id for m in hit.meanings]


@given(st.text(alphabet="云集一路锦江小区学3栋", max_size=20))
def test_hits_lie_in_order_and_do_not_overlap(text: str) -> None:
    hits = INDEX.find(text)
    assert all(a.end <= b.start for a, b in pairwise(hits))
    assert all(CHINESE.own_part(text[h.start : h.end]) for h in hits)
