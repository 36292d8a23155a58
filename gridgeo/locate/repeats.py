"""Ids that stand more than once: a report that was exported twice counts twice, unless somebody is told."""

import re
from collections.abc import Iterable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

__all__ = ["MOST_IDS", "find_id_column", "find_repeats", "hash_ids"]

ID_NAME = re.compile(r"id|(?:.*[ _])?(?:id|no|nr|number)|.*(?:编号|单号|流水号)", re.IGNORECASE)
USUAL_SHARE = 0.5  # a column with more repeats than this identifies something else, such as a caller
MOST_IDS = 5_000_000  # of a file larger than memory: 8 bytes each


def find_id_column(columns: Iterable[object]) -> str | None:
    """Return the first column where it is named like an id of its rows, None where it is not."""
    first = next((str(column) for column in columns), "")
    return first if ID_NAME.fullmatch(first.strip()) else None


def hash_ids(values: pd.Series) -> NDArray[np.uint64]:
    """Return a number for each id that is there; the same for the same id."""
    present = values.dropna().astype("str").str.strip()
    hashes: NDArray[np.uint64] = pd.util.hash_array(present[present != ""].to_numpy(dtype=object))
    return hashes


def find_repeats(column: str, hashes: Iterable[NDArray[np.uint64]]) -> str | None:
    """Return the warning that ids stand more than once, None where they do not.

    Parameters
    ----------
    column
        Its name.
    hashes
        From `hash_ids`, of all rows or batch by batch.
    """
    parts = list(hashes)
    together = np.concatenate(parts)[:MOST_IDS] if parts else np.empty(0, np.uint64)
    n_repeats = len(together) - len(np.unique(together))
    if not n_repeats or n_repeats > USUAL_SHARE * len(together):
        return None
    return (
        f"{n_repeats:,} rows have a {column} that an earlier row has already; each row is kept and counted: "
        "delete the repeats where they are one report, for example with Excel's Remove Duplicates"
    )
