"""What is kept of a snapshot: made once, however many ask; the least used goes first."""

import threading

import pytest
from gridgeo_web.service.cache import Cache


def test_a_thing_is_made_once_however_many_ask_at_a_time():
    cache, made, go = Cache(), [], threading.Barrier(8)

    def ask():
        go.wait()
        assert cache.get("tile", lambda: made.append(1) or b"x") == b"x"

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 1


def test_what_could_not_be_made_is_tried_again():
    cache = Cache()
    with pytest.raises(ZeroDivisionError):
        cache.get("tile", lambda: 1 / 0)
    assert cache.get("tile", lambda: b"x") == b"x"


def test_the_least_used_goes_first_when_there_is_no_room():
    cache = Cache(most_bytes=30)
    for name in ("a", "b", "c"):
        cache.get(name, lambda: bytes(10))
    cache.get("a", lambda: pytest.fail("a was forgotten"))
    cache.get("d", lambda: bytes(10))
    cache.get("a", lambda: pytest.fail("a was forgotten"))
    assert cache.get("b", lambda: b"anew") == b"anew"
