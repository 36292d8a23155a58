"""The numbers of a Chinese address: house, lane, building, unit, room; a small grammar over folded text."""

import re
from typing import NamedTuple

from gridgeo.locate.address.numerals import NUMERALS, from_chinese_numeral

__all__ = ["AddressNumber", "find_numbers"]


class AddressNumber(NamedTuple):
    """A number of an address: where it stands, what it counts, and its value.

    ``kind`` is house, lane, building, unit, room, floor, group, hash (3#) or bare (no word behind it).
    ``values`` are the parts in order: ``("12", "1")`` for 12-1号, ``("3", "2", "501")`` for 3-2-501.
    """

    start: int
    end: int
    kind: str
    values: tuple[str, ...]


KINDS = {
    "号": "house", "号门牌": "house", "号院": "house", "院": "house",
    "号楼": "building", "栋楼": "building", "#楼": "building",
    "栋": "building", "幢": "building", "座": "building",
    "弄": "lane", "单元": "unit", "门": "unit", "室": "room", "房": "room", "层": "floor", "楼": "floor",
    "组": "group", "队": "group", "#": "hash",
}  # fmt: skip
_NUM = rf"(?:(?<![\d.])\d{{1,6}}(?!\d|\.\d)|[{NUMERALS}]{{1,9}})"
_SUB = rf"(?:\d{{1,5}}(?!\d)|[{NUMERALS}]{{1,5}})"
_STEMS = "甲乙丙丁戊"
# 40号楼道 is the stairwell of house 40, no building 40
_WORDS = "|".join(
    f"{word}(?![道下上梯顶内里前后])" if word.endswith("楼") else word
    for word in sorted(KINDS, key=len, reverse=True)
)
_PATTERN = re.compile(
    rf"(?P<pre>[{_STEMS}])?(?P<lead>(?<![a-z])[a-z]-?)?(?P<num>{_NUM})(?P<let>[a-z{_STEMS}](?![a-z]))?"
    rf"(?P<more>(?:[-~—–/_之]{_SUB}[a-z]?(?![a-z])){{0,3}})(?P<word>{_WORDS})?"
    rf"(?P<sub>(?:附|之|-){_SUB}(?:号(?!楼)|(?![\d号楼栋幢座单#])))?"
    rf"|(?<![a-z])(?P<only>[a-z{_STEMS}])(?P<oword>号楼|栋|幢|座)"
)
_SPLIT = re.compile("[-~—–/_之]")
# A number before one of these counts something else: 8点, 20辆, 2路 (a bus), 3个.
_COUNTED = frozenset("月年日点时分个次元米户人只辆天岁%万路线条台起件名种位例根块平")
# 28号线 is a metro line, 3月28号 a date
_NO_ADDRESS_AFTER = frozenset("线令")


def _value(text: str) -> str:
    """Return one part of a number in digits and letters, without leading zeros."""
    letter = ""
    if text and (text[-1] in _STEMS or "a" <= text[-1] <= "z"):
        text, letter = text[:-1], text[-1]
    if not text.isdigit():
        number = from_chinese_numeral(text)
        return "" if number is None else f"{number}{letter}"
    return (text.lstrip("0") or "0") + letter


def _is_counting(text: str, match: re.Match[str]) -> bool:
    """Return whether the number tells a date, a time or a count and no part of an address."""
    word, end = match["word"], match.end()
    following = text[end : end + 1]
    before = text[match.start() - 1 : match.start()] if match.start() else ""
    if word in (None, "号"):
        if before == "第" or (
            before in ("月", "年") and _is_numeral(text[match.start() - 2 : match.start() - 1])
        ):
            return True
        if text.startswith("路灯", end):  # 湖安二路17路灯: the lamp at number 17
            return False
        return following in _NO_ADDRESS_AFTER if word else following in _COUNTED
    return word in ("门", "院", "房", "队", "组") and before in ("第", "每", "这", "那")


def _is_numeral(character: str) -> bool:
    """Return whether the character belongs to a number."""
    return bool(character) and (character.isdigit() or character in NUMERALS)


def find_numbers(text: str) -> list[AddressNumber]:
    """Return the numbers of an address in a folded text, from left to right.

    Chinese numerals count only before a word such as 号 or 栋, so that 五一路 and 三峡 stay names.
    """
    found = []
    for match in _PATTERN.finditer(text):
        number = _read_only(match) if match["only"] else _read_number(text, match)
        if number is not None:
            found.append(number)
    return found


def _read_only(match: re.Match[str]) -> AddressNumber:
    """Return a building that has a letter for its number."""
    return AddressNumber(match.start(), match.end(), "building", (match["only"],))


def _read_number(text: str, match: re.Match[str]) -> AddressNumber | None:
    """Return the number of a match, None where it is no part of an address."""
    word, num = match["word"], match["num"]
    if (word is None and not num.isdigit()) or _is_counting(text, match):
        return None
    first = _value(num + (match["let"] or match["pre"] or ""))
    if not first:
        return None
    values = [(match["lead"] or "").rstrip("-") + first]
    values += [_value(part) for part in _SPLIT.split(match["more"])[1:]]
    kind = KINDS[word] if word else "bare"
    if match["sub"]:
        values.append(_value(match["sub"].lstrip("附之-").removesuffix("号")))
    return AddressNumber(match.start(), match.end(), kind, tuple(v for v in values if v))
