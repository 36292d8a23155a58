"""What a column of a text table holds: numbers only where all of it are plain numbers and it is no code."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

__all__ = ["SPOILT_CODE", "Kind", "find_kind", "find_spoilt", "is_code_column", "join_kinds", "to_kind"]

NUMBER = re.compile(r"[+-]?(?:0|[1-9]\d{0,10})(?:\.\d+)?(?:[eE][+-]?\d{1,2})?|[+-]?\.\d+")
# What a spreadsheet makes of a code of 12 digits or more: 4.20502E+11. The lost digits cannot be had back.
SPOILT_CODE = re.compile(r"\d(?:[.,]\d+)?E\+(?:1[1-9]|2\d)")
CODE_WORDS = (
    "code",
    "id",
    "ml",
    "geoid",
    "zip",
    "postcode",
    "phone",
    "代码",
    "编码",
    "编号",
    "区划",
    "邮编",
    "电话",
)


@dataclass(frozen=True)
class Kind:
    """What some rows of a column hold: whether all are numbers, all whole, and whether any are missing."""

    n_present: int
    is_number: bool
    is_whole: bool
    has_gaps: bool


def is_code_column(column: str) -> bool:
    """Tell whether a column is named like a code or identifier, whose digits are no quantity."""
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", column).lower().split("_")
    return any(word in CODE_WORDS for word in words) or any(
        word in column for word in CODE_WORDS if not word.isascii()
    )


def find_spoilt(values: pd.Series) -> pd.Series:
    """Return the codes among texts that a spreadsheet has rounded."""
    rounded = values[values.str.contains("E+", regex=False).fillna(False).astype(bool)]
    return rounded[rounded.str.fullmatch(SPOILT_CODE.pattern)]


def find_kind(values: pd.Series, column: str) -> Kind:
    """Return what a column of texts holds; missing ones are no text.

    Parameters
    ----------
    values
        The texts, or some of them.
    column
        Its name: what is named like a code stays text.
    """
    present = values.dropna()
    is_number = not is_code_column(column) and _are_numbers(present)
    is_whole = is_number and not present.str.contains(r"[.eE]", regex=True).any()
    return Kind(len(present), is_number, is_whole, len(present) < len(values))


def join_kinds(kinds: Iterable[Kind]) -> Kind:
    """Return what a column holds of which these are the parts."""
    parts = list(kinds)
    return Kind(
        n_present=sum(part.n_present for part in parts),
        is_number=all(part.is_number for part in parts),
        is_whole=all(part.is_whole for part in parts),
        has_gaps=any(part.has_gaps for part in parts),
    )


def to_kind(values: pd.Series, kind: Kind) -> pd.Series:
    """Return a column as numbers where it holds nothing else; whole ones with gaps as ``Int64``."""
    if not kind.n_present or not kind.is_number:
        return values
    if kind.is_whole:
        return pd.to_numeric(values).astype("Int64" if kind.has_gaps else "int64")
    return pd.to_numeric(values).astype("float64")


def _are_numbers(present: pd.Series) -> bool:
    """Tell whether all values are plain numbers; the first hundred tell for most columns of text."""
    return all(
        part.str.strip().str.fullmatch(NUMBER.pattern).all()
        for part in (present.iloc[:100], present.iloc[100:])
    )
