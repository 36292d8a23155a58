"""Ways to lay rectangular footprints: in rows, along a frontage, along a lane."""

from itertools import pairwise

import numpy as np
import shapely
from numpy.typing import NDArray

__all__ = ["along_frontage", "along_lane", "box_polygons", "in_rows", "long_axis"]

Floats = NDArray[np.float64]
CLEAR_M = 0.02  # over the rounding to 1 mm, so that a box at the end of a row stays inside
NO_BOXES: Floats = np.empty((0, 5))


def box_polygons(boxes: Floats) -> NDArray[np.object_]:
    """Return rectangles from rows of x, y, width, depth, angle, rounded to 1 mm."""
    signs = np.array([[-0.5, -0.5], [0.5, -0.5], [0.5, 0.5], [-0.5, 0.5]])
    local = signs[None] * boxes[:, None, 2:4]
    cos, sin = np.cos(boxes[:, 4])[:, None], np.sin(boxes[:, 4])[:, None]
    x = boxes[:, 0:1] + cos * local[..., 0] - sin * local[..., 1]
    y = boxes[:, 1:2] + sin * local[..., 0] + cos * local[..., 1]
    return np.asarray(shapely.polygons(np.round(np.stack([x, y], axis=-1), 3)))


def long_axis(polygon: shapely.Polygon) -> float:
    """Return the angle of the side of the bounding rectangle that runs most nearly east to west."""
    corners = shapely.get_coordinates(shapely.oriented_envelope(polygon))
    if len(corners) < 4:
        return 0.0
    dx, dy = corners[1] - corners[0]
    angle = float(np.arctan2(dy, dx))
    return (angle + np.pi / 4) % (np.pi / 2) - np.pi / 4


def in_rows(
    polygon: shapely.Polygon,
    angle: float,
    pitch: Floats,
    depth: float,
    lengths: tuple[float, float, float],
    rng: np.random.Generator,
) -> Floats:
    """Return boxes in parallel rows inside a polygon.

    ``pitch`` holds the distances from row to row, used in turn; ``lengths`` the least and the greatest
    length of a box and the gap beside it. A row keeps the boxes that fit between the polygon's sides.
    """
    if polygon.is_empty:
        return NO_BOXES
    centre = shapely.get_coordinates(polygon.centroid)[0]
    local = shapely.transform(polygon, lambda xy: _turned(xy - centre, -angle))
    left, low, right, high = local.bounds
    ys = low + depth / 2 + np.cumsum(np.resize(pitch, int((high - low) / pitch.min()) + 2)) - pitch[0]
    ys = ys[ys <= high - depth / 2] + 0.5 * max(
        high - depth / 2 - ys[ys <= high - depth / 2].max(initial=low), 0
    )
    boxes = []
    for y in ys:
        spans = [
            shapely.get_parts(shapely.LineString([(left - 1, y + s), (right + 1, y + s)]).intersection(local))
            for s in (-depth / 2, depth / 2)
        ]
        if not len(spans[0]) or not len(spans[1]):
            continue
        widest = [max(parts, key=lambda part: part.length).bounds for parts in spans]
        start, stop = max(b[0] for b in widest) + CLEAR_M, min(b[2] for b in widest) - CLEAR_M
        boxes += _row(start, stop, y, depth, lengths, rng)
    if not boxes:
        return NO_BOXES
    laid = np.array(boxes)
    laid[:, :2] = _turned(laid[:, :2], angle) + centre
    laid[:, 4] = angle
    return np.asarray(laid[shapely.contains(polygon, box_polygons(laid))])


def _row(
    start: float,
    stop: float,
    y: float,
    depth: float,
    lengths: tuple[float, float, float],
    rng: np.random.Generator,
) -> list[list[float]]:
    """Return the boxes of one row, spread from one end to the other."""
    least, greatest, gap = lengths
    room = stop - start
    if room < least:
        return []
    n_boxes = max(int(np.ceil((room + gap) / (greatest + gap))), 1)
    widths = rng.uniform(0.82, 1.0, n_boxes) * min((room - (n_boxes - 1) * gap) / n_boxes, greatest)
    widths = np.maximum(widths, min(least, widths.max()))
    slack = (room - widths.sum()) / max(n_boxes - 1, 1) if n_boxes > 1 else 0.0
    start += 0.0 if n_boxes > 1 else (room - widths[0]) / 2
    lefts = start + np.concatenate([[0.0], np.cumsum(widths[:-1] + slack)])
    return [[x + w / 2, y, w, depth, 0.0] for x, w in zip(lefts, widths, strict=True)]


def along_frontage(
    polygon: shapely.Polygon, depth: float, widths: tuple[float, float], rng: np.random.Generator
) -> Floats:
    """Return boxes that stand wall to wall along the sides of a polygon, with a passage here and there."""
    ring = shapely.get_coordinates(shapely.orient_polygons(polygon.simplify(2.0)).exterior)
    boxes = []
    for a, b in pairwise(ring):
        length = float(np.hypot(*(b - a)))
        # both ends stay clear of the boxes round the corner
        position, stop = depth + 1.5, length - depth - 1.5
        if stop - position < widths[0]:
            continue
        along = (b - a) / length
        inward = np.array([-along[1], along[0]])
        angle = float(np.arctan2(along[1], along[0]))
        while position + widths[0] <= stop:
            width = min(rng.uniform(*widths), stop - position)
            x, y = a + along * (position + width / 2) + inward * (depth / 2)
            boxes.append([x, y, width, depth, angle])
            position += width + (rng.uniform(4, 7) if rng.random() < 0.16 else 0.0)
    if not boxes:
        return NO_BOXES
    laid = np.array(boxes)
    return np.asarray(laid[shapely.contains(polygon.buffer(2.2), box_polygons(laid))])


def along_lane(lane: shapely.LineString, pitch: tuple[float, float], rng: np.random.Generator) -> Floats:
    """Return farmhouses on both sides of a lane, facing it."""
    points = shapely.get_coordinates(lane)
    boxes = []
    for a, b in pairwise(points):
        length = float(np.hypot(*(b - a)))
        along = (b - a) / max(length, 0.01)
        across = np.array([-along[1], along[0]])
        angle = float(np.arctan2(along[1], along[0]))
        for side in (-1.0, 1.0):
            position = rng.uniform(5, 9)
            while position < length - 4:
                width, depth = rng.uniform(9.5, 13), rng.uniform(8.5, 11)
                if rng.random() > 0.14:
                    offset = side * (depth / 2 + rng.uniform(4.5, 9))
                    x, y = a + along * position + across * offset
                    boxes.append([x, y, width, depth, angle + rng.normal(0, 0.05)])
                position += max(rng.uniform(*pitch), width + 1)
    return np.array(boxes) if boxes else NO_BOXES


def _turned(points: Floats, angle: float) -> Floats:
    """Return points turned about the origin."""
    cos, sin = np.cos(angle), np.sin(angle)
    return np.column_stack([cos * points[:, 0] - sin * points[:, 1], sin * points[:, 0] + cos * points[:, 1]])
