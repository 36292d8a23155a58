"""How good the geocoder has to be, at the least: on noise it has never seen and on real addresses."""

from functools import lru_cache

import pytest

from gridgeo.demo import Demo, build_demo
from gridgeo.locate.gazetteer import Gazetteer
from tests.benchmarks import geocode_real
from tests.benchmarks.bench_geocode import build
from tests.benchmarks.geocode_accuracy import Accuracy, kd_grids, measure, mixed_places
from tests.noise import non_addresses

SEED = 5  # of the noise here; the benchmark has another
N_ROWS = 800


@lru_cache(maxsize=1)
def district() -> tuple[Demo, Gazetteer]:
    demo = build_demo(12, 30_000, 3)
    return demo, build(demo)


@lru_cache(maxsize=3)
def accuracy(least: int, most: int) -> Accuracy:
    demo, gazetteer = district()
    return measure(
        gazetteer, mixed_places(demo, gazetteer, SEED), kd_grids(demo), N_ROWS, SEED, (least, most)
    )


def test_a_clean_address_is_found() -> None:
    assert accuracy(0, 0).top1 >= 0.995


def test_one_kind_of_noise_rarely_hides_a_place() -> None:
    assert accuracy(1, 1).top1 >= 0.98


def test_two_to_four_kinds_of_noise_leave_most_places_to_be_found() -> None:
    found = accuracy(2, 4)
    assert found.top1 >= 0.9
    assert found.right_grid >= 0.92


@pytest.mark.parametrize("noises", [(1, 1), (2, 4)])
def test_a_score_keeps_what_it_promises(noises: tuple[int, int]) -> None:
    found = accuracy(*noises)
    assert found.sure >= 0.7
    assert found.sure_right >= 0.98
    assert found.calibration_error <= 0.05


def test_texts_without_an_address_are_told_so() -> None:
    _, gazetteer = district()
    answers = gazetteer.geocode(non_addresses(400, SEED))
    assert (answers["precision"] == "none").mean() >= 0.85
    assert (answers["score"].fillna(0.0) < 0.9).mean() >= 0.98


needs_cambridge = pytest.mark.skipif(
    not geocode_real.has_data(),
    reason="the folder shared with the Cambridge addresses is not beside this checkout",
)


@needs_cambridge
def test_held_out_cambridge_addresses_are_interpolated_from_street_ranges() -> None:
    found = geocode_real.measure_interpolation(SEED)
    assert found.median_m <= 20
    assert found.within_50_m >= 0.87
    assert found.within_uncertainty >= 0.85


@needs_cambridge
def test_cambridge_addresses_spelled_differently_are_found() -> None:
    ways = geocode_real.measure_respelling(SEED, n_rows=1000)
    assert sum(ways.values()) / len(ways) >= 0.97
    assert min(ways.values()) >= 0.97
