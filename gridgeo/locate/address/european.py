"""How English and European addresses are written, folded to one spelling word by word."""

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import zip_longest

from gridgeo.locate.address.numbers import AddressNumber
from gridgeo.locate.address.text import NormalText, fold_marks
from gridgeo.locate.address.words import CANONICAL, GLUED_ENDS, STREET_TYPES, UNIT_WORDS

__all__ = ["EuropeanScript", "ParsedAddress", "parse_address"]

_HALF = r"(?:\.5|\s1/2)"
_WORD = re.compile(
    rf"\d+{_HALF}?(?:\s?-\s?\d+{_HALF}?)+[a-z]?(?![^\W_])|\d+{_HALF}|\d+(?:/\d+)+|[#&@]|[^\W_]+(?:['’][^\W_]+)*"
)
_ORDINAL = re.compile(r"^(\d+)(?:st|nd|rd|th|te|er|eme)$")
_COUNTED = "th"  # what tells the street 7th from the number 7, whatever the language
_NUMBER = re.compile(r"^\d{1,6}[a-z]?(?:[-/]\d{1,6}[a-z]?)*$")
_HOUSE_FIRST = re.compile(r"^(\d{1,6}[a-z]?(?:[-/]\d{1,6}[a-z]?)*)(?:\s+[a-d])?\s+(?=\S)")
_HOUSE_LAST = re.compile(r"\s(\d{1,5}[a-z]?(?:[-/]\d{1,5}[a-z]?)?)(?:\s+[a-d])?$")
_NEAR_BEFORE = re.compile(
    r"(?:near|opposite|behind|beside|by|next to|across from|gegenuber|pres de|junto a)(?: the)? $"
)
_RESIDENCE = re.compile(r"(?:lives? at|resid\w+ at|my address(?: is)?|wohnhaft(?: in)?|habite(?: au)?) $")
_CROSSING = frozenset(("and", "at", "corner", "/", "x", "ecke", "angle"))


class EuropeanScript:
    """The spelling rules of English and European addresses: words, the number before or behind the street."""

    name = "european"
    numbers_lead = True
    whole_words = True
    min_fuzzy = 5
    longest_window = 32

    def normalize(self, source: str) -> NormalText:
        """Return the words in their one spelling, one blank between two."""
        folded = fold_marks(source)
        characters: list[str] = []
        starts: list[int] = []
        ends: list[int] = []
        matches = list(_WORD.finditer(folded.text))
        words = _plain_counts([_canonical(match[0]) for match in matches])
        for match, word in zip(matches, words, strict=True):
            first, last = folded.starts[match.start()], folded.ends[match.end() - 1]
            if characters:
                characters.append(" ")
                starts.append(min(ends[-1], first))
                ends.append(max(ends[-1], first))
            characters.append(word)
            starts += [first] * len(word)
            ends += [last] * len(word)
        return NormalText(source, "".join(characters), starts, ends)

    @staticmethod
    @lru_cache(maxsize=200_000)
    def fold_name(name: str) -> str:
        """Return a name as :meth:`normalize` would leave it in a text."""
        return _EUROPEAN.normalize(name).text

    def find_numbers(self, text: str) -> list[AddressNumber]:
        """Return the words that may be house numbers, and the units behind them."""
        found = []
        at, after_unit = 0, False
        for word in text.split(" "):
            if _NUMBER.match(word):
                values = tuple(part.lstrip("0") or "0" for part in re.split("[-/]", word))
                found.append(AddressNumber(at, at + len(word), "unit" if after_unit else "house", values))
            after_unit = word in UNIT_WORDS
            at += len(word) + 1
        return found

    def to_sound(self, text: str) -> str:
        """Return the text as it is: spelling, not sound, is what goes wrong here."""
        return text

    def short_forms(self, name: str, kind: str) -> list[tuple[str, bool]]:
        """Return the street without the word that says what it is; it needs a number beside it."""
        if kind != "street":
            return []
        words = name.split(" ")
        if len(words) > 1 and words[-1] in STREET_TYPES:
            short = " ".join(words[:-1])
            return [(short, True), (short + _COUNTED, True)] if words[-2].isdigit() else [(short, True)]
        if len(words) > 2 and words[-2] in STREET_TYPES and words[-1] in ("n", "s", "e", "w", "ext"):
            return [(" ".join(words[:-2]), True), (" ".join(words[:-1]), True)]
        return []

    def own_part(self, name: str) -> str:
        """Return a name without the word that says what kind of street it is."""
        words = name.split(" ")
        return " ".join(words[:-1]) if len(words) > 1 and words[-1] in STREET_TYPES else name

    def is_near(self, text: str, start: int, end: int) -> bool:
        """Return whether a word such as near or opposite stands before the place."""
        return _NEAR_BEFORE.search(text, max(0, start - 20), start) is not None

    def is_crossing(self, between: str, following: str) -> bool:
        """Return whether two streets with this text between and behind them name their crossing."""
        return between.strip() in _CROSSING or not between.strip()

    def crossing_spans(self, text: str) -> list[tuple[int, int, int]]:
        """Return where two streets are said to meet: the end of the first, start and end of the second."""
        return [(m.start(), m.end(), len(text)) for m in re.finditer(" (?:and|at) ", text)]

    def is_residence(self, text: str, start: int) -> bool:
        """Return whether the text before the place says that it is the writer's home."""
        return _RESIDENCE.search(text, max(0, start - 24), start) is not None

    def names_foreign_area(self, text: str, known: frozenset[str], elsewhere: frozenset[str]) -> bool:
        """Return False: no word marks a city in these languages."""
        return False

    def is_breaking(self, between: str) -> bool:
        """Return False: full stops end abbreviations as often as sentences."""
        return False


def _plain_counts(words: list[str]) -> list[str]:
    """Return the words with 96th as 96 before the word street, where it is written so as often."""
    return [
        word.removesuffix(_COUNTED) if word[0].isdigit() and following in STREET_TYPES else word
        for word, following in zip_longest(words, words[1:], fillvalue="")
    ]


@lru_cache(maxsize=100_000)
def _canonical(word: str) -> str:
    """Return the one spelling of a word."""
    if word[0].isdigit():
        # 12 1/2 and 12.5 are the half number between 12 and 14: one letter, as 12a is
        word = re.sub(r"\.5|\s1/2", "h", word).replace(" ", "")
    word = word.replace("'", "").replace("’", "")
    ordinal = _ORDINAL.match(word)
    if ordinal is not None:
        return ordinal[1] + _COUNTED
    if word in CANONICAL:
        known = CANONICAL[word]
        return known + _COUNTED if known.isdigit() else known
    for end in GLUED_ENDS:
        if word.endswith(end) and len(word) > len(end) + 2:
            return word[: -len(end)] + "st"
    return word


_EUROPEAN = EuropeanScript()


@dataclass(frozen=True)
class ParsedAddress:
    """An address taken apart, in folded spelling; parts that it does not have are empty."""

    house_number: str = ""
    street: str = ""
    unit: str = ""
    cross_street: str = ""


def parse_address(text: str) -> ParsedAddress:
    """Return the house number, street, unit and crossing street of an English or European address.

    Parameters
    ----------
    text
        One address such as ``59 WEST   96 STREET``, ``Hauptstraße 12a`` or ``Broadway & W 42nd St``.

    Examples
    --------
    >>> parse_address("59 WEST   96 STREET")
    ParsedAddress(house_number='59', street='w 96 st', unit='', cross_street='')
    """
    # behind a comma stands the town, unless a house number does: Calle de Alcalá, 25
    folded = _EUROPEAN.normalize(re.split(r",(?!\s*\d{1,4}\b)", text)[0]).text
    words = folded.split(" ")
    unit = ""
    cut = next((i for i, word in enumerate(words) if word in UNIT_WORDS and i > 1), len(words))
    if cut < len(words):
        unit, folded = " ".join(words[cut + 1 :]), " ".join(words[:cut])
    for joint in (" and ", " at "):
        if joint in folded:
            first, second = folded.split(joint, 1)
            return ParsedAddress(street=first, cross_street=second, unit=unit)
    match = _HOUSE_FIRST.match(folded)
    if match is not None and folded[match.end() :] not in STREET_TYPES:
        return ParsedAddress(match[1], folded[match.end() :], unit)
    match = _HOUSE_LAST.search(folded)
    if match is not None:
        return ParsedAddress(match[1], folded[: match.start()], unit)
    return ParsedAddress(street=folded, unit=unit)
