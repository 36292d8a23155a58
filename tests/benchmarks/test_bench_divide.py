"""The benchmark must judge as the library does, and give every method the same chance."""

from dataclasses import replace

import numpy as np
import pytest

from gridgeo.demo import build_demo
from gridgeo.pipeline import divide
from gridgeo.preparation import prepare
from gridgeo.spec import GridSpec
from tests.benchmarks.__main__ import names, run
from tests.benchmarks.divide_cases import Case
from tests.benchmarks.divide_laws import broken_laws
from tests.benchmarks.divide_pieces import build_pieces, plan_with
from tests.benchmarks.divide_quality import compare_methods, prepare_grounds
from tests.benchmarks.report import Target

SPEC = GridSpec(effort="fast")


@pytest.fixture(scope="module")
def demo():
    return build_demo(n_communities=2, households=2_000)


@pytest.fixture(scope="module")
def case(demo):
    return Case("two communities", prepare(demo.communities, demo.buildings, demo.streets), (), 1)


def halved(piece):
    """A method: everything west of the middle is one grid."""
    return (piece.centre[:, 0] > np.median(piece.centre[:, 0])).astype(np.int64)


def test_the_benchmark_scores_a_plan_as_divide_scores_its_division(demo, case):
    grounds, _ = prepare_grounds(case, SPEC)
    _, scores = compare_methods(grounds, SPEC, ["fast"], {})
    division = divide(demo.communities, demo.buildings, demo.streets, SPEC)
    scored = scores["gridgeo fast"]
    assert scored["extra_pieces"] == 0
    same = ["n_grids", "feasible_in_range_share", "street_share", "cut_cost_km", "compounds_whole_share"]
    assert [scored[name] for name in same] == [division.score[name] for name in same]
    assert scored["mean_polsby_popper"] == pytest.approx(division.score["mean_polsby_popper"], abs=2e-4)


def test_a_grid_in_several_pieces_is_counted_against_its_method(case):
    grounds, _ = prepare_grounds(case, SPEC)

    def torn(piece):
        return (np.arange(len(piece)) % 2).astype(np.int64)

    _, scores = compare_methods(grounds, SPEC, [], {"torn": torn, "halved": halved})
    assert scores["torn"]["extra_pieces"] > scores["halved"]["extra_pieces"] >= 0


def test_a_peer_that_fails_has_a_row_that_says_so(case):
    grounds, _ = prepare_grounds(case, SPEC)

    def broken(piece):
        raise ValueError("no luck")

    rows, scores = compare_methods(grounds, SPEC, [], {"broken": broken})
    assert scores == {}
    assert rows == [{"method": "broken: failed, ValueError: no luck"}]


def test_every_atom_gets_a_grid_whatever_the_method(case):
    for ground in prepare_grounds(case, SPEC)[0]:
        plan = plan_with(halved, ground.graph, build_pieces(ground.graph, SPEC))
        assert plan.label.min() == 0
        assert set(plan.label.tolist()) == set(range(plan.n_grids))


@pytest.mark.parametrize(
    ("measured", "less", "verdict"),
    [
        (0.86, False, "met"),
        (0.95, False, "stretch met"),
        (0.2, False, "NOT MET"),
        (0.2, True, "stretch met"),
        (None, False, "not measured"),
    ],
)
def test_a_promise_is_judged_by_its_bounds(measured, less, verdict):
    must, stretch = (0.85, 0.7) if less else (0.85, 0.9)
    assert Target("share", measured, must, stretch, less=less).verdict == verdict


def test_the_menu_names_every_benchmark_and_refuses_others(capsys):
    assert "divide" in names()
    assert run(["nonsense"]) == 2
    assert "no benchmark 'nonsense'" in capsys.readouterr().err


def test_the_check_of_the_laws_sees_a_grid_lost_and_one_that_lies_on_its_neighbour(demo):
    division = divide(demo.communities, demo.buildings, demo.streets, SPEC)
    assert set(broken_laws(division).values()) == {0}
    fewer = broken_laws(replace(division, grids=division.grids.iloc[1:]))
    assert fewer["cover"] == 1
    assert fewer["complete"] == division.grids["n_buildings"].iloc[0]
    wider = division.grids.set_geometry(division.grids.buffer(5))
    found = broken_laws(replace(division, grids=wider))
    assert found["disjoint"] == 1
    assert found["nested"] > 0
