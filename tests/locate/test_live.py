import math
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from gridgeo.locate.live import LiveIndex

spots = st.integers(-5, 5)


class LiveIndexBesideAList(RuleBasedStateMachine):
    """Whatever is done to the index is done to a plain list, and both must answer alike."""

    def __init__(self):
        super().__init__()
        self.index = LiveIndex()
        self.places = {}

    @rule(key=st.integers(0, 9), x=spots, y=spots)
    def insert_or_move(self, key, x, y):
        (self.index.move if key in self.places else self.index.insert)(key, x, y)
        self.places.pop(key, None)
        self.places[key] = (x, y)

    @rule(key=st.integers(0, 9))
    def delete(self, key):
        if key in self.places:
            self.index.delete(key)
            del self.places[key]
        else:
            with pytest.raises(KeyError, match="no place with the key"):
                self.index.delete(key)

    @rule(x=spots, y=spots, k=st.integers(1, 12))
    def ask_for_the_nearest(self, x, y, k):
        away = [(key, math.dist((x, y), place)) for key, place in self.places.items()]
        assert self.index.nearest(x, y, k) == sorted(away, key=lambda found: found[1])[:k]

    @rule(x=spots, y=spots, width=st.integers(0, 6), height=st.integers(0, 6))
    def ask_for_a_window(self, x, y, width, height):
        inside = [
            key for key, (px, py) in self.places.items() if x <= px <= x + width and y <= py <= y + height
        ]
        assert self.index.within(x, y, x + width, y + height) == inside

    @invariant()
    def as_many_as_there_are(self):
        assert len(self.index) == len(self.places)
        assert all(key in self.index for key in self.places)


TestLiveIndexBesideAList = LiveIndexBesideAList.TestCase
TestLiveIndexBesideAList.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)


def test_many_places_are_loaded_at_once():
    index = LiveIndex((i, i % 100, i // 100) for i in range(10_000))
    assert len(index) == 10_000
    assert index.nearest(50.2, 30.1, 2) == [
        (3050, pytest.approx(0.2236, abs=1e-3)),
        (3051, pytest.approx(0.806, abs=1e-3)),
    ]
    index.insert("new", 50.2, 30.1)
    assert index.nearest(50.2, 30.1)[0] == ("new", 0)


def test_an_empty_index_finds_nothing():
    index = LiveIndex()
    assert index.nearest(0, 0, 5) == []
    assert index.within(-1, -1, 1, 1) == []


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda index: index.insert("a", 1, 1), "'a' is in the index already; use move"),
        (lambda index: index.insert("b", math.nan, 1), "'b' has no place: x is nan"),
        (lambda index: index.move("a", 0, math.inf), "'a' has no place"),
        (lambda index: index.nearest(0, 0, 0), "k must be at least 1"),
        (lambda index: index.nearest(math.nan, 0), "has no place"),
        (lambda index: index.within(1, 0, 0, 1), "has its sides exchanged"),
    ],
)
def test_what_cannot_be_is_refused_and_leaves_the_index_whole(call, message):
    index = LiveIndex([("a", 0, 0)])
    with pytest.raises(ValueError, match=message):
        call(index)
    assert index.nearest(0, 0) == [("a", 0)]


def test_many_threads_may_change_it_at_once():
    index = LiveIndex()

    def come_and_go(worker):
        for i in range(200):
            index.insert((worker, i), i, worker)
            index.nearest(i, worker, 3)
            if i % 2:
                index.delete((worker, i))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(come_and_go, range(8)))
    assert len(index) == 800
    assert len(index.within(-1, -1, 1000, 1000)) == 800
