"""Chinese text folded to its sound: one character for all that a careless ear hears alike."""

import re
from functools import lru_cache

__all__ = ["to_sound"]

_TONES = str.maketrans("āáǎàōóǒòēéěèêīíǐìūúǔùǖǘǚǜüńňǹḿ", "aaaaooooeeeeeiiiiuuuuvvvvvnnnm")
# What southern ears and phone keyboards mix up: zh/z, ch/c, sh/s, n/l, f/h before u, -ng/-n.
_MERGED = ((r"^([zcs])h", r"\1"), (r"^n(?=[^g])", "l"), (r"([aei])ng$", r"\1n"))
PRIVATE_USE = 0xF0000  # plane 15: no text holds its characters


@lru_cache(maxsize=1)
def _sound_table() -> dict[int, str]:
    """Return for each Chinese character the stand-in of its first reading, without tone."""
    from pypinyin.pinyin_dict import pinyin_dict  # half a second to load, for those who geocode

    stand_ins: dict[str, str] = {}
    table = {}
    for code, readings in pinyin_dict.items():
        reading = readings.split(",")[0].translate(_TONES)
        for pattern, merged in _MERGED:
            reading = re.sub(pattern, merged, reading)
        table[code] = stand_ins.setdefault(reading, chr(PRIVATE_USE + len(stand_ins)))
    return table


@lru_cache(maxsize=4096)  # one text is read again and again
def to_sound(text: str) -> str:
    """Return the text with each Chinese character replaced by the stand-in of its syllable; same length.

    Tones and the pairs that southern speech merges are dropped, so homophones become equal.
    """
    return text.translate(_sound_table())
