"""The entries that may be meant by what a text says, and how well each of them agrees with it."""

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from gridgeo.locate.entry import LEVELS
from gridgeo.locate.geocode.entries import BUILDING, CROSSING, HOUSE, NAME, EntryIndex, house_parts
from gridgeo.locate.geocode.evidence import Evidence
from gridgeo.locate.geocode.interpolate import Estimate, RangeIndex, between_neighbours
from gridgeo.locate.geocode.names import Meaning

__all__ = ["Candidate", "Places", "find_candidates"]

MAX_CANDIDATES = 400  # a name in more entries than this tells nothing on its own
FURTHER_AREA = 0.3  # a district beside its community says little more
POI_RADIUS_M = 300.0
MAX_POIS = 60
POI = LEVELS.index("poi")
# score, cost, missing and contradicted names
_NameScore = tuple[float, float, int, int]
NO_NAME: _NameScore = (0.0, 0.0, 0, 0)
MISSING_NAME: _NameScore = (-0.4, 0.0, 1, 0)
OTHER_NAME: _NameScore = (-2.0, 0.0, 0, 1)


class Candidate(NamedTuple):
    """A place that may be meant: an entry, or a point between entries, and what speaks for it."""

    score: float
    position: int
    estimate: Estimate | None
    cost: float  # how far the names are from what was typed
    missing: int  # parts of the text that the entry does not have
    contradicted: int  # parts of the text that the entry has otherwise
    areas: int  # areas that agree, less those that do not


@dataclass(frozen=True)
class Places:
    """The places of a gazetteer in the form that candidates are found in."""

    entries: EntryIndex
    ranges: RangeIndex
    labels: list[str] = field(repr=False)  # of each name id, as the tables spell it
    folded: list[str] = field(repr=False)  # and folded as texts are
    known_areas: frozenset[str]
    elsewhere: frozenset[str] = field(repr=False)  # provinces and cities that the gazetteer is not of
    area_members: dict[int, frozenset[int]] = field(repr=False)  # name id of an area: its communities


@dataclass(slots=True)
class _Wanted:
    """The evidence as the values that entries are compared with."""

    street: dict[int, float]
    compound: dict[int, float]
    number: int
    sub: int
    building: int
    areas: list[tuple[frozenset[int], float]]
    pois: dict[int, float]  # the entries that have the name as a whole, each with its cost
    is_one_name: bool  # street and compound are two readings of one name


def _costs(meanings: Iterable[Meaning]) -> dict[int, float]:
    """Return the cost of each name."""
    return {meaning.name_id: meaning.cost for meaning in meanings}


def _wanted(evidence: Evidence, places: Places) -> _Wanted:
    """Return the values to compare with."""
    number, sub = house_parts(evidence.house) if evidence.house else (-1, "")
    entries = places.entries
    areas: list[tuple[frozenset[int], float]] = []
    for meanings in evidence.areas:
        members = frozenset().union(*(places.area_members.get(m.name_id, frozenset()) for m in meanings))
        if members:
            weight = FURTHER_AREA if areas else 1.0
            areas.append((members, weight * (1.0 - 0.5 * min(m.cost for m in meanings))))
    pois = {
        at: meaning.cost
        for meaning in sorted(evidence.poi, key=lambda m: -m.cost)
        for at in entries.find(NAME, meaning.name_id, 0, 0)[:MAX_CANDIDATES]
    }
    return _Wanted(
        street=_costs(evidence.street),
        compound=_costs(evidence.compound),
        number=number,
        sub=entries.subs.get(sub, -1),
        building=entries.buildings.get(evidence.building, -1) if evidence.building else 0,
        areas=areas,
        pois=pois,
        is_one_name=evidence.street_at == evidence.compound_at,
    )


def find_candidates(evidence: Evidence, places: Places) -> list[Candidate]:
    """Return the candidates of one address, the best first; equal ones in the order of the entries."""
    wanted = _wanted(evidence, places)
    entries = places.entries
    positions: dict[int, None] = {}
    virtual: list[Candidate] = []
    for street, cost in wanted.street.items():
        positions.update(dict.fromkeys(_on_street(evidence, wanted, street, places)))
        if wanted.number >= 0 and not _has_number(entries, evidence, street, wanted.number):
            virtual += _interpolated(evidence, wanted, street, cost, places)
    for compound in wanted.compound:
        positions.update(dict.fromkeys(_in_compound(wanted, compound, entries)))
    for meaning in evidence.poi:
        positions.update(dict.fromkeys(entries.find(NAME, meaning.name_id, 0, 0)[:MAX_CANDIDATES]))
    if not positions and not virtual:
        for meanings in evidence.areas:
            for meaning in meanings:
                positions.update(dict.fromkeys(entries.find(NAME, meaning.name_id, 0, 0)))
    virtual += _crossings(evidence, wanted, entries)
    scored = [_score(at, evidence, wanted, entries) for at in list(positions)[:MAX_CANDIDATES]] + virtual
    return sorted(scored, key=lambda c: (-c.score, c.position))


def _crossings(evidence: Evidence, wanted: _Wanted, entries: EntryIndex) -> list[Candidate]:
    """Return the places where the two streets of the text meet."""
    found = []
    for cross in evidence.cross:
        for street, cost in wanted.street.items():
            low, high = sorted((street, cross.name_id))
            score, worst = 6.0 - 2.0 * (cost + cross.cost), max(cost, cross.cost)
            for at in entries.find(CROSSING, low, high, 0):
                score += sum(w if entries.area[at] in m else 0.0 for m, w in wanted.areas)
                found.append(Candidate(score, at, None, worst, 0, 0, 0))
    return found


def _base(entries: EntryIndex, evidence: Evidence, name_id: int) -> int:
    """Return the lane or group of a street where the text gives one that is known, else the street."""
    for kind, value in (("lane", evidence.lane), ("group", evidence.group)):
        if value:
            return entries.bases.get((name_id, kind, value), name_id)
    return name_id


def _has_number(entries: EntryIndex, evidence: Evidence, street: int, number: int) -> bool:
    """Return whether some entry of the street has the number."""
    return bool(entries.find_number(_base(entries, evidence, street), number))


def _on_street(evidence: Evidence, wanted: _Wanted, street: int, places: Places) -> Iterable[int]:
    """Return the entries that a street, its number or its crossing lead to."""
    entries = places.entries
    base = _base(entries, evidence, street)
    if wanted.number >= 0:
        found = entries.find(HOUSE, base, wanted.number, wanted.sub) if wanted.sub >= 0 else ()
        yield from (found or entries.find_number(base, wanted.number))[:MAX_CANDIDATES]
    elif base != street:
        yield from entries.find_base(HOUSE, base)[:MAX_CANDIDATES]
    yield from entries.find(NAME, street, 0, 0)[:MAX_CANDIDATES]


def _in_compound(wanted: _Wanted, compound: int, entries: EntryIndex) -> Iterable[int]:
    """Return the entries that a compound and its building or number lead to."""
    if wanted.building > 0:
        yield from entries.find(BUILDING, compound, wanted.building, 0)[:MAX_CANDIDATES]
        if wanted.number < 0:
            number = _as_number(entries, wanted.building)
            yield from entries.find_number(compound, number)[:MAX_CANDIDATES] if number >= 0 else ()
    elif wanted.number >= 0:
        yield from entries.find_number(compound, wanted.number)[:MAX_CANDIDATES]
    named = entries.find(NAME, compound, 0, 0)
    yield from named or entries.find_base(BUILDING, compound)[:MAX_CANDIDATES]


def _as_number(entries: EntryIndex, building: int) -> int:
    """Return the number of a building as a house number, −1 where it is a letter."""
    text = entries.building_texts[building]
    return int(text) if text.isdigit() else -1


def _interpolated(
    evidence: Evidence, wanted: _Wanted, street: int, cost: float, places: Places
) -> list[Candidate]:
    """Return the place that the numbers around it give for a house number that no entry has."""
    base = _base(places.entries, evidence, street)
    estimate = between_neighbours(places.entries, base, wanted.number)
    ranged = places.ranges.find(street, wanted.number)
    if ranged is not None and (estimate is None or estimate.uncertainty_m > ranged.uncertainty_m):
        estimate = ranged
    if estimate is None:
        return []
    score = 3.0 - 2.0 * cost + 1.5 - (1.0 if evidence.building else 0.0) - (0.3 if evidence.compound else 0.0)
    worth, areas = _area_score(estimate.area, wanted)
    return [Candidate(score + worth, -1, estimate._replace(street=street), cost, 1, 0, areas)]


def _area_score(area: int, wanted: _Wanted) -> tuple[float, int]:
    """Return what the area of a place is worth beside those that the text names, and how many agree."""
    if area < 0:
        return 0.0, 0
    worth, agreeing = 0.0, 0
    for members, weight in wanted.areas:
        agrees = area in members
        agreeing += 1 if agrees else -1
        worth += weight if agrees else -weight
    return worth, agreeing


def _score(at: int, evidence: Evidence, wanted: _Wanted, entries: EntryIndex) -> Candidate:
    """Return the entry with its agreement: what matches counts for it, what differs against it."""
    score, cost, missing, contradicted = _name_score(at, entries, wanted)
    if wanted.number >= 0:
        number = entries.number[at]
        if number <= wanted.number <= entries.last[at]:
            score += 3.0
        else:
            score, missing, contradicted = _other_number(number < 0, score, missing, contradicted)
    if wanted.building:
        building = entries.building[at]
        if building == wanted.building:
            score += 2.5
        else:
            score, missing, contradicted = _other_number(building == 0, score, missing, contradicted)
    score += _detail_score(at, entries, wanted)
    worth, areas = _area_score(entries.area[at], wanted)
    score += worth
    if wanted.pois:
        score, missing = _poi_score(at, entries, wanted, score, missing)
    cost = cost if wanted.street or wanted.compound else _poi_cost(evidence)
    return Candidate(score, at, None, cost, missing, contradicted, areas)


def _other_number(is_missing: bool, score: float, missing: int, contradicted: int) -> tuple[float, int, int]:
    """Return the score with the price of a number that the entry lacks or has otherwise."""
    return (
        (score - 1.0, missing + 1, contradicted) if is_missing else (score - 3.0, missing, contradicted + 1)
    )


def _name_score(at: int, entries: EntryIndex, wanted: _Wanted) -> _NameScore:
    """Return what the entry's street and compound are worth."""
    if not wanted.compound:
        return _one_name(entries.street[at], wanted.street, 3.0) if wanted.street else NO_NAME
    compound = _one_name(entries.compound[at], wanted.compound, 2.5)
    if not wanted.street:
        return compound
    street = _one_name(entries.street[at], wanted.street, 3.0)
    if wanted.is_one_name:
        return max(street, compound)
    return (
        street[0] + compound[0],
        max(street[1], compound[1]),
        street[2] + compound[2],
        street[3] + compound[3],
    )


def _one_name(own: int, given: dict[int, float], weight: float) -> _NameScore:
    """Return what one name of an entry is worth beside those that the text may mean."""
    cost = given.get(own)
    if cost is not None:
        return weight - 2.0 * cost, cost, 0, 0
    return MISSING_NAME if own < 0 else OTHER_NAME


def _detail_score(at: int, entries: EntryIndex, wanted: _Wanted) -> float:
    """Return the price of a differing sub-number, and of detail that the text does not give."""
    score = 0.0
    if wanted.number >= 0 and entries.number[at] == wanted.number and entries.sub[at] != wanted.sub:
        score -= 1.0
    if not wanted.building and entries.building[at] > 0:
        score -= 0.1
    if wanted.number < 0 and entries.number[at] >= 0:
        score -= 0.05
    if not wanted.pois and entries.level[at] == POI:
        score -= 0.3
    return score


def _poi_score(
    at: int, entries: EntryIndex, wanted: _Wanted, score: float, missing: int
) -> tuple[float, int]:
    """Return the score with the agreement of a POI named in the text: it lies near or it does not."""
    if at in wanted.pois:
        return score + 2.5 - 2.0 * wanted.pois[at], missing
    x, y = entries.x[at], entries.y[at]
    near = list(wanted.pois)[:MAX_POIS]
    nearest = min(math.hypot(x - entries.x[poi], y - entries.y[poi]) for poi in near)
    return (score + 0.8, missing) if nearest <= POI_RADIUS_M else (score - 0.8, missing + 1)


def _poi_cost(evidence: Evidence) -> float:
    """Return the least cost of the names that led to an entry without street and compound."""
    meanings = evidence.poi or [m for area in evidence.areas for m in area]
    return min((m.cost for m in meanings), default=0.0)
