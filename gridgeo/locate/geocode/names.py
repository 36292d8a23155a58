"""Find the gazetteer's names in a text: as they are, by sound, and with one slip of the pen."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import ahocorasick
from rapidfuzz.distance import OSA

from gridgeo.locate.address.script import Script
from gridgeo.locate.geocode.pieces import LONG_NAME, build_pieces, find_around

__all__ = ["Heard", "Hit", "Meaning", "NameIndex", "build_name_index"]

SOUND_COST = 0.3  # a homophone is the likeliest slip
SOUND_STEP = 0.1  # for each further character that only sounds alike
EDIT_COST = 0.6
KEPT_COST = 0.45  # of a slip after which all that was typed is still of the name: left out, doubled, swapped
LEAST_CORE = 2  # characters of a name's own that have to stand in a text that nothing else confirms
SHORT_COST = 0.25  # the everyday short form of a name
ABSENT_COST = 0.03  # for each of its characters that the text lacks: only to part names as far from it


class Meaning(NamedTuple):
    """What a form stands for: a name of a kind, how far the form is from it, whether it needs a number."""

    kind: str
    name_id: int
    cost: float
    needs_number: bool


class Hit(NamedTuple):
    """A place in the folded text where names were found."""

    start: int
    end: int
    meanings: tuple[Meaning, ...]


class Heard(NamedTuple):
    """A folded text as it is written and as it sounds, character for character."""

    text: str
    sound: str


@dataclass(frozen=True)
class NameIndex:
    """The distinct names of a gazetteer, ready to be found in texts."""

    script: Script
    exact: Any = field(repr=False)
    sounds: Any = field(repr=False)
    deletions: dict[str, tuple[int, ...]] = field(repr=False)
    forms: list[str] = field(repr=False)
    form_sounds: list[str] = field(repr=False)
    core_sounds: list[str] = field(repr=False)
    meanings: list[tuple[Meaning, ...]] = field(repr=False)
    pieces: Any = field(repr=False)

    def find(self, text: str) -> list[Hit]:
        """Return the names in the text, the leftmost longest of those that overlap."""
        if not self.forms:
            return []
        hits = []
        # a blank at its end keeps "walker st" from being swallowed by "walker st pl" in "walker st please"
        closed = f"{text} " if self.script.whole_words else text
        for last, (length, meanings) in self.exact.iter_long(closed):
            end = last if self.script.whole_words else last + 1
            start = end - length
            if not self.script.whole_words or not start or text[start - 1] == " ":
                hits.append(Hit(start, end, meanings))
        return hits

    def is_whole(self, text: str, start: int, end: int) -> bool:
        """Return whether the span begins and ends at a blank."""
        return (not start or text[start - 1] == " ") and (end == len(text) or text[end] == " ")

    def find_by_sound(self, heard: Heard) -> list[Hit]:
        """Return the names that sound like a part of the text."""
        if not self.forms:
            return []
        hits = []
        for last, (length, form_ids) in self.sounds.iter_long(heard.sound):
            start, end = last - length + 1, last + 1
            if not self.script.whole_words or self.is_whole(heard.sound, start, end):
                hits.append(Hit(start, end, self._priced(form_ids, heard.text[start:end], 0)))
        return hits

    def _priced(self, form_ids: Iterable[int], piece: str, distance: float) -> tuple[Meaning, ...]:
        """Return the meanings of forms, each with the cost of having been written as the piece of text."""
        priced = []
        for form_id in form_ids:
            # what differs only to the eye, beside the slips that the ear hears too
            form = self.forms[form_id]
            alike = OSA.distance(form, piece) - distance
            cost = EDIT_COST * distance + SOUND_STEP * alike
            cost += ABSENT_COST * len(set(form).difference(piece))
            if distance == 1 and _is_kept(form, piece):
                cost += KEPT_COST - EDIT_COST
            if not distance and alike:
                cost += SOUND_COST - SOUND_STEP
            priced += [
                Meaning(m.kind, m.name_id, m.cost + cost, m.needs_number) for m in self.meanings[form_id]
            ]
        return _cheapest(priced)

    def find_misspelled(self, heard: Heard, start: int, end: int, *, is_alone: bool = False) -> Hit | None:
        """Return the names one slip away from a piece of the text, given by sound.

        A slip is a character too many, too few, a wrong one or two swapped, after homophones were made equal.
        Where the name stands alone, without a number that confirms it, what sets it apart from
        names of its kind (丽景 of 丽景广场) has to be there.
        """
        piece = heard.sound[start:end]
        if len(piece) < self.script.min_fuzzy - 1:
            return None
        found: set[int] = set()
        for key in _one_deleted(piece):
            found.update(self.deletions.get(key, ()))
        meanings: list[Meaning] = []
        for form_id in sorted(found):
            distance = OSA.distance(self.form_sounds[form_id], piece, score_cutoff=1)
            if distance <= 1 and not (is_alone and self._is_vague(form_id, piece)):
                meanings += self._priced((form_id,), heard.text[start:end], distance)
        return Hit(start, end, _cheapest(meanings)) if meanings else None

    def find_long(self, heard: Heard) -> list[Hit]:
        """Return long names with a slip or two: a piece of the name stands in the text as it should."""
        return [
            Hit(start, end, self._priced((form_id,), heard.text[start:end], distance))
            for form_id, distance, start, end in find_around(heard.sound, self.pieces)
        ]

    def _is_vague(self, form_id: int, piece: str) -> bool:
        """Return whether the piece has too little of the name's own characters."""
        core = self.core_sounds[form_id]
        return sum(c in piece for c in core) < min(len(core), LEAST_CORE)

    def find_before(self, heard: Heard, first: int, end: int) -> list[Hit]:
        """Return misspelled names that end at ``end`` and begin no earlier than ``first``."""
        lowest = max(first, end - self.script.longest_window)
        hits = []
        for start in range(end - self.script.min_fuzzy + 1, lowest - 1, -1):
            if self.script.whole_words and not self.is_whole(heard.text, start, end):
                continue
            hit = self.find_misspelled(heard, start, end)
            if hit is not None:
                hits.append(hit)
        return hits


def _is_kept(form: str, piece: str) -> bool:
    """Return whether every character of the piece is of the name: none came in from outside.

    Of all that may be typed by mistake a foreign character is just one in thousands, so a name that needs
    none is the likelier one.
    """
    return set(piece) <= set(form) and (len(form) != len(piece) or sorted(form) == sorted(piece))


def _cheapest(meanings: Iterable[Meaning]) -> tuple[Meaning, ...]:
    """Return each name once, with its least cost."""
    best: dict[tuple[str, int], Meaning] = {}
    for meaning in meanings:
        key = (meaning.kind, meaning.name_id)
        if key not in best or meaning.cost < best[key].cost:
            best[key] = meaning
    return tuple(best.values())


def _one_deleted(text: str) -> Iterator[str]:
    """Yield the text and every text with one of its characters missing."""
    yield text
    for at in range(len(text)):
        yield text[:at] + text[at + 1 :]


def build_name_index(names: Iterable[tuple[str, str, int]], script: Script) -> NameIndex:
    """Return the index of ``(kind, folded name, name_id)``; several names may share one form."""
    by_form: dict[str, dict[tuple[str, int], Meaning]] = defaultdict(dict)
    for kind, name, name_id in names:
        for form, cost, needs_number in _forms(name, kind, script):
            known = by_form[form].get((kind, name_id))
            if known is None or cost < known.cost:
                by_form[form][kind, name_id] = Meaning(kind, name_id, cost, needs_number)
    forms = sorted(by_form)
    meanings = [tuple(by_form[form][key] for key in sorted(by_form[form])) for form in forms]
    exact = ahocorasick.Automaton()
    by_sound: dict[str, list[int]] = defaultdict(list)
    deletions: dict[str, list[int]] = defaultdict(list)
    form_sounds = [script.to_sound(form) for form in forms]
    core_sounds = [script.to_sound(script.own_part(form)) for form in forms]
    for form_id, (form, sound) in enumerate(zip(forms, form_sounds, strict=True)):
        exact.add_word(f"{form} " if script.whole_words else form, (len(form), meanings[form_id]))
        if len(form) < script.min_fuzzy or all(m.needs_number for m in meanings[form_id]):
            continue
        by_sound[sound].append(form_id)
        if len(form) >= LONG_NAME and all(m.kind == "poi" for m in meanings[form_id]):
            continue  # no number follows a POI, and its pieces find it: the shorter index fits in memory
        for key in set(_one_deleted(sound)):
            deletions[key].append(form_id)
    sounds = ahocorasick.Automaton()
    for sound, form_ids in by_sound.items():
        sounds.add_word(sound, (len(sound), tuple(form_ids)))
    exact.make_automaton()
    sounds.make_automaton()
    long = ((i, s) for i, s in enumerate(form_sounds) if not all(m.needs_number for m in meanings[i]))
    pieces = build_pieces(long)
    frozen = {key: tuple(form_ids) for key, form_ids in deletions.items()}
    return NameIndex(script, exact, sounds, frozen, forms, form_sounds, core_sounds, meanings, pieces)


def _forms(name: str, kind: str, script: Script) -> Iterator[tuple[str, float, bool]]:
    """Yield a name and its short forms, each with its cost and whether it needs a number."""
    if len(name) < 2:
        return
    yield name, 0.0, False
    for form, needs_number in script.short_forms(name, kind):
        if len(form) >= 2:
            yield form, SHORT_COST, needs_number
