"""Words of the pages in Chinese and English: the catalogue of the service over that of the file map."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from gridgeo.maps.words import LANGUAGES, read_words, say, say_sentence

__all__ = ["LANGUAGES", "read_edit_words", "read_page_words", "say", "say_sentence"]

CATALOGUE = Path(__file__).parent / "static" / "text.json"
EDITOR = Path(__file__).parent / "static" / "edit" / "text.json"


@cache
def read_page_words() -> dict[str, dict[str, Any]]:
    """Return the catalogue by language: what a grid is called is said in one place only, the file map's."""
    own: dict[str, dict[str, Any]] = json.loads(CATALOGUE.read_text(encoding="utf-8"))
    shared = read_words()
    return {language: {**shared[language], **own[language]} for language in LANGUAGES}


@cache
def read_edit_words() -> dict[str, dict[str, Any]]:
    """Return the catalogue of the editor over that of the pages, by language."""
    own: dict[str, dict[str, Any]] = json.loads(EDITOR.read_text(encoding="utf-8"))
    pages = read_page_words()
    return {language: {**pages[language], **own[language]} for language in LANGUAGES}
