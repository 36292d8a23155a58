"""The addresses that one reading of a text gives, each with its candidates and what they are worth."""

from typing import NamedTuple

from gridgeo.locate.address.numbers import AddressNumber
from gridgeo.locate.address.script import Script
from gridgeo.locate.geocode.candidates import FURTHER_AREA, Candidate, Places, find_candidates
from gridgeo.locate.geocode.evidence import Evidence, collect_evidence
from gridgeo.locate.geocode.names import Hit

__all__ = ["TIE", "Pick", "attainable", "find_picks", "is_chain", "is_local", "reading_worth"]

TIE = 0.05  # scores closer than this do not tell two places apart
RESIDENCE_PRICE = 6.0  # where the writer lives is not where the matter is
LATER_PRICE = 0.4  # of two addresses in one text the first is meant, unless the second fits better
PLACE_WORTH = 3.0  # an address is worth more than the name of an area
SLACK_PRICE = 0.4  # for each character between a name and its number
MOST_SLACK = 5
COVER_WORTH = 0.5  # of each character that a reading explains


class Pick(NamedTuple):
    """The candidates of one address of the text and what they are worth.

    ``score`` is what the best has for it; ``rank`` its place among the addresses of the text: how much it
    explains of what the text says, so that a full address does not outdo a plain name before it.
    """

    rank: float
    score: float
    evidence: Evidence
    candidates: list[Candidate]


def find_picks(
    text: str, hits: list[Hit], numbers: list[AddressNumber], places: Places, script: Script
) -> list[Pick]:
    """Return the addresses of the text that some entry answers, the best first."""
    picks = []
    for order, evidence in enumerate(collect_evidence(text, hits, numbers, script)):
        candidates = [] if evidence.is_empty() else find_candidates(evidence, places)
        if not candidates:
            continue
        score = candidates[0].score - SLACK_PRICE * min(MOST_SLACK, evidence.slack)
        if script.is_residence(text, evidence.start):
            score -= RESIDENCE_PRICE
        rank = score - attainable(evidence) - LATER_PRICE * order
        picks.append(Pick(rank + PLACE_WORTH * evidence.has_place(), score, evidence, candidates))
    return sorted(picks, key=lambda pick: -pick.rank)


def reading_worth(picks: list[Pick]) -> float:
    """Return the worth of a reading: that of its best address, and of each character that it explains."""
    return picks[0].rank + COVER_WORTH * picks[0].evidence.covered if picks else -99.0


def attainable(evidence: Evidence) -> float:
    """Return the score of an entry that agrees with all that the text says."""
    names = 3.0 * bool(evidence.street) + 2.5 * bool(evidence.compound) + 2.5 * bool(evidence.poi)
    if evidence.street_at == evidence.compound_at:
        names -= 2.5
    numbers = 3.0 * bool(evidence.house) + 2.5 * bool(evidence.building)
    return names + numbers + 3.0 * bool(evidence.cross) + _areas_worth(len(evidence.areas))


def _areas_worth(n_areas: int) -> float:
    """Return what so many areas are worth when they all agree."""
    return 1.0 + FURTHER_AREA * (n_areas - 1) if n_areas else 0.0


def is_local(evidence: Evidence) -> bool:
    """Return whether the text names more than a road or an area."""
    return bool(evidence.compound or evidence.poi or evidence.cross or evidence.house or evidence.building)


def is_chain(candidates: list[Candidate]) -> bool:
    """Return whether the best fits several places, as the name of a chain of shops does."""
    return len(candidates) > 1 and candidates[1].score >= candidates[0].score - TIE
