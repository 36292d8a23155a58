"""One field for everything: grid codes, coordinates, names of communities, streets, buildings and places."""

import heapq
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from geopandas import GeoDataFrame
from gridgeo_web.division.addresses import find_address
from gridgeo_web.division.grid_features import own_communities
from gridgeo_web.division.places import find_grids
from gridgeo_web.service import own_grids
from gridgeo_web.service.snapshot import Snapshot

from gridgeo.maps.anchors import anchor_points

__all__ = ["list_names", "search"]

DIGITS = 6
NUMBER = r"([+-]?\d{1,3}(?:\.\d+)?)"
COORDINATES = re.compile(rf"^[(\[]?{NUMBER}°?[,;，；、\s]+{NUMBER}°?[)\]]?$")
EXACT, BEGINS, HOLDS = 0, 1, 2
KINDS = ("grid", "community", "street", "place", "building")


@dataclass(frozen=True)
class Entry:
    """Something with a name: what the page shows of it, and where in its layer it stands."""

    kind: str
    title: str
    subtitle: str
    lon: float
    lat: float
    bounds: tuple[float, float, float, float] | None
    grid_code: str | None
    position: int

    def to_result(self) -> dict[str, Any]:
        """Return what the page reads."""
        more: dict[str, Any] = {}
        if self.bounds is not None:
            more["bounds"] = [round(side, DIGITS) for side in self.bounds]
        if self.grid_code is not None:
            more["grid_code"] = self.grid_code
        shown = {"kind": self.kind, "title": self.title, "subtitle": self.subtitle}
        return {**shown, "lon": round(self.lon, DIGITS), "lat": round(self.lat, DIGITS), **more}


def search(shown: Snapshot, query: str, limit: int) -> list[dict[str, Any]]:
    """Return what a query may mean, the best first.

    Coordinates; then names that are the query, that begin with it, that hold it: grids before communities,
    streets, places and buildings; then, with a gazetteer, the address that it spells.

    Parameters
    ----------
    shown
        The division.
    query
        What was typed.
    limit
        How many answers at most.
    """
    wanted = fold(query)
    if not wanted:
        return []
    results = _coordinates(shown, query)
    results += [entry.to_result() for entry in _matches(shown, wanted, limit)]
    if shown.gazetteer is not None and len(results) < limit:
        known = {result["title"] for result in results}
        results += [row for row in _addresses(shown, query) if row["title"] not in known]
    return results[:limit]


def fold(text: str) -> str:
    """Return a text as it is compared: one width, small letters, no blanks."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def _coordinates(shown: Snapshot, query: str) -> list[dict[str, Any]]:
    """Return the place whose coordinates were typed; latitude first where only that can be meant."""
    match = COORDINATES.match(unicodedata.normalize("NFKC", query).strip())
    if match is None:
        return []
    lon, lat = float(match[1]), float(match[2])
    if abs(lat) > 90 >= abs(lon):
        lon, lat = lat, lon
    if abs(lon) > 180 or abs(lat) > 90:
        return []
    found, _ = find_grids(shown, np.array([lon]), np.array([lat]), 0.0)
    code = str(shown.codes[found[0]]) if found[0] >= 0 else None
    return [Entry("coordinates", f"{lon:g}, {lat:g}", "WGS 84", lon, lat, None, code, 0).to_result()]


def _matches(shown: Snapshot, wanted: str, limit: int) -> list[Entry]:
    """Return the entries whose name holds the query, of those that the one who asks may see."""
    entries, keys = list_names(shown)
    grids, areas = own_grids(), own_communities(shown)
    found: list[tuple[int, int, str, int]] = []
    for at, key in enumerate(keys):
        if wanted not in key:
            continue
        entry = entries[at]
        if entry.kind == "community" and not areas[entry.position]:
            continue
        if entry.kind in ("grid", "building") and not _is_own(shown, entry, grids):
            continue
        names = key.split("\n")
        rank = EXACT if wanted in names else BEGINS if any(n.startswith(wanted) for n in names) else HOLDS
        found.append((rank, KINDS.index(entry.kind), entry.title, at))
    return [entries[at] for *_, at in heapq.nsmallest(limit, found)]


def list_names(shown: Snapshot) -> tuple[list[Entry], list[str]]:
    """Return everything that has a name and its names as they are compared, made once for each division."""
    made: tuple[list[Entry], list[str]] = shown.cache.get("names", lambda: _build_names(shown))
    return made


def _is_own(shown: Snapshot, entry: Entry, grids: Any) -> bool:
    """Tell whether a grid or a building lies in the own area; one in no grid is for who sees all."""
    position = shown.position_of.get(entry.grid_code or "", -1)
    return bool(grids[position]) if position >= 0 else bool(grids.all())


def _addresses(shown: Snapshot, query: str) -> Iterator[dict[str, Any]]:
    """Yield the places that the query spells as an address."""
    for row in find_address(shown, query, 3):
        title = row["address"] or row["matched"]
        if title is not None:
            entry = Entry("address", title, row["level"], row["lon"], row["lat"], None, row["grid_code"], 0)
            yield entry.to_result()


def _build_names(shown: Snapshot) -> tuple[list[Entry], list[str]]:
    """Return all entries and, for each, its names as they are compared, one a line."""
    entries: list[Entry] = []
    keys: list[str] = []
    tables = [
        ("grid", shown.grids, "grid_code", "name"),
        ("community", shown.communities, "name", "area_code"),
        ("street", _whole_streets(shown.streets), "name", ""),
        ("building", shown.buildings, "address", "compound"),
        *(("place", layer, "name", "kind") for _, layer in sorted(_places(shown).items())),
    ]
    for kind, layer, title, subtitle in tables:
        if title not in layer:
            continue
        named = layer[layer[title].notna()]
        anchors = anchor_points(named.geometry.to_numpy())
        seconds = named[subtitle] if subtitle in named else pd.Series(None, index=named.index, dtype=object)
        codes = (
            named["grid_code"] if "grid_code" in named else pd.Series(None, index=named.index, dtype=object)
        )
        bounds = named.geometry.bounds.to_numpy()
        for row, (position, name, second, code) in enumerate(
            zip(named.index, named[title], seconds, codes, strict=True)
        ):
            said = "" if pd.isna(second) else str(second)
            box = None if kind == "building" else tuple(bounds[row].tolist())
            own = None if pd.isna(code) else str(code)
            lon, lat = anchors[row].tolist()
            entries.append(Entry(kind, str(name), said, lon, lat, box, own, int(position)))
            keys.append(
                fold(str(name)) if kind in ("street", "place") else f"{fold(str(name))}\n{fold(said)}"
            )
    return entries, keys


def _whole_streets(streets: GeoDataFrame) -> GeoDataFrame:
    """Return each street once, all its pieces together."""
    if "name" not in streets:
        return streets
    named = streets.loc[streets["name"].notna(), ["name", streets.geometry.name]]
    return named.dissolve("name", method="unary").reset_index()


def _places(shown: Snapshot) -> dict[str, GeoDataFrame]:
    """Return further layers whose rows have names."""
    division = shown.division
    own = {} if division.compounds is None else {"compounds": division.compounds.to_crs(shown.grids.crs)}
    return {**own, **shown.layers}
