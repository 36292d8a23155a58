"""Which column of a user's table holds what: stated, or guessed from its name and shown."""

from collections.abc import Iterable, Mapping

import pandas as pd

from gridgeo.errors import SchemaError

__all__ = ["NEEDED", "guess_columns", "take_texts"]

GUESSES: dict[str, tuple[str, ...]] = {
    "address": ("address", "full_address", "addr", "location", "地址", "详细地址", "标准地址", "门牌地址"),
    "street": ("street", "street_name", "road", "addr_street", "addr:street",
               "街路巷", "街路巷名", "道路", "路名", "道路名称"),
    "house_number": (
        "house_number", "housenumber", "house_no", "addr_housenumber", "addr:housenumber",
        "门牌号", "门牌", "门牌号码",
    ),
    "compound": ("compound", "estate", "compound_name", "小区", "小区名", "小区名称"),
    "building_no": ("building_no", "building_number", "block_no", "楼栋", "楼栋号", "栋号", "幢号"),
    "area_code": ("area_code", "community_code", "code", "adcode", "社区代码", "区划代码", "代码"),
    "name": ("name", "label", "名称", "社区名称", "社区", "小区名称", "street", "street_name", "道路名称"),
    "alias": ("alias", "aliases", "former_name", "former_names", "alt_name", "old_name",
              "别名", "曾用名", "旧名"),
    "street_office": ("street_office", "town", "streetname", "subdistrict", "街道", "街道名称", "乡镇"),
    "district": ("district", "county", "areaname", "borough", "区县", "区", "县"),
    "city": ("city", "cityname", "市", "城市"),
    "l_from": ("l_from", "left_from", "fromleft", "lfromadd"),
    "l_to": ("l_to", "left_to", "toleft", "ltoadd"),
    "r_from": ("r_from", "right_from", "fromright", "rfromadd"),
    "r_to": ("r_to", "right_to", "toright", "rtoadd"),
}  # fmt: skip
ROLES: dict[str, tuple[str, ...]] = {
    "addresses": ("address", "street", "house_number", "compound", "building_no", "area_code", "alias"),
    "buildings": ("address", "street", "house_number", "compound", "building_no", "area_code", "name"),
    "streets": ("name", "alias", "l_from", "l_to", "r_from", "r_to"),
    "pois": ("name", "address", "area_code", "alias"),
    "compounds": ("name", "area_code", "alias"),
    "communities": ("name", "area_code", "alias", "street_office", "district", "city"),
}
# of each row of alternatives a table needs at least one
NEEDED: dict[str, tuple[tuple[str, ...], ...]] = {
    "addresses": (("address", "street", "compound"),),
    "buildings": (),
    "streets": (("name",),),
    "pois": (("name",),),
    "compounds": (("name",),),
    "communities": (("name", "area_code"),),
}


def guess_columns(
    table: str, columns: Iterable[object], stated: Mapping[str, str] | None = None
) -> dict[str, str]:
    """Return the column of each part of an address that the table has.

    Parameters
    ----------
    table
        Which table: ``addresses``, ``buildings``, ``streets``, ``pois``, ``compounds`` or ``communities``.
    columns
        The names of its columns.
    stated
        Parts and columns that the user names; they win over guesses.

    Raises
    ------
    SchemaError
        When a stated part or column does not exist, or a part that the table needs is missing.
    """
    there = {str(column).strip().lower(): str(column) for column in columns}
    faults = []
    mapping: dict[str, str] = {}
    for role, column in (stated or {}).items():
        if role not in ROLES[table]:
            faults.append(f"no part {role!r}; it may be one of {', '.join(ROLES[table])}")
        elif column not in there.values():
            faults.append(f"no column {column!r} for {role}; there are {', '.join(there.values())}")
        else:
            mapping[role] = column
    for role in ROLES[table]:
        guess = next((there[name] for name in GUESSES[role] if name in there), None)
        if role not in mapping and guess is not None and guess not in mapping.values():
            mapping[role] = guess
    faults += [
        f"no column for {' or '.join(choices)}; name it, for example {table}.{choices[0]}=COLUMN. "
        f"There are {', '.join(there.values())}"
        for choices in NEEDED[table]
        if not any(role in mapping for role in choices)
    ]
    if faults:
        raise SchemaError(f"{table}: " + "; ".join(faults))
    return mapping


def take_texts(table: pd.DataFrame, mapping: Mapping[str, str], role: str) -> pd.Series:
    """Return a part as texts without surrounding blanks, ``<NA>`` where empty or no such column.

    Whole numbers that a spreadsheet turned into 12.0 become 12 again.
    """
    if role not in mapping:
        return pd.Series(pd.NA, index=table.index, dtype="string")
    values = table[mapping[role]]
    if pd.api.types.is_float_dtype(values) and (values.dropna() % 1 == 0).all():
        values = values.astype("Int64")
    texts = values.astype("string").str.strip()
    return texts.mask(texts == "")
