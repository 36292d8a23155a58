import numpy as np
import pandas as pd
import pytest
import shapely
from towns import block, layer, line, streets_of, town

from gridgeo.errors import CRSError, SchemaError
from gridgeo.partition.site import STREET_RANKS, first_cover, largest_share
from gridgeo.preparation import prepare, site_order, street_ranks

ROWS = ["........", ".a....b.", ".a....b.", "........"]
DRAWN = town(["AAAABBBB"] * 4, ROWS, {"a": 120, "b": 80}, [[(4, -1), (4, 5)]])


def prepared(drawn=DRAWN, **changes):
    parts = {name: getattr(drawn, name) for name in ("communities", "buildings", "streets")}
    return prepare(**{**parts, **changes})


def test_every_building_belongs_to_the_community_that_holds_most_of_it():
    across = pd.concat(
        [DRAWN.buildings, layer([block(3.2, 0.2, 4.2, 0.8)], building_id=["c"], households=[5])]
    )
    found = prepared(buildings=across)
    assert found.building_site.tolist() == [0, 1, 0]
    assert [site.households.sum() for site in found.sites] == [125, 80]


def test_a_building_exactly_on_the_border_goes_to_the_first_community():
    halves = layer([block(3.5, 0.2, 4.5, 0.8)], building_id=["c"], households=[5])
    assert prepared(buildings=halves).building_site.tolist() == [0]


def test_a_building_outside_belongs_to_none_and_is_kept():
    houses = pd.concat([DRAWN.buildings, layer([block(30, 0, 31, 1)], building_id=["far"], households=[9])])
    found = prepared(buildings=houses)
    assert found.building_site.tolist() == [0, 1, -1]
    assert len(found.buildings) == 3


def test_sites_hold_their_buildings_by_place_whatever_the_order_of_rows():
    one, other = prepared(), prepared(buildings=DRAWN.buildings.iloc[::-1])
    for a, b in zip(one.sites, other.sites, strict=True):
        assert shapely.equals_exact(a.buildings, b.buildings).all()
        assert a.households.tolist() == b.households.tolist()
    assert site_order(other, 0).tolist() == [1]


def test_communities_come_in_the_order_of_their_codes():
    found = prepared(communities=DRAWN.communities.iloc[::-1])
    assert [site.area_code for site in found.sites] == ["A", "B"]


def test_degrees_are_brought_to_metres_on_the_lattice():
    degrees = DRAWN.to_crs("EPSG:4326")
    found = prepared(degrees)
    assert found.crs.is_projected
    xy = shapely.get_coordinates(found.sites[0].boundary)
    assert np.abs(xy * 1000 - np.rint(xy * 1000)).max() < 1e-3
    assert found.sites[0].boundary.area == pytest.approx(1_600, rel=1e-3)


def test_barriers_are_walls_or_water_by_their_shape():
    walls, pond = layer([line((2, -1), (2, 5))]), layer([block(1, 0, 2, 1)])
    sites = prepared(barriers=[walls, pond]).sites
    assert [len(site.walls) for site in sites] == [1, 0]
    assert [len(site.water) for site in sites] == [1, 0]


def test_a_compound_is_the_polygon_that_holds_a_building():
    found = prepared(compounds=layer([block(5, 0, 8, 4)]))
    assert [site.compound_of_building.tolist() for site in found.sites] == [[-1], [0]]


def test_without_polygons_the_name_of_a_compound_in_the_building_counts():
    named = DRAWN.buildings.assign(compound=pd.array(["滨江花园", None], dtype="string"))
    found = prepared(buildings=named)
    assert [site.compound_of_building.tolist() for site in found.sites] == [[0], [-1]]


def test_people_count_where_the_layer_has_them():
    assert prepared().sites[0].people.tolist() == [0]
    assert prepared(buildings=DRAWN.buildings.assign(people=[300, 200])).sites[0].people.tolist() == [300]


def test_lines_are_cut_off_outside_the_box_of_a_community():
    found = prepared(streets=streets_of([[(-500, 2), (500, 2)]]))
    assert shapely.length(found.sites[0].streets).sum() < 60


@pytest.mark.parametrize(
    ("column", "words", "ranks"),
    [
        (
            "street_class",
            ["main", "collector", "local", "lane", None, "strange"],
            ["main", "collector", "local", "lane", "local", "local"],
        ),
        (
            "highway",
            ["primary", "trunk_link", "tertiary", "residential", "footway", "STEPS"],
            ["main", "main", "collector", "local", "lane", "lane"],
        ),
        ("道路等级", ["主干路", "次干路", "支路", "巷"], ["main", "collector", "local", "lane"]),
        ("MajorRoad", [-1, 0, 1, None], ["local", "local", "main", "local"]),
    ],
)
def test_the_rank_of_a_street_is_read_from_customary_tables(column, words, ranks):
    streets = streets_of([[(0, y), (1, y)] for y in range(len(words))]).drop(columns="street_class")
    assert [STREET_RANKS[rank] for rank in street_ranks(streets.assign(**{column: words}))] == ranks


def test_streets_without_any_class_are_local():
    streets = streets_of([[(0, 0), (1, 0)]]).drop(columns="street_class")
    assert street_ranks(streets).tolist() == [STREET_RANKS.index("local")]


def test_what_cannot_be_used_is_set_aside_and_said():
    houses = pd.concat([DRAWN.buildings, layer([None], building_id=["none"], households=[9])])
    found = prepared(buildings=houses)
    assert found.rejected["building_id"].tolist() == ["none"]
    assert found.rejected["layer"].tolist() == ["buildings"]
    assert "no geometry" in {fault.fault for fault in found.faults}


@pytest.mark.parametrize("name", ["communities", "buildings", "streets"])
def test_a_layer_without_a_system_is_named(name):
    naked = getattr(DRAWN, name).set_crs(None, allow_override=True)
    with pytest.raises(CRSError, match=name):
        prepared(**{name: naked})


def test_a_barrier_without_a_system_is_named():
    with pytest.raises(CRSError, match="barriers"):
        prepared(barriers=[layer([line((2, -1), (2, 5))]).set_crs(None, allow_override=True)])


def test_buildings_near_by_but_in_no_community_are_an_error():
    with pytest.raises(SchemaError, match="no building lies in any community"):
        prepared(buildings=DRAWN.buildings.set_geometry(DRAWN.buildings.translate(2_000, 0)))


def test_no_buildings_at_all_can_be_prepared():
    sites = prepared(buildings=DRAWN.buildings.iloc[:0]).sites
    assert [len(site.buildings) for site in sites] == [0, 0]


def test_the_first_zone_that_covers_a_point_is_its_zone():
    zones = np.array([block(0, 0, 2, 2), block(1, 0, 3, 2)])
    points = shapely.centroid(
        np.array([block(0, 0, 1, 1), block(1, 0, 2, 1), block(2, 0, 3, 1), block(8, 8, 9, 9)])
    )
    assert first_cover(points, zones).tolist() == [0, 0, 1, -1]
    assert first_cover(points, zones[:0]).tolist() == [-1] * 4


def test_the_largest_share_is_told_with_its_size():
    zones = np.array([block(0, 0, 2, 2), block(2, 0, 4, 2)])
    best, share = largest_share(
        np.array([block(1.4, 0, 3.4, 1), block(0, 0, 1, 1), block(9, 9, 10, 10)]), zones
    )
    assert best.tolist() == [1, 0, -1]
    assert share == pytest.approx([0.7, 1.0, 0.0])
