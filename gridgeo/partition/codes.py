"""Grid codes: two national schemes of 14 and 15 digits, and a plain one.

A code is the 12-digit area code (6 county + 3 street or town + 3 community) and a sequence number of two
digits (the older national series) or three (Beijing DB11/T 2157-2023). Numbers run west to east, north to
south inside a community, like the lines of a page. A retired code is never given again.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from gridgeo.errors import SchemaError
from gridgeo.partition.coverage import Floats, Ints

__all__ = ["GridCode", "build_codes", "choose_scheme", "parse_code", "reading_order"]

Scheme = Literal["14", "15", "plain"]
DIGITS = {"14": 2, "15": 3, "plain": 3}  # of the sequence number; a plain one grows where it must
LINE_SHARE = 2 / 3  # of the height of a line: what lies deeper is in the next one
AREA_CODE = re.compile(r"\d{12}")
STREET_PARTS = (
    (1, 99, "street office"),
    (100, 199, "town"),
    (200, 399, "township"),
    (400, 599, "enterprise"),
)


@dataclass(frozen=True)
class GridCode:
    """The parts of a grid code; ``street_kind`` is empty where the number is in no known series."""

    area_code: str
    sequence: int
    county: str
    street: str
    community: str
    street_kind: str


def choose_scheme(area_codes: Iterable[str], scheme: str, most: int = 1) -> Scheme:
    """Return the scheme to use: the one asked for, or by ``auto`` the shortest that serves.

    That is 14 digits where every area code has 12 and no community has more than 99 grids (``most``), 15 up
    to 999, else the plain one.

    Raises
    ------
    SchemaError
        When 14 or 15 digits are asked for and an area code does not have 12.
    """
    wrong = [code for code in area_codes if not AREA_CODE.fullmatch(code)]
    if scheme == "plain" or (scheme == "auto" and wrong):
        return "plain"
    if wrong:
        shown = ", ".join(map(repr, wrong[:5]))
        raise SchemaError(
            f"a {scheme}-digit grid code needs area codes of 12 digits, not {shown}; "
            "give another --area-code column, or take the plain scheme"
        )
    if scheme in ("14", "15"):
        return "15" if scheme == "15" else "14"
    return "14" if most < 100 else "15" if most < 1000 else "plain"


def build_codes(area_code: str, n: int, scheme: Scheme, retired: Iterable[str] = ()) -> list[str]:
    """Return n new codes of a community in ascending order, none of them retired.

    Raises
    ------
    SchemaError
        When the scheme has no number left.
    """
    digits = DIGITS[scheme]
    used = set(retired)
    mark = "-" if scheme == "plain" else ""
    codes: list[str] = []
    for sequence in range(1, 10 ** (digits if mark == "" else 9)):
        if len(codes) == n:
            break
        code = f"{area_code}{mark}{sequence:0{digits}d}"
        if code not in used:
            codes.append(code)
    if len(codes) < n:
        raise SchemaError(
            f"community {area_code} needs {n} grid codes, the scheme {scheme} has {len(codes)} left; "
            "take the 15-digit scheme, or larger grids"
        )
    return codes


def parse_code(code: str) -> GridCode:
    """Return the parts of a 14- or 15-digit grid code.

    Raises
    ------
    SchemaError
        When it is not one.

    Examples
    --------
    >>> parse_code("42050200100307").sequence
    7
    >>> parse_code("420502001003007").street_kind
    'street office'
    """
    if not re.fullmatch(r"\d{14,15}", code):
        raise SchemaError(f"{code!r} is no grid code: it has 14 digits (12 + 2) or 15 (12 + 3)")
    street = int(code[6:9])
    kind = next((name for low, high, name in STREET_PARTS if low <= street <= high), "")
    return GridCode(code[:12], int(code[12:]), code[:6], code[6:9], code[9:12], kind)


def reading_order(centres: Floats, areas: Floats, heights: Floats) -> Ints:
    """Return the positions in the order of a page: lines from north to south, in a line west to east.

    A line starts at the most northern grid that is left and takes every centre less than two thirds of a
    line below it. It is as high as a mean grid is wide, but not higher than the grids are: flat ones that lie
    on top of each other are lines of their own. Ties go to the more northern, then to the first.
    """
    if len(centres) == 0:
        return np.empty(0, dtype=np.int64)
    height = max(min(float(np.sqrt(areas.mean())), float(np.median(heights))), 1e-9)
    line = np.empty(len(centres), dtype=np.int64)
    number, first = -1, np.inf
    for i in np.argsort(-centres[:, 1], kind="stable"):
        if first - centres[i, 1] >= LINE_SHARE * height:
            number, first = number + 1, centres[i, 1]
        line[i] = number
    order: Ints = np.lexsort((-centres[:, 1], centres[:, 0], line)).astype(np.int64)
    return order
