"""Mend the attributes of a layer: identifiers as text and unique, counts as whole numbers of 0 or more."""

import re

import numpy as np
import pandas as pd
import shapely
from geopandas import GeoDataFrame
from numpy.typing import NDArray

from gridgeo.check.mending import Mask, Mending

__all__ = ["mend_codes", "mend_counts", "mend_ids", "to_text_codes"]

# What a spreadsheet makes of a code of 12 digits: as text 4.20502E+11, as number 420502000000.
SPOILT_TEXT = re.compile(r"\d(?:[.,]\d+)?E\+\d{2}")
SPOILT_FROM = 1e11
SPOILT_STEP = 1e5  # a rounded code ends in zeros from the sixth digit on
ABSURD_COUNT = 5_000  # the largest residential towers of China hold some 2,000 households


def to_text_codes(values: pd.Series) -> tuple[pd.Series, Mask]:
    """Return identifiers as text, and which of them a spreadsheet has spoilt.

    Numbers without a fraction become their digits; blanks become missing. Spoilt are ``4.20502E+11``,
    fractions, and large numbers that end in zeros *and* occur more than once, as real codes of counties do
    not.

    Parameters
    ----------
    values
        A column of identifiers or codes.

    Returns
    -------
    tuple
        The text, dtype ``string``, and a mask.
    """
    if pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values):
        numbers = values.to_numpy(dtype=float, na_value=np.nan)
        known = np.isfinite(numbers)
        rounded = (
            known & (numbers >= SPOILT_FROM) & (numbers % SPOILT_STEP == 0) & values.duplicated(keep=False)
        )
        spoilt = (known & (numbers != np.floor(numbers))) | rounded
        whole = known & ~spoilt
        text = pd.Series(pd.NA, index=values.index, dtype="string", name=values.name)
        text[whole] = pd.Series(values[whole].astype("int64").astype("str"), dtype="string")
        text[spoilt] = pd.Series(values[spoilt].astype("str"), dtype="string")
        return text, np.asarray(spoilt)
    text = values.astype("string").str.strip()
    text = text.mask(text == "")
    return text, text.str.fullmatch(SPOILT_TEXT.pattern).fillna(False).to_numpy(dtype=bool)


def mend_ids(state: Mending) -> Mending:
    """Return the layer with its key as text, present and unique; what is added depends on no row order."""
    key = state.contract.key
    if key is None:
        return state
    if key not in state.good.columns:
        state = state.note_layer(f"no column {key}", "rows are numbered from west to east", "mended")
        empty = pd.Series(pd.NA, index=state.good.index, dtype="string")
        return state.with_column(key, _number_missing(state.with_column(key, empty)))
    state = mend_codes(state, key)
    missing = state.good[key].isna().to_numpy(dtype=bool)
    state = state.note(missing, f"{key} missing", "numbered from west to east", "mended")
    state = state.with_column(key, _number_missing(state))
    shared = state.good[key].duplicated(keep=False).to_numpy(dtype=bool)
    meaning = f"different rows under one {key}; all but one get an ending, as in 12#2"
    return state.note(shared, f"{key} not unique", meaning, "mended").with_column(key, _tell_apart(state))


def mend_codes(state: Mending, column: str) -> Mending:
    """Return the layer with one column of codes as text; codes that a spreadsheet has rounded are fatal."""
    text, spoilt = to_text_codes(state.good[column])
    meaning = "a spreadsheet has rounded the codes and their digits are lost; export again as text"
    state = state.with_column(column, text)
    return state.note(spoilt, f"{column} spoilt, such as {text[spoilt].min()}", meaning, "fatal")


def mend_counts(state: Mending) -> Mending:
    """Return the layer with households and people as whole numbers of 0 or more."""
    for column in state.contract.columns:
        if column.kind != "count":
            continue
        if column.name in state.good.columns:
            state = _mend_count(state, column.name)
        elif column in state.contract.required:
            remedy = "name the column that holds them, or estimate them with gridgeo.households"
            state = state.note_layer(f"no column {column.name}", remedy, "fatal")
    return state


def _mend_count(state: Mending, column: str) -> Mending:
    """Return the layer with one column of counts mended: no count becomes 0, fractions are rounded."""
    values = state.good[column]
    numbers = pd.to_numeric(values, errors="coerce").to_numpy(dtype=float, na_value=np.nan)
    missing = values.isna().to_numpy(dtype=bool) | (values.astype("str").str.strip() == "").to_numpy(bool)
    strange = ~np.isfinite(numbers) & ~missing
    negative = np.isfinite(numbers) & (numbers < 0)
    broken = np.isfinite(numbers) & (numbers != np.floor(numbers)) & ~negative
    state = state.note(missing, f"{column} missing", "counted as 0", "reported")
    example = f"such as {_example(values, strange)}"
    if strange.any() and not np.isfinite(numbers).any():
        meaning = f"{example}, and no row has a number; leave nothing but digits in the column"
        state = state.note(strange, f"{column} no number", meaning, "fatal")
    else:
        state = state.note(strange, f"{column} no number", f"{example}; counted as 0", "reported")
    state = state.note(
        negative, f"{column} negative", f"such as {_example(values, negative)}; counted as 0", "reported"
    )
    state = state.note(
        broken, f"{column} not whole", f"such as {_example(values, broken)}; rounded", "mended"
    )
    absurd = np.isfinite(numbers) & (numbers > ABSURD_COUNT)
    state = state.note(
        absurd, f"{column} above {ABSURD_COUNT}", "taken as it is: a total in the wrong row?", "reported"
    )
    counts = np.where(np.isfinite(numbers), np.clip(numbers, 0, None), 0)
    return state.with_column(column, pd.Series(np.rint(counts).astype(np.int64), index=values.index))


def _example(values: pd.Series, bad: Mask) -> str:
    """Return the first bad value, for the message."""
    return str(values[bad].iloc[0]) if bad.any() else ""


def _number_missing(state: Mending) -> pd.Series:
    """Return the key with missing ones numbered from west to east, north to south."""
    ids = state.good[str(state.contract.key)].copy()
    prefix = "no-id-"
    while ids.dropna().str.startswith(prefix).any():
        prefix = f"{prefix}-"
    rows = _sort_rows(state.good, ids.isna().to_numpy(dtype=bool))
    ids.iloc[rows] = [f"{prefix}{number:05d}" for number in range(1, len(rows) + 1)]
    return ids


def _tell_apart(state: Mending) -> pd.Series:
    """Return the key with an ending for all but the first, from west to east, of the rows that share it."""
    ids = state.good[str(state.contract.key)].copy()
    while ids.duplicated().any():  # again where an ending made a name that was there before
        rows = _sort_rows(state.good, ids.duplicated(keep=False).to_numpy(dtype=bool))
        shared = ids.iloc[rows]
        number = shared.groupby(shared).cumcount().to_numpy() + 1
        ids.iloc[rows] = [f"{name}#{k}" if k > 1 else name for name, k in zip(shared, number, strict=True)]
    return ids


def _sort_rows(frame: GeoDataFrame, chosen: Mask) -> NDArray[np.intp]:
    """Return the positions of the chosen rows, west to east; equal places by shape, then by attributes."""
    positions = np.flatnonzero(chosen)
    part = frame.iloc[positions]
    shapes = shapely.normalize(part.geometry.to_numpy())
    centres = shapely.centroid(shapes)
    keys = pd.DataFrame(
        {"x": shapely.get_x(centres), "y": -shapely.get_y(centres), "shape": shapely.to_wkb(shapes)}
    )
    attributes = part.drop(columns="geometry").astype("str").fillna("").reset_index(drop=True)
    attributes.columns = pd.RangeIndex(len(attributes.columns))
    table = pd.concat([keys, attributes], axis=1)
    return np.asarray(positions[table.sort_values(list(table.columns), kind="stable").index])
