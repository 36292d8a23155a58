"""Grids that have more incidents than their own past lets expect, not merely the largest ones."""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import gammainc, gammaln

__all__ = ["PAST_DAYS", "find_hot_grids"]

DAY_S = 86_400
PAST_DAYS = 56.0  # eight weeks: every weekday alike, and no longer than people remember
PRIOR_DAYS = 7.0  # a grid without a past is expected to be like the others for about that long


def find_hot_grids(
    grid: ArrayLike, reported: ArrayLike, n_grids: int, *, until: float, days: float = 7.0
) -> pd.DataFrame:
    """Return the grids with incidents in the last days, the most surprising first.

    Columns: ``grid``, its position; ``n``, incidents in the last days; ``expected``, how many its own eight
    weeks before let expect; ``score``, minus the decimal logarithm of the chance that a grid with that
    expectation has ``n`` or more: 2 is one in a hundred, 3 one in a thousand. Incidents are taken to come
    independently of one another (Poisson). The expectation counts the past of the grid and one further week
    of an average grid, so that one incident where never was any does not look like the end of the world.
    Equal scores stand in the order of the grids.

    Parameters
    ----------
    grid
        The position of each incident's grid, -1 for none.
    reported
        When each was reported, seconds since 1970.
    n_grids
        How many grids there are.
    until
        The end of the last days, seconds since 1970.
    days
        How many they are. Whole weeks compare best: the past has every weekday equally often.
    """
    if not days > 0:
        raise ValueError(f"days must be above 0, got {days}")
    place, time = np.asarray(grid, dtype=np.int64), np.asarray(reported, dtype=np.float64)
    known = (place >= 0) & (time <= until)
    place, time = place[known], time[known]
    start = until - days * DAY_S
    is_past = (time <= start) & (time > start - PAST_DAYS * DAY_S)
    n_now = np.bincount(place[time > start], minlength=n_grids)
    n_past = np.bincount(place[is_past], minlength=n_grids)
    past_days = (start - time[is_past].min()) / DAY_S if is_past.any() else 0.0
    average = (n_now.sum() + n_past.sum()) / max(n_grids, 1) / (days + past_days)
    expected = days * (n_past + PRIOR_DAYS * average) / (past_days + PRIOR_DAYS)
    hot = np.flatnonzero(n_now)
    score = surprise(n_now[hot], expected[hot])
    order = np.lexsort((hot, -score))
    columns = {"grid": hot, "n": n_now[hot], "expected": expected[hot], "score": score}
    return pd.DataFrame(columns).iloc[order].reset_index(drop=True)


def surprise(n: ArrayLike, expected: ArrayLike) -> NDArray[np.float64]:
    """Return minus the decimal logarithm of the Poisson chance of ``n`` or more, ``n`` at least 1."""
    count, mean = np.asarray(n, dtype=np.float64), np.asarray(expected, dtype=np.float64)
    chance = gammainc(count, mean)
    # Far out the chance is below the smallest number; its first term then says it all.
    first_term = count * np.log(mean) - mean - gammaln(count + 1)
    logarithm = np.where(chance > 0, np.log(np.maximum(chance, np.finfo(float).tiny)), first_term)
    return np.asarray(np.abs(logarithm) / np.log(10))
