"""Values for a page are strict JSON whatever the manifest holds."""

import datetime
import json

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from gridgeo.maps.values import pack_texts, to_plain, to_texts

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(anything)
def test_everything_becomes_strict_json(value):
    json.dumps(to_plain(value), allow_nan=False)


def test_numbers_that_are_none_become_null_and_whole_ones_lose_their_point():
    values = [float("nan"), float("inf"), np.float64(3.0), np.int64(4), 0.123456789, (True, None)]
    assert to_plain(values) == [None, None, 3, 4, 0.123457, [True, None]]


def test_what_json_does_not_know_is_said_as_text():
    assert to_plain({1: datetime.date(2026, 1, 2)}) == {"1": "2026-01-02"}


@given(st.lists(st.none() | st.text(min_size=1)))
def test_packed_texts_come_back(texts):
    packed = pack_texts(texts)
    words, places = packed["words"], packed.get("of", range(len(texts)))
    assert [words[place] or None if place >= 0 else None for place in places] == texts


def test_a_column_that_is_not_there_holds_no_answers():
    assert to_texts(pd.DataFrame({"a": [1, 2]}), "name") == {"words": [], "of": [-1, -1]}
