"""Texts made from a gazetteer's own entries, with what each means: what the score is calibrated on."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd

from gridgeo.locate.address.script import Script
from gridgeo.locate.geocode.candidates import Places

__all__ = ["Rehearsal", "rehearse"]

Rng = np.random.Generator
N_PLACES = 2400  # rows that mean an entry, in a gazetteer of some size
ROWS_PER_ENTRY = 4  # and in a small one
UNKNOWN_SHARE = 0.2  # for each of those, rows that name a street or compound that does not exist
IDLE_SHARE = 0.12  # and rows that name no place at all
N_BETWEEN = 250  # rows with a house number that no entry has

_FRAMES = {
    "chinese": (
        "{}", "{}", "{}", "{}有人反映问题", "反映{}存在安全隐患，请处理", "{}附近积水", "位于{}的设施损坏",
        "上报：{}，情况属实", "居民王女士称{}长期无人管理", "在{}门前发现", "{}，电话已留",
    ),
    "european": (
        "{}", "{}", "{}", "complaint at {}", "broken light {}", "{} please send someone", "near {}, urgent",
    ),
}  # fmt: skip
_IDLE = {
    "chinese": (
        "怎么办理居住证", "咨询一下政策", "小区里太吵了", "表扬工作人员", "{}号前能办完吗", "今天停水吗",
        "路边有垃圾", "物业不作为", "社区活动几点开始", "已经打了{}次电话", "公园的灯坏了",
        "希望尽快修好路面",
        "楼道里的灯{}天没亮", "广场舞扰民", "学校门口堵车", "医院排队太久",
    ),
    "european": (
        "how do I apply for a permit", "my bin was not emptied", "thanks for the help",
        "{} days without water",
        "call me at {} please", "the street is too loud", "when does the park open",
    ),
}  # fmt: skip
_FOREIGN = ("北京市朝阳区", "成都市武侯区", "广州市天河区", "杭州市西湖区")

PARTS = (
    "level", "name", "street", "house_number", "compound", "building_no", "cross_street", "area_name",
)  # fmt: skip


class Rehearsal(NamedTuple):
    """A text, where the place it means lies (NaN for nowhere), and whether it asks between two entries."""

    text: str
    x: float
    y: float
    is_between: bool


@dataclass(frozen=True)
class _Speller:
    """What the texts are made of: rules, letters for slips, areas to be wrong about, and chance."""

    script: Script
    letters: str
    areas: Sequence[str]
    foreign: Sequence[str]
    rng: Rng

    def pick(self, options: Sequence[str]) -> str:
        """Return one of the options."""
        return options[int(self.rng.integers(len(options)))]

    def happens(self, chance: float) -> bool:
        """Return True so often."""
        return bool(self.rng.random() < chance)

    def slip(self, name: str) -> str:
        """Return a name with one wrong, missing, doubled or swapped character."""
        if len(name) < 3:
            return name
        at = int(self.rng.integers(len(name)))
        swapped = min(at, len(name) - 2)
        return (
            name[:at] + self.pick(self.letters) + name[at + 1 :],
            name[:at] + name[at + 1 :],
            name[: at + 1] + name[at:],
            name[:swapped] + name[swapped + 1] + name[swapped] + name[swapped + 2 :],
        )[int(self.rng.integers(4))]

    def area(self, own: str) -> str:
        """Return the place's own area, another one, or mostly none."""
        if self.happens(0.3):
            return own
        return self.pick(self.areas) if self.areas and self.happens(0.12) else ""


def rehearse(
    entries: pd.DataFrame, ranges: gpd.GeoDataFrame, places: Places, script: Script, rng: Rng
) -> list[Rehearsal]:
    """Return texts in all degrees of care: clean, with slips, a wrong area, of unknown places, of none."""
    areas = [str(name) for name in sorted(entries["area_name"].dropna().unique())]
    foreign = [c for c in _FOREIGN if script.names_foreign_area(c, places.known_areas, places.elsewhere)]
    speller = _Speller(script, _letters(entries), areas, [*foreign, ""], rng)
    # streets and crossings are few; every level gets its share
    levels = entries["level"].map(entries["level"].value_counts())
    chances = (1.0 / levels.pow(0.25)).to_numpy(dtype=np.float64)
    n_places = min(N_PLACES, ROWS_PER_ENTRY * len(entries))
    picked = (
        entries.iloc[rng.choice(len(entries), size=n_places, p=chances / chances.sum())]
        if n_places
        else entries
    )
    parts = [_parts(entry) for entry in picked.itertuples(index=False)]
    others = rng.integers(max(1, n_places), size=n_places)
    rows = [_place(part, parts[other], speller) for part, other in zip(parts, others, strict=True)]
    rows += [_unknown(part, speller) for part in parts[: int(UNKNOWN_SHARE * n_places)]]
    rows += [
        Rehearsal(speller.pick(_IDLE[script.name]).format(rng.integers(2, 300)), np.nan, np.nan, False)
        for _ in range(int(IDLE_SHARE * n_places))
    ]
    return rows + _between(entries, script, rng) + _along(ranges, script, rng)


def _letters(entries: pd.DataFrame) -> str:
    """Return the characters that the names are made of."""
    names = pd.concat([entries["street"], entries["compound"], entries["name"]]).dropna().unique()
    return "".join(sorted({c for name in names[:5000] for c in str(name) if c.isalpha()})) or "路"


def _parts(entry: Any) -> dict[str, Any]:
    """Return the parts of an entry, empty for those it does not have."""
    texts = {name: "" if pd.isna(value := getattr(entry, name)) else str(value) for name in PARTS}
    return texts | {"x": float(entry.x), "y": float(entry.y)}


def _place(part: dict[str, Any], other: dict[str, Any], speller: _Speller) -> Rehearsal:
    """Return a text that means an entry; here and there it also says where its writer lives."""
    said = dict(part)
    for _ in range(int(speller.rng.choice([0, 0, 1, 1, 2]))):
        column = speller.pick([c for c in ("street", "compound", "name") if part[c]])
        said[column] = speller.slip(said[column])
    text = speller.pick(_FRAMES[speller.script.name]).format(_spelled(said, speller))
    if speller.script.name == "chinese" and speller.happens(0.08):
        text += f"，本人住在{_spelled(other, speller)}"
    return Rehearsal(text, part["x"], part["y"], False)


def _spelled(part: dict[str, Any], speller: _Speller) -> str:
    """Return the address of the parts, here and there with one of them left out."""
    chinese = speller.script.name == "chinese"
    if part["level"] == "intersection":
        joint = speller.pick(("和", "与")) if chinese else " and "
        return f"{part['street']}{joint}{part['cross_street']}{'路口' if chinese else ''}"
    area = speller.area(part["area_name"]) if chinese else ""
    if part["level"] == "community":
        return str(part["name"])
    if part["level"] in ("poi", "road", "compound"):
        return area + str(part["name"] or part["street"] or part["compound"])
    if not chinese:
        return f"{part['house_number']} {part['street']}".strip()
    street, number = part["street"], part["house_number"].rstrip("号")
    if part["compound"] and part["building_no"] and speller.happens(0.4):
        street = number = ""
    building = part["building_no"].rstrip("栋幢座号楼")
    if number:
        street += number + speller.pick(("号", "号", "号", "", "#"))
    if building:
        building += speller.pick(("栋", "号楼", "幢", "座", "#"))
    room = f"{speller.rng.integers(1, 5)}单元" if speller.happens(0.15) else ""
    return f"{area}{street}{part['compound']}{building}{room}"


def _unknown(part: dict[str, Any], speller: _Speller) -> Rehearsal:
    """Return a text that names a street that the gazetteer lacks, or the same street of another city."""
    name = part["street"] or "中山路"
    digits = part["house_number"].rstrip("号") or str(speller.rng.integers(1, 400))
    other = "".join(speller.pick(speller.letters) for _ in range(max(1, len(name) - 1)))
    if speller.script.name != "chinese":
        return Rehearsal(f"{digits} {other} {name.split(' ')[-1]}", np.nan, np.nan, False)
    city = speller.pick(speller.foreign)
    if city and speller.happens(0.5):
        text = f"{city}{name}{digits}号"
    else:
        text = f"{city or speller.area(part['area_name'])}{other}{name[-1]}{digits}号"
    return Rehearsal(speller.pick(_FRAMES["chinese"]).format(text), np.nan, np.nan, False)


def _between(entries: pd.DataFrame, script: Script, rng: Rng) -> list[Rehearsal]:
    """Return house numbers that lie between two that are known, with the middle of the two for their place.

    How often interpolation is right cannot be learned from these, only whether the street is.
    """
    houses = entries[(entries["level"] == "house_number") & entries["street"].notna()]
    if houses.empty:
        return []
    numbers = pd.to_numeric(
        houses["house_number"].str.extract(r"(\d+)", expand=False).astype("object"), errors="coerce"
    )
    frame = (
        houses.assign(number=numbers.astype("float64"))
        .dropna(subset=["number"])
        .sort_values(["street", "number"], kind="stable")
    )
    gap = (
        frame["number"].diff().where((frame["street"] == frame["street"].shift()).fillna(False).astype(bool))
    )
    open_rows = np.flatnonzero(((gap >= 4) & (gap <= 30)).to_numpy())
    if not len(open_rows):
        return []
    chosen = rng.choice(open_rows, size=min(N_BETWEEN, len(open_rows)), replace=False)
    rows = []
    for at in chosen:
        upper, lower = frame.iloc[at], frame.iloc[at - 1]
        number = int(lower["number"]) + 2
        text = f"{upper['street']}{number}号" if script.name == "chinese" else f"{number} {upper['street']}"
        rows.append(Rehearsal(text, (upper["x"] + lower["x"]) / 2, (upper["y"] + lower["y"]) / 2, True))
    return rows


def _along(ranges: gpd.GeoDataFrame, script: Script, rng: Rng) -> list[Rehearsal]:
    """Return house numbers in the middle of a street's ranges, with the middle of the line as place."""
    usable = ranges[(ranges["l_from"] > 0) & (ranges["l_to"] > 0)]
    if usable.empty:
        return []
    chosen = usable.iloc[rng.choice(len(usable), size=min(N_BETWEEN, len(usable)), replace=False)]
    rows = []
    for row, middle in zip(
        chosen.itertuples(), chosen.geometry.interpolate(0.5, normalized=True), strict=True
    ):
        number = row.l_from + 2 * ((row.l_to - row.l_from) // 4)
        text = f"{row.street}{number}号" if script.name == "chinese" else f"{number} {row.street}"
        rows.append(Rehearsal(text, middle.x, middle.y, True))
    return rows
