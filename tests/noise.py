"""How people misspell addresses: the noise that measures the geocoder.

Written before the matcher and without a look at it. Nothing in ``gridgeo`` imports this file, and this file
imports nothing of the geocoder, so that neither can learn the other's tricks. Every draw comes from the
generator that the caller seeds.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from opencc import OpenCC
from pypinyin.pinyin_dict import pinyin_dict

from tests.noise_words import COMMON, ELSEWHERE, OPENINGS, PROBLEMS, QUESTIONS

Rng = np.random.Generator


@dataclass(frozen=True, kw_only=True)
class Place:
    """What the writer of a report means, in the parts that one may spell, leave out or get wrong."""

    entry_id: str
    x: float
    y: float
    district: str = ""
    community: str = ""
    street: str = ""
    number: str = ""
    compound: str = ""
    building: str = ""
    poi: str = ""
    cross: str = ""
    # how the parts are written
    number_word: str = "号"
    building_word: str = "栋"
    after: str = ""

    def spell(self) -> str:
        """Return the text of the place."""
        if self.cross:
            return f"{self.district}{self.street}与{self.cross}交叉口{self.after}"
        text = self.district + self.community + self.street
        if self.number:
            text += self.number + self.number_word
        text += self.compound
        if self.building:
            text += self.building + self.building_word
        return text + self.poi + self.after


CLOSINGS = (
    "",
    "",
    "，请尽快处理。",
    "，望相关部门核实。",
    "，联系电话138****5678",
    "！！",
    "。已反映多次，一直没有解决",
    "，谢谢",
)
RELATIONS = ("附近", "对面", "旁边", "门口", "楼下", "旁", "斜对面", "后面", "东侧", "一带")
BUILDING_WORDS = ("幢", "号楼", "座", "#楼", "#", "楼", "栋楼")
NUMBER_WORDS = ("", "#", "號", "号门牌", "号院")
SIMILAR = dict(
    zip(
        "东土未己人日目大天王云桥河湖林杨华新建民光明和平安宁长江山水石西北南门田园花木金玉龙凤春秋中心路街巷",
        "车士末已入曰自太夫玉去娇何胡材扬毕亲健氏先朋合乎按宇常讧出氷右酉比甫们由元化术全王尤风舂愁申必洛衔港",
        strict=False,
    )
)
DIGITS = "零一二三四五六七八九"


def to_chinese_number(number: int) -> str:
    """Return 123 as 一百二十三."""
    if number >= 1000:
        return "".join(DIGITS[int(d)] for d in str(number)).replace("零", "〇")
    hundreds, rest = divmod(number, 100)
    text = DIGITS[hundreds] + "百" if hundreds else ""
    tens, ones = divmod(rest, 10)
    if tens:
        text += ("" if tens == 1 and not hundreds else DIGITS[tens]) + "十"
    elif hundreds and ones:
        text += "零"
    return text + (DIGITS[ones] if ones or not text else "")


def _names(place: Place) -> list[str]:
    """Return the parts that a slip of the pen may fall in."""
    return [part for part in ("street", "compound", "poi", "cross") if len(getattr(place, part)) >= 3]


def _in_a_name(place: Place, rng: Rng, slip: Callable[[str, Rng], str]) -> Place:
    """Return the place with a slip in one of its names."""
    parts = _names(place)
    if not parts:
        return place
    part = parts[rng.integers(len(parts))]
    return replace(place, **{part: slip(getattr(place, part), rng)})


def _substitute(name: str, rng: Rng) -> str:
    at = rng.integers(len(name))
    return name[:at] + COMMON[rng.integers(len(COMMON))] + name[at + 1 :]


def _delete(name: str, rng: Rng) -> str:
    at = rng.integers(len(name))
    return name[:at] + name[at + 1 :]


def _double(name: str, rng: Rng) -> str:
    at = rng.integers(len(name))
    return name[: at + 1] + name[at:]


def _swap(name: str, rng: Rng) -> str:
    at = rng.integers(len(name) - 1)
    return name[:at] + name[at + 1] + name[at] + name[at + 2 :]


def _similar(name: str, rng: Rng) -> str:
    spots = [at for at, char in enumerate(name) if char in SIMILAR]
    if not spots:
        return name
    at = spots[rng.integers(len(spots))]
    return name[:at] + SIMILAR[name[at]] + name[at + 1 :]


def _bare(reading: str) -> str:
    """Return a reading without its tone."""
    return reading.translate(str.maketrans("āáǎàōóǒòēéěèīíǐìūúǔùǖǘǚǜü", "aaaaooooeeeeiiiiuuuuvvvvv"))


def _sounds() -> dict[str, list[str]]:
    by_sound: dict[str, list[str]] = {}
    for char in COMMON + "".join(SIMILAR):
        reading = _bare(pinyin_dict[ord(char)].split(",")[0])
        by_sound.setdefault(reading, []).append(char)
    return by_sound


SOUNDS = _sounds()
TO_TRADITIONAL = OpenCC("s2t")


def _homophone(name: str, rng: Rng) -> str:
    spots = []
    for at, char in enumerate(name):
        reading = _bare(pinyin_dict.get(ord(char), "").split(",")[0])
        others = [other for other in SOUNDS.get(reading, []) if other != char]
        if others:
            spots.append((at, others))
    if not spots:
        return name
    at, others = spots[rng.integers(len(spots))]
    return name[:at] + others[rng.integers(len(others))] + name[at + 1 :]


def _chinese_numbers(place: Place, rng: Rng) -> Place:
    parts = {
        part: to_chinese_number(int(value))
        for part in ("number", "building")
        if (value := getattr(place, part)).isdigit()
    }
    return replace(place, **parts)


def _full_width(text: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)


def _spaced(text: str, rng: Rng) -> str:
    for _ in range(int(rng.integers(1, 3))):
        at = int(rng.integers(1, max(2, len(text))))
        if text[at - 1 : at + 1].isdigit() and len(text[at - 1 : at + 1]) == 2:
            continue
        text = text[:at] + " ，、 "[rng.integers(4)] + text[at:]
    return text


def _pick(options: tuple[str, ...], rng: Rng) -> str:
    return options[rng.integers(len(options))]


def _room(place: Place, rng: Rng) -> Place:
    if not (place.building or place.number):
        return place
    room = f"{rng.integers(1, 5)}单元{rng.integers(1, 30)}0{rng.integers(1, 5)}室"
    return replace(
        place, after=room if rng.random() < 0.7 else f"{rng.integers(1, 7)}0{rng.integers(1, 5)}室"
    )


def _short_name(place: Place, rng: Rng) -> Place:
    """Leave out the generic end of a name where a number or a compound still tells what is meant."""
    for part, ends in (("street", ("大道", "路", "街")), ("compound", ("小区", "家园", "花园", "苑"))):
        name = getattr(place, part)
        follows = place.number if part == "street" else place.building
        for end in ends:
            if name.endswith(end) and len(name) - len(end) >= 2 and follows:
                return replace(place, **{part: name[: -len(end)]})
    return place


def _drop_part(place: Place, rng: Rng) -> Place:
    """Leave out the street of a building in a compound, or the compound of a house number."""
    if place.compound and place.building and place.street:
        return replace(place, street="", number="")
    if place.compound and place.number:
        return replace(place, compound="", building="")
    return place


PLACE_NOISE: dict[str, Callable[[Place, Rng], Place]] = {
    "no_district": lambda p, rng: replace(p, district="", community=""),
    "typo_substitute": lambda p, rng: _in_a_name(p, rng, _substitute),
    "typo_delete": lambda p, rng: _in_a_name(p, rng, _delete),
    "typo_double": lambda p, rng: _in_a_name(p, rng, _double),
    "typo_swap": lambda p, rng: _in_a_name(p, rng, _swap),
    "similar_shape": lambda p, rng: _in_a_name(p, rng, _similar),
    "homophone": lambda p, rng: _in_a_name(p, rng, _homophone),
    "chinese_numbers": _chinese_numbers,
    "building_word": lambda p, rng: replace(p, building_word=_pick(BUILDING_WORDS, rng)),
    "number_word": lambda p, rng: replace(p, number_word=_pick(NUMBER_WORDS, rng)),
    "room": _room,
    "relation": lambda p, rng: replace(p, after=p.after + _pick(RELATIONS, rng)),
    "short_name": _short_name,
    "drop_part": _drop_part,
}
TEXT_NOISE: dict[str, Callable[[str, Rng], str]] = {
    "full_width": lambda text, rng: _full_width(text),
    "traditional": lambda text, rng: TO_TRADITIONAL.convert(text),
    "spaced": _spaced,
    "report": lambda text, rng: _pick(OPENINGS, rng) + text + _pick(PROBLEMS, rng) + _pick(CLOSINGS, rng),
}
NEEDS_OTHERS = ("wrong_district", "second_address")
CLASSES = (*PLACE_NOISE, *TEXT_NOISE, *NEEDS_OTHERS)


def _with_others(kind: str, place: Place, other: Place) -> tuple[Place, str]:
    """Return the place and what is said after it when another place slips in."""
    if kind == "wrong_district":
        return replace(place, district=other.district, community=other.community), ""
    return place, f"，反映人住在{replace(other, district='', community='').spell()}"


def spell(place: Place, other: Place, kinds: list[str], rng: Rng) -> str:
    """Return the text of a place under the noise classes named, in a fixed order."""
    tail = ""
    for kind in (k for k in CLASSES if k in kinds):
        if kind in PLACE_NOISE:
            place = PLACE_NOISE[kind](place, rng)
        elif kind in NEEDS_OTHERS:
            place, tail = _with_others(kind, place, other)
    text = place.spell()
    for kind in (k for k in TEXT_NOISE if k in kinds):
        text = TEXT_NOISE[kind](text, rng)
    return text + tail


def noisy(places: list[Place], n_rows: int, seed: int, *, n_noises: tuple[int, int]) -> pd.DataFrame:
    """Return ``n_rows`` spelled places with between ``n_noises`` classes of noise each, and the truth."""
    rng = np.random.default_rng(seed)
    rows = []
    for _ in range(n_rows):
        place, other = (places[rng.integers(len(places))] for _ in range(2))
        kinds = [
            str(k)
            for k in rng.choice(CLASSES, size=rng.integers(n_noises[0], n_noises[1] + 1), replace=False)
        ]
        text = spell(place, other, kinds, rng)
        rows.append((text, place.entry_id, place.x, place.y, "+".join(kinds), replace(place).spell()))
    return pd.DataFrame(rows, columns=["text", "entry_id", "x", "y", "noise", "meant"])


def non_addresses(n_rows: int, seed: int) -> list[str]:
    """Return reports that name no place of the city: questions, complaints, addresses of other cities."""
    rng = np.random.default_rng(seed)
    texts = []
    for _ in range(n_rows):
        pool = ELSEWHERE if rng.random() < 0.2 else QUESTIONS
        text = _pick(pool, rng).format(
            n=rng.integers(1, 300), m=rng.integers(1, 13), p=f"139{rng.integers(10**7, 10**8)}"
        )
        if rng.random() < 0.3:
            text = _pick(OPENINGS, rng) + text + _pick(CLOSINGS, rng)
        texts.append(text)
    return texts
