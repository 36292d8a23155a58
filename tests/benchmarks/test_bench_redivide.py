"""The benchmark must draw the same year each time, and count what moved as the library does."""

import numpy as np
import pytest

import gridgeo
from gridgeo.demo import build_demo
from tests.benchmarks.bench_redivide import figures, promises
from tests.benchmarks.redivide_cases import divide_city, shake_counts


@pytest.fixture(scope="module")
def old():
    demo = build_demo(n_communities=2, households=2_000)
    return divide_city(demo, demo.buildings)


def test_a_year_is_the_same_each_time_and_another_one_is_not(old):
    one, same, other = (shake_counts(old, year)["households"].to_numpy() for year in (0, 0, 1))
    assert (one == same).all()
    assert (one != other).any()
    before = old.buildings.sort_values("building_id")["households"].to_numpy()
    lived = before > 20
    assert 0.09 < np.std(one[lived] / before[lived] - 1) < 0.3
    assert "grid_code" not in shake_counts(old, 0)


def test_the_row_of_a_year_says_what_the_manifest_says(old):
    new = gridgeo.redivide(old, shake_counts(old, 0))
    row = figures(new)
    assert row["moved"] == new.manifest["change"]["moved_share"]
    assert row["laws broken"] == 0
    assert row["codes kept"] <= 1.0
    table = promises([{**row, "CPU s": 1.0}])
    assert table.rows[0]["figure"] == "feasible in range"
