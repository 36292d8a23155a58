"""Grids drawn by hand, in all the ways that hands go wrong."""

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from independent_laws import broken_laws
from towns import CRS, EXAMPLES, block, layer, pond, town, towns

import gridgeo
from gridgeo import GridSpec
from gridgeo.adoption.adopting import adopt_grids
from gridgeo.errors import CRSError, SchemaError
from gridgeo.planning.opening import open_plan
from gridgeo.planning.saving import BY_HAND

SPEC = GridSpec(households=(200, 300), effort="fast")


def row_of_houses():
    """Return one community of 24 by 4 squares with eight houses of 60 households in a row."""
    houses = [block(3 * x + 0.5, 1, 3 * x + 2.5, 3) for x in range(8)]
    made = town(["A" * 24] * 4, streets=[[(12, -1), (12, 5)]])
    ids = [f"b{x}" for x in range(8)]
    return type(made)(made.communities, layer(houses, building_id=ids, households=[60] * 8), made.streets)


def drawn(codes, *shapes, **columns):
    return gpd.GeoDataFrame({"grid_code": codes, **columns}, geometry=list(shapes), crs=CRS)


def adopt(grids, made=None, **options):
    made = made or row_of_houses()
    division = adopt_grids(grids, made.communities, made.buildings, made.streets, SPEC, **options)
    assert broken_laws(division, made) == []
    return division


def codes_of(division):
    return division.buildings.set_index("building_id")["grid_code"].to_dict()


def test_grids_drawn_well_stay_as_they_are():
    division = adopt(drawn(["W", "E"], block(0, 0, 12, 4), block(12, 0, 24, 4), name=["西网格", "东网格"]))
    grids = division.grids.set_index("grid_code")
    assert grids["name"].to_dict() == {"E": "东网格", "W": "西网格"}
    assert shapely.equals(grids.geometry["W"], block(0, 0, 12, 4))
    report = division.manifest["adoption"]
    assert [report[name] for name in ("gaps", "overlaps", "outside", "changes", "buildings_cut")] == [[]] * 5
    assert division.rejected is None


def test_gaps_and_overlaps_are_listed_with_their_area_and_closed():
    division = adopt(drawn(["W", "M", "E"], block(0, 0, 6, 4), block(5.5, 0, 12, 4), block(14, 0, 24, 4)))
    report = division.manifest["adoption"]
    assert [one["area_m2"] for one in report["gaps"]] == [800.0]
    assert [(one["grid_code"], one["area_m2"]) for one in report["overlaps"]] == [("M, W", 200.0)]
    listed = division.rejected.set_index("fault").geometry.area.round(2).to_dict()
    assert listed == {"gap": 800.0, "overlap": 200.0}


def test_a_building_goes_whole_to_the_grid_that_holds_most_of_it():
    division = adopt(drawn(["W", "E"], block(0, 0, 8, 4), block(8, 0, 24, 4)))
    assert codes_of(division)["b2"] == "W"
    assert division.manifest["adoption"]["buildings_cut"] == ["b2"]
    other = adopt(drawn(["W", "E"], block(0, 0, 7, 4), block(7, 0, 24, 4)))
    assert codes_of(other)["b2"] == "E"


def test_what_two_grids_claim_alike_joins_the_one_with_the_longer_border():
    division = adopt(drawn(["W", "E"], block(0, 0, 15, 4), block(12, 0, 24, 4)))
    assert codes_of(division)["b4"] == "E"
    [change] = division.manifest["adoption"]["changes"]
    assert (change["change"], change["grid_code"], change["households"]) == ("overlap settled", "E", 60)


def test_land_that_nobody_drew_becomes_a_grid_when_enough_live_there():
    division = adopt(drawn(["W"], block(0, 0, 12, 4)))
    assert division.grids["households"].tolist() == [240, 240]
    fresh = (set(division.grids["grid_code"]) - {"W"}).pop()
    assert fresh == "A-001"
    assert division.manifest["adoption"]["changes"][0]["change"] == "land in no grid becomes a grid"
    little = adopt(drawn(["W"], block(0, 0, 21, 4)))
    assert little.grids["grid_code"].tolist() == ["W"]
    assert little.manifest["adoption"]["changes"][0]["change"] == "gap closed"
    assert little.grids["reason"].tolist() == [BY_HAND]


def test_pieces_of_a_grid_are_given_away_or_become_grids():
    small = shapely.union_all([block(0, 0, 12, 4), block(21, 0, 24, 4)])
    division = adopt(drawn(["W", "E"], small, block(12, 0, 21, 4)))
    assert codes_of(division)["b7"] == "E"
    assert "stray piece given to its neighbours" in {
        change["change"] for change in division.manifest["adoption"]["changes"]
    }
    large = shapely.union_all([block(0, 0, 3, 4), block(12, 0, 24, 4)])
    parted = adopt(drawn(["M", "X"], block(3, 0, 12, 4), large))
    assert codes_of(parted)["b0"] == "M"
    assert codes_of(parted)["b7"] == "X"


def test_a_grid_stays_in_the_community_of_most_of_its_households():
    made = town(["AAAAAAAABBBB"] * 2, ["a..b..c..d.."] * 2, 100, [])
    division = adopt(drawn(["W", "E"], block(0, 0, 9, 2), block(9, 0, 12, 2)), made)
    homes = division.grids.set_index("grid_code")["area_code"].to_dict()
    assert homes["W"] == "A"
    assert set(homes.values()) == {"A", "B"}


def test_rows_without_code_get_a_new_one_and_rows_of_one_code_are_one_grid():
    shapes = [block(0, 0, 6, 4), block(6, 0, 12, 4), block(12, 0, 24, 4)]
    division = adopt(drawn(["W", "W", None], *shapes))
    assert division.grids["grid_code"].tolist() == ["A-001", "W"]
    assert [fault["fault"] for fault in division.manifest["faults"]] == ["several rows of one grid"]


def test_doubles_bow_ties_and_other_systems_are_no_matter():
    bow = shapely.Polygon([*block(12, 0, 24, 4).exterior.coords[:4]])
    twisted = shapely.Polygon([bow.exterior.coords[i] for i in (0, 2, 1, 3)])
    grids = drawn(["W", "W", "E", "E"], block(0, 0, 12, 4), block(0, 0, 12, 4), twisted, bow)
    division = adopt(grids.to_crs("EPSG:4490"))
    assert division.grids["grid_code"].tolist() == ["E", "W"]
    faults = {fault["fault"] for fault in division.manifest["faults"]}
    assert {"exact duplicate", "invalid geometry", "several rows of one grid"} <= faults
    assert "exact duplicate" in set(division.rejected["fault"])


def test_a_code_without_land_left_is_reported():
    grids = drawn(["A1", "A2", "E"], block(0, 0, 12, 4), block(0, 0, 12, 4), block(12, 0, 24, 4))
    division = adopt(grids)
    assert division.manifest["adoption"]["codes_lost"] == ["A2"]


def test_dedicated_grids_stay_grids_of_their_own():
    kinds = ["base", "dedicated", "base"]
    shapes = [block(0, 0, 12, 4), block(12, 0, 15, 4), block(15, 0, 24, 4)]
    division = adopt(drawn(["W", "M", "E"], *shapes, kind=kinds))
    assert division.grids.set_index("grid_code")["kind"].to_dict() == {
        "E": "base",
        "M": "dedicated",
        "W": "base",
    }


def test_adopted_grids_can_be_written_read_and_changed(tmp_path):
    grids = drawn(["W", "M", "E"], block(0, 0, 6, 4), block(5.5, 0, 12, 4), block(14, 0, 24, 4))
    adopt(grids, barriers=layer([block(30, 30, 31, 31)])).write(tmp_path / "adopted.gpkg")
    again = gridgeo.read_division(tmp_path / "adopted.gpkg")
    assert open_plan(again).merge("W", "M").alarms == []
    assert again.lineage["old_code"].dropna().nunique() == 3


def test_the_order_of_rows_changes_nothing():
    grids = drawn(["W", "M", "E"], block(0, 0, 6, 4), block(5.5, 0, 12, 4), block(14, 0, 24, 4))
    one, other = adopt(grids), adopt(grids.iloc[::-1])
    assert one.grids.drop(columns="geometry").equals(other.grids.drop(columns="geometry"))


def test_what_cannot_be_adopted_is_refused_in_words():
    made = row_of_houses()
    layers = (made.communities, made.buildings, made.streets)
    with pytest.raises(CRSError, match="grids"):
        adopt_grids(drawn(["W"], block(0, 0, 12, 4)).set_crs(None, allow_override=True), *layers)
    with pytest.raises(SchemaError, match="no column code_2"):
        adopt_grids(drawn(["W"], block(0, 0, 12, 4)), *layers, grid_code="code_2")
    with pytest.raises(SchemaError, match="no polygon is left"):
        adopt_grids(drawn(["W"], shapely.Point(530_010, 3_390_010)), *layers)


@settings(max_examples=max(EXAMPLES // 4, 1), deadline=None)
@given(made=towns(), shapes=st.lists(pond((30, 30)), min_size=1, max_size=8))
def test_whatever_is_drawn_the_laws_hold(made, shapes):
    codes = pd.array([f"g{i // 2}" if i % 3 else None for i in range(len(shapes))], dtype="string")
    near = [shape for shape in shapes if shape.intersects(made.communities.union_all())]
    if not near:
        return
    grids = drawn(codes[: len(near)], *near)
    division = adopt_grids(
        grids,
        made.communities,
        made.buildings,
        made.streets,
        SPEC,
        barriers=made.barriers if len(made.barriers) else None,
    )
    assert broken_laws(division, made) == []
