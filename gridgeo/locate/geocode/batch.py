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

from gridgeo.locate.entry import LEVELS
from gridgeo.locate.geocode.answer import Match
from gridgeo.locate.geocode.calibrate import to_probability
from gridgeo.locate.geocode.features import FEATURES
from gridgeo.locate.geocode.placing import add_grids, to_wgs84

if TYPE_CHECKING:
    from gridgeo.locate.gazetteer.gazetteer import Gazetteer

__all__ = [
    "RESULT_COLUMNS",
    "answer_texts",
    "empty_answer",
    "geocode_texts",
    "result_columns",
    "type_answers",
]

GRID_COLUMNS = ("grid_code", "grid_certain")
logger = logging.getLogger(__name__)
BATCH = 20_000  # distinct texts whose answers are held as objects at a time
MIN_SCORE = 0.15  # an answer less likely than this is no answer
LONGEST_TEXT = 2_000  # characters; a report with its address further in than this is a document
TEXT_COLUMNS = ("entry_id", "matched", "address", "part", "alternatives")
NUMBER_COLUMNS = ("lon", "lat", "uncertainty_m", "score")
RESULT_COLUMNS = (
    "lon", "lat", "precision", "uncertainty_m", "score", "entry_id", "matched", "address", "part",
    "alternatives", "status",
)  # fmt: skip


def geocode_texts(
    gazetteer: Gazetteer,
    texts: Iterable[object],
    grids: gpd.GeoDataFrame | None = None,
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
    parts = [empty_answer()]
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


def empty_answer() -> pd.DataFrame:
    """Return the answer to a missing text."""
    return _frame([None], ["empty"], [""], None)


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
    return _frame(matches, states, parts, gazetteer)


def _frame(
    matches: Sequence[Match | None], states: list[str], parts: list[str], gazetteer: Gazetteer | None
) -> pd.DataFrame:
    """Return the matches as columns."""
    n = len(matches)
    found = np.array([i for i, m in enumerate(matches) if m is not None], dtype=np.int64)
    hits = [m for m in matches if m is not None]
    frame = pd.DataFrame(
        {column: np.full(n, np.nan) for column in ("lon", "lat", "x", "y", "uncertainty_m", "score")}
    )
    frame["precision"] = pd.array(["none"] * n, dtype="string")
    for column in TEXT_COLUMNS:
        frame[column] = pd.array([pd.NA] * n, dtype="string")
    frame["status"] = pd.array(states, dtype="string")
    frame["others"] = pd.Series([()] * n, dtype="object")
    if gazetteer is not None and hits:
        _fill(frame, found, hits, parts, gazetteer)
    return type_answers(frame)


def type_answers(frame: pd.DataFrame) -> pd.DataFrame:
    """Return answers with the right type in every column, also after they came from a file."""
    typed = frame.copy()
    for column in (*TEXT_COLUMNS, "precision", "status"):
        typed[column] = frame[column].astype("string")
    for column in NUMBER_COLUMNS:
        typed[column] = frame[column].astype("Float64").where(frame[column].notna(), pd.NA)
    for column in ("x", "y"):
        typed[column] = frame[column].astype("float64")
    typed["others"] = pd.Series(
        [tuple(others) for others in frame["others"]], index=frame.index, dtype="object"
    )
    return typed


def _fill(
    frame: pd.DataFrame, found: np.ndarray, hits: list[Match], parts: list[str], gazetteer: Gazetteer
) -> None:
    """Write the matches that are likely enough into a fresh frame."""
    features = np.array([m.features for m in hits], dtype=np.float64).reshape(len(hits), len(FEATURES))
    score = to_probability(features, gazetteer.weights)
    partial = _is_partial(features)
    likely = (score >= MIN_SCORE) | partial
    frame.loc[found[~likely], "status"] = "no_address"
    found, score = found[likely], score[likely]
    hits = [m for m, keep in zip(hits, likely, strict=True) if keep]
    x, y = np.array([m.x for m in hits]), np.array([m.y for m in hits])
    frame.loc[found, "x"], frame.loc[found, "y"] = x, y
    frame.loc[found, "lon"], frame.loc[found, "lat"] = to_wgs84(x, y, gazetteer.crs)
    frame.loc[found, "precision"] = [LEVELS[m.level] for m in hits]
    frame.loc[found, "uncertainty_m"] = np.round([m.uncertainty_m for m in hits], 1)
    frame.loc[found, "score"] = np.round(score, 4)
    entries = gazetteer.entries
    position = np.array([m.position for m in hits], dtype=np.int64)
    of_entry = position >= 0
    for column, source in (("entry_id", "entry_id"), ("matched", "label")):
        values = entries[source].to_numpy(dtype=object)[position]
        frame.loc[found[of_entry], column] = values[of_entry]
    frame["address"] = frame["matched"]
    labels = entries["label"].to_numpy(dtype=object)
    frame.loc[found[~of_entry], "address"] = [m.between for m in hits if m.position < 0]
    frame.loc[found, "part"] = [parts[i] for i in found]
    tied = [i for i, m in enumerate(hits) if m.others]
    frame.loc[found[tied], "alternatives"] = [" | ".join(_described(hits[i], entries, labels)) for i in tied]
    frame.loc[found[tied], "status"] = "ambiguous"
    frame.loc[found[partial[likely]], "status"] = "partial"
    for i in tied:
        frame.at[found[i], "others"] = hits[i].others


def _is_partial(features: np.ndarray) -> np.ndarray:
    """Return where a street or compound stands in the text as it should, but its number is unknown.

    Such a row has an address, however unlikely it is that the road as a whole is what was meant.
    """
    column = {name: features[:, at] for at, name in enumerate(FEATURES)}
    coarse = (column["is_road"] + column["is_compound"]) > 0
    unknown = (column["has_number"] > 0) | ((column["is_road"] > 0) & (column["deficit"] > 0))
    partial: np.ndarray = coarse & unknown & (column["cost"] == 0) & (column["foreign"] == 0)
    return partial


def _described(match: Match, entries: pd.DataFrame, labels: np.ndarray) -> list[str]:
    """Return each alternative by its label and community."""
    areas = entries["area_name"]
    return [
        f"{labels[at]} ({areas.iat[at]})" if not pd.isna(areas.iat[at]) else str(labels[at])
        for at in match.others
    ]
