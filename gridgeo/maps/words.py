"""Words of the maps in Chinese and English: one catalogue for Python and the browser."""

import json
import re
from functools import cache
from typing import Any

import pandas as pd

from gridgeo.maps.assets import read_front

__all__ = ["LANGUAGES", "check_language", "read_words", "say", "say_reason", "say_sentence"]

LANGUAGES = ("zh", "en")

Words = dict[str, Any]


@cache
def read_words() -> dict[str, Words]:
    """Return the catalogue by language."""
    words: dict[str, Words] = json.loads(read_front("text.json"))
    return words


def check_language(lang: str) -> None:
    """Raise when there are no words in a language."""
    if lang not in LANGUAGES:
        raise ValueError(f"lang must be one of {', '.join(LANGUAGES)}, got {lang!r}")


def say(words: Words, key: str, **values: object) -> str:
    """Return the words for a key with its places filled in."""
    return re.sub(r"\{(\w+)\}", lambda place: str(values[place[1]]), str(words[key]))


def say_reason(words: Words, reason: object) -> str:
    """Return why a grid is not in range, each sentence in the reader's language where known."""
    if pd.isna(reason) or not reason:
        return str(words["exceptions.unexplained"])
    return "; ".join(say_sentence(words, sentence) for sentence in str(reason).split("; "))


def say_sentence(words: Words, sentence: str, patterns: str = "reasons") -> str:
    """Return one sentence by the first of these patterns that fits it, else as it stands."""
    for pattern, text in words[patterns]:
        if found := re.fullmatch(pattern, sentence):
            filled = re.sub(r"\$(\d)", lambda place: found[int(place[1])], text)
            filled = filled.replace("households", words["unit.households"])
            return filled.replace("people", words["unit.people"])
    return sentence
