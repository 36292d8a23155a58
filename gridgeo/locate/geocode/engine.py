"""The indexes of one gazetteer, put together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pyproj import Transformer

from gridgeo.crs import WGS84
from gridgeo.locate.address import SCRIPTS, Script
from gridgeo.locate.address.provinces import names_elsewhere
from gridgeo.locate.geocode.candidates import Places
from gridgeo.locate.geocode.entries import NameTable
from gridgeo.locate.geocode.index_entries import build_entry_index
from gridgeo.locate.geocode.interpolate import build_range_index
from gridgeo.locate.geocode.matcher import Matcher
from gridgeo.locate.geocode.names import build_name_index

if TYPE_CHECKING:
    from gridgeo.locate.gazetteer.gazetteer import Gazetteer

__all__ = ["Engine", "build_engine"]

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Engine:
    """A matcher and the numbers of the areas that it speaks of."""

    matcher: Matcher
    area_codes: list[str]
    wgs84: Transformer

    def to_wgs84(self, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        """Return longitude and latitude to 0.1 m."""
        lon, lat = self.wgs84.transform(x, y)
        return np.round(lon, 6), np.round(lat, 6)


def _named(entries: pd.DataFrame) -> list[tuple[str, str]]:
    """Return each kind and name of the entries once, sorted."""
    parts = (
        ("street", entries["street"]),
        ("street", entries["cross_street"]),
        ("compound", entries["compound"]),
        ("poi", entries.loc[entries["level"] == "poi", "name"]),
        ("community", entries.loc[entries["level"] == "community", "name"]),
    )
    return sorted({(kind, str(name)) for kind, names in parts for name in names.dropna().unique()})


def build_engine(gazetteer: Gazetteer) -> Engine:
    """Return the engine of a gazetteer."""
    script = SCRIPTS[gazetteer.script]
    area_rows = list(
        zip(gazetteer.areas["kind"], gazetteer.areas["name"], gazetteer.areas["area_code"], strict=True)
    )
    named = [
        *_named(gazetteer.entries),
        *sorted({(kind, name) for kind, name, _ in area_rows if kind == "area"}),
    ]
    table = _name_table(named, script)
    forms = [(kind, name, name_id) for (kind, name), name_id in table.ids.items()]
    forms += _alias_forms(gazetteer.aliases, table, script)
    corrections = _corrections(gazetteer, table, script)
    forms += [("poi", form, name_id) for form, name_id, _ in corrections]
    codes = sorted(
        {*gazetteer.entries["area_code"].dropna().unique(), *gazetteer.areas["area_code"].unique()}
    )
    area_ids = {str(code): i for i, code in enumerate(codes)}
    members: dict[int, set[int]] = defaultdict(set)
    for kind, name, code in area_rows:
        members[table.ids[kind, script.fold_name(name)]].add(area_ids[code])
    places = Places(
        entries=build_entry_index(
            gazetteer.entries, table, area_ids, script, corrected=[(i, at) for _, i, at in corrections]
        ),
        ranges=build_range_index(gazetteer.ranges, table, script),
        labels=table.labels,
        folded=[script.fold_name(label) for label in table.labels],
        elsewhere=names_elsewhere(list(area_ids)),
        known_areas=frozenset(script.fold_name(name) for _, name, _ in area_rows),
        area_members={name_id: frozenset(ids) for name_id, ids in members.items()},
    )
    matcher = Matcher(script, build_name_index(forms, script), places)
    return Engine(matcher, list(area_ids), Transformer.from_crs(gazetteer.crs, WGS84, always_xy=True))


def _name_table(named: list[tuple[str, str]], script: Script) -> NameTable:
    """Return the folded names with their numbers; names that fold alike are one."""
    ids: dict[tuple[str, str], int] = {}
    labels: list[str] = []
    for kind, name in named:
        if ids.setdefault((kind, script.fold_name(name)), len(ids)) == len(labels):
            labels.append(name)
    return NameTable(ids, labels)


def _alias_forms(aliases: pd.DataFrame, table: NameTable, script: Script) -> list[tuple[str, str, int]]:
    """Return the other names of known names; an alias of nothing known is left out."""
    forms = []
    for alias, kind, name in zip(aliases["alias"], aliases["kind"], aliases["name"], strict=True):
        name_id = table.ids.get((kind, script.fold_name(name)))
        folded = script.fold_name(alias)
        if name_id is not None and folded:
            forms.append((kind, folded, name_id))
    return forms


def _corrections(gazetteer: Gazetteer, table: NameTable, script: Script) -> list[tuple[str, int, int]]:
    """Return form, name number and entry of each correction; its names get numbers behind all others."""
    rows = gazetteer.aliases[gazetteer.aliases["kind"] == "entry"]
    if rows.empty:
        return []
    entries = gazetteer.entries.reset_index(drop=True)
    position = {
        str(name): at for column in ("label", "entry_id") for at, name in _wanted_rows(entries, column, rows)
    }
    found = []
    for alias, name in zip(rows["alias"], rows["name"], strict=True):
        form = script.fold_name(alias)
        if form and name in position:
            name_id = table.ids.setdefault(("entry", form), len(table.labels))
            if name_id == len(table.labels):
                table.labels.append(alias)
            found.append((form, name_id, position[name]))
    return found


def _wanted_rows(entries: pd.DataFrame, column: str, rows: pd.DataFrame) -> Iterator[tuple[int, str]]:
    """Yield position and name of the entries that corrections point to; of equal labels the first one."""
    hits = entries.loc[entries[column].isin(rows["name"]), column]
    yield from zip(reversed(hits.index), reversed(hits.to_list()), strict=True)
