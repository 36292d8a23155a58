"""Texts made from a gazetteer's own entries, with what each means: what the score is calibrated on."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from gridgeo.locate.address.script import Script

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
_FOREIGN = ("北京市朝阳区", "成都市武侯区", "广州市天河区", "杭州市西湖区", "")


class Rehearsal(NamedTuple):
    """A text, where the place it means lies (NaN for nowhere), and whether it asks between two entries."""

    text: str
    x: float
    y: float
    is_between: bool


def rehearse(entries: pd.DataFrame, script: Script, rng: Rng) -> list[Rehearsal]:
    """Return texts in all degrees of care: clean, with slips, without an area, of unknown places, of none."""
    letters = _letters(entries)
    usable = entries[entries["level"] != "community"]
    # streets and crossings are few; every level gets its share
    levels = usable["level"].map(usable["level"].value_counts())
    chances = (1.0 / levels.pow(0.25)).to_numpy(dtype=np.float64)
    n_places = min(N_PLACES, ROWS_PER_ENTRY * len(usable))
    picked = (
        usable.iloc[rng.choice(len(usable), size=n_places, p=chances / chances.sum())] if n_places else usable
    )
    rows = [_place(entry, script, letters, rng) for entry in picked.itertuples(index=False)]
    unknown = picked.head(int(UNKNOWN_SHARE * n_places))
    rows += [_unknown(entry, script, letters, rng) for entry in unknown.itertuples(index=False)]
    rows += [
        Rehearsal(_pick(_IDLE[script.name], rng).format(rng.integers(2, 300)), np.nan, np.nan, False)
        for _ in range(int(IDLE_SHARE * n_places))
    ]
    return rows + _between(entries, script, rng)


def _letters(entries: pd.DataFrame) -> str:
    """Return the characters that the names are made of."""
    names = pd.concat([entries["street"], entries["compound"], entries["name"]]).dropna().unique()
    return "".join(sorted({c for name in names[:5000] for c in str(name) if c.isalpha()})) or "路"


def _pick(options: Sequence[str], rng: Rng) -> str:
    """Return one of the options."""
    return options[int(rng.integers(len(options)))]


def _place(entry: object, script: Script, letters: str, rng: Rng) -> Rehearsal:
    """Return a text that means an entry."""
    text = _spelled(entry, script, letters, rng, slips=int(rng.choice([0, 0, 1, 1, 2])))
    return Rehearsal(_pick(_FRAMES[script.name], rng).format(text), float(entry.x), float(entry.y), False)  # type: ignore[attr-defined]


def _spelled(entry: object, script: Script, letters: str, rng: Rng, *, slips: int) -> str:
    """Return the entry's address, with slips in its names and here and there a part left out."""
    part = {
        name: "" if pd.isna(value := getattr(entry, name)) else str(value)
        for name in (
            "level",
            "label",
            "name",
            "street",
            "house_number",
            "compound",
            "building_no",
            "cross_street",
            "area_name",
        )
    }
    for _ in range(slips):
        column = _pick(("street", "compound", "name"), rng)
        part[column] = _slip(part[column], letters, rng)
    if part["level"] == "intersection":
        return f"{part['street']}{'和' if script.name == 'chinese' else ' and '}{part['cross_street']}"
    if part["level"] in ("poi", "road", "compound"):
        return part["name"] or part["street"] or part["compound"]
    if script.name != "chinese":
        return f"{part['house_number']} {part['street']}".strip()
    if part["compound"] and part["building_no"] and rng.random() < 0.4:
        part["street"] = part["house_number"] = ""
    area = part["area_name"] if rng.random() < 0.3 else ""
    number = part["house_number"].rstrip("号")
    building = part["building_no"].rstrip("栋幢座号楼")
    # compound, building and street of one row do not all need to be said
    return (
        area + (part["street"] if number or not building else "") + (f"{number}号" if number else "")
        + part["compound"] + (f"{building}{_pick(('栋', '号楼', '幢'), rng)}" if building else "")
    )  # fmt: skip


def _slip(name: str, letters: str, rng: Rng) -> str:
    """Return a name with one wrong, missing, doubled or swapped character."""
    if len(name) < 3:
        return name
    at = int(rng.integers(len(name) - 1))
    other = letters[int(rng.integers(len(letters)))]
    return (
        name[:at] + other + name[at + 1 :],
        name[:at] + name[at + 1 :],
        name[: at + 1] + name[at:],
        name[:at] + name[at + 1] + name[at] + name[at + 2 :],
    )[int(rng.integers(4))]


def _unknown(entry: object, script: Script, letters: str, rng: Rng) -> Rehearsal:
    """Return a text that names a street that the gazetteer lacks, or the same street of another city."""
    street, number = getattr(entry, "street", pd.NA), getattr(entry, "house_number", pd.NA)
    name = "中山路" if pd.isna(street) else str(street)
    digits = str(rng.integers(1, 400)) if pd.isna(number) else str(number).rstrip("号")
    other = "".join(letters[int(rng.integers(len(letters)))] for _ in range(max(1, len(name) - 1)))
    if script.name != "chinese":
        return Rehearsal(f"{digits} {other} {name.split(' ')[-1]}", np.nan, np.nan, False)
    city = _pick(_FOREIGN, rng)
    text = f"{city}{name if city and rng.random() < 0.5 else other + name[-1]}{digits}号"
    return Rehearsal(_pick(_FRAMES["chinese"], rng).format(text), np.nan, np.nan, False)


def _between(entries: pd.DataFrame, script: Script, rng: Rng) -> list[Rehearsal]:
    """Return house numbers that lie between two that are known; where each lies is the guess of the middle.

    Whether interpolation is right is not learned from these but measured on known triples by the caller.
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
