"""The brake on guessing passwords."""

from itertools import pairwise

import pytest
from gridgeo_web.auth.throttle import FREE, LONGEST_WAIT_S, Throttle
from gridgeo_web.errors import TooManyError


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def throttle(clock):
    return Throttle(clock)


def guess(throttle, name="wang", origin="10.0.0.7", *, right=False):
    with throttle.attempt(name, origin) as attempt:
        attempt.succeeded = right


def wait_of(throttle, **who):
    with pytest.raises(TooManyError) as caught:
        guess(throttle, **who)
    return caught.value.extra["retry_after"]


def test_a_few_slips_of_the_finger_cost_nothing(throttle):
    for _ in range(FREE - 1):
        guess(throttle)
    guess(throttle, right=True)
    for _ in range(FREE - 1):
        guess(throttle)


def test_each_wrong_one_after_that_costs_twice_the_wait(throttle, clock):
    for _ in range(FREE):
        guess(throttle)
    waits = []
    for _ in range(10):
        waits.append(wait_of(throttle))
        clock.now += waits[-1]
        guess(throttle)
    assert all(later >= earlier for earlier, later in pairwise(waits))
    assert waits[1] > 1.5 * waits[0]
    assert waits[-1] <= LONGEST_WAIT_S + 1


def test_somebody_elsewhere_does_not_keep_the_right_one_out(throttle):
    for _ in range(FREE):
        guess(throttle, origin="10.0.0.66")
    wait_of(throttle, origin="10.0.0.66")
    guess(throttle, origin="10.0.0.7", right=True)


def test_many_names_from_one_address_are_no_way_round(throttle):
    for number in range(2 * FREE):
        guess(throttle, name=f"name {number}")
    wait_of(throttle, name="yet another")


def test_one_name_from_many_addresses_is_no_way_round(throttle):
    for number in range(10 * FREE):
        guess(throttle, origin=f"10.0.1.{number}")
    wait_of(throttle, origin="10.0.2.1")


def test_what_was_an_hour_ago_is_forgotten(throttle, clock):
    for _ in range(FREE - 1):
        guess(throttle)
    clock.now += 3601
    guess(throttle)
    guess(throttle)
