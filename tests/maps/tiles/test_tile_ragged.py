"""Rows of bytes, against the same done with plain byte strings."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from gridgeo.maps.tiles.ragged import Ragged, join_columns, join_rows, pack_rows, take_rows

ROWS = st.lists(st.binary(max_size=5), max_size=12)


def unpack(rows):
    ends = np.cumsum(rows.lengths)
    return [rows.data[end - n : end].tobytes() for end, n in zip(ends, rows.lengths, strict=True)]


@given(ROWS)
def test_packed_rows_are_the_rows(rows):
    assert unpack(pack_rows(rows)) == rows
    assert len(pack_rows(rows)) == len(rows)


@given(st.lists(st.tuples(st.binary(max_size=4), st.binary(max_size=4), st.binary(max_size=4)), max_size=9))
def test_columns_are_joined_row_by_row(table):
    columns = [pack_rows(column) for column in zip(*table, strict=True)] or [pack_rows([])]
    assert unpack(join_columns(columns)) == [b"".join(row) for row in table]


@given(ROWS, st.data())
def test_rows_are_taken_in_the_order_asked_for(rows, data):
    places = data.draw(st.lists(st.integers(0, len(rows) - 1), max_size=9) if rows else st.just([]))
    assert unpack(take_rows(pack_rows(rows), np.array(places, dtype=np.int64))) == [rows[at] for at in places]


@given(st.lists(ROWS, max_size=6))
def test_rows_are_joined_by_counts_also_where_a_count_is_zero(groups):
    rows = pack_rows(row for group in groups for row in group)
    joined = join_rows(rows, np.array([len(group) for group in groups], dtype=np.int64))
    assert isinstance(joined, Ragged)
    assert unpack(joined) == [b"".join(group) for group in groups]
