"""The brake on guessing passwords."""

import threading
from itertools import pairwise

import pytest
from gridgeo_web.auth.throttle import FREE, LONGEST_WAIT_S, OwnLedger, Throttle
from gridgeo_web.errors import StoreDownError, TooManyError
from gridgeo_web.store.failures import StoredLedger


class Clock:
    now = 1.8e9

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def shared(open_store, store_address):
    """Where the processes of a service count: SQLite, then PostgreSQL."""
    return StoredLedger(open_store(store_address).database)


@pytest.fixture
def throttle(shared, clock):
    return Throttle(shared, clock)


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


def test_processes_of_one_service_count_together(shared, clock):
    processes = [Throttle(shared, clock) for _ in range(3)]
    for number in range(FREE):
        guess(processes[number % 3])
    for process in processes:
        wait_of(process)


def test_wrong_passwords_at_the_same_moment_are_all_counted(shared, clock):
    threads = [threading.Thread(target=guess, args=(Throttle(shared, clock),)) for _ in range(FREE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    wait_of(Throttle(shared, clock))


def test_while_the_store_is_down_a_process_counts_by_itself(clock):
    class Down(OwnLedger):
        def read(self, keys):
            raise StoreDownError("no store today")

        def change(self, keys, make, forget):
            raise StoreDownError("no store today")

    throttle = Throttle(Down(), clock)
    for _ in range(FREE):
        guess(throttle)
    wait_of(throttle)


def test_a_name_of_any_length_and_script_is_counted(throttle):
    name = "\0" + "网格员" * 5000
    for _ in range(FREE):
        guess(throttle, name=name)
    wait_of(throttle, name=name)


def test_old_counts_do_not_fill_the_store(shared, throttle, clock):
    for number in range(20):
        guess(throttle, name=f"name {number}", origin=f"10.0.3.{number}")
        clock.now += 600
    keys = [f"10.0.3.{number} name {number}" for number in range(20)]
    assert 0 < len(shared.read(keys)) <= 7


def test_a_clock_that_was_set_back_keeps_nobody_out_for_days(throttle, clock):
    for _ in range(FREE):
        guess(throttle)
    clock.now -= 86_400
    guess(throttle, right=True)
