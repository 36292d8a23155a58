import pandas as pd
import pytest
from drawn_partition import HOUSES, drawn
from hypothesis import given, settings
from hypothesis import strategies as st
from towns import EXAMPLES

from gridgeo.comparison.lineage import Network, build_lineage, find_heirs, match_buildings

OLD = drawn(["AABBBB"] * 2 + ["CCDDDD"] * 2)


def pairs(lineage, column):
    return {(row.old_code, row.new_code): getattr(row, column) for row in lineage.itertuples()}


def test_a_partition_is_its_own_heir_and_nothing_moved():
    lineage = build_lineage(OLD, OLD)
    assert pairs(lineage, "households_carried") == {
        (c, c): n for c, n in zip("ABCD", (200, 400) * 2, strict=True)
    }
    assert not lineage["is_moved"].any()
    assert lineage["area_m2"].tolist() == [400.0, 800.0, 400.0, 800.0]


def test_households_move_with_their_building_and_new_ones_have_not_moved():
    grown = dict.fromkeys("abcdefghijkl", 100) | {"b": 130, "c": 60}
    lineage = build_lineage(OLD, drawn(["AAAABB", "AABBBB"] + ["CCDDDD"] * 2, grown))
    row = lineage.set_index(["old_code", "new_code"]).loc[("B", "A")]
    assert (row["households_before"], row["households_after"], row["households_carried"]) == (100, 130, 100)
    assert row["is_moved"]
    assert row["area_m2"] == 200.0
    assert pairs(lineage, "households_carried")[("B", "B")] == 260
    assert lineage["is_moved"].sum() == 1


def test_what_stands_in_one_partition_only_has_no_other_side():
    new = drawn(["AABBBB"] * 2 + ["CCDDDD"] * 2, 100, ["..bbcc", "ddeeff", "gghhii", "jjkkzz"])
    new.buildings["building_id"] = new.buildings["building_id"].replace({"z": "new"})
    far = new.buildings.geometry.translate(2.0)
    new = Network(grids=new.grids, buildings=new.buildings.set_geometry(far))
    carried = build_lineage(OLD, new)
    gone, fresh = carried[carried["new_code"].isna()], carried[carried["old_code"].isna()]
    assert gone[["old_code", "households_before", "households_after"]].to_numpy().tolist() == [
        ["A", 100, 0],
        ["D", 100, 0],
    ]
    assert fresh[["new_code", "households_before", "households_after"]].to_numpy().tolist() == [["D", 0, 100]]
    assert not carried.loc[carried["new_code"].isna() | carried["old_code"].isna(), "is_moved"].any()


def test_the_heir_holds_at_least_half_and_a_merged_grid_takes_after_the_larger():
    merged = drawn(["XXXXXX"] * 2 + ["CCDDDD"] * 2)
    assert find_heirs(build_lineage(OLD, merged)) == {"B": "X", "C": "C", "D": "D"}
    thirds = drawn(["AABBEE", "AAFFEE"] + ["CCDDDD"] * 2)
    assert find_heirs(build_lineage(OLD, thirds)) == {"A": "A", "B": "E", "C": "C", "D": "D"}


def test_a_grid_without_households_is_followed_by_its_area():
    park = drawn(["PPBBBB"] * 2, 0, ["..bbbb", "..bbbb"])
    moved = drawn(["QQQBBB"] * 2, 0, ["..bbbb", "..bbbb"])
    assert find_heirs(build_lineage(park, moved)) == {"P": "Q", "B": "B"}


def test_a_building_with_another_id_is_known_by_its_place():
    renamed = OLD.buildings.assign(building_id=[f"x{i}" for i in range(len(OLD.buildings))])
    shifted = renamed.set_geometry(renamed.translate(0.4, -0.3)).iloc[::-1]
    partner = match_buildings(OLD.buildings, shifted)
    assert partner.tolist() == list(range(len(renamed)))[::-1]
    assert (match_buildings(OLD.buildings, renamed.set_geometry(renamed.translate(3.0))) == -1).all()


@st.composite
def partitions(draw):
    """Draw a partition of the same ground, some houses without a grid of theirs, any count."""
    rows = draw(st.lists(st.text("ABCD", min_size=6, max_size=6), min_size=4, max_size=4))
    counts = draw(st.lists(st.integers(0, 300), min_size=12, max_size=12))
    kept = draw(st.sets(st.sampled_from("abcdefghijkl"), min_size=1))
    houses = ["".join(c if c in kept else "." for c in row) for row in HOUSES]
    return drawn(rows, dict(zip("abcdefghijkl", counts, strict=True)), houses)


@settings(max_examples=EXAMPLES, deadline=None)
@given(partitions(), partitions())
def test_the_sums_of_a_lineage_are_those_of_both_sides(old, new):
    lineage = build_lineage(old, new)
    for side, partition, column in (
        ("old_code", old, "households_before"),
        ("new_code", new, "households_after"),
    ):
        expected = partition.buildings.groupby("grid_code")["households"].sum()
        found = lineage.groupby(side)[column].sum()
        assert found[found > 0].to_dict() == expected[expected > 0].to_dict()
        area = lineage.groupby(side)["area_m2"].sum()
        assert area.to_dict() == pytest.approx(partition.grids.set_index("grid_code").area.to_dict(), abs=0.1)
    heirs = find_heirs(lineage)
    assert len(set(heirs.values())) == len(heirs)
    assert (
        lineage["households_carried"] <= lineage[["households_before", "households_after"]].min(axis=1)
    ).all()


@settings(max_examples=max(EXAMPLES // 3, 1), deadline=None)
@given(partitions(), partitions(), st.integers(0, 9))
def test_the_order_of_rows_changes_no_lineage(old, new, seed):
    def mixed(partition):
        return Network(
            **{name: frame.sample(frac=1, random_state=seed) for name, frame in vars(partition).items()}
        )

    one, other = build_lineage(old, new), build_lineage(mixed(old), mixed(new))
    pd.testing.assert_frame_equal(one.drop(columns="geometry"), other.drop(columns="geometry"))
