"""Words of the report in Chinese and English, with those of the maps beside them."""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from gridgeo.maps.words import check_language, read_words

__all__ = ["choose_language", "read_report_words"]

CATALOGUE = Path(__file__).parent / "text.json"
CHINESE = re.compile("[\u4e00-\u9fff]")


@cache
def read_report_words(lang: str) -> dict[str, Any]:
    """Return the words of one language; those of the report stand under ``report`` names of their own.

    Raises
    ------
    ValueError
        When there are no words in the language.
    """
    check_language(lang)
    own: dict[str, dict[str, Any]] = json.loads(CATALOGUE.read_text(encoding="utf-8"))
    return {**read_words()[lang], **{f"report.{key}": text for key, text in own[lang].items()}}


def choose_language(lang: str | None, names: pd.Series) -> str:
    """Return the language asked for, else that of most of the names of the communities."""
    if lang is not None:
        check_language(lang)
        return lang
    is_chinese = names.astype("string").fillna("").str.contains(CHINESE)
    return "zh" if bool(is_chinese.mean() > 0.5) else "en"
