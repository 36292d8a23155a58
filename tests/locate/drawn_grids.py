"""Grids drawn for the tests of the index: shapes that could trip it, places that hit its weak spots."""

import geopandas as gpd
import numpy as np
import shapely
import shapely.affinity

# size of a unit and where the origin lies: metres, zone-prefixed eastings, degrees, negative, tiny, huge
FRAMES = (
    (1.0, (0.0, 0.0)),
    (100.0, (500_000.0, 3_400_000.0)),
    (1.0, (4e7, 5e6)),
    (1e-5, (116.3, 39.9)),
    (1.0, (-5.0, -5.0)),
    (1e-7, (0.0, 0.0)),
    (1e6, (-3e6, -3e6)),
    (1e-6, (5e5, 3e6)),
)


def star(rng, x, y, radius, n):
    angle = np.sort(rng.uniform(0, 2 * np.pi, n))
    reach = radius * rng.uniform(0.3, 1, n)
    return shapely.make_valid(
        shapely.Polygon(np.column_stack([x + reach * np.cos(angle), y + reach * np.sin(angle)]))
    )


def cut_boxes(rng, box, depth):
    """Return boxes that tile a box, with corners in the middle of their neighbours' sides."""
    x0, y0, x1, y1 = box
    across = rng.random() < 0.5
    low, high = (x0, x1) if across else (y0, y1)
    if depth == 0 or high - low < 2 or rng.random() < 0.1:
        return [shapely.box(*box)]
    at = int(rng.integers(low + 1, high))
    first, second = ((x0, y0, at, y1), (at, y0, x1, y1)) if across else ((x0, y0, x1, at), (x0, at, x1, y1))
    return cut_boxes(rng, first, depth - 1) + cut_boxes(rng, second, depth - 1)


def draw_stars(rng, n):
    return [star(rng, *rng.uniform(0, 10, 2), rng.uniform(0.2, 6), rng.integers(3, 12)) for _ in range(n)]


def draw_lattice(rng, n):
    return [shapely.Polygon(rng.integers(0, 7, (3, 2))) for _ in range(n)]


def draw_junctions(rng, _):
    return cut_boxes(rng, (0, 0, 16, 16), 6)


def draw_slanted(rng, _):
    turn = rng.uniform(0, 6.3)
    matrix = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    return [shapely.transform(box, lambda c: c @ matrix) for box in cut_boxes(rng, (0, 0, 16, 16), 6)]


def draw_voronoi(rng, n):
    seeds = shapely.MultiPoint(rng.uniform(0, 10, (n + 2, 2)))
    return list(shapely.get_parts(shapely.voronoi_polygons(seeds)))


def draw_holes(rng, n):
    frames = [shapely.box(x - r, y - r, x + r, y + r) for x, y, r in rng.integers(2, 9, (n, 3))]
    inner = [shapely.affinity.scale(frame, 0.5, 0.5) for frame in frames]
    return [outer.difference(hole) for outer, hole in zip(frames, inner, strict=True)] + inner[::2]


def draw_multipart(rng, n):
    parts = [[star(rng, *rng.uniform(0, 10, 2), rng.uniform(0.2, 2), 6) for _ in range(4)] for _ in range(n)]
    return [shapely.union_all(some) for some in parts]


DRAW = {
    "stars": draw_stars,
    "lattice": draw_lattice,
    "junctions": draw_junctions,
    "slanted": draw_slanted,
    "voronoi": draw_voronoi,
    "holes": draw_holes,
    "multipart": draw_multipart,
}


def draw_grids(rng, kind, frame=FRAMES[0]):
    """Return valid grids of a kind, their codes shuffled; some rings run the other way round."""
    size, origin = frame
    shapes = [
        shapely.union_all([p for p in shapely.get_parts(shapely.make_valid(shape)) if p.area > 0])
        for shape in DRAW[kind](rng, int(rng.integers(1, 12)))
    ]
    shapes = [shapely.transform(shape, lambda c: c * size + origin) for shape in shapes]
    shapes = [shape.reverse() if rng.random() < 0.5 else shape for shape in shapes]
    shapes = [shape for shape in shapes if shape.is_valid and shape.area > 0 and "Polygon" in shape.geom_type]
    codes = [f"{code:03d}" for code in rng.permutation(len(shapes))]
    return gpd.GeoDataFrame({"grid_code": codes}, geometry=shapes, crs=4546)


def draw_places(rng, shapes, n=100):
    """Return places at random, on corners, beside corners, in line with corners, and on sides."""
    corners = shapely.get_coordinates(shapes)
    low, high = corners.min(axis=0), corners.max(axis=0)
    some = corners[rng.integers(0, len(corners), n)]
    sides = shapely.get_parts(shapely.boundary(shapes))
    side = sides[rng.integers(0, len(sides), n)]
    middle = rng.integers(0, len(corners) - 1, n)
    return np.vstack(
        [
            rng.uniform(low - 0.2 * (high - low), high + 0.2 * (high - low), (n, 2)),
            corners[: 3 * n],
            np.nextafter(some, some + rng.choice([-1, 1], (n, 2))),
            np.column_stack([some[:, 0], rng.uniform(low[1], high[1], n)]),
            np.column_stack([rng.uniform(low[0], high[0], n), some[:, 1]]),
            np.column_stack([some[:, 0], rng.permutation(some[:, 1])]),
            shapely.get_coordinates(
                shapely.line_interpolate_point(side, rng.uniform(0, 1, n), normalized=True)
            ),
            (corners[middle] + corners[middle + 1]) / 2,
        ]
    )


def covering_by_geos(shapes, places):
    """Return the position of the first shape that covers each place, -1 for none, by GEOS alone."""
    place, shape = shapely.STRtree(shapes).query(shapely.points(places), predicate="intersects")
    first = np.full(len(places), len(shapes))
    np.minimum.at(first, place, shape)
    return np.where(first == len(shapes), -1, first)
