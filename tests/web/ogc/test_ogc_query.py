"""What a client may ask of a collection."""

import pytest
from gridgeo_web.errors import BadRequestError
from gridgeo_web.ogc.query import DEFAULT_LIMIT, MOST_ITEMS, read_query
from hypothesis import given
from hypothesis import strategies as st

TYPES = {"name": "string", "households": "integer"}
DAY_S = 86_400


def test_nothing_asked_is_the_first_page_of_everything():
    query = read_query({}, TYPES)
    assert (query.limit, query.offset, query.boxes, query.values) == (DEFAULT_LIMIT, 0, (), {})


def test_a_limit_above_the_most_is_the_most():
    assert read_query({"limit": "999999999"}, TYPES).limit == MOST_ITEMS


def test_a_window_with_heights_is_read_without_them():
    assert read_query({"bbox": "1,2,0,3,4,99"}, TYPES).boxes == ((1, 2, 3, 4),)


def test_a_window_across_the_date_line_is_two():
    assert read_query({"bbox": "170,-10,-170,10"}, TYPES).boxes == (
        (170, -10, 180, 10),
        (-180, -10, -170, 10),
    )


@pytest.mark.parametrize(
    ("text", "begin", "end"),
    [
        ("1970-01-02", DAY_S, 2 * DAY_S - 0.001),
        ("1970-01-01T08:00:10+08:00", 10, 10),
        ("1970-01-01T00:00:10Z/1970-01-01T00:01:00Z", 10, 60),
        ("../1970-01-01T00:01:00Z", None, 60),
        ("1970-01-01T00:00:10Z/..", 10, None),
        ("1970-01-01T00:00:10Z/", 10, None),
        ("../..", None, None),
    ],
)
def test_times_are_read_with_open_ends(text, begin, end):
    query = read_query({"datetime": text}, TYPES)
    assert (query.begin, query.end) == (begin, end)


def test_properties_are_kept_as_texts():
    assert read_query({"name": "a", "households": "3"}, TYPES).values == {"name": "a", "households": "3"}


@pytest.mark.parametrize(
    "arguments",
    [
        {"limit": "0"}, {"limit": "-1"}, {"limit": "1.5"}, {"limit": "١"}, {"limit": "9" * 40}, {"limit": ""},
        {"offset": "-1"}, {"offset": "9" * 20}, {"bbox": "1,2,3"}, {"bbox": "1,2,3,4,5"}, {"bbox": "a,b,c,d"},
        {"bbox": "1,5,3,4"}, {"bbox": "nan,2,3,4"}, {"bbox": "inf,2,3,4"}, {"datetime": "yesterday"},
        {"datetime": "2026-01-01T00:00:00"}, {"datetime": "2026-01-02/2026-01-01"}, {"datetime": "a/b/c"},
        {"datetime": ""}, {"f": "html"}, {"colour": "red"},
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_a_bad_request_that_names_the_parameter(arguments):
    with pytest.raises(BadRequestError) as caught:
        read_query(arguments, TYPES)
    assert caught.value.where == next(iter(arguments))


@given(
    st.dictionaries(
        st.sampled_from(["limit", "offset", "bbox", "datetime", "f", "name"]), st.text(max_size=30)
    )
)
def test_no_text_whatever_breaks_the_reader(arguments):
    try:
        query = read_query(arguments, TYPES)
    except BadRequestError:
        return
    assert 1 <= query.limit <= MOST_ITEMS
    assert query.offset >= 0
