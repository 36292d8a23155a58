from dataclasses import asdict

import pytest

from gridgeo.errors import SchemaError
from gridgeo.spec import EFFORTS, PRESETS, GridSpec


def test_a_grid_has_two_to_three_hundred_households_unless_told_otherwise():
    spec = GridSpec()
    assert spec.size_range == (200, 300)
    assert (spec.target, spec.measure) == (250.0, "households")


def test_unit_grids_count_square_metres_around_the_target():
    spec = GridSpec.unit_grids(10_000)
    assert spec.measure == "area_m2"
    assert spec.target == 10_000
    assert spec.size_range[0] < 10_000 < spec.size_range[1]


@pytest.mark.parametrize("name", sorted(PRESETS))
def test_every_preset_is_a_spec(name):
    spec = GridSpec.preset(name, effort="best", seed=4)
    assert (spec.effort, spec.seed) == ("best", 4)
    assert 0 < spec.size_range[0] <= spec.target <= spec.size_range[1]


def test_presets_are_those_in_use():
    assert GridSpec.preset("yichang").households == (200, 300)
    assert GridSpec.preset("minhe").people == (600, 900)
    assert GridSpec.preset("unit_grid").area_m2 is not None


def test_harder_efforts_search_longer():
    fast, default, best = (asdict(EFFORTS[effort]) for effort in ("fast", "default", "best"))
    assert all(fast[name] <= default[name] <= best[name] for name in fast)
    assert fast["coarse_moves"] < default["coarse_moves"]
    assert default["searches"] < best["searches"]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"households": (300, 200)}, "households must be a range of two positive numbers, the smaller first"),
        ({"households": (0, 200)}, "households"),
        ({"households": (200, float("inf"))}, "households"),
        ({"households": (200, float("nan"))}, "households"),
        ({"people": (-1, 5)}, "people"),
        ({"area_m2": (1,)}, "area_m2"),
        ({"effort": "hard"}, "effort must be one of fast, default, best, got 'hard'"),
        ({"code_scheme": "16"}, "code_scheme must be auto, 14, 15 or plain"),
        ({"max_area_m2": 0}, "max_area_m2 must be positive"),
        ({"seed": -1}, "seed must not be negative"),
        ({"start_date": "32.13.2027"}, "start_date must be a day such as 2027-01-31, got '32.13.2027'"),
        ({"start_date": "20270131"}, "start_date"),
        ({"start_date": "2027-02-30"}, "start_date"),
    ],
)
def test_what_makes_no_sense_is_refused_with_the_name_of_the_choice(wrong, said):
    with pytest.raises(SchemaError, match=said):
        GridSpec(**wrong)


def test_every_fault_is_named_at_once():
    with pytest.raises(SchemaError, match=r"households.*effort.*seed"):
        GridSpec(households=(3, 2), effort="x", seed=-1)


def test_unknown_presets_and_areas_are_refused():
    with pytest.raises(SchemaError, match="no preset 'paris'; there are changzhi"):
        GridSpec.preset("paris")
    with pytest.raises(SchemaError, match="must be positive"):
        GridSpec.unit_grids(0)
