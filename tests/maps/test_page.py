"""The page as text: nothing of the data can become markup or script, and nothing points outside."""

import json
import re

import pytest
from drawn_division import draw_division, draw_incidents, read_tags
from hypothesis import given
from hypothesis import strategies as st

from gridgeo.errors import FileWriteError
from gridgeo.maps.page import MapExtras, to_html, to_json, write_map

BAD = "</script><script>alert(1)</script><!--<img src=x onerror=alert(2)>"


def test_no_element_of_the_page_loads_anything():
    assert read_tags(to_html(draw_division(), MapExtras(incidents=draw_incidents()))).addresses == ["data:,"]


def test_data_adds_no_element_whatever_its_texts_are():
    plain = read_tags(to_html(draw_division()))
    bad = read_tags(to_html(draw_division(word=BAD, reason=BAD), titles=[BAD]))
    assert bad.counts == plain.counts


def test_the_policy_allows_nothing_by_default_and_only_hashed_scripts():
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', to_html(draw_division()))[1]
    assert policy.startswith("default-src 'none';")
    assert "unsafe" not in policy
    assert policy.count("'sha256-") == 4


@given(st.text())
def test_no_text_can_leave_its_script_element(text):
    written = to_json({"text": text})
    assert not set(written) & set("<>&\u2028\u2029")
    assert json.loads(written) == {"text": text}


def test_the_same_division_gives_the_same_page():
    assert to_html(draw_division()) == to_html(draw_division())


def test_an_unknown_language_is_refused():
    with pytest.raises(ValueError, match="lang must be one of zh, en, got 'de'"):
        to_html(draw_division(), lang="de")


def test_a_page_that_cannot_be_written_leaves_the_old_one(tmp_path):
    path = tmp_path / "map.html"
    path.write_text("old")
    with pytest.raises(ValueError, match="lang"):
        write_map(draw_division(), path, lang="de")
    assert path.read_text() == "old"
    with pytest.raises(FileWriteError, match="does not exist"):
        write_map(draw_division(), tmp_path / "nowhere" / "map.html")


def test_writing_replaces_the_page(tmp_path):
    path = tmp_path / "map.html"
    write_map(draw_division(), path, lang="zh")
    assert path.read_text(encoding="utf-8") == to_html(draw_division(), lang="zh")
