"""Many texts at once: each distinct one matched once, the answers as columns, no row lost.

The columns: ``lon, lat`` (WGS 84), ``precision`` (the level), ``uncertainty_m``, ``score`` (the probability
that the place is the one meant), ``entry_id``, ``matched`` (the entry's label),
``address`` (normalised), ``part`` (what was read of the text), ``alternatives``, ``status`` and, with grids,
``grid_code`` and ``grid_certain``.

``status`` is ``ok``; ``ambiguous`` (the alternatives fit as well); ``partial`` (the street is known, the
rest of the address is not); ``no_address``; ``empty``; or ``error: …``, which never stops the other rows.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd

from gridgeo.locate.geocode.answer import Match
from gridgeo.locate.geocode.placing import PreparedGrids, add_grids
from gridgeo.locate.geocode.table import build_answers

if TYPE_CHECKING:
    from gridgeo.locate.gazetteer.gazetteer import Gazetteer

__all__ = [
    "RESULT_COLUMNS",
    "answer_texts",
    "empty_answer",
    "geocode_texts",
    "result_columns",
]

GRID_COLUMNS = ("grid_code", "grid_certain")
logger = logging.getLogger(__name__)
BATCH = 20_000  # distinct texts whose answers are held as objects at a time
LONGEST_TEXT = 2_000  # characters; a report with its address further in than this is a document
RESULT_COLUMNS = (
    "lon", "lat", "precision", "uncertainty_m", "score", "entry_id", "matched", "address", "part",
    "alternatives", "status",
)  # fmt: skip


def geocode_texts(
    gazetteer: Gazetteer,
    texts: Iterable[object],
    grids: gpd.GeoDataFrame | PreparedGrids | None = None,
    progress: Callable[[int], None] | None = None,
) -> pd.DataFrame:
    """Return the answers to texts, one row each, in order, with the index of a series kept.

    Parameters
    ----------
    gazetteer
        The places.
    texts
        Reports; missing or empty ones get ``status`` ``empty``.
    grids
        A grids layer, for the grid of each place.
    progress
        Called with the number of rows done since the last call.
    """
    series = texts if isinstance(texts, pd.Series) else pd.Series(list(texts), dtype="object")
    codes, distinct = pd.factorize(series.where(series.isna(), series.astype(str)))
    counts = np.bincount(codes[codes >= 0], minlength=len(distinct))
    parts = [empty_answer(gazetteer)]
    for first in range(0, len(distinct), BATCH):
        batch = [str(text) for text in distinct[first : first + BATCH]]
        parts.append(answer_texts(gazetteer, batch, counts[first : first + BATCH], progress))
    answers = pd.concat(parts, ignore_index=True)
    if grids is not None:
        answers = add_grids(answers, gazetteer, grids)
    return answers.iloc[codes + 1][result_columns(answers)].set_axis(series.index)


def result_columns(answers: pd.DataFrame) -> list[str]:
    """Return the columns that a user sees; the others serve to find the grid."""
    return [*RESULT_COLUMNS, *(column for column in GRID_COLUMNS if column in answers)]


def empty_answer(gazetteer: Gazetteer) -> pd.DataFrame:
    """Return the answer to a missing text."""
    return build_answers([None], ["empty"], [""], gazetteer)


def answer_texts(
    gazetteer: Gazetteer,
    texts: Sequence[str],
    counts: Sequence[int] | np.ndarray,
    progress: Callable[[int], None] | None = None,
) -> pd.DataFrame:
    """Return the answers to distinct texts, each standing for so many rows, with what a grid needs."""
    matcher = gazetteer.engine.matcher
    matches: list[Match | None] = []
    states: list[str] = []
    parts: list[str] = []
    for text, count in zip(texts, counts, strict=True):
        match, state, part = None, "empty" if not text.strip() else "no_address", ""
        try:
            normal = matcher.script.normalize(text[:LONGEST_TEXT])
            match = matcher.match(normal)
            if match is not None:
                state, part = "ok", normal.source_text(match.start, match.end)
        except Exception as error:  # one row must never stop a batch; its status says what happened
            logger.exception("row %r", text[:80])
            state = f"error: {type(error).__name__}: {error}"
        matches.append(match)
        states.append(state)
        parts.append(part)
        if progress is not None:
            progress(int(count))
    return build_answers(matches, states, parts, gazetteer)
