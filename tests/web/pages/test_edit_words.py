"""The words of the editor: the same in both languages, and each one that a module asks for is there."""

import re
import threading
from pathlib import Path

import gridgeo_web
from gridgeo_web.planning.operations import KINDS
from gridgeo_web.words import LANGUAGES, read_edit_words
from service_town import start_service

STATIC = Path(gridgeo_web.__path__[0]) / "static" / "edit"
TEMPLATE = STATIC.parents[1] / "templates" / "edit.html"


def own_words(language):
    return {key: text for key, text in read_edit_words()[language].items() if key.startswith("edit.")}


def test_both_languages_have_the_same_words_with_the_same_places():
    zh, en = (own_words(language) for language in LANGUAGES)
    assert set(zh) == set(en)
    for key in zh:
        places = [set(re.findall(r"{\w+}", words[key])) for words in (zh, en)]
        assert places[0] == places[1] or key.endswith(".one"), key  # "one atom" needs no number


def test_every_word_that_the_page_says_is_in_the_catalogue():
    known = read_edit_words()["en"]
    asked = set()
    for file in [*STATIC.glob("*.js"), TEMPLATE]:
        asked |= set(re.findall(r"""["'](edit\.[a-z_.]+[a-z])["']""", file.read_text(encoding="utf-8")))
    assert asked - set(known) == set()


def test_every_operation_can_be_said():
    assert {f"edit.do.{kind}" for kind in KINDS if kind not in ("undo", "redo")} <= set(own_words("zh"))


def test_the_map_leads_planners_to_the_editor_and_nobody_else(town_file, tmp_path):
    links = []
    for role in ("officer", "planner"):
        folder = tmp_path / role
        folder.mkdir()
        page = start_service(town_file, folder, local_role=role).test_client().get("/").get_data(as_text=True)
        links.append('href="/edit"' in page)
    assert links == [False, True]


def test_the_editor_is_made_ready_while_a_planner_looks_at_the_map_and_for_nobody_else(town_file, tmp_path):
    kept = []
    for role in ("officer", "planner"):
        folder = tmp_path / role
        folder.mkdir()
        service = start_service(town_file, folder, local_role=role)
        service.test_client().get("/")
        for thread in threading.enumerate():
            if thread.name == "gridgeo-desk":
                thread.join(timeout=60)
        kept.append(len(list(folder.rglob("*.versions/*.gpkg"))))
    assert kept == [0, 1]
