from dataclasses import replace

import pytest
import shapely
from towns import block, layer, town

import gridgeo
from gridgeo import GridSpec
from gridgeo.errors import PlanError, SchemaError
from gridgeo.levels.grouping import group_grids
from gridgeo.planning.opening import open_plan


@pytest.fixture(scope="module")
def base():
    """Return two communities with eight and six grids of 250 households, each one house."""
    areas = ["AAAAAAAABBBBBB"] * 4
    houses = [block(x + 0.1, y + 0.3, x + 0.9, y + 1.7) for x in range(0, 14, 2) for y in (0, 2)]
    made = town(areas, streets=[[(-1, 2), (15, 2)]])
    ids = [f"b{n}" for n in range(len(houses))]
    buildings = layer(houses, building_id=ids, households=[250] * len(houses), people=[700] * len(houses))
    return gridgeo.divide(made.communities, buildings, made.streets, GridSpec(effort="fast"))


def check_level(base, level):
    """Raise unless a level is nested, connected, and made of whole base grids that cover it."""
    assert shapely.coverage_is_valid(level.grids.geometry.to_numpy())
    assert shapely.equals(level.grids.union_all(), base.grids.union_all())
    assert set(level.grids.geom_type) == {"Polygon"}
    link = level.lineage.set_index("old_code")["new_code"]
    assert link.index.is_unique
    assert set(link.index) == set(base.grids["grid_code"])
    merged = base.grids.assign(group=base.grids["grid_code"].map(link)).dissolve("group", aggfunc="sum")
    told = level.grids.set_index("grid_code")
    for code in told.index:
        assert shapely.equals(merged.geometry[code], told.geometry[code])
        assert merged.at[code, "households"] == told.at[code, "households"]
    assert told["n_base_grids"].sum() == len(base.grids)
    placed = level.buildings.groupby("grid_code")["households"].sum()
    assert placed.to_dict() == told["households"].to_dict()


def test_service_grids_of_a_target_are_whole_base_grids_in_range(base):
    level = group_grids(base, target=500)
    check_level(base, level)
    assert level.grids["households"].tolist() == [500] * 7
    assert level.score["in_range_share"] == 1.0
    assert sorted(level.grids["area_code"].value_counts()) == [3, 4]


def test_service_grids_of_a_number_of_people(base):
    level = group_grids(base, target_people=2_100)
    check_level(base, level)
    assert set(level.grids["people"]) <= {1_400, 2_100, 2_800}
    three = level.grids["people"] == 2_100
    assert level.grids["status"].where(three, "in_range").eq("in_range").all()
    assert set(level.grids["status"][~three]) <= {"people_below", "people_above"}
    assert (level.grids["reason"][~three].str.len() > 4).all()
    plan = open_plan(level)
    assert plan.score.n_in_range == int(three.sum())
    assert level.score["in_range_share"] == pytest.approx(three.mean(), abs=1e-4)


def test_service_grids_of_households_and_people_are_in_range_of_both(base):
    both = group_grids(base, target=500, target_people=1_400)
    check_level(base, both)
    assert set(both.grids["status"]) == {"in_range"}
    many = group_grids(base, target=500, target_people=3_000)
    assert set(many.grids["status"]) <= {"people_below", "above", "below"}
    assert "people_below" in set(many.grids["status"])


def test_a_base_grid_that_is_too_large_is_named_as_what_it_is(base):
    level = group_grids(base, target=100)
    assert set(level.grids["reason"]) == {"a base grid of 250 households"}
    level = group_grids(base, target_people=300)
    assert set(level.grids["reason"]) == {"a base grid of 700 people"}


def test_service_grids_of_two_or_three_base_grids(base):
    level = group_grids(base, per_group=(2, 3))
    check_level(base, level)
    assert set(level.grids["n_base_grids"]) <= {2, 3}
    assert set(level.grids["status"]) == {"in_range"}


@pytest.mark.parametrize("n", [2, 5, 14])
def test_as_many_service_grids_as_asked_for(base, n):
    level = group_grids(base, n=n)
    check_level(base, level)
    assert len(level.grids) == n


def test_a_service_grid_may_lie_in_two_communities_where_that_is_allowed(base):
    level = group_grids(base, n=1, across=True)
    check_level(base, level)
    assert level.grids["households"].tolist() == [3_500]
    with pytest.raises(PlanError, match="too few"):
        group_grids(base, n=1)


def test_a_level_has_codes_of_its_own_and_can_be_grouped_and_changed_again(base, tmp_path):
    health = group_grids(base, target=500, prefix="H")
    assert not set(health.grids["grid_code"]) & set(base.grids["grid_code"])
    assert health.grids["grid_code"].str.contains("-H").all()
    health.write(tmp_path / "health.gpkg")
    again = gridgeo.read_division(tmp_path / "health.gpkg")
    police = group_grids(again, n=2, prefix="P")
    assert len(police.grids) == 2
    code = again.grids["grid_code"].iloc[0]
    plan = open_plan(again)
    assert plan.merge(code, plan.neighbours_of(code)[0]).alarms == []


def test_a_dedicated_grid_stays_alone(base):
    kinds = base.grids["kind"].where(base.grids.index != 0, "dedicated")
    marked = gridgeo.Division(
        **{name: getattr(base, name) for name in ("communities", "atoms", "buildings", "streets")},
        grids=base.grids.assign(kind=kinds),
        manifest=base.manifest,
    )
    level = group_grids(marked, target=500)
    assert level.grids[level.grids["kind"] == "dedicated"]["n_base_grids"].tolist() == [1]


@pytest.mark.parametrize(
    ("size", "words"),
    [
        ({}, "one of target"),
        ({"target": 500, "n": 3}, "one of target"),
        ({"target_people": 1500, "per_group": (2, 3)}, "one of target"),
        ({"target_people": 0}, "target_people must be a positive number of people"),
        ({"target": -1}, "target must be"),
        ({"per_group": (3, 2)}, "per_group must be"),
        ({"n": 99}, "from 1 to 14"),
    ],
)
def test_a_size_that_cannot_be_is_refused(base, size, words):
    with pytest.raises(SchemaError, match=words):
        group_grids(base, **size)


def test_people_that_nobody_counted_are_no_size(base):
    uncounted = replace(base, buildings=base.buildings.drop(columns="people"))
    with pytest.raises(SchemaError, match="nobody counted"):
        group_grids(uncounted, target_people=1_500)
