import json
import os
import subprocess
import sys
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from geopandas.testing import assert_geodataframe_equal
from hypothesis import given, settings
from hypothesis import strategies as st
from independent_laws import broken_laws
from towns import EXAMPLES, Town, at, block, layer, line, streets_of, town, towns

import gridgeo
from gridgeo import GridSpec
from gridgeo.errors import CRSError, GridgeoError
from gridgeo.pipeline import divide_sites

FAST = GridSpec(effort="fast")
NOTHING = layer([], building_id=[], households=[])


def divided(drawn, spec=FAST, **options):
    return gridgeo.divide(drawn.communities, drawn.buildings, drawn.streets, spec, **drawn.extras, **options)


def assert_same(one, other):
    for name in ("communities", "grids", "atoms", "buildings", "streets"):
        ordered = [
            getattr(d, name).sort_values(sorted_by(name), ignore_index=True, key=as_text)
            for d in (one, other)
        ]
        assert_geodataframe_equal(*ordered)
    figures = [{k: v for k, v in division.score.items() if k != "seconds"} for division in (one, other)]
    assert figures[0] == figures[1]


def sorted_by(name):
    keys = {"communities": "area_code", "grids": "grid_code", "atoms": "atom_id", "buildings": "building_id"}
    return [keys[name]] if name in keys else ["street_class", "geometry"]


def as_text(column):
    return shapely.to_wkt(column) if column.dtype == "geometry" else column.astype("string")


# A community of two streets and twelve houses; four grids of three houses each are there to be found.
EMPTY_ROWS = ["." * 20] * 5
VILLAGE = town(
    ["A" * 20] * 24,
    [
        *EMPTY_ROWS,
        ".aa.bb.cc..dd.ee.ff.",
        ".aa.bb.cc..dd.ee.ff.",
        *EMPTY_ROWS,
        *EMPTY_ROWS,
        ".gg.hh.ii..jj.kk.ll.",
        ".gg.hh.ii..jj.kk.ll.",
        *EMPTY_ROWS,
    ],
    80,
    [[(-1, 12), (21, 12)], [(10, -1), (10, 25)]],
)


def test_a_village_is_divided_along_its_streets():
    division = divided(VILLAGE)
    assert broken_laws(division, VILLAGE) == []
    assert division.grids["households"].tolist() == [240] * 4
    assert division.grids["grid_code"].tolist() == ["A-001", "A-002", "A-003", "A-004"]
    assert division.grids["name"].tolist() == ["A town 1", "A town 2", "A town 3", "A town 4"]
    x, y = at(10, 12)
    corners = [(place.x > x, place.y < y) for place in division.grids.centroid]
    assert corners == [(False, False), (True, False), (False, True), (True, True)], "as lines of a page"
    score = division.score
    assert score["in_range_share"] == score["street_share"] == 1.0
    assert score["cut_cost_km"] == pytest.approx(0.15 * 0.44)
    assert score["exceptions"] == 0
    assert score["mean_deviation"] == pytest.approx(10 / 250)


def test_the_columns_of_the_contract_are_there():
    grids = divided(VILLAGE).grids
    assert grids.columns.tolist() == [
        *("grid_code", "area_code", "name", "kind", "households", "people", "n_buildings", "area_m2"),
        *("status", "reason", "start_date", "end_date", "geometry"),
    ]
    gridgeo.check_layer(grids, "grids")


def test_the_manifest_says_what_was_asked_for_and_what_it_took():
    manifest = divided(VILLAGE, GridSpec(effort="fast", seed=3)).manifest
    json.dumps(manifest, allow_nan=False)
    assert manifest["spec"]["seed"] == 3
    assert {"prepare", "atoms", "graph", "split", "refine", "score", "stitch", "total"} <= set(
        manifest["run"]["seconds"]
    )
    assert manifest["run"]["peak_memory_mb"] > 0
    assert "shapely" in manifest["versions"]


def test_progress_is_told_after_every_community():
    told = []
    drawn = town(["AABBCC"] * 4, ["a.b.c."] + ["......"] * 3, 250)
    divided(drawn, progress=lambda done, total: told.append((done, total)))
    assert told == [(1, 3), (2, 3), (3, 3)]


@settings(max_examples=EXAMPLES, deadline=None)
@given(towns())
def test_every_law_holds_in_whatever_town(drawn):
    assert broken_laws(divided(drawn), drawn) == []


@settings(max_examples=max(EXAMPLES // 3, 1), deadline=None)
@given(towns(), st.integers(0, 9))
def test_rows_in_another_order_change_nothing(drawn, seed):
    assert_same(divided(drawn), divided(drawn.shuffled(seed)))


@settings(max_examples=max(EXAMPLES // 3, 1), deadline=None)
@given(towns(), st.sampled_from(["EPSG:4326", "EPSG:4490", "EPSG:32649"]))
def test_any_declared_system_is_answered_in_the_same_system(drawn, crs):
    asked = drawn.to_crs(crs)
    division = divided(asked)
    for name in ("communities", "grids", "atoms", "buildings", "streets"):
        assert getattr(division, name).crs == asked.communities.crs, name
    assert shapely.coverage_is_valid(division.grids.geometry.to_numpy())
    metric = gridgeo.Division(
        **{
            name: part.to_crs(drawn.communities.crs) if isinstance(part, gpd.GeoDataFrame) else part
            for name, part in vars(division).items()
        }
    )
    # Degrees are rounded by the caller's own reprojection, so a few millimetres may differ; they can move the
    # point that stands for a building across the outline far enough to lie on its other side.
    excused = ["cover", "nested", "disjoint"]
    outline = drawn.communities.union_all().boundary
    if outline.intersects(drawn.buildings.geometry.to_numpy()).any():
        excused += ["a building inside has no grid", "a building outside has a grid"]
    assert [word for word in broken_laws(metric, drawn) if not word.startswith(tuple(excused))] == []


@settings(max_examples=5, deadline=None)
@given(towns())
def test_two_processes_find_what_one_finds(drawn):
    assert_same(divided(drawn), divided(drawn, jobs=2))


def test_the_hash_seed_changes_nothing(tmp_path):
    code = (
        "import sys; from test_pipeline import VILLAGE, divided\n"
        "d = divided(VILLAGE); print(d.grids.to_json(), d.atoms.to_json(), d.buildings.to_json())"
    )
    outputs = set()
    for seed in ("1", "2"):
        run = subprocess.run(
            [sys.executable, "-c", code],
            cwd=Path(__file__).parent,
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        )
        outputs.add(run.stdout)
    assert len(outputs) == 1
    assert next(iter(outputs)).startswith(b"{")


def test_no_layer_is_changed():
    before = {name: part.copy(deep=True) for name, part in vars(VILLAGE).items()}
    divided(VILLAGE)
    for name, part in vars(VILLAGE).items():
        assert_geodataframe_equal(part, before[name])


def test_a_layer_without_a_system_is_refused():
    naked = VILLAGE.buildings.set_crs(None, allow_override=True)
    with pytest.raises(CRSError, match="buildings"):
        gridgeo.divide(VILLAGE.communities, naked, VILLAGE.streets, FAST)


def test_layers_that_lie_apart_are_refused():
    away = VILLAGE.buildings.translate(1e6, 0)
    with pytest.raises(GridgeoError, match="buildings: nowhere near communities"):
        gridgeo.divide(VILLAGE.communities, VILLAGE.buildings.set_geometry(away), VILLAGE.streets, FAST)


def test_no_streets_at_all_is_no_obstacle():
    drawn = Town(VILLAGE.communities, VILLAGE.buildings, streets_of([]))
    division = divided(drawn)
    assert broken_laws(division, drawn) == []
    assert division.score["in_range_share"] == 1.0
    assert division.score["street_share"] == 0.0


def test_nobody_at_home_is_one_grid_below_the_range_and_says_so():
    drawn = Town(VILLAGE.communities, VILLAGE.buildings.assign(households=0), VILLAGE.streets)
    grids = divided(drawn).grids
    assert grids["status"].tolist() == ["below"]
    assert grids["reason"].tolist() == ["only 0 households here in all"]


def test_a_giant_is_alone_and_its_neighbours_are_in_range():
    counts = VILLAGE.buildings["building_id"].map({"f": 900, "e": 160}).fillna(80)
    drawn = Town(VILLAGE.communities, VILLAGE.buildings.assign(households=counts), VILLAGE.streets)
    division = divided(drawn, GridSpec())
    assert broken_laws(division, drawn) == []
    assert division.exceptions["reason"].tolist() == ["single building of 900 households"]
    assert division.score["feasible_in_range_share"] == 1.0
    assert division.score["in_range_share"] < 1.0


def test_no_grid_lies_on_both_sides_of_a_railway_unless_it_may():
    rails = layer([line((6.5, -1), (6.5, 25))])
    drawn = Town(VILLAGE.communities, VILLAGE.buildings, VILLAGE.streets, barriers=rails)
    for is_open in (False, True):
        division = divided(drawn, GridSpec(effort="fast", cross_barriers=is_open))
        assert broken_laws(division, drawn) == []
        inner = division.grids.buffer(-0.1).intersection(rails.geometry[0]).length.sum()
        assert (inner > 10.0) == is_open


def test_several_layers_of_barriers_count_as_one():
    rails, pond = layer([line((7.5, -1), (7.5, 25))]), layer([block(12, 9, 14, 14)])
    apart = gridgeo.divide(*layers(VILLAGE), FAST, barriers=[rails, pond])
    together = gridgeo.divide(*layers(VILLAGE), FAST, barriers=pd.concat([rails, pond]))
    assert_geodataframe_equal(apart.grids, together.grids)


def layers(drawn):
    return drawn.communities, drawn.buildings, drawn.streets


def test_dedicated_ground_is_a_grid_of_its_own_with_its_own_name():
    campus = layer([block(10, 12, 20, 24)], name=["三峡大学"])
    drawn = Town(VILLAGE.communities, VILLAGE.buildings, VILLAGE.streets, dedicated=campus)
    division = divided(drawn)
    assert broken_laws(division, drawn) == []
    (grid,) = division.grids[division.grids["kind"] == "dedicated"].itertuples()
    assert grid.geometry.equals(campus.geometry[0])
    assert (grid.name, grid.status, grid.households) == ("三峡大学", "dedicated", 240)
    assert len(division.exceptions) == 0


def test_a_strip_of_a_campus_beyond_the_border_of_its_community_is_no_grid():
    drawn = town(
        ["A" * 20 + "B" * 20] * 10,
        ["." * 40] * 2 + ["..aa......bb............cc......dd......"] + ["." * 40] * 7,
    )
    campus = layer([block(8, 0, 20.4, 10)], name=["三峡大学"])
    drawn = Town(drawn.communities, drawn.buildings, drawn.streets, dedicated=campus)
    division = divided(drawn)
    assert broken_laws(division, drawn) == []
    carved = division.grids[division.grids["kind"] == "dedicated"]
    assert carved["area_code"].tolist() == ["A"]
    again = gridgeo.redivide(division, dedicated=campus)
    assert again.manifest["change"]["households_moved"] == 0
    assert again.grids["kind"].tolist() == division.grids["kind"].tolist()


def test_a_compound_stays_whole_where_the_range_allows():
    walls = layer([block(3, 0, 9.5, 12)])
    drawn = Town(VILLAGE.communities, VILLAGE.buildings, VILLAGE.streets, compounds=walls)
    division = divided(drawn)
    assert broken_laws(division, drawn) == []
    assert division.score["compounds_whole_share"] == 1.0


def test_an_exclave_goes_with_the_mainland_and_says_why_it_has_two_pieces():
    drawn = town(
        ["AAAAAA..AA"] * 4,
        ["..........", ".aa.bb..c.", ".aa.bb..c.", ".........."],
        {"a": 120, "b": 110, "c": 5},
    )
    division = divided(drawn)
    assert broken_laws(division, drawn) == []
    assert division.grids["households"].tolist() == [235]
    assert division.grids["reason"].tolist() == ["2 pieces, as the community is in several parts"]
    assert division.grids["status"].tolist() == ["in_range"]


def test_a_hole_that_belongs_to_nobody_stays_a_hole():
    drawn = town(["AAAAAA", "AA..AA", "AA..AA", "AAAAAA"], ["......", ".a..b.", "......", "......"], 120)
    division = divided(drawn)
    assert broken_laws(division, drawn) == []
    assert division.grids.union_all().area == 20 * 100


def test_buildings_outside_keep_their_row_and_have_no_grid():
    houses = pd.concat(
        [VILLAGE.buildings, layer([block(90, 90, 91, 91)], building_id=["far"], households=[7])]
    )
    division = gridgeo.divide(VILLAGE.communities, houses, VILLAGE.streets, FAST)
    far = division.buildings.set_index("building_id").loc["far"]
    assert far["grid_code"] is pd.NA
    assert division.grids["households"].sum() == 12 * 80


def test_unit_grids_need_no_households():
    drawn = Town(VILLAGE.communities, VILLAGE.buildings.assign(households=0), VILLAGE.streets)
    division = divided(drawn, GridSpec.unit_grids(12_000.0, effort="fast"))
    assert broken_laws(division, drawn, 6_000.0, 18_000.0, "area_m2") == []
    assert division.score["in_range_share"] == 1.0
    assert set(division.grids["kind"]) == {"unit"}


def test_ten_thousand_dwellings_on_one_spot_are_counted_one_by_one():
    spots = layer(
        [shapely.Point(at(5, 3))] * 10_000, building_id=[f"spot{i}" for i in range(10_000)], households=1
    )
    houses = pd.concat([VILLAGE.buildings, spots])
    division = gridgeo.divide(VILLAGE.communities, houses, VILLAGE.streets, FAST)
    assert division.grids["households"].sum() == 12 * 80 + 10_000
    crowd = division.buildings[division.buildings["building_id"].str.startswith("spot")]
    assert crowd["grid_code"].nunique() == 1


def test_no_sites_are_divided_into_nothing():
    assert divide_sites([], FAST) == []


@settings(max_examples=max(EXAMPLES // 3, 1), deadline=None)
@given(towns())
def test_laws_hold_for_unit_grids_and_where_barriers_may_be_crossed(drawn):
    spec = GridSpec(area_m2=(1_000, 3_000), effort="fast", cross_barriers=True)
    assert broken_laws(divided(drawn, spec), drawn, 1_000, 3_000, "area_m2") == []


def test_a_layer_beside_the_place_is_of_no_use_and_no_error():
    rails, campus = layer([line((25, -1), (25, 13))]), layer([block(40, 0, 50, 9)], name=["away"])
    drawn = Town(VILLAGE.communities, VILLAGE.buildings, VILLAGE.streets, barriers=rails, dedicated=campus)
    division = divided(drawn)
    assert broken_laws(division, drawn) == []
    assert_geodataframe_equal(division.grids, divided(VILLAGE).grids)
