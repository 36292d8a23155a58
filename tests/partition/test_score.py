import numpy as np
import pandas as pd
import pytest
import shapely
from towns import block, line, site_of, town

from gridgeo.partition.atoms import build_atoms
from gridgeo.partition.coverage import dissolve
from gridgeo.partition.graph import build_graph
from gridgeo.partition.laws import Measures
from gridgeo.partition.plan import Plan
from gridgeo.partition.score import Tally, build_score, polsby_popper, tally_plan
from gridgeo.spec import GridSpec

SPEC = GridSpec()
SOUND = Measures(0.0, 0.0, 0.0, 0, 0, 0, 0, 0, True)
# Three houses in a row: a main road between the first two, nothing between the last two.
ROWS = ["." * 12] * 2 + [".aa..bb..cc."] * 2 + ["." * 12] * 2
MAIN_ROAD = [[(4, -1), (4, 7)]]


def tallied(label, streets=MAIN_ROAD, classes="main", **changes):
    site = site_of(town(["A" * 12] * 6, ROWS, 100, streets, classes), **changes)
    atoms = build_atoms(site)
    graph = build_graph(atoms, site)
    of_atom = np.array(label)[np.argsort(atoms.building_atom)]
    plan = Plan(of_atom, np.zeros(max(label) + 1, dtype=bool), np.zeros(max(label) + 1, dtype=np.int64))
    return tally_plan(graph, plan, site, dissolve(atoms.geometry, plan.label, plan.n_grids), SPEC)


def test_a_border_on_a_street_counts_whole_and_costs_little():
    tally = tallied([0, 1, 1])
    assert (tally.border_m, tally.street_m) == (60.0, 60.0)
    assert tally.cost_m == pytest.approx(9.0)


def test_a_border_through_a_block_is_no_street_and_costs_its_length():
    tally = tallied([0, 0, 1])
    assert tally.street_m == 0.0
    assert tally.cost_m == pytest.approx(tally.border_m)
    assert tally.border_m == pytest.approx(60.0, rel=0.05)


def test_a_main_road_is_inside_where_no_border_comes_near_it():
    assert tallied([0, 1, 1]).main_inside_m == 0.0
    inside = tallied([0, 0, 1])
    assert inside.main_m == 60.0
    assert inside.main_inside_m == pytest.approx(60.0 - 2 * 12.0, abs=0.5)
    assert tallied([0, 0, 1], classes="local").main_m == 0.0


def test_a_railway_is_inside_only_well_away_from_a_border():
    rails = np.array([line((8.2, -1), (8.2, 7))])
    tally = tallied([0, 1, 1], streets=[], walls=rails)
    assert tally.main_m == 60.0
    assert tally.main_inside_m == pytest.approx(60.0 - 2 * 25.0, abs=0.5)


def test_a_compound_is_whole_when_one_grid_holds_it():
    compounds = {"compound_of_building": np.array([-1, 0, 0])}
    assert (
        tallied([0, 1, 1], **compounds).n_compounds_whole,
        tallied([0, 1, 1], **compounds).n_compounds,
    ) == (1, 1)
    assert tallied([0, 0, 1], **compounds).n_compounds_whole == 0


def test_a_compound_above_the_range_need_not_be_whole():
    compounds = {"compound_of_building": np.zeros(3, dtype=np.int64), "households": np.array([150, 150, 150])}
    tally = tallied([0, 0, 1], **compounds)
    assert (tally.n_compounds, tally.n_compounds_whole) == (0, 0)


def test_sums_of_communities_add_up():
    assert Tally(*range(9)) + Tally(*[1] * 9) == Tally(*range(1, 10))


def test_compactness_is_one_for_a_circle_and_less_for_a_strip():
    shapes = np.array([shapely.Point(0, 0).buffer(10, quad_segs=500), block(0, 0, 1, 1), block(0, 0, 10, 1)])
    assert polsby_popper(shapes) == pytest.approx([1.0, np.pi / 4, 4 * np.pi * 10 / 22**2], rel=1e-4)


def score_of(status, proved=None, giant=None, compactness=None, tally=None, size=None):
    n = len(status)
    table = pd.DataFrame(
        {"status": status, "is_proved": proved or [False] * n, "has_giant": giant or [False] * n}
    )
    tally = tally or Tally(100.0, 80.0, 32.0, 50.0, 10.0, 4, 3, 0, 0)
    shares = np.array(compactness or [0.5] * n)
    return build_score(table, shares, np.array(size or [250.0] * n), tally, SOUND, SPEC)


def test_the_feasible_share_leaves_out_what_is_proved_and_no_giant_that_hides_a_grid():
    score = score_of(
        ["in_range"] * 6 + ["above", "below", "below", "above"],
        [False] * 6 + [True, True, False, False],
        [False] * 6 + [True, False, False, True],
    )
    assert score["n_grids"] == 10
    assert score["in_range_share"] == 0.6
    assert score["feasible_in_range_share"] == 0.75
    assert (score["exceptions"], score["exceptions_unproved"]) == (4, 2)


def test_dedicated_grids_are_no_exceptions_and_count_in_no_share():
    score = score_of(["in_range", "dedicated", "dedicated"], size=[250.0, 9_000.0, 0.0])
    assert score["in_range_share"] == 1.0
    assert score["exceptions"] == 0
    assert score["mean_deviation"] == 0.0


def test_figures_of_borders_and_shapes():
    score = score_of(["in_range"] * 4, compactness=[0.2, 0.6, 0.6, 0.6], size=[200.0, 250.0, 300.0, 250.0])
    assert score["street_share"] == 0.8
    assert score["cut_cost_km"] == 0.032
    assert score["main_road_inside_share"] == 0.2
    assert score["compounds_whole_share"] == 0.75
    assert score["mean_polsby_popper"] == 0.5
    assert score["thin_share"] == 0.25
    assert score["mean_deviation"] == 0.1


def test_what_there_is_nothing_of_has_no_share():
    score = score_of(["dedicated"], tally=Tally(0.0, 0.0, 0.0, 0.0, 0.0, 0, 0, 0, 0))
    for name in (
        "in_range_share",
        "feasible_in_range_share",
        "street_share",
        "compounds_whole_share",
        "mean_deviation",
        "main_road_inside_share",
    ):
        assert score[name] is None, name
