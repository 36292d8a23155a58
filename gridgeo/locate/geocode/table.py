"""Matches as the columns of a table, those that are no answer left out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gridgeo.locate.entry import LEVELS
from gridgeo.locate.geocode.answer import Match
from gridgeo.locate.geocode.calibrate import to_probability
from gridgeo.locate.geocode.features import FEATURES

if TYPE_CHECKING:
    from gridgeo.locate.gazetteer.gazetteer import Gazetteer

__all__ = ["build_answers", "type_answers"]

MIN_SCORE = 0.05  # an answer less likely than this is no answer; a text without an address stays below 0.02
SURELY_HERE = 0.5  # what an answer to a text that names another city has to reach
TEXT_COLUMNS = ("precision", "entry_id", "matched", "address", "part", "alternatives", "status")
NUMBER_COLUMNS = ("lon", "lat", "uncertainty_m", "score")
# where the place lies in the gazetteer's own system, and what else fits: for finding the grid
INNER_COLUMNS = ("x", "y", "others")


def build_answers(
    matches: Sequence[Match | None], states: Sequence[str], parts: Sequence[str], gazetteer: Gazetteer
) -> pd.DataFrame:
    """Return a row for each match: the columns of an answer, and those that finding its grid takes.

    Parameters
    ----------
    matches
        What the matcher made of each text.
    states
        The status of each text as far as the matching tells it.
    parts
        The part of each text that was read.
    gazetteer
        For labels, coordinates and probabilities.
    """
    n = len(matches)
    columns: dict[str, list[Any]] = {name: [None] * n for name in TEXT_COLUMNS + NUMBER_COLUMNS}
    columns |= {"x": [np.nan] * n, "y": [np.nan] * n, "others": [()] * n}
    columns["precision"], columns["status"] = ["none"] * n, list(states)
    found = [(row, match) for row, match in enumerate(matches) if match is not None]
    if found:
        features = np.array([m.features for _, m in found], dtype=np.float64).reshape(
            len(found), len(FEATURES)
        )
        score = to_probability(features, gazetteer.weights)
        partial = _is_partial(features)
        likely = (score >= MIN_SCORE) | partial
        likely &= (features[:, FEATURES.index("foreign")] == 0) | (score >= SURELY_HERE)
        for at in np.flatnonzero(~likely):
            columns["status"][found[at][0]] = "no_address"
        kept = [(*found[at], float(score[at]), bool(partial[at])) for at in np.flatnonzero(likely)]
        _fill(columns, kept, parts, gazetteer)
    return type_answers(pd.DataFrame(columns))


def _fill(
    columns: dict[str, list[Any]],
    kept: list[tuple[int, Match, float, bool]],
    parts: Sequence[str],
    gazetteer: Gazetteer,
) -> None:
    """Write row, match, score and whether it is partial into the columns."""
    entries = gazetteer.entries
    at = np.array([match.position for _, match, _, _ in kept], dtype=np.int64)
    ids, labels = (entries[column].iloc[at].tolist() for column in ("entry_id", "label"))
    x, y = (np.array([match[axis] for _, match, _, _ in kept], dtype=np.float64) for axis in (1, 2))
    lon, lat = gazetteer.engine.to_wgs84(x, y)
    for i, (row, match, score, is_partial) in enumerate(kept):
        is_entry = match.position >= 0
        values = {
            "lon": lon[i],
            "lat": lat[i],
            "x": match.x,
            "y": match.y,
            "precision": LEVELS[match.level],
            "uncertainty_m": round(match.uncertainty_m, 1),
            "score": round(score, 4),
            "entry_id": ids[i] if is_entry else None,
            "matched": labels[i] if is_entry else None,
            "address": labels[i] if is_entry else match.between,
            "part": parts[row],
            "others": match.others,
        }
        for name, value in values.items():
            columns[name][row] = value
        if match.others:
            columns["alternatives"][row] = " | ".join(_described(match, entries))
        if is_partial or match.others:
            columns["status"][row] = "partial" if is_partial else "ambiguous"


def _is_partial(features: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return where a street or compound stands in the text as it should, but its number is unknown.

    Such a row has an address, however unlikely it is that the road as a whole is what was meant.
    """
    column = {name: features[:, at] for at, name in enumerate(FEATURES)}
    coarse = (column["is_road"] + column["is_compound"]) > 0
    unknown = (column["has_number"] > 0) | ((column["is_road"] > 0) & (column["deficit"] > 0))
    partial: NDArray[np.bool_] = coarse & unknown & (column["cost"] == 0) & (column["foreign"] == 0)
    return partial


def _described(match: Match, entries: pd.DataFrame) -> list[str]:
    """Return each alternative by its label and community."""
    rows = entries.iloc[list(match.others)]
    return [
        str(label) if pd.isna(area) else f"{label} ({area})"
        for label, area in zip(rows["label"], rows["area_name"], strict=True)
    ]


def type_answers(frame: pd.DataFrame) -> pd.DataFrame:
    """Return answers with the right type in every column, also after they came from a file."""
    typed = {name: frame[name].astype("string") for name in TEXT_COLUMNS}
    typed |= {name: pd.to_numeric(frame[name]).astype("Float64") for name in NUMBER_COLUMNS}
    typed |= {name: frame[name].astype("float64") for name in ("x", "y")}
    others = [tuple(found) for found in frame["others"]]
    typed["others"] = pd.Series(others, index=frame.index, dtype="object")
    return pd.DataFrame(typed)
