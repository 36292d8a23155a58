import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridgeo.errors import SchemaError
from gridgeo.partition.codes import build_codes, choose_scheme, parse_code, reading_order

AREA = "420502001003"


@pytest.mark.parametrize(
    ("scheme", "codes"),
    [
        ("14", ["42050200100301", "42050200100302"]),
        ("15", ["420502001003001", "420502001003002"]),
        ("plain", ["420502001003-001", "420502001003-002"]),
    ],
)
def test_each_scheme_numbers_grids_from_one(scheme, codes):
    assert build_codes(AREA, 2, scheme) == codes


def test_a_retired_code_is_never_given_again():
    retired = ["42050200100301", "42050200100303", "42050200100201"]
    assert build_codes(AREA, 3, "14", retired) == ["42050200100302", "42050200100304", "42050200100305"]


def test_a_scheme_that_runs_out_of_numbers_says_so_and_what_to_do():
    assert len(build_codes(AREA, 99, "14")) == 99
    with pytest.raises(
        SchemaError, match="needs 100 grid codes, the scheme 14 has 99 left; take the 15-digit"
    ):
        build_codes(AREA, 100, "14")


@pytest.mark.parametrize(
    ("areas", "asked", "taken"),
    [
        ([AREA], "auto", "14"),
        ([AREA, "N7"], "auto", "plain"),
        ([AREA], "15", "15"),
        ([AREA], "plain", "plain"),
        ([], "auto", "14"),
    ],
)
def test_the_scheme_is_the_one_asked_for_or_follows_the_area_codes(areas, asked, taken):
    assert choose_scheme(areas, asked) == taken


def test_a_national_scheme_needs_area_codes_of_twelve_digits():
    with pytest.raises(SchemaError, match=r"a 14-digit grid code needs area codes of 12 digits, not 'N7'"):
        choose_scheme([AREA, "N7"], "14")


@given(st.from_regex(r"[0-9]{12}", fullmatch=True), st.integers(1, 99), st.sampled_from(["14", "15"]))
def test_a_code_is_read_back_as_it_was_built(area, number, scheme):
    code = build_codes(area, number, scheme)[-1]
    parts = parse_code(code)
    assert (parts.area_code, parts.sequence) == (area, number)
    assert parts.county + parts.street + parts.community == area


@pytest.mark.parametrize(
    ("street", "kind"),
    [
        ("001", "street office"),
        ("099", "street office"),
        ("100", "town"),
        ("200", "township"),
        ("400", "enterprise"),
        ("600", ""),
        ("000", ""),
    ],
)
def test_the_kind_of_street_is_read_from_its_number(street, kind):
    assert parse_code(f"420502{street}00301").street_kind == kind


@pytest.mark.parametrize(
    "wrong", ["", "4205020010030", "4205020010030001", "42050200100A07", "420502001003-01"]
)
def test_what_is_no_grid_code_is_refused(wrong):
    with pytest.raises(SchemaError, match="no grid code"):
        parse_code(wrong)


def test_numbers_run_west_to_east_then_north_to_south_like_lines_of_a_page():
    centres = np.array([(30.0, 10.0), (10.0, 32.0), (10.0, 10.0), (30.0, 30.0)])
    assert reading_order(centres, np.full(4, 400.0), np.full(4, 20.0)).tolist() == [1, 3, 2, 0]


def test_grids_a_little_out_of_line_are_still_read_along_the_line():
    centres = np.array([(50.0, 33.0), (10.0, 30.0), (30.0, 28.0)])
    assert reading_order(centres, np.full(3, 400.0), np.full(3, 20.0)).tolist() == [1, 2, 0]


def test_flat_grids_on_top_of_each_other_are_lines_of_their_own():
    centres = np.array([(205.0, 75.0), (200.0, 25.0), (610.0, 70.0), (600.0, 30.0)])
    areas, heights = np.full(4, 400.0 * 50), np.full(4, 50.0)
    assert reading_order(centres, areas, heights).tolist() == [0, 2, 1, 3]


def test_nothing_has_no_order():
    assert reading_order(np.empty((0, 2)), np.empty(0), np.empty(0)).tolist() == []


@given(st.lists(st.tuples(st.integers(0, 500), st.integers(0, 500)), min_size=1, max_size=20, unique=True))
def test_the_order_holds_every_grid_once_and_does_not_depend_on_the_row_order(places):
    centres = np.array(places, dtype=float)
    areas, heights = np.full(len(places), 900.0), np.full(len(places), 25.0)
    order = reading_order(centres, areas, heights)
    assert sorted(order.tolist()) == list(range(len(places)))
    backwards = reading_order(centres[::-1], areas, heights)
    assert centres[::-1][backwards].tolist() == centres[order].tolist()
