"""Cells of the plan become lots with lanes between them."""

import numpy as np
import pytest

from gridgeo.demo.cells import Cell, Line
from gridgeo.demo.lots import LOT_M2, SUPER_LOTS, build_lots


def block(width, depth, zone):
    """Return one cell between a road in the south and streets on the other sides."""
    corners = np.array([(0, 0), (width, 0), (width, depth), (0, depth)], dtype=float)
    classes = ["arterial", "local", "local", "local"]
    ends = zip(corners, np.roll(corners, -1, axis=0), classes, range(4), strict=True)
    return Cell(corners, (0, 1, 2, 3), zone), [Line(a, b, c, ("split", k), zone) for a, b, c, k in ends]


@pytest.mark.parametrize("seed", range(8))
def test_lots_tile_their_cell_and_share_its_kind(seed):
    cell, lines = block(320, 260, "village")
    lots, _ = build_lots([cell, cell], lines, np.random.default_rng(seed))
    assert sum(lot.area_m2() for lot in lots) == pytest.approx(2 * 320 * 260)
    assert [lot.estate for lot in lots] == sorted(lot.estate for lot in lots)
    assert {lot.estate: lot.kind for lot in lots}.keys() == {0, 1}
    assert max(lot.area_m2() for lot in lots if lot.kind == "village") < 1.5 * SUPER_LOTS * LOT_M2["village"]


def test_lanes_run_from_street_to_street_and_know_the_one_they_leave():
    cell, lines = block(320, 260, "village")
    _, known = build_lots([cell] * 12, lines, np.random.default_rng(1))
    lanes = known[4:]
    assert len(lanes) > 12
    assert {lane.street_class for lane in lanes} == {"lane", "service"}
    assert {lane.off for lane in lanes} <= {("split", k) for k in range(4)}
    assert any(lane.off == ("split", 0) for lane in lanes)


def test_a_campus_is_not_divided():
    cell, lines = block(600, 400, "campus")
    lots, known = build_lots([cell], lines, np.random.default_rng(0))
    assert [lot.kind for lot in lots] == ["campus"]
    assert len(known) == 4


def test_a_park_or_school_is_never_as_large_as_a_quarter():
    cell, lines = block(220, 200, "old")
    lots, _ = build_lots([cell] * 60, lines, np.random.default_rng(2))
    assert {lot.kind for lot in lots} <= {"terrace", "slabs", "offices"}
