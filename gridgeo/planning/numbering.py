"""Codes for new grids of a division that is changed: never one that stands or ever stood in it."""

import re
from collections.abc import Iterable

from gridgeo.division import Division
from gridgeo.partition.codes import Scheme, build_codes
from gridgeo.stitching import grid_name

__all__ = ["name_of", "next_codes", "used_codes"]


def used_codes(division: Division) -> set[str]:
    """Return every code that a division has or had: of its grids, its lineage and its manifest."""
    used = set(division.grids["grid_code"].astype(str))
    if division.lineage is not None:
        for column in ("old_code", "new_code"):
            if column in division.lineage:
                used |= set(division.lineage[column].dropna().astype(str))
    return used | {str(code) for code in division.manifest.get("retired_codes") or ()}


def next_codes(division: Division, community: int, n: int, taken: Iterable[str] = ()) -> list[str]:
    """Return n codes for new grids of a community, in the scheme of its grids, none of them ever used."""
    area_code = str(division.communities["area_code"].iloc[community])
    own = division.grids["grid_code"][division.grids["area_code"].astype(str) == area_code].astype(str)
    return build_codes(area_code, n, scheme_of(area_code, own), used_codes(division) | set(taken))


def scheme_of(area_code: str, codes: Iterable[str]) -> Scheme:
    """Return the scheme that most codes of a community follow; the plain one for codes of another kind."""
    lengths = [
        len(code) - len(area_code)
        for code in codes
        if re.fullmatch(r"\d{12}", area_code) and code.startswith(area_code) and code.isdigit()
    ]
    if not lengths:
        return "plain"
    usual = max(set(lengths), key=lambda length: (lengths.count(length), -length))
    schemes: dict[int, Scheme] = {2: "14", 3: "15"}
    return schemes.get(usual, "plain")


def name_of(division: Division, community: int, code: str) -> str:
    """Return the name of a new grid: the name of its community and the number in its code."""
    row = division.communities.iloc[community]
    area_code = str(row["area_code"])
    digits = re.sub(r"\D", "", code.removeprefix(area_code)) or "0"
    return grid_name(str(row.get("name", area_code)), int(digits))
