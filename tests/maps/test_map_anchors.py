"""Where a label or a flag stands on a shape."""

import numpy as np
import shapely

from gridgeo.maps.anchors import anchor_points


def shapes_of(*geometries):
    array = np.empty(len(geometries), dtype=object)
    array[:] = geometries
    return array


def test_an_anchor_lies_on_its_shape_whatever_its_kind():
    horseshoe = shapely.box(0, 0, 9, 9).difference(shapely.box(2, 2, 7, 9))
    street = shapely.MultiLineString([[(0, 0), (1, 0)], [(10, 0), (10, 8), (10, 10)]])
    shapes = shapes_of(horseshoe, street, shapely.Point(3, 4), shapely.MultiPoint([(5, 5), (6, 6)]))
    points = shapely.points(anchor_points(shapes))
    assert shapely.intersects(points, shapes).all()
    assert horseshoe.contains(points[0])
    assert points[1].equals(shapely.Point(10, 5))
    assert points[2].equals(shapely.Point(3, 4))


def test_a_shape_that_is_missing_or_empty_has_no_anchor():
    assert np.isnan(anchor_points(shapes_of(None, shapely.Point(), shapely.LineString()))).all()
    assert anchor_points(shapes_of()).shape == (0, 2)
