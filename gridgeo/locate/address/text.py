"""Text folded to one spelling, with the way back to the text that was typed."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

import opencc

__all__ = ["NormalText", "fold_characters", "fold_marks"]

# CJK radicals that NFKC leaves alone; input methods and PDF text produce them in place of the character.
RADICALS = dict(
    zip(
        "⺁⺇⺋⺍⺕⺝⺠⺩⺫⺮⺯⺷⺼⻁⻄⻅⻆⻉⻋⻌⻑⻒⻓⻔⻗⻘⻙⻚⻛⻜⻝⻢⻣⻤⻥⻦⻧⻨⻩⻬⻮⻰⻳",
        "厂几㔾小彐月民王目竹糸羊肉虎西见角贝车辶长长长门雨青韦页风飞食马骨鬼鱼鸟卤麦黄齐齿龙龟",
        strict=True,
    )
)
CJK = range(0x3400, 0xA000)


@dataclass(frozen=True, slots=True)
class NormalText:
    """A folded text; ``starts`` and ``ends`` give for each of its characters the source it stands for."""

    source: str
    text: str
    starts: list[int]
    ends: list[int]

    def source_span(self, start: int, end: int) -> tuple[int, int]:
        """Return where ``text[start:end]`` lies in the source; an empty span lies at its start."""
        if start >= end:
            at = self.starts[start] if start < len(self.starts) else len(self.source)
            return at, at
        return self.starts[start], self.ends[end - 1]

    def source_text(self, start: int, end: int) -> str:
        """Return the part of the source that ``text[start:end]`` stands for."""
        first, last = self.source_span(start, end)
        return self.source[first:last]


@lru_cache(maxsize=1)
def _simplified() -> dict[str, str]:
    """Return the simplified form of each traditional character, one character for one."""
    characters = [chr(code) for code in CJK]
    folded = opencc.OpenCC("t2s").convert("\n".join(characters)).split("\n")
    return {old: new for old, new in zip(characters, folded, strict=True) if old != new and len(new) == 1}


@cache
def _fold(cluster: str) -> str:
    """Return the folded form of a character with its marks: width, case, radicals, traditional forms."""
    text = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", cluster).casefold())
    simple = _simplified()
    # a mark that no letter took in would join the next fold's letter
    bare = (RADICALS.get(c, c) for c in text if not unicodedata.combining(c))
    return "".join(simple.get(c, c) for c in bare)


@cache
def _fold_marks(cluster: str) -> str:
    """Return the folded form without accents: é as e, ß as ss, ø as o."""
    plain = _fold(cluster).translate(str.maketrans("øłđð", "oldd")).replace("æ", "ae").replace("œ", "oe")
    return "".join(c for c in unicodedata.normalize("NFD", plain) if not unicodedata.combining(c))


def _clusters(source: str) -> Iterator[tuple[int, int]]:
    """Yield the span of each character together with the marks that combine with it."""
    start = 0
    for at in range(1, len(source) + 1):
        if at == len(source) or not unicodedata.combining(source[at]):
            yield start, at
            start = at


def _fold_source(source: str, *, marks: bool) -> NormalText:
    """Return the folded source."""
    fold = _fold_marks if marks else _fold
    characters: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    if not source:
        return NormalText(source, "", starts, ends)
    if unicodedata.is_normalized("NFC", source) and not marks:
        folded = [fold(c) for c in source]
        if all(len(f) == 1 for f in folded):
            n = len(source)
            return NormalText(source, "".join(folded), list(range(n)), list(range(1, n + 1)))
    for start, end in _clusters(source):
        for character in fold(source[start:end]):
            characters.append(character)
            starts.append(start)
            ends.append(end)
    return NormalText(source, "".join(characters), starts, ends)


def fold_characters(source: str) -> NormalText:
    """Return the text with width, case, radicals and traditional forms folded.

    NFKC is applied to each character with its combining marks, so that the way back is exact.
    """
    return _fold_source(source, marks=False)


def fold_marks(source: str) -> NormalText:
    """Return the text folded as by :func:`fold_characters`, and without accents."""
    return _fold_source(source, marks=True)
