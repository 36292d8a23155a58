"""Shapes on the units of a tile: cut, rounded, valid."""

import numpy as np
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gridgeo.maps.tiles.drawing import EXTENT, LINE, MARGIN, POINT, POLYGON, draw_shapes
from gridgeo.maps.tiles.square import HALF_M, Square

# A tile in which one unit is one metre and the corner is the origin.
UNIT = Square(14, 0.0, 0.0, EXTENT)
EDGE = int(MARGIN * EXTENT)


def shapes_of(*geometries):
    array = np.empty(len(geometries), dtype=object)
    array[:] = geometries
    return array


def test_a_square_keeps_four_corners_and_runs_clockwise_to_the_eye():
    drawn = draw_shapes(shapes_of(shapely.box(10, -30, 20, -20)), UNIT, POLYGON)
    assert drawn.counts.tolist() == [4]
    x, y = drawn.corners.T
    assert (x * np.roll(y, -1) - y * np.roll(x, -1)).sum() == 200  # y down: positive is clockwise
    assert set(map(tuple, drawn.corners.tolist())) == {(10, 20), (10, 30), (20, 20), (20, 30)}


def test_a_hole_follows_its_polygon_the_other_way_round():
    ring = shapely.box(0, -100, 100, 0).difference(shapely.box(40, -60, 60, -40))
    drawn = draw_shapes(shapes_of(ring), UNIT, POLYGON)
    areas = []
    for part in np.split(drawn.corners, np.cumsum(drawn.counts)[:-1]):
        x, y = part.T
        areas.append((x * np.roll(y, -1) - y * np.roll(x, -1)).sum() / 2)
    assert areas == [10000, -400]


def test_what_reaches_far_over_the_tile_is_cut_at_its_margin():
    drawn = draw_shapes(shapes_of(shapely.box(-1e6, -1e6, 1e6, 1e6)), UNIT, POLYGON)
    assert drawn.corners.min() == -EDGE
    assert drawn.corners.max() == EXTENT + EDGE


def test_a_line_that_leaves_the_tile_and_returns_is_two_lines_of_one_feature():
    path = shapely.LineString([(100, -100), (-500, -100), (-500, -200), (100, -200)])
    drawn = draw_shapes(shapes_of(path), UNIT, LINE)
    assert drawn.rows.tolist() == [0, 0]
    assert drawn.counts.tolist() == [2, 2]


def test_shapes_below_a_unit_are_left_out():
    speck = shapely.Point(10.2, -10.2).buffer(0.1)
    assert len(draw_shapes(shapes_of(speck), UNIT, POLYGON).rows) == 0
    assert len(draw_shapes(shapes_of(speck.exterior), UNIT, LINE).rows) == 0


def test_a_point_on_the_seam_of_two_tiles_is_drawn_by_one_of_them():
    point = shapes_of(shapely.Point(EXTENT, -5))
    east = Square(14, float(EXTENT), 0.0, EXTENT)
    assert len(draw_shapes(point, UNIT, POINT).rows) == 0
    assert draw_shapes(point, east, POINT).corners.tolist() == [[0, 5]]


def test_a_polygon_whose_neck_closes_on_the_units_becomes_two_valid_ones():
    glass = shapely.Polygon([(0, 0), (50, -20.1), (100, 0), (100, -40), (50, -20.3), (0, -40)])
    drawn = draw_shapes(shapes_of(glass), UNIT, POLYGON)
    assert drawn.rows.tolist() == [0, 0]


coordinates = st.floats(-3000, 7000, allow_nan=False)


@st.composite
def polygons(draw):
    """Draw valid polygons: stars with thin spikes, of a metre or of kilometres, on and off the tile."""
    n = draw(st.integers(3, 12))
    size = draw(st.sampled_from([0.7, 3.0, 40.0, 3000.0]))
    x, y = draw(coordinates), -draw(coordinates)
    radii = np.array(draw(st.lists(st.floats(0.01, 1), min_size=n, max_size=n)))
    angles = np.sort(draw(st.lists(st.floats(0, 2 * np.pi), min_size=n, max_size=n)))
    ring = np.column_stack([x + size * radii * np.cos(angles), y + size * radii * np.sin(angles)])
    shape = shapely.make_valid(shapely.Polygon(ring))
    return shapely.union_all([part for part in shapely.get_parts(shape) if part.geom_type == "Polygon"])


@settings(deadline=None, max_examples=150)
@given(st.lists(polygons(), min_size=1, max_size=5))
def test_every_polygon_of_a_drawing_is_valid_and_where_it_was(drawn_polygons):
    shapes = shapes_of(*drawn_polygons)
    drawn = draw_shapes(shapes, UNIT, POLYGON)
    window = shapely.box(*UNIT.grown(MARGIN))
    rings = np.split(drawn.corners, np.cumsum(drawn.counts)[:-1]) if len(drawn.rows) else []
    for row in range(len(shapes)):
        own = [ring for at, ring in zip(drawn.rows, rings, strict=True) if at == row]
        built = build_polygon(own)
        assert built.is_valid
        expected = shapely.transform(shapes[row].intersection(window), lambda xy: xy * [1, -1])
        moved = 2 * expected.length + 10  # no corner moves by more than a unit
        assert abs(built.area - expected.area) <= moved
        assert expected.is_empty or built.is_empty or built.hausdorff_distance(expected.envelope) < 1e5
        assert built.is_empty or built.within(expected.buffer(1.5))


def build_polygon(rings):
    """Return the polygon that the rings of a feature draw: each outer one with the holes after it."""
    polygons, holes = [], []
    for ring in rings:
        x, y = ring.T
        (holes if (x * np.roll(y, -1) - y * np.roll(x, -1)).sum() < 0 else polygons).append((ring, []))
        if polygons and holes:
            polygons[-1][1].append(holes.pop()[0])
    assert not holes, "a hole before its polygon"
    return shapely.MultiPolygon([shapely.Polygon(*polygon) for polygon in polygons])


def test_the_world_at_zoom_0_fits_its_tile():
    world = Square(0, -HALF_M, HALF_M, 2 * HALF_M)
    drawn = draw_shapes(shapes_of(shapely.box(-HALF_M, -HALF_M, HALF_M, HALF_M)), world, POLYGON)
    assert (drawn.corners.min(), drawn.corners.max()) == (0, EXTENT)
