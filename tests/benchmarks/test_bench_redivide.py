"""The benchmark must draw the same year each time, and count what moved as the library does."""

import numpy as np
import pytest

import gridgeo
from gridgeo.demo import build_demo
from tests.benchmarks.bench_redivide import figures, ground_rows, promises
from tests.benchmarks.redivide_cases import change_buildings, change_streets, divide_city, shake_counts


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
    table = promises([{**row, "CPU s": 1.0}], [{**row, "CPU s": 2.0}])
    assert table.rows[0]["figure"] == "feasible in range"


def test_the_ground_changes_by_one_house_for_another_in_each_community_and_by_one_street(old):
    ids = set(old.buildings["building_id"])
    now = set(change_buildings(old, 0)["building_id"])
    assert (len(ids - now), len(now - ids)) == (2, 2)
    streets = change_streets(old, 0, every=2)
    assert (~streets.geometry.geom_equals(old.streets.geometry)).sum() == 1
    rows = ground_rows(old)
    assert [row["changed"] for row in rows] == ["buildings", "streets", "all"]
    assert [row["laws broken"] for row in rows] == [0, 0, 0]
    assert all(0 < row["atoms cut anew"] <= 1 for row in rows)
