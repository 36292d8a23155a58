"""The laws of a generated place, on the district of data/, on a whole city, and on small places."""

import dataclasses

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gridgeo.demo import CRS, Demo, build_demo

COLUMNS = {
    "communities": "area_code name street_office kind",
    "buildings": "building_id households people levels use address compound street house_number",
    "streets": "street_id name street_class",
    "railway": "name",
    "water": "name",
    "compounds": "compound_id name",
    "dedicated": "name kind",
    "pois": "poi_id name category address",
    "addresses": "address_id street house_number compound building_no address level area_code",
    "incidents": "incident_id reported_at category description address",
}
TOUCH_M2 = 0.05


def layers(demo: Demo) -> dict[str, gpd.GeoDataFrame]:
    return {field.name: getattr(demo, field.name) for field in dataclasses.fields(demo)}


def inner_points(buildings: gpd.GeoDataFrame) -> np.ndarray:
    return shapely.point_on_surface(buildings.geometry.to_numpy())


def check_laws(demo: Demo, n_communities: int, households: int) -> None:
    communities, buildings = demo.communities, demo.buildings
    assert len(communities) == n_communities
    assert shapely.coverage_is_valid(communities.geometry.to_numpy())
    assert communities.area_code.is_unique
    assert communities.area_code.str.fullmatch(r"4205900\d{2}\d{3}|4205901\d{2}\d{3}").all()
    assert buildings.households.sum() == households
    assert buildings.is_valid.all()
    covering = communities.sindex.query(inner_points(buildings), predicate="intersects")[0]
    assert np.bincount(covering, minlength=len(buildings)).tolist() == [1] * len(buildings)
    assert overlap_areas(buildings).max(initial=0.0) < TOUCH_M2


def overlap_areas(layer: gpd.GeoDataFrame) -> np.ndarray:
    first, second = layer.sindex.query(layer.geometry, predicate="intersects")
    shapes = layer.geometry.to_numpy()
    pair = first < second
    return shapely.area(shapely.intersection(shapes[first[pair]], shapes[second[pair]]))


def test_a_district_keeps_the_laws(district):
    check_laws(district, 12, 30_000)


def test_a_city_keeps_the_laws(city):
    check_laws(city, 150, 430_000)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(n=st.integers(1, 5), each=st.integers(1_500, 3_000), seed=st.integers(0, 10_000))
def test_any_small_place_keeps_the_laws(n, each, seed):
    check_laws(build_demo(n, n * each, seed), n, n * each)


@pytest.mark.parametrize("name", COLUMNS)
def test_a_layer_has_the_columns_of_the_contract_in_metres(district, name):
    layer = layers(district)[name]
    assert " ".join(layer.columns.drop("geometry")) == COLUMNS[name]
    assert layer.crs == CRS
    assert layer.index.equals(pd.RangeIndex(len(layer)))
    assert layer.is_valid.all()
    assert not layer.is_empty.any()


@pytest.mark.parametrize("name", COLUMNS)
def test_coordinates_are_whole_millimetres(district, name):
    coordinates = shapely.get_coordinates(layers(district)[name].geometry.to_numpy())
    np.testing.assert_array_equal(coordinates, np.round(coordinates, 3))


def test_the_same_seed_gives_the_same_layers_and_another_seed_others():
    first, again, other = (layers(build_demo(3, 4_500, seed)) for seed in (7, 7, 8))
    for name, layer in first.items():
        pd.testing.assert_frame_equal(layer, again[name])
    assert len(first["buildings"]) != len(other["buildings"])


def test_the_first_coordinate_is_the_easting(district):
    left, low, right, high = district.communities.total_bounds
    assert 400_000 < left < right < 700_000
    assert 3_000_000 < low < high < 4_000_000


def test_a_city_has_the_mix_of_houses_of_a_real_one(city):
    households = city.buildings.households
    assert 40_000 < len(households) < 55_000
    assert 8.0 < households.mean() < 10.5
    assert 25 <= (households > 300).sum() <= 60
    lived_in = households[households > 0]
    assert ((lived_in >= 24) & (lived_in <= 49)).sum() > 2_500
    assert (lived_in <= 6).sum() > 15_000


def test_a_city_has_people_for_its_households(city):
    assert 2.5 < city.buildings.people.sum() / city.buildings.households.sum() < 3.0
    assert (city.buildings.people >= city.buildings.households).all()


def test_a_city_has_an_exclave_in_a_hole_of_its_neighbour(city):
    parts = city.communities[city.communities.geom_type == "MultiPolygon"]
    holes = city.communities[shapely.get_num_interior_rings(city.communities.geometry.to_numpy()) > 0]
    assert len(parts) == 1
    rings = [shapely.Polygon(ring) for polygon in holes.geometry for ring in polygon.interiors]
    assert any(part.equals(hole) for part in parts.geometry.iloc[0].geoms for hole in rings)


def test_a_city_gives_a_gazetteer_of_seventy_thousand_entries_and_thousands_of_names(city):
    named = [city.addresses.address, city.buildings.address, city.pois.name, city.compounds.name]
    named.append(city.streets.name)
    assert sum(column.notna().sum() for column in named) >= 70_000
    assert pd.concat([city.pois.name, city.compounds.name, city.streets.name]).nunique() > 5_000


def test_most_borders_of_communities_run_along_streets_or_the_middle_of_the_river(city):
    outline = shapely.coverage_union_all(city.communities.geometry.to_numpy()).boundary
    lines = shapely.union_all(city.communities.boundary.to_numpy()).difference(outline.buffer(1))
    shapely.prepare(lines)
    urban = shapely.union_all(city.communities.geometry[city.communities.kind == "urban"].to_numpy())
    inner = shapely.segmentize(lines.intersection(urban.buffer(-1)), 20)
    steps = shapely.points(shapely.get_coordinates(inner))
    ways = [*city.streets.geometry, *city.water.geometry, *city.railway.geometry]
    near = shapely.STRtree(ways).query(steps, predicate="dwithin", distance=2)[0]
    assert 0.85 < len(np.unique(near)) / len(steps) < 0.999


def blocks_of(demo: Demo) -> tuple[np.ndarray, np.ndarray]:
    """Return the blocks between streets, borders, railway and water, and the households of each."""
    lines = [demo.streets.geometry, demo.communities.boundary, demo.railway.geometry, demo.water.boundary]
    noded = shapely.union_all(np.concatenate([line.to_numpy() for line in lines]))
    blocks = shapely.get_parts(shapely.polygonize([noded]))
    building, block = shapely.STRtree(blocks).query(inner_points(demo.buildings), predicate="intersects")
    homes = demo.buildings.households.to_numpy()[building]
    return blocks, np.bincount(block, weights=homes, minlength=len(blocks))


@pytest.mark.parametrize("name", ["district", "city"])
def test_lanes_leave_few_households_in_blocks_of_more_than_a_grid_may_have(name, request):
    blocks, homes = blocks_of(request.getfixturevalue(name))
    lived_in = homes[homes > 0]
    assert 0.10 < homes[homes > 300].sum() / homes.sum() < 0.25
    assert homes[(homes >= 80) & (homes <= 250)].sum() / homes.sum() > 0.55
    assert 80 < np.median(lived_in[lived_in >= 30]) < 160
    across = np.sqrt(shapely.area(blocks[homes >= 80]))
    assert ((across > 60) & (across < 250)).mean() > 0.9


def test_most_compounds_have_fewer_households_than_a_grid_and_some_have_more(city):
    compound, building = city.buildings.sindex.query(city.compounds.geometry, predicate="contains")
    homes = np.bincount(compound, weights=city.buildings.households.to_numpy()[building])
    assert ((homes >= 60) & (homes <= 290)).mean() > 0.7
    assert 0.02 < (homes > 300).mean() < 0.12


def test_lanes_are_numbered_along_the_street_that_they_leave(city):
    names = set(city.streets.name.dropna())
    numbered = city.streets[city.streets.name.str.fullmatch(r".+[一二三四五六七八九十]巷").fillna(False)]
    # a name given twice may be that of a lane
    assert (numbered.street_class == "lane").mean() > 0.97
    stems = numbered.name.str.replace(r"[一二三四五六七八九十]+巷$", "", regex=True)
    assert stems.isin(names).mean() > 0.5
    assert numbered.name.nunique() > 500


def test_few_pieces_of_communities_behind_a_barrier_can_have_no_grid_in_range(city):
    cut = shapely.union_all(
        [*city.water.geometry, *city.dedicated.geometry, *city.railway.geometry.buffer(0.5)]
    )
    left = shapely.difference(city.communities.geometry.to_numpy(), cut)
    pieces = shapely.get_parts(shapely.buffer(left, -1.0))
    homes = city.buildings.households.where(city.buildings.households <= 300, 0).to_numpy()
    building, piece = shapely.STRtree(pieces).query(inner_points(city.buildings), predicate="intersects")
    totals = np.bincount(piece, weights=homes[building])
    totals = totals[totals > 0]
    impossible = np.ceil(totals / 300) > np.floor(totals / 200)
    assert impossible.sum() < 0.01 * city.buildings.households.sum() / 250


def test_villages_are_wide_and_thinly_settled(city):
    people = city.communities.sjoin(
        gpd.GeoDataFrame(
            city.buildings[["households"]], geometry=inner_points(city.buildings), crs=city.buildings.crs
        )
    )
    homes = people.groupby("area_code").households.sum()
    density = homes / city.communities.set_index("area_code").area
    rural = city.communities.set_index("area_code").kind == "rural"
    assert density[rural].median() < density[~rural].median() / 10


def test_compounds_hold_their_houses_whole_and_no_other(district):
    walls, buildings = district.compounds, district.buildings
    assert overlap_areas(walls).max(initial=0.0) < TOUCH_M2
    wall, building = walls.sindex.query(buildings.geometry, predicate="within")[::-1]
    held = pd.Series(walls.name.to_numpy()[wall], index=building)
    named = buildings.compound.dropna()
    assert held.sort_index().astype("string").equals(named.rename(None))
    assert pd.Series(wall).value_counts().min() >= 2
    assert set(buildings.sindex.query(walls.geometry, predicate="overlaps")[1]) == set()


def test_dedicated_areas_are_a_campus_a_market_and_works(district):
    assert set(district.dedicated.kind) == {"campus", "market", "enterprise"}


def test_streets_have_classes_dead_ends_and_a_few_lines_twice(city):
    streets = city.streets
    assert set(streets.street_class) == {"arterial", "collector", "local", "lane", "service"}
    ends = shapely.get_coordinates(shapely.boundary(streets.geometry.to_numpy()))
    counts = np.unique(ends, axis=0, return_counts=True)[1]
    assert (counts == 1).sum() > 100
    assert (counts == 4).sum() > 300
    assert 5 < streets.normalize().to_wkb().duplicated().sum() < 0.02 * len(streets)


def test_a_few_houses_lie_over_a_street_or_a_community_border_and_many_touch(city):
    houses = city.buildings
    over_street = np.unique(houses.sindex.query(city.streets.geometry, predicate="crosses")[1])
    borders = city.communities.sindex.query(houses.geometry, predicate="intersects")[0]
    first, second = houses.sindex.query(houses.geometry, predicate="touches")
    assert 20 < len(over_street) < 0.02 * len(houses)
    assert 5 < (np.bincount(borders) > 1).sum() < 0.02 * len(houses)
    assert (first < second).sum() > 500


def test_no_house_stands_in_the_water(city):
    assert len(city.buildings.sindex.query(city.water.geometry, predicate="intersects")[1]) == 0


def test_a_place_too_small_for_its_communities_is_refused_with_what_to_ask_for():
    with pytest.raises(ValueError, match=r"12 communities of 300 households.*6000 households"):
        build_demo(12, 300)
    with pytest.raises(ValueError, match="at least 1 community"):
        build_demo(0, 5_000)
