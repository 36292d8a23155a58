"""Hot grids: more than their own past lets expect."""

import numpy as np
import pytest
from scipy.stats import poisson

from gridgeo.locate.hot import PAST_DAYS, PRIOR_DAYS, find_hot_grids, surprise

DAY = 86_400
NOW = 1_790_000_000.0
WEEK_AGO = NOW - 7 * DAY


def past(grid, per_week):
    """Return incidents of one grid spread evenly over the eight weeks before the last one."""
    n = per_week * 8
    return [grid] * n, list(WEEK_AGO - (np.arange(n) + 0.5) * PAST_DAYS * DAY / n)


def now(grid, n):
    return [grid] * n, [NOW - 3600.0 * (i + 1) for i in range(n)]


def hot(*parts, n_grids=4, **choices):
    grid, reported = zip(*parts, strict=True)
    return find_hot_grids(np.concatenate(grid), np.concatenate(reported), n_grids, until=NOW, **choices)


def test_a_quiet_grid_that_wakes_up_is_hotter_than_a_large_one_as_ever():
    found = hot(past(0, 40), past(1, 2), now(0, 41), now(1, 9))
    assert found["grid"].tolist() == [1, 0]
    assert found["n"].tolist() == [9, 41]
    assert found["score"].iloc[0] > 2
    assert found["score"].iloc[1] < 1


def test_what_is_expected_is_the_own_past_drawn_a_little_to_the_average():
    found = hot(past(0, 8), now(0, 8), n_grids=2)
    first = WEEK_AGO - (64 - 0.5) * PAST_DAYS * DAY / 64
    days = (WEEK_AGO - first) / DAY
    average = 72 / 2 / (7 + days)
    assert found["expected"].tolist() == pytest.approx(
        [7 * (64 + PRIOR_DAYS * average) / (days + PRIOR_DAYS)]
    )


def test_without_any_past_the_grids_are_compared_with_each_other():
    found = hot(now(0, 1), now(1, 1), now(2, 10))
    assert found["expected"].tolist() == pytest.approx([3.0] * 3)
    assert found["grid"].tolist() == [2, 0, 1]


def test_incidents_without_a_grid_or_of_tomorrow_do_not_count():
    found = hot(now(0, 3), ([-1, -1], [NOW - 5, NOW - 6]), ([0], [NOW + 60]))
    assert found["n"].tolist() == [3]


def test_no_incident_makes_no_grid_hot():
    assert len(find_hot_grids([], [], 3, until=NOW)) == 0
    assert len(hot(past(0, 5))) == 0


def test_the_score_is_the_tail_of_poisson_and_stays_finite_far_out():
    n, mean = np.array([1, 3, 12]), np.array([0.2, 2.5, 4.0])
    assert surprise(n, mean) == pytest.approx(-poisson.logsf(n - 1, mean) / np.log(10))
    far = surprise([5000, 6000], [1.0, 1.0])
    assert np.isfinite(far).all()
    assert far[0] < far[1]


def test_a_span_of_no_days_is_refused():
    with pytest.raises(ValueError, match="days"):
        find_hot_grids([], [], 3, until=NOW, days=0)
