"""Only the ground that a change touches is cut anew."""

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from independent_laws import broken_laws
from towns import EXAMPLES, block, layer, pond, streets_of, town, towns, way

import gridgeo
from gridgeo import GridSpec, read_division
from gridgeo.redivision.changed import changed_areas, changed_lines
from gridgeo.redivision.redividing import redivide
from gridgeo.redivision.trade import trade_off

FAST = GridSpec(effort="fast")
ROWS = ["." * 26, ".a.b.c.d.e.f.g.h.i.j.k.l..", "." * 26, "." * 26, ".A.B.C.D.E.F.G.H.I.J.K.L..", "." * 26]
STREETS = [[(-1, 3), (27, 3)], [(12, -1), (12, 7)]]
VILLAGE = town(["V" * 26] * 6, ROWS, 40, STREETS)
FAR_M = 25.0  # the houses beside a house, and no more


def divided(drawn):
    return gridgeo.divide(drawn.communities, drawn.buildings, drawn.streets, FAST, **drawn.extras)


@pytest.fixture(scope="module")
def village():
    return divided(VILLAGE)


def shapes_away_from(division, place, metres):
    """Return the atoms that lie farther than some metres from a place, each as its canonical text."""
    shapes = division.atoms.geometry.to_numpy()
    return set(shapely.to_wkt(shapely.normalize(shapes[shapely.distance(shapes, place) > metres]), 6))


def with_new_house(drawn, shape, households=30):
    fresh = layer([shape], building_id=["z"], households=[households])
    return replace(drawn, buildings=pd.concat([drawn.buildings, fresh], ignore_index=True))


def test_a_new_house_changes_the_atoms_beside_it_and_no_others(village):
    shape = block(3.2, 2.1, 3.8, 2.7)
    today = with_new_house(VILLAGE, shape)
    new = redivide(village, today.buildings)
    assert broken_laws(new, today) == []
    assert shapes_away_from(village, shape, FAR_M) == shapes_away_from(new, shape, FAR_M)
    assert 0 < new.manifest["run"]["atoms_cut_anew"] < len(village.atoms) / 3
    assert new.manifest["change"]["households_moved"] == 0
    home = new.atoms[new.atoms.intersects(shape.centroid)]
    assert home["households"].tolist() == [30]


def test_the_ground_of_a_house_that_is_gone_goes_to_its_neighbours(village):
    gone = VILLAGE.buildings[VILLAGE.buildings["building_id"] == "c"].geometry.iloc[0]
    today = replace(VILLAGE, buildings=VILLAGE.buildings[VILLAGE.buildings["building_id"] != "c"])
    new = redivide(village, today.buildings)
    assert broken_laws(new, today) == []
    assert shapes_away_from(village, gone, FAR_M) == shapes_away_from(new, gone, FAR_M)
    assert len(new.atoms) == len(village.atoms) - 1
    assert (new.atoms["households"] > 0).all()


def test_of_a_street_only_the_end_that_moved_has_changed():
    straight = replace(VILLAGE, streets=streets_of([[(-1, 3), (20, 3), (27, 3)], STREETS[1]]))
    bent = replace(VILLAGE, streets=streets_of([[(-1, 3), (20, 3), (27, 4)], STREETS[1]]))
    old = divided(straight)
    new = redivide(old, streets=bent.streets)
    end = block(20, 3, 27, 4)
    assert broken_laws(new, bent) == []
    assert new.manifest["run"]["atoms_cut_anew"] > 0
    assert shapes_away_from(old, end, FAR_M) == shapes_away_from(new, end, FAR_M)


def test_a_street_of_another_class_changes_no_atom(village):
    main = VILLAGE.streets.assign(street_class="main")
    new = redivide(village, streets=main)
    assert new.manifest["run"]["atoms_cut_anew"] == 0
    assert broken_laws(new, VILLAGE) == []


def test_communities_that_merge_keep_every_atom():
    drawn = town(["VVVVVVVVVVVVVWWWWWWWWWWWWW"] * 6, ROWS, 40, STREETS)
    old = divided(drawn)
    new = redivide(old, communities=town(["M" * 26] * 6, ROWS, 40, STREETS).communities)
    assert new.manifest["run"]["atoms_cut_anew"] == 0
    shapes = [set(shapely.to_wkt(shapely.normalize(d.atoms.geometry.to_numpy()), 6)) for d in (old, new)]
    assert shapes[0] == shapes[1]


def test_lines_are_compared_piece_by_piece_and_areas_by_their_ground():
    old = np.array([shapely.LineString([(0, 0), (10, 0), (20, 0)]), shapely.box(0, 0, 10, 10)])
    new = np.array([shapely.LineString([(20, 0), (10, 0), (0, 1)]), shapely.box(0, 0, 10, 12)])
    lines = changed_lines(old[:1], new[:1])
    assert sorted(shapely.to_wkt(shapely.normalize(lines))) == [
        "LINESTRING (0 0, 10 0)",
        "LINESTRING (0 1, 10 0)",
    ]
    assert changed_lines(old, old.copy()).size == 0
    assert shapely.area(changed_areas(old, new)).tolist() == [20.0]


# ---- dedicated areas

CAMPUS = block(20, 3, 26, 6)


def test_a_new_dedicated_area_is_carved_out_and_its_ground_leaves_its_grid(village):
    campus = layer([CAMPUS], name=["校园"])
    new = redivide(village, dedicated=campus, max_moved=1.0)
    assert broken_laws(new, VILLAGE) == []
    (row,) = new.grids[new.grids["kind"] == "dedicated"].itertuples()
    assert (row.name, row.status) == ("校园", "dedicated")
    inside = VILLAGE.buildings[VILLAGE.buildings.within(CAMPUS)]
    assert row.households == inside["households"].sum() > 0
    assert new.dedicated["name"].tolist() == ["校园"]
    assert shapes_away_from(village, CAMPUS, FAR_M) == shapes_away_from(new, CAMPUS, FAR_M)
    curve = trade_off(village, dedicated=campus)
    assert curve["households_moved"].iloc[0] >= row.households


def test_a_dedicated_area_that_is_given_up_becomes_ordinary_ground(tmp_path):
    drawn = replace(VILLAGE, dedicated=layer([CAMPUS], name=["校园"]))
    divided(drawn).write(tmp_path / "old.gpkg")
    old = read_division(tmp_path / "old.gpkg")
    new = redivide(old, dedicated=drawn.dedicated.iloc[:0], max_moved=1.0)
    assert broken_laws(new, VILLAGE) == []
    assert not (new.grids["kind"] == "dedicated").any()
    same = redivide(old, dedicated=drawn.dedicated)
    assert same.manifest["run"]["atoms_cut_anew"] == 0
    assert same.grids["grid_code"].tolist() == old.grids["grid_code"].tolist()


def test_a_dedicated_area_that_grows_keeps_code_and_name():
    drawn = replace(VILLAGE, dedicated=layer([CAMPUS], name=["校园"]))
    old = divided(drawn)
    larger = layer([block(18, 3, 26, 6)], name=["大校园"])
    new = redivide(old, dedicated=larger, max_moved=1.0)
    was, now = (d.grids[d.grids["kind"] == "dedicated"].iloc[0] for d in (old, new))
    assert broken_laws(new, drawn) == []
    assert (now["grid_code"], now["name"]) == (was["grid_code"], was["name"])
    assert now["area_m2"] > was["area_m2"]


def test_houses_across_its_border_cut_a_dedicated_area_in_two_grids():
    long = layer([block(2, 0.5, 2.9, 9.5)], building_id=["long"], households=[210])
    houses = layer([block(x, 4, x + 0.5, 5) for x in (1, 3.5)], building_id=["w", "e"], households=[60, 60])
    drawn = town(["A" * 5] * 10)
    drawn = replace(drawn, buildings=pd.concat([long, houses], ignore_index=True))
    market = layer([block(0.5, 4, 4.5, 6)], name=["市场"])
    new = redivide(divided(drawn), dedicated=market, max_moved=1.0)
    assert broken_laws(new, drawn) == []
    carved = new.grids[new.grids["kind"] == "dedicated"]
    assert carved["name"].tolist() == ["市场", "市场"]
    assert sorted(carved["households"]) == [60, 60]


def test_compounds_and_barriers_of_today_are_kept_to(village):
    wall = layer([shapely.LineString(np.array([[6, -1], [6, 7]]) * 10 + [530_000, 3_390_000])])
    new = redivide(village, barriers=wall, compounds=layer([block(1, 3.5, 11, 5.5)]), max_moved=1.0)
    assert broken_laws(new, VILLAGE) == []
    assert len(new.barriers) == len(new.compounds) == 1
    inner = shapely.buffer(new.atoms.geometry.to_numpy(), -0.5)
    assert not shapely.crosses(wall.geometry.iloc[0], inner).any()


# ---- laws in whatever town


def changed_town(drawn, gone, fresh, ways, ponds):
    """Return a town with one house less, one more, and other streets, barriers and dedicated areas."""
    houses = drawn.buildings.drop(index=[i for i in gone if 0 < i < len(drawn.buildings)])
    shape, count = fresh
    new = layer([shape], building_id=["new"], households=[count], people=[3 * count])
    lines = [*drawn.streets.geometry[1:], *ways]
    streets = layer(lines, street_class=["lane"] * len(lines))
    return replace(
        drawn,
        buildings=gpd.GeoDataFrame(pd.concat([houses, new], ignore_index=True), crs=houses.crs),
        streets=streets,
        barriers=layer([*drawn.barriers.geometry[:1], *ponds[:1]]),
        dedicated=layer([*drawn.dedicated.geometry, *ponds[1:]]),
    )


SIZE = (30, 30)


@settings(max_examples=max(EXAMPLES // 5, 1), deadline=None)
@given(
    towns(),
    st.sets(st.integers(1, 24), max_size=2),
    st.builds(
        lambda x, y, n: (block(x, y, x + 1, y + 1), n),
        st.integers(0, 20),
        st.integers(0, 20),
        st.sampled_from([0, 40, 300]),
    ),
    st.lists(way(SIZE), max_size=1),
    st.lists(pond(SIZE), max_size=2),
)
def test_every_law_holds_whatever_changes_on_the_ground(drawn, gone, fresh, ways, ponds):
    old = divided(drawn)
    today = changed_town(drawn, gone, fresh, ways, ponds)
    new = redivide(
        old, today.buildings, streets=today.streets, barriers=today.barriers, dedicated=today.dedicated
    )
    assert broken_laws(new, today) == []
    before = old.buildings.dropna(subset="grid_code")["households"].sum()
    assert new.lineage["households_before"].sum() == before
    again = redivide(new, drawn.buildings, streets=drawn.streets, dedicated=drawn.dedicated)
    assert broken_laws(again, replace(drawn, barriers=today.barriers)) == []


@settings(max_examples=max(EXAMPLES // 5, 1), deadline=None)
@given(towns(), st.integers(1, 24))
def test_atoms_that_touch_neither_a_gone_house_nor_its_neighbours_stay_in_whatever_town(drawn, number):
    old = divided(drawn)
    gone = drawn.buildings.iloc[number % len(drawn.buildings)]
    inside = old.buildings.dropna(subset="grid_code")["building_id"]
    assume(set(inside) - {gone["building_id"]})  # without any building there is nothing to divide
    new = redivide(old, drawn.buildings[drawn.buildings["building_id"] != gone["building_id"]], max_moved=0.0)
    if new.manifest["run"]["atoms_kept"] == 0:
        return
    shapes = old.atoms.geometry.to_numpy()
    home = shapes[shapely.intersects(shapes, gone.geometry)]
    around = shapes[shapely.intersects(shapely.union_all(home), shapes)] if len(home) else home
    ground = shapely.union_all(shapes[shapely.intersects(shapely.union_all(around), shapes)])
    assert shapes_away_from(old, ground, 0.01) <= shapes_away_from(new, ground, 0.01)
