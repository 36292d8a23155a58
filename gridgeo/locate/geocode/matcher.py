"""The engine: one text in, the place it means out, with what speaks for and against it."""

from collections.abc import Callable
from dataclasses import dataclass

from gridgeo.locate.address.numbers import AddressNumber
from gridgeo.locate.address.script import Script
from gridgeo.locate.address.text import NormalText
from gridgeo.locate.geocode.answer import LEVEL_CODE, Match, build_match
from gridgeo.locate.geocode.candidates import Places
from gridgeo.locate.geocode.context import find_by_context
from gridgeo.locate.geocode.names import SOUND_COST, Hit, NameIndex
from gridgeo.locate.geocode.picks import Pick, find_picks, is_chain, is_local, reading_worth
from gridgeo.locate.geocode.search import (
    add_doubts,
    find_crossing_slips,
    find_long_names,
    find_names,
    find_slips,
    replace_names,
    scan_slips,
)

__all__ = ["Matcher"]

INTERSECTION = LEVEL_CODE["intersection"]
ROAD = LEVEL_CODE["road"]
STRONG_KINDS = frozenset(("house", "building", "hash", "lane"))
ONE_SLIP = 0.7
# Places among the readings: from where one with a slip will do, and from where other names are looked for.
USUAL_READINGS, OTHER_NAMES = 2, 4
Reading = Callable[[], list[Hit]]


@dataclass(frozen=True)
class Matcher:
    """The indexes that texts are matched with."""

    script: Script
    names: NameIndex
    places: Places

    def match(self, normal: NormalText) -> Match | None:
        """Return the place that the text means, None where it names none.

        The names are taken as they stand first. Only where they leave something open, slips are looked for,
        and the reading that explains the most of the text wins.
        """
        text = normal.text
        numbers = self.script.find_numbers(text)
        hits = find_names(text, self.names, numbers)
        picks = self._picks(text, hits, numbers)
        if not self._is_sure(picks, numbers):
            picks = self._read_again(text, hits, numbers, picks)
        return build_match(text, picks, numbers, self.places, self.script) if picks else None

    def _picks(self, text: str, hits: list[Hit], numbers: list[AddressNumber]) -> list[Pick]:
        """Return the addresses that a reading gives, the best first."""
        return find_picks(text, hits, numbers, self.places, self.script)

    def _read_again(
        self, text: str, hits: list[Hit], numbers: list[AddressNumber], first: list[Pick]
    ) -> list[Pick]:
        """Return the best of the first and the other readings of the text, the likeliest tried first.

        One that leaves nothing open but is a slip away may be outdone by another, so the usual readings are
        all tried. The last, a look at every piece of the text, is for texts that nothing else explains.
        """
        tried, best = [hits], first
        *others, last = self._readings(text, hits, numbers)
        is_settled = self._is_settled(first, numbers)
        # a name as it stands in the text, but elsewhere than said: only other names are to be looked for
        for order, read in list(enumerate(others))[OTHER_NAMES if is_settled else 0 :]:
            other = read()
            if other not in tried:
                tried.append(other)
                picks = self._picks(text, other, numbers)
                best = max((best, picks), key=reading_worth)
                is_settled = is_settled or self._is_settled(picks, numbers)
            if self._is_sure(best, numbers, ONE_SLIP if order >= USUAL_READINGS else SOUND_COST):
                return best
        if not is_settled and (other := last()) not in tried:
            best = max((best, self._picks(text, other, numbers)), key=reading_worth)
        return best

    def _readings(self, text: str, hits: list[Hit], numbers: list[AddressNumber]) -> tuple[Reading, ...]:
        """Return the ways to look again for names that were not found, or not the right ones."""
        names = self.names
        return (
            lambda: find_long_names(text, hits, names),
            lambda: find_crossing_slips(text, hits, names),
            lambda: find_slips(text, hits, numbers, names),
            lambda: replace_names(text, hits, numbers, names),
            lambda: find_by_context(text, hits, numbers, self.places, names),
            lambda: add_doubts(text, hits, names),
            lambda: scan_slips(text, hits, names),
        )

    def _is_sure(self, picks: list[Pick], numbers: list[AddressNumber], cost: float = SOUND_COST) -> bool:
        """Return whether the best answer leaves nothing open, is nearly as typed, and lies where said.

        A name that lies elsewhere than the text says is more often a slip that hit upon another place's name
        than the right name beside the wrong community.
        """
        if not self._is_settled(picks, numbers):
            return False
        best = picks[0].candidates[0]
        return best.cost <= cost and best.areas >= 0

    def _is_settled(self, picks: list[Pick], numbers: list[AddressNumber]) -> bool:
        """Return whether the best answer explains all that the text gives about it."""
        if not picks or not is_local(picks[0].evidence):
            return False
        evidence, best = picks[0].evidence, picks[0].candidates[0]
        if best.missing or best.contradicted or picks[0].score < best.score:
            return False
        level = self.places.entries.level[best.position] if best.position >= 0 else -1
        if evidence.poi and not evidence.house and (level == ROAD or is_chain(picks[0].candidates)):
            return False
        if evidence.cross and best.position >= 0:
            return level == INTERSECTION
        if evidence.house or evidence.building:
            return True
        # a number elsewhere may be that of a name that was not found
        return not any(
            n.kind in STRONG_KINDS and not any(p.evidence.start <= n.start < p.evidence.end for p in picks)
            for n in numbers
        )
