"""A lake and a railway in the plan; the river is part of the frame."""

import numpy as np
import shapely

from gridgeo.demo.frame import Frame

__all__ = ["Lake", "lake_shore", "railway_line"]

Lake = tuple[shapely.Polygon, shapely.Polygon]

SHORE_ROAD_M = 24.0


def lake_shore(frame: Frame, rng: np.random.Generator) -> Lake:
    """Return the ring of the shore road and the lake inside it."""
    size = 0.115 * frame.radius_m
    place = np.array(
        [frame.centre[0] + 0.62 * frame.urban_radius_m, frame.centre[1] + 0.40 * frame.urban_radius_m]
    )
    theta = np.linspace(0, 2 * np.pi, 64, endpoint=False)
    reach = np.ones_like(theta)
    for order, height in ((2, 0.20), (3, 0.16), (5, 0.06)):
        reach += height * np.sin(order * theta + rng.uniform(0, 2 * np.pi))
    ring = np.column_stack([1.35 * np.cos(theta), 0.8 * np.sin(theta)]) * (size * reach)[:, None] + place
    lake = shapely.Polygon(ring).buffer(0)
    shore = shapely.Polygon(lake.buffer(SHORE_ROAD_M).exterior).simplify(1.0)
    return shore, lake


def railway_line(frame: Frame, rng: np.random.Generator) -> shapely.LineString:
    """Return the railway: along the foot of the hills on one bank, curving away at the end."""
    left, _, right, _ = frame.outline.bounds
    u = np.arange(left - 100, right + 101, 30.0)
    base = frame.centre[1] + 0.72 * frame.urban_radius_m
    t = (u - left) / (right - left)
    v = base + 0.16 * frame.radius_m * np.sin(2.2 * t + rng.uniform(-0.3, 0.3)) + 0.10 * frame.radius_m * t**3
    return shapely.LineString(np.column_stack([u, v]))
