import geopandas as gpd
import numpy as np
import pytest
import shapely
from towns import Town, at, block, layer, streets_of, town

import gridgeo
from gridgeo import GridSpec
from gridgeo.errors import LawError
from gridgeo.pipeline import divide_sites
from gridgeo.preparation import prepare
from gridgeo.stitching import stitch, without_clashes

FAST = GridSpec(effort="fast")
ROWS = ["........", ".a....b.", ".a....b.", "........"]


def divided(communities, spec=FAST, **columns):
    houses = layer([block(1, 1, 2, 3), block(6, 1, 7, 3)], building_id=["a", "b"], households=[250, 250])
    return gridgeo.divide(communities, houses.assign(**columns), streets_of([]), spec)


def halves(codes, names):
    return layer([block(0, 0, 4, 4), block(4, 0, 8, 4)], area_code=codes, name=names)


def test_grids_are_named_in_the_language_of_their_community():
    grids = divided(halves(["420502001001", "420502001002"], ["学院街社区", "Riverside"])).grids
    assert grids["name"].tolist() == ["学院街社区第1网格", "Riverside 1"]


@pytest.mark.parametrize(
    ("scheme", "codes"),
    [
        ("auto", ["42050200100101", "42050200100201"]),
        ("15", ["420502001001001", "420502001002001"]),
        ("plain", ["420502001001-001", "420502001002-001"]),
    ],
)
def test_codes_follow_the_scheme(scheme, codes):
    communities = halves(["420502001001", "420502001002"], ["甲", "乙"])
    division = divided(communities, GridSpec(effort="fast", code_scheme=scheme))
    assert division.grids["grid_code"].tolist() == codes
    assert division.buildings["grid_code"].tolist() == codes
    assert division.atoms["grid_code"].tolist() == codes


def test_the_start_date_is_that_of_the_spec_and_the_end_open():
    grids = divided(halves(["a", "b"], ["甲", "乙"]), GridSpec(effort="fast", start_date="2026-12-01")).grids
    assert grids["start_date"].tolist() == ["2026-12-01"] * 2
    assert grids["end_date"].isna().all()


def test_communities_that_were_noded_apart_meet_vertex_by_vertex():
    """The slanting border gets vertices from the houses on its one side that the other side does not know."""
    (x, south), (_, north) = at(0, 0), at(0, 4)
    ends = [(x + 33.71, south), (x + 47.313, north)]
    slant = shapely.Polygon([(x, south), *ends, (x, north)])
    rest = shapely.Polygon([*ends, (x + 80, north), (x + 80, south)])
    communities = layer([slant, rest], area_code=["a", "b"], name=["甲", "乙"])
    spots = [(2.5, 0.5), (2.6, 2.1), (3.1, 3.3), (5.0, 0.3), (5.2, 1.2), (5.4, 3.6)]
    houses = layer(
        [block(x, y, x + 0.4, y + 0.3) for x, y in spots],
        building_id=[str(i) for i in range(6)],
        households=[110, 120, 130, 140, 150, 160],
    )
    division = gridgeo.divide(
        communities, houses, streets_of([]), GridSpec(households=(100, 170), effort="fast")
    )
    assert len(division.grids) == 6
    assert shapely.coverage_is_valid(division.grids.geometry.to_numpy())
    assert shapely.coverage_is_valid(division.atoms.geometry.to_numpy())


def test_columns_that_differ_by_case_alone_give_way_to_the_contract():
    frame = gpd.GeoDataFrame({"NAME": ["x"], "name": ["y"], "Other": [1]}, geometry=[shapely.Point(0, 0)])
    assert without_clashes(frame).columns.tolist() == ["NAME_source", "name", "Other", "geometry"]


def test_own_columns_of_the_caller_stay():
    division = divided(halves(["a", "b"], ["甲", "乙"]), note=["old", "new"])
    assert division.buildings["note"].tolist() == ["old", "new"]


def test_a_result_that_breaks_a_law_is_never_given_out():
    drawn = town(["AAAABBBB"] * 4, ROWS, 250)
    prepared = prepare(drawn.communities, drawn.buildings, drawn.streets)
    sites = divide_sites(prepared.sites, FAST)
    with pytest.raises(LawError, match="nested"):
        stitch(prepared, sites[::-1], FAST)


def test_figures_of_a_city_are_the_sums_of_its_communities():
    one = town(["AAAAAAAA"] * 4, ROWS, 250, [[(4, -1), (4, 5)]])
    two = Town(
        gpd.GeoDataFrame(
            {"area_code": ["A", "B"], "name": ["甲", "乙"]},
            geometry=[*one.communities.geometry, *one.communities.translate(0, 400)],
            crs=one.communities.crs,
        ),
        gpd.GeoDataFrame(
            {"building_id": list("abcd"), "households": [250] * 4},
            geometry=[*one.buildings.geometry, *one.buildings.translate(0, 400)],
            crs=one.communities.crs,
        ),
        gpd.GeoDataFrame(
            geometry=[*one.streets.geometry, *one.streets.translate(0, 400)], crs=one.communities.crs
        ),
    )
    scores = [gridgeo.divide(t.communities, t.buildings, t.streets, FAST).score for t in (one, two)]
    assert scores[1]["n_grids"] == 2 * scores[0]["n_grids"] == 4
    assert scores[1]["cut_cost_km"] == pytest.approx(2 * scores[0]["cut_cost_km"])
    assert scores[1]["street_share"] == scores[0]["street_share"] == 1.0
    assert np.isclose(scores[0]["mean_polsby_popper"], scores[1]["mean_polsby_popper"])
