"""Long names found by a piece of them that was spelled as it should be."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Any, NamedTuple

import ahocorasick
from rapidfuzz import process
from rapidfuzz.distance import OSA

__all__ = ["LONG_NAME", "Around", "build_pieces", "find_around"]

LONG_NAME = 6  # characters from which a piece of a name is enough to look for the whole
TWO_SLIPS_FROM = 8  # characters from which two slips are forgiven
THREE_PIECES_FROM = 9  # characters from which two slips leave one of three pieces whole
TWO_PIECES = 2
MOST_NEAR = 6  # of the names with one piece in common
# How far the ends of what was typed may lie from where the name's ends should be.
SHIFTS = ((0, 0), (0, -1), (0, 1), (-1, 0), (1, 0))


class Piece(NamedTuple):
    """A piece of long names: by the characters before and behind it, their numbers and the whole names."""

    length: int
    places: dict[tuple[int, int], tuple[list[int], list[str]]]


class Around(NamedTuple):
    """A long name around one of its pieces: its number, its slips, where it stands in the text."""

    form_id: int
    distance: int
    start: int
    end: int


def build_pieces(names: Iterable[tuple[int, str]]) -> Any:
    """Return an automaton of the pieces of numbered names; names that are short have none."""
    found: dict[str, Piece] = {}
    for form_id, name in names:
        if len(name) < LONG_NAME:
            continue
        n = 3 if len(name) >= THREE_PIECES_FROM else TWO_PIECES
        cuts = [len(name) * i // n for i in range(n + 1)]
        spans = [(first, last, name[first:last]) for first, last in pairwise(cuts)]
        if n == TWO_PIECES:
            # two characters swapped across the cut spoil both pieces, but only in one way
            cut = cuts[1]
            swapped = name[cut - 2] + name[cut] + name[cut - 1] + name[cut + 1]
            spans.append((cut - 2, cut + 2, swapped))
        for first, last, text in spans:
            piece = found.setdefault(text, Piece(last - first, {}))
            form_ids, wholes = piece.places.setdefault((first, len(name) - last), ([], []))
            form_ids.append(form_id)
            wholes.append(name)
    automaton = ahocorasick.Automaton()
    for text, piece in found.items():
        automaton.add_word(text, piece)
    automaton.make_automaton()
    return automaton


def find_around(text: str, pieces: Any) -> list[Around]:
    """Return the long names that stand in the text with a slip or two, each once with the fewest."""
    if pieces.kind != ahocorasick.AHOCORASICK:
        return []
    best: dict[tuple[int, int], Around] = {}
    for last, piece in pieces.iter(text):
        for found in _whole_names(text, last - piece.length + 1, piece):
            key = (found.form_id, found.start // LONG_NAME)
            if key not in best or found.distance < best[key].distance:
                best[key] = found
    return sorted(best.values())


def _whole_names(text: str, at: int, piece: Piece) -> Iterator[Around]:
    """Yield the names of which the piece is a part and the text around it nearly the rest."""
    for (before, behind), (form_ids, wholes) in piece.places.items():
        allowed = 1 if before + piece.length + behind < TWO_SLIPS_FROM else 2
        for more, less in SHIFTS:
            start, end = at - before + more, at + piece.length + behind + less
            if start < 0 or end > len(text) or start > at or end < at + piece.length:
                continue
            near = process.extract(
                text[start:end], wholes, scorer=OSA.distance, score_cutoff=allowed, limit=MOST_NEAR
            )
            for _, distance, which in near:
                yield Around(form_ids[which], int(distance), start, end)
