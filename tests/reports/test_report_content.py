import dataclasses
import json
import re

import pandas as pd
import pytest
from drawn_division import draw_division
from planned import changed_division, divided

from gridgeo.maps.words import read_words
from gridgeo.reports.content import build_report
from gridgeo.reports.words import CATALOGUE, choose_language, read_report_words

WORDS = json.loads(CATALOGUE.read_text(encoding="utf-8"))


def test_both_languages_of_the_report_know_the_same_words():
    assert set(WORDS["en"]) == set(WORDS["zh"])
    for key, text in WORDS["en"].items():
        assert set(re.findall(r"\{\w+\}", text)) == set(re.findall(r"\{\w+\}", WORDS["zh"][key])), key


def test_the_words_of_the_report_hide_none_of_the_map():
    for lang in ("zh", "en"):
        assert set(read_words()[lang]) < set(read_report_words(lang))


def test_the_language_is_that_of_the_names_unless_told():
    assert choose_language(None, pd.Series(["东门社区", "西门社区"])) == "zh"
    assert choose_language(None, pd.Series(["East End", None])) == "en"
    assert choose_language("en", pd.Series(["东门社区"])) == "en"
    with pytest.raises(ValueError, match="zh, en"):
        choose_language("fr", pd.Series(["东门社区"]))


def test_a_report_says_what_was_asked_what_came_out_and_why_not():
    division = divided()
    report = build_report(division, lang="en")
    assert ("Households of a grid", "200–300") in report.asked
    assert ("Grids", str(len(division.grids))) in report.result
    assert [row[0] for row in report.exceptions.rows] == division.exceptions["grid_code"].tolist()
    assert all(row[-1] for row in report.exceptions.rows)
    assert sum(row[3] for row in report.communities.rows) == division.grids["households"].sum()
    assert sum(len(sheet.table.rows) for sheet in report.sheets) == len(division.grids)
    assert report.changes == []


def test_reasons_come_in_the_language_of_the_report():
    report = build_report(divided(), lang="zh")
    assert any("单栋建筑" in str(row[-1]) for row in report.exceptions.rows)
    assert report.title == "网格划分报告"


def test_a_changed_division_says_who_changed_what_and_why():
    report = build_report(changed_division(), lang="en", title="North")
    said = dict(report.changes)
    assert said["Author"] == "planning office"
    assert said["Note"] == "a wall was built"
    assert int(said["Households moved"].replace(",", "")) > 0
    assert report.title == "North"


def test_an_almost_perfect_share_is_no_perfect_one():
    drawn = draw_division()
    manifest = {**drawn.manifest, "score": {"in_range_share": 0.99996}}
    assert build_report(dataclasses.replace(drawn, manifest=manifest), lang="en").result == [
        ("Grids in range", "99.9%")
    ]


def test_file_names_are_told_without_their_folders():
    division = divided()
    inputs = {"layers": {"buildings": "/home/someone/secret/houses.gpkg:buildings"}}
    told = build_report(
        dataclasses.replace(division, manifest={**division.manifest, "inputs": inputs}), lang="en"
    )
    assert ("Layer buildings", "houses.gpkg:buildings") in told.asked
