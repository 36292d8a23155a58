"""From candidates to an answer: the place, its level, its uncertainty, its alternatives."""

import math
from typing import NamedTuple

from gridgeo.locate.address.numbers import AddressNumber
from gridgeo.locate.address.script import Script
from gridgeo.locate.entry import LEVELS
from gridgeo.locate.geocode.candidates import Candidate, Places
from gridgeo.locate.geocode.entries import HOUSE
from gridgeo.locate.geocode.evidence import Evidence
from gridgeo.locate.geocode.features import read_features
from gridgeo.locate.geocode.picks import TIE, Pick

__all__ = ["INTERPOLATED", "Match", "build_match"]

SAME_PLACE_M = 60.0  # entries this close are one place to a reader
SAME_OWNER_M = 240.0  # and so are the buildings of one compound or house number
MOST_OTHERS = 9
NEAR_M = 40.0  # what 附近 adds to the uncertainty
LEVEL_CODE = {level: code for code, level in enumerate(LEVELS)}
INTERPOLATED = LEVEL_CODE["interpolated"]
Point = tuple[float, float]


class Match(NamedTuple):
    """What a text was found to mean; ``level`` is a position in ``LEVELS``."""

    position: int
    x: float
    y: float
    level: int
    uncertainty_m: float
    start: int
    end: int
    others: tuple[int, ...]  # entries that fit as well but lie elsewhere
    between: str  # the address of a number that was interpolated
    features: tuple[float, ...]


def build_match(
    text: str, picks: list[Pick], numbers: list[AddressNumber], places: Places, script: Script
) -> Match:
    """Return the best candidate of the best address, with its ties and what its probability depends on."""
    evidence, candidates = picks[0].evidence, picks[0].candidates
    ties = [c for c in candidates if c.score >= candidates[0].score - TIE]
    chosen, spread = _middle(ties, places)
    here = _point(chosen, places)
    near = [c for c in ties if math.dist(_point(c, places), here) <= max(SAME_PLACE_M, spread)]
    elsewhere = [c for c in ties if math.dist(_point(c, places), here) > max(SAME_PLACE_M, spread)]
    level, uncertainty = _level(chosen, evidence, near, places)
    uncertainty = max(uncertainty, spread)
    if script.is_near(text, evidence.start, evidence.end):
        uncertainty += NEAR_M
    rivals = [c.score for c in candidates if math.dist(_point(c, places), here) > SAME_PLACE_M]
    foreign = script.names_foreign_area(text[: evidence.start + 4], places.known_areas, places.elsewhere)
    return Match(
        chosen.position,
        *here,
        level,
        uncertainty,
        evidence.start,
        evidence.end,
        tuple(c.position for c in elsewhere if c.position >= 0)[:MOST_OTHERS],
        _between(chosen, evidence, places, script),
        read_features(picks, chosen, level, (max(rivals, default=-9.0), len(elsewhere), foreign), numbers),
    )


def _point(candidate: Candidate, places: Places) -> Point:
    """Return where the candidate lies."""
    if candidate.estimate is not None:
        return candidate.estimate.x, candidate.estimate.y
    return places.entries.x[candidate.position], places.entries.y[candidate.position]


def _middle(ties: list[Candidate], places: Places) -> tuple[Candidate, float]:
    """Return the tie nearest to the middle of all, and how far the ties lie from it.

    Ties far apart are no one place: then the one on the street with the most addresses stands, its spread is
    0, and the others are its alternatives.
    """
    if len(ties) == 1:
        return ties[0], 0.0
    points = [_point(c, places) for c in ties]
    middle = (sum(x for x, _ in points) / len(points), sum(y for _, y in points) / len(points))
    at = min(range(len(ties)), key=lambda i: (math.dist(points[i], middle), i))
    spread = max(math.dist(point, points[at]) for point in points)
    limit = SAME_OWNER_M if len({_owner(c, places) for c in ties}) == 1 else SAME_PLACE_M
    if spread <= limit:
        return ties[at], spread
    return max(ties[:MOST_OTHERS], key=lambda c: _street_size(c, places)), 0.0


def _street_size(candidate: Candidate, places: Places) -> int:
    """Return how many addresses the candidate's street has."""
    if candidate.position < 0:
        return 0
    return len(places.entries.find_base(HOUSE, places.entries.street[candidate.position]))


def _owner(candidate: Candidate, places: Places) -> tuple[int, int, int]:
    """Return the compound, street and number that several buildings may share."""
    entries, at = places.entries, candidate.position
    return (entries.compound[at], entries.street[at], entries.number[at]) if at >= 0 else (-1, -1, -1)


def _level(chosen: Candidate, evidence: Evidence, ties: list[Candidate], places: Places) -> tuple[int, float]:
    """Return the level of the answer and its uncertainty; one of several buildings stands for them all."""
    if chosen.estimate is not None:
        return INTERPOLATED, chosen.estimate.uncertainty_m
    level = places.entries.level[chosen.position]
    if len(ties) > 1 and level == LEVEL_CODE["building"] and not evidence.building:
        level = LEVEL_CODE["house_number" if evidence.house else "compound"]
    return level, places.entries.uncertainty_m[chosen.position]


def _between(chosen: Candidate, evidence: Evidence, places: Places, script: Script) -> str:
    """Return the address of an interpolated place, empty for an entry."""
    if chosen.estimate is None:
        return ""
    street, number = places.labels[chosen.estimate.street], "-".join(evidence.house)
    return f"{number} {street}" if script.numbers_lead else f"{street}{number}号"
