import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from towns import EXAMPLES, at, block, line, shapes_of

from gridgeo.partition.coverage import (
    LATTICE_M,
    build_borders,
    build_faces,
    connected,
    dissolve,
    find_dangles,
    match_vertices,
    to_lattice,
)

place = st.tuples(st.integers(0, 12), st.integers(0, 12))
lines = st.lists(st.lists(place, min_size=2, max_size=4, unique=True), min_size=1, max_size=12)


def drawn(rows):
    return np.array(list(shapes_of(rows).values()), dtype=object)


def test_coordinates_go_to_the_lattice_and_geometries_keep_no_precision_of_their_own():
    shapes = to_lattice(np.array([shapely.box(0.00049, 0, 10.00051, 5), shapely.Point(1 / 3, 2 / 3)]))
    millimetres = shapely.get_coordinates(shapes) / LATTICE_M
    assert np.abs(millimetres - np.rint(millimetres)).max() < 1e-6
    assert shapely.get_precision(shapes).tolist() == [0.0, 0.0]


def test_crossing_lines_enclose_faces_and_dead_ends_leave_no_trace():
    cross = [line((0, 1), (3, 1)), line((0, 2), (3, 2)), line((1, 0), (1, 3)), line((2, 0), (2, 3))]
    faces = build_faces(np.array(cross, dtype=object))
    assert [face.equals(block(1, 1, 2, 2)) for face in faces] == [True]
    assert shapely.get_num_coordinates(faces).tolist() == [5]


def test_dead_ends_and_loose_lines_are_found():
    square = [line((0, 0), (4, 0), (4, 4), (0, 4), (0, 0)), line((2, 4), (2, 1)), line((6, 0), (7, 0))]
    found = shapely.union_all(find_dangles(np.array(square, dtype=object)))
    assert found.equals(shapely.union_all([square[1], square[2]]))


@settings(max_examples=EXAMPLES, deadline=None)
@given(lines)
def test_faces_of_any_lines_are_a_valid_coverage(paths):
    faces = build_faces(np.array([line(*path) for path in paths], dtype=object))
    assert shapely.coverage_is_valid(faces)
    assert shapely.area(faces).sum() == pytest.approx(shapely.area(shapely.union_all(faces)))


def test_a_border_between_two_squares_is_listed_once_and_the_outline_without_a_neighbour():
    borders = build_borders(drawn(["AAB", "AAB"]))
    shared = borders.is_shared
    assert borders.length_m[shared].sum() == 20.0
    assert borders.length_m[~shared].sum() == 100.0
    assert {
        tuple(sorted(pair)) for pair in zip(borders.left[shared], borders.right[shared], strict=True)
    } == {(0, 1)}


def test_no_polygons_have_no_borders():
    assert len(build_borders(np.empty(0, dtype=object)).left) == 0


@settings(max_examples=EXAMPLES, deadline=None)
@given(lines)
def test_the_borders_of_each_face_add_up_to_its_perimeter(paths):
    faces = build_faces(np.array([line(*path) for path in paths], dtype=object))
    borders = build_borders(faces)
    total = np.bincount(borders.left, borders.length_m, len(faces))
    shared = borders.is_shared
    total = total + np.bincount(borders.right[shared], borders.length_m[shared], len(faces))
    assert total == pytest.approx(shapely.length(faces))


def test_borders_between_groups_leave_out_what_lies_inside_a_group():
    borders = build_borders(drawn(["ABC"])).relabelled(np.array([0, 0, 1]))
    shared = borders.is_shared
    assert borders.length_m[shared].tolist() == [10.0]
    assert borders.length_m[~shared].sum() == 80.0


def test_things_that_touch_in_a_chain_are_one_component():
    assert connected(5, np.array([0, 3]), np.array([1, 4])).tolist() == [0, 0, 1, 2, 2]


def test_a_ring_dissolves_to_a_polygon_with_a_hole_and_a_label_of_nothing_to_an_empty_one():
    merged = dissolve(drawn(["ABC", "D.E", "FGH"]), np.array([0, 0, 0, 0, 0, 0, 2, 2]), 3)
    assert shapely.get_num_interior_rings(merged[0]) == 0
    assert merged[1].is_empty
    assert merged[2].geom_type == "Polygon"
    whole = dissolve(drawn(["ABC", "D.E", "FGH"]), np.zeros(8, dtype=np.int64), 1)
    assert shapely.get_num_interior_rings(whole[0]) == 1


def test_pieces_that_do_not_touch_dissolve_to_a_multipolygon():
    merged = dissolve(drawn(["A.B"]), np.zeros(2, dtype=np.int64), 1)
    assert merged[0].geom_type == "MultiPolygon"


@settings(max_examples=EXAMPLES, deadline=None)
@given(
    st.lists(st.integers(1, 99), max_size=4, unique=True),
    st.lists(st.integers(1, 99), max_size=4, unique=True),
    st.integers(-30, 30),
)
def test_neighbours_noded_apart_share_every_vertex_once_matched(left, right, slant):
    (x0, y0), (x1, y1) = at(10, 0), at(10, 10)
    x1 += slant

    def along(shares):
        return [
            (round(x0 + (x1 - x0) * s / 100, 3), round(y0 + (y1 - y0) * s / 100, 3)) for s in sorted(shares)
        ]

    west = shapely.Polygon([at(0, 0), (x0, y0), *along(left), (x1, y1), at(0, 10)])
    east = shapely.Polygon([(x0, y0), at(20, 0), at(20, 10), (x1, y1), *reversed(along(right))])
    both = np.array([west, east], dtype=object)
    matched = match_vertices(both, rims(both), np.array([0, 1]))
    assert shapely.coverage_is_valid(matched)
    assert shapely.is_valid(matched).all()
    assert shapely.area(shapely.symmetric_difference(matched, both)).max() < 0.1


def rims(polygons):
    """Return the outer border of each polygon on its own, as of communities that were noded apart."""
    parts = [build_borders(polygons[i : i + 1]) for i in range(len(polygons))]
    left = np.concatenate([np.full(len(part.left), i) for i, part in enumerate(parts)])
    return type(parts[0])(
        left,
        np.concatenate([part.right for part in parts]),
        np.concatenate([part.start for part in parts]),
        np.concatenate([part.end for part in parts]),
    )


def test_matching_leaves_polygons_alone_that_share_their_vertices_already():
    both = drawn(["AAB", "AAB"])
    matched = match_vertices(both, rims(both), np.array([0, 1]))
    assert all(a.equals_exact(b) for a, b in zip(matched, both, strict=True))
