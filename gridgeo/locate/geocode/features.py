"""What the probability of an answer is computed from."""

import math
from collections.abc import Iterable

from gridgeo.locate.address.numbers import AddressNumber
from gridgeo.locate.entry import LEVELS
from gridgeo.locate.geocode.candidates import Candidate
from gridgeo.locate.geocode.picks import Pick, attainable
from gridgeo.locate.geocode.search import NAMED_KINDS

__all__ = ["FEATURES", "read_features"]

CLEAR_MARGIN = 3.0  # a lead over the next place that says all there is to say
MAX_UNBOUND_GAP = 12  # characters behind a place in which a number without a name speaks against it
LONG_PART = 12  # characters of an address beyond which more do not make it surer
FEATURES = (
    "score", "deficit", "margin", "cost", "missing", "contradicted", "areas_for", "areas_against", "n_places",
    "length", "n_names", "unbound", "foreign", "has_number", *(f"is_{level}" for level in LEVELS[:-1]),
)  # fmt: skip


def read_features(
    picks: list[Pick],
    chosen: Candidate,
    level: int,
    around: tuple[float, int, bool],
    numbers: Iterable[AddressNumber],
) -> tuple[float, ...]:
    """Return the numbers named by ``FEATURES``.

    ``around`` holds the score of the next place, how many places fit as well, and whether the text speaks of
    another city.
    """
    pick = picks[0]
    evidence = pick.evidence
    rival, n_elsewhere, is_foreign = around
    return (
        pick.score,
        attainable(evidence) - pick.score,
        min(CLEAR_MARGIN, pick.candidates[0].score - rival),
        chosen.cost,
        float(chosen.missing),
        float(chosen.contradicted),
        float(max(0, chosen.areas)),
        float(max(0, -chosen.areas)),
        math.log1p(n_elsewhere),
        min(LONG_PART, evidence.end - evidence.start) / 4.0,
        float(bool(evidence.street) + bool(evidence.compound) + bool(evidence.poi)),
        float(_is_unbound(picks, numbers)),
        float(is_foreign),
        float(bool(evidence.house or evidence.building)),
        *(float(level == code) for code in range(len(LEVELS) - 1)),
    )


def _is_unbound(picks: list[Pick], numbers: Iterable[AddressNumber]) -> bool:
    """Return whether a number of an address follows the place closely and belongs to no name."""
    end = picks[0].evidence.end
    for number in numbers:
        is_named = number.kind in NAMED_KINDS and number.kind != "bare"
        if not is_named or not 0 <= number.start - end <= MAX_UNBOUND_GAP:
            continue
        if not any(p.evidence.start <= number.start < p.evidence.end for p in picks):
            return True
    return picks[0].evidence.n_loose > 0
