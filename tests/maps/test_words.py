"""The catalogue speaks both languages about everything that can be said."""

import re

import pytest

from gridgeo.maps.assets import FRONT
from gridgeo.maps.words import check_language, read_words, say, say_reason

WORDS = read_words()


def test_both_languages_know_the_same_words():
    assert set(WORDS["en"]) == set(WORDS["zh"])
    for key, text in WORDS["en"].items():
        if isinstance(text, str):
            assert set(re.findall(r"\{\w+\}", text)) == set(re.findall(r"\{\w+\}", WORDS["zh"][key])), key


def test_every_word_that_the_front_end_asks_for_is_in_the_catalogue():
    known = set(WORDS["en"])
    for path in [*FRONT.glob("*.js"), FRONT / "page.html"]:
        text = path.read_text(encoding="utf-8")
        asked = set(re.findall(r'(?:say\(|data-word=|data-label=)"([\w.]+)"', text))
        assert asked <= known, path.name


@pytest.mark.parametrize(
    ("reason", "chinese"),
    [
        ("single building of 388 households", "单栋建筑 388 户"),
        ("single building of 388 households, with 12 beside it", "单栋建筑 388 户，另含 12 户"),
        ("2 buildings that overlap of 500 households", "2 栋相互重叠的建筑共 500 户"),
        ("only 17 households here in all", "此处总共只有 17 户"),
        ("no k fits 341 households: 1 × 300 < 341 < 2 × 200", "341 户无法整分：1 × 300 < 341 < 2 × 200"),
        (
            "building of 176 households: alone, or more than 300",
            "有一处房屋176户：单独不足，与任何相邻房屋合并都超过300户",
        ),
        (
            "buildings on one spot of 176 households: 184 with neighbours, or more than 300",
            "有一处房屋176户：与相邻房屋合并最多184户，否则超过300户",
        ),
        (
            "of 9 buildings of 152 to 192 households here 4 can be in range at most",
            "此处9栋152至192户的房屋中最多4栋能够达标",
        ),
        ("single piece of land of 40000 m²", "单块用地 40000 m²"),
        ("a reason that nobody translated", "a reason that nobody translated"),
        (None, "未说明原因"),
    ],
)
def test_a_proof_is_told_in_chinese_with_its_numbers(reason, chinese):
    assert say_reason(WORDS["zh"], reason) == chinese


def test_every_sentence_of_a_reason_is_told():
    told = say_reason(WORDS["zh"], "only 17 households here in all; single building of 388 households")
    assert told == "此处总共只有 17 户; 单栋建筑 388 户"


def test_what_no_proof_explains_is_said_in_chinese_too():
    feasibility = pytest.importorskip("gridgeo.partition.feasibility")
    assert not re.search("[a-z]", say_reason(WORDS["zh"], feasibility.UNPROVED))


def test_what_a_planner_drew_by_hand_is_said_in_chinese_too():
    saving = pytest.importorskip("gridgeo.planning.saving")
    level = pytest.importorskip("gridgeo.levels.level")
    pieces = "2 pieces, as the community is in several parts"
    for reason in (saving.BY_HAND, level.WHOLE_GRIDS, f"{saving.BY_HAND}; {pieces}"):
        assert not re.search("[a-z]", say_reason(WORDS["zh"], reason))


def test_what_is_wrong_with_a_service_grid_is_said_in_chinese_too():
    for reason in (
        "a base grid of 700 people",
        "of 3 base grids of 176 to 190 people here 1 can be in range at most",
        "of 3 base grids of 176 households here 2 can be in range at most",
        "a base grid of 700 households, with 300 beside it",
        "only neighbour of these 200 people is a base grid of 900",
        "no k fits 2158 people: 1 × 1800 < 2158 < 2 × 1200",
        "base grid of 176 people: alone, or more than 300",
    ):
        assert not re.search("[a-z]", say_reason(WORDS["zh"], reason))


def test_english_leaves_a_reason_as_it_is():
    assert say_reason(WORDS["en"], "single building of 388 households") == "single building of 388 households"


def test_places_in_a_sentence_are_filled():
    assert say(WORDS["en"], "tip.households", n=12) == "12 households"


def test_an_unknown_language_is_refused():
    with pytest.raises(ValueError, match="lang must be one of zh, en, got 'de'"):
        check_language("de")


def test_every_figure_of_the_score_has_a_name():
    shown = set(re.findall(r"^  (\w+): ", (FRONT / "score.js").read_text(encoding="utf-8"), re.MULTILINE))
    assert {f"score.{name}" for name in shown} <= set(WORDS["en"])
    assert len(shown) > 10
