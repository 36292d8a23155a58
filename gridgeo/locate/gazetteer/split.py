"""Full addresses taken apart into street, house number, compound and building."""

import re
from typing import NamedTuple

import pandas as pd

from gridgeo.locate.address.european import parse_address
from gridgeo.locate.address.numbers import AddressNumber
from gridgeo.locate.address.script import Script

__all__ = ["PARTS", "AddressParts", "split_addresses"]

PARTS = ("street", "house_number", "compound", "building_no")
_AREAS = re.compile(
    r"^(?:[\u4e00-\u9fff]{2,8}?(?:自治区|自治州|省|市|(?<![小社园校景厂矿片活属舍])区|县|街道办事处|街道|镇|乡)(?=[\u4e00-\u9fff]{2}))*"
    r"(?:[\u4e00-\u9fff]{2,6}?社区(?=[\u4e00-\u9fff]{2}))?"
)
_ROAD_FIRST = re.compile(r"^([\u4e00-\u9fff]{1,8}?(?:大道|大街|公路|路|街|巷))([\u4e00-\u9fff]{2,})$")
# Words that say what kind of compound it is, or which part of one: no compound is called so and nothing else.
_KINDS_ONLY = re.compile(
    r"(?:[一二三四五六七八九十\d]+期|小区|花园|家园|公寓|新村|大厦|广场|宿舍|生活区|家属[院区])+"
)
_HOUSE_KINDS = frozenset(("house", "lane", "group", "hash", "bare"))


class AddressParts(NamedTuple):
    """The parts of an address, None for those it does not have."""

    street: str | None = None
    house_number: str | None = None
    compound: str | None = None
    building_no: str | None = None


def split_addresses(known: pd.DataFrame, addresses: pd.Series, script: Script) -> pd.DataFrame:
    """Return street, house number, compound and building of each full address, ``<NA>`` where it has none.

    Parameters
    ----------
    known
        The street and compound of each row as far as columns tell them; the rest is read around them.
    addresses
        The whole addresses, on the same index.
    script
        The spelling rules.
    """
    rows: list[AddressParts] = []
    cache: dict[tuple[str, ...], AddressParts] = {}
    columns = (addresses.fillna(""), known["street"].fillna(""), known["compound"].fillna(""))
    for key in zip(*(column.astype(str) for column in columns), strict=True):
        if key not in cache:
            chinese = script.name == "chinese"
            cache[key] = _split_chinese(key, script) if chinese else _split_european(key[0])
        rows.append(cache[key])
    return pd.DataFrame(rows, columns=list(PARTS), index=addresses.index).astype("string")


def _split_european(text: str) -> AddressParts:
    """Return the parts of an English or European address."""
    parsed = parse_address(text)
    return AddressParts(street=parsed.street or None, house_number=parsed.house_number or None)


def _split_chinese(row: tuple[str, ...], script: Script) -> AddressParts:
    """Return the parts of a Chinese address: the numbers, and the names in front of them."""
    text = script.normalize(row[0]).text
    street, compound = script.fold_name(row[1]), script.fold_name(row[2])
    at = _AREAS.match(text).end() if not street and not compound else 0  # type: ignore[union-attr]
    if compound and compound in text:
        end = text.index(compound) + len(compound)
        building = _first(script.find_numbers(text[end:]), "building", "house", "hash", "bare")
        head = _read_house(text[: text.index(compound)], at, street, script)
        return head._replace(compound=compound, building_no=building)
    return _read_house(text, at, street, script)


def _first(numbers: list[AddressNumber], *kinds: str) -> str | None:
    """Return the first number of one of these kinds."""
    return next((number.values[0] for number in numbers if number.kind in kinds), None)


def _read_house(text: str, at: int, street: str, script: Script) -> AddressParts:
    """Return street, house number, and compound and building behind them."""
    numbers = [n for n in script.find_numbers(text) if n.start >= at]
    if street and street in text:
        at = text.index(street) + len(street)
        numbers = [n for n in numbers if n.start >= at]
    house = [n for n in numbers if n.kind in _HOUSE_KINDS]
    building = next((n for n in numbers if n.kind == "building"), None)
    if house and (building is None or house[0].start < building.start):
        last = max((n for n in house if n.start <= house[0].end + 8), key=lambda n: n.end)
        name = street or text[at : house[0].start] or None
        between = text[last.end : building.start] if building is not None else text[last.end :]
        compound = between if len(between) >= 2 and not script.find_numbers(between) else None
        return AddressParts(
            name,
            text[house[0].start : last.end],
            compound,
            building.values[0] if building is not None else None,
        )
    if building is not None:
        return _read_building(text[at : building.start], street, building.values[0])
    return AddressParts(street or None)


def _read_building(name: str, street: str, building: str) -> AddressParts:
    """Return the parts where only a building has a number: 锦江小区3栋, perhaps behind a street."""
    match = None if street else _ROAD_FIRST.match(name)
    if match is not None and not _KINDS_ONLY.fullmatch(match[2]):  # 横街家园 is no home on 横街
        return AddressParts(match[1], None, match[2], building)
    return AddressParts(street or None, None, name if len(name) >= 2 else None, building)
