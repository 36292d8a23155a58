"""Columns and manifests as plain values that strict JSON and a browser can hold."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

__all__ = ["pack_texts", "to_numbers", "to_plain", "to_texts"]


def to_numbers(column: pd.Series) -> npt.NDArray[np.float64]:
    """Return a column as floats, NaN where the answer is missing."""
    return np.asarray(column.to_numpy(dtype=np.float64, na_value=np.nan))


def to_texts(frame: pd.DataFrame, name: str) -> dict[str, Any]:
    """Return a column as words and, for each row, which word; -1 where the answer is missing."""
    return pack_texts(frame[name].tolist() if name in frame else [None] * len(frame))


def pack_texts(texts: list[Any]) -> dict[str, Any]:
    """Return texts as a sorted list of words and, for each text, the place of its word, -1 for none."""
    known = ["" if pd.isna(text) else str(text) for text in texts]
    words = sorted(set(known) - {""})
    if len(words) == len(known):
        return {"words": known}
    place = {word: position for position, word in enumerate(words)}
    return {"words": words, "of": [place.get(text, -1) for text in known]}


def to_plain(value: Any) -> Any:
    """Return a value for strict JSON: NaN and infinity become null, whole floats become integers."""
    if isinstance(value, Mapping):
        return {str(key): to_plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [to_plain(item) for item in value]
    if isinstance(value, np.generic):
        return to_plain(value.item())
    if value is None or isinstance(value, str | int):
        return value
    return to_plain_number(value) if isinstance(value, float) else str(value)


def to_plain_number(number: float) -> float | int | None:
    """Return a float without a meaningless tail."""
    if not math.isfinite(number):
        return None
    return int(number) if number == int(number) else round(number, 6)
