"""What a block of each kind is filled with: footprints, use, levels and dwellings."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from gridgeo.demo.layouts import along_frontage, in_rows, long_axis

__all__ = ["FILLERS", "Group"]

Floats = NDArray[np.float64]
Counts = NDArray[np.floating] | NDArray[np.integer]
Rng = np.random.Generator

LARGE_COMPOUND_M2 = 27_000.0  # more than this becomes two compounds or two phases
ROOM_FOR_SHOPS_M2 = 9_000.0
FLAT_WIDTH_M = 8.6


@dataclass(frozen=True, kw_only=True)
class Group:
    """Footprints of one use; ``wall`` is the compound or dedicated area they share, ``role`` what it is."""

    boxes: Floats
    use: str
    levels: NDArray[np.int64]
    dwellings: NDArray[np.int64]
    wall: shapely.Polygon | None = None
    role: str = ""


def _group(boxes: Floats, use: str, levels: Counts, dwellings: Counts | int = 0) -> Group:
    """Return a group without a wall."""
    flats = np.broadcast_to(np.asarray(dwellings), len(boxes)).astype(np.int64)
    return Group(boxes=boxes, use=use, levels=levels.astype(np.int64), dwellings=flats)


def _walled(group: Group, wall: shapely.Polygon, role: str) -> Group:
    """Return the group with its wall."""
    return Group(
        boxes=group.boxes, use=group.use, levels=group.levels, dwellings=group.dwellings, wall=wall, role=role
    )


def _inset(polygon: shapely.Polygon, distance: float) -> shapely.Polygon:
    """Return the largest part of a polygon shrunk by a distance."""
    shrunk = polygon.buffer(-distance, join_style="mitre")
    return max(shapely.get_parts(shrunk), key=lambda part: part.area, default=shapely.Polygon())


def _halved(polygon: shapely.Polygon, gap: float, rng: Rng) -> list[shapely.Polygon]:
    """Return a polygon cut across its longer side until every part is of the size of one compound."""
    if polygon.area < LARGE_COMPOUND_M2 * rng.uniform(0.8, 1.9):
        return [polygon]
    corners = shapely.get_coordinates(shapely.oriented_envelope(polygon))
    first, second = corners[1] - corners[0], corners[3] - corners[0]
    along, across = (first, second) if np.hypot(*first) > np.hypot(*second) else (second, first)
    foot = corners[0] + rng.uniform(0.42, 0.58) * along
    wall = shapely.LineString([foot - across, foot + 2 * across]).buffer(gap / 2)
    parts = [part for part in shapely.get_parts(polygon.difference(wall)) if part.area > 1_500]
    return [piece for part in parts for piece in _halved(part, gap, rng)]


def _shops(ground: shapely.Polygon, rng: Rng) -> list[Group]:
    """Return one- and two-storey shops along the streets."""
    boxes = along_frontage(ground, rng.uniform(7.5, 10), (12.0, 38.0), rng)
    boxes = boxes[rng.random(len(boxes)) > 0.10]
    return [_group(boxes, "commercial", rng.integers(1, 3, len(boxes)))]


def _sheds(boxes: Floats, pitch: float, rng: Rng) -> Group:
    """Return low sheds, a gatehouse or the caretaker's office in some gaps between rows."""
    chosen = boxes[rng.random(len(boxes)) < 0.28].copy()
    shift = pitch / 2
    chosen[:, 0] -= np.sin(chosen[:, 4]) * shift
    chosen[:, 1] += np.cos(chosen[:, 4]) * shift
    chosen[:, 2] = np.minimum(rng.uniform(6, 22, len(chosen)), chosen[:, 2] * 0.8)
    chosen[:, 3] = rng.uniform(4.5, 6.0, len(chosen))
    return _group(chosen, "ancillary", np.ones(len(chosen)))


def _compounds(
    ground: shapely.Polygon, fill: Callable[[shapely.Polygon], list[Group]], rng: Rng
) -> list[Group]:
    """Return one or more compounds, with shops towards the street or without."""
    has_shops = rng.random() < 0.4 and ground.area > ROOM_FOR_SHOPS_M2
    groups = _shops(ground, rng) if has_shops else []
    for wall in _halved(_inset(ground, 12.5 if has_shops else 1.5), 1.0, rng):
        filled = fill(wall)
        if sum(len(group.boxes) for group in filled) > 1:
            filled = [_walled(group, wall, "compound") for group in filled]
        groups += filled
    return groups


def _slabs(ground: shapely.Polygon, rng: Rng) -> list[Group]:
    """Return compounds of walk-up slabs of five to seven floors."""

    def fill(wall: shapely.Polygon) -> list[Group]:
        pitch = rng.uniform(24.0, 28.0)
        reach = rng.choice([38.0, 52.0, 68.0])
        boxes = in_rows(_inset(wall, 3.5), long_axis(wall), np.array([pitch]), 11.6, (22.0, reach, 6.5), rng)
        boxes = boxes[rng.random(len(boxes)) > 0.04]
        levels = rng.choice([5, 6, 6, 6, 7]) * np.ones(len(boxes))
        flats = levels * 2 * np.maximum(np.round(boxes[:, 2] / (2 * FLAT_WIDTH_M)), 1)
        return [_group(boxes, "residential", levels, flats), _sheds(boxes, pitch, rng)]

    return _compounds(ground, fill, rng)


def _towers(ground: shapely.Polygon, rng: Rng) -> list[Group]:
    """Return compounds of point towers."""

    def fill(wall: shapely.Polygon) -> list[Group]:
        pitch = rng.uniform(52.0, 62.0)
        boxes = in_rows(_inset(wall, 7), long_axis(wall), np.array([pitch]), 16.0, (24.0, 33.0, 24.0), rng)
        most = rng.choice([17, 18, 18, 24, 26, 30, 33])
        levels = most - rng.integers(0, 2, len(boxes))
        wide, narrow = (4, (2, 3, 4)) if most < 20 else (3, (2, 3))
        per_floor = np.where(boxes[:, 2] > 29, wide, rng.choice(narrow, len(boxes)))
        return [_group(boxes, "residential", levels, levels * per_floor), _sheds(boxes, pitch, rng)]

    return _compounds(ground, fill, rng)


def _midrise(ground: shapely.Polygon, rng: Rng) -> list[Group]:
    """Return compounds of slabs with a lift."""

    def fill(wall: shapely.Polygon) -> list[Group]:
        pitch = rng.uniform(36.0, 42.0)
        boxes = in_rows(_inset(wall, 5), long_axis(wall), np.array([pitch]), 13.5, (28.0, 58.0, 11.0), rng)
        levels = rng.integers(9, 12, len(boxes))
        flats = levels * 2 * np.maximum(np.round(boxes[:, 2] / 20), 1)
        return [_group(boxes, "residential", levels, flats), _sheds(boxes, pitch, rng)]

    return _compounds(ground, fill, rng)


def _terrace(ground: shapely.Polygon, rng: Rng) -> list[Group]:
    """Return shop houses along the streets and small old houses in the yard."""
    front = along_frontage(ground, rng.uniform(10, 12.5), (8.0, 30.0), rng)
    levels = rng.choice([2, 3, 4, 5, 6, 7], len(front))
    flats = (levels - 1) * np.maximum(np.round(front[:, 2] / 7.5), 1)
    yard = _inset(ground, rng.uniform(16, 19))
    groups = [_group(front, "mixed", levels, flats)]
    if yard.area > 500:
        pitch = np.array([rng.uniform(14, 17)])
        boxes = in_rows(yard, long_axis(ground), pitch, 9.5, (10.0, rng.choice([18.0, 28.0]), 3.0), rng)
        boxes = boxes[rng.random(len(boxes)) > 0.08]
        levels = rng.integers(2, 5, len(boxes))
        flats = np.maximum(levels * np.round(boxes[:, 2] / 9.5), 1)
        groups.append(_group(boxes, "residential", levels, flats))
    return groups


def _village(ground: shapely.Polygon, rng: Rng) -> list[Group]:
    """Return an urban village: small houses back to back, hardly a gap between them."""
    pitch = np.array([rng.uniform(10.0, 10.6), rng.uniform(12.6, 14.5)])
    groups = []
    gap = rng.choice([0.0, 0.6, 1.2])
    boxes = in_rows(
        _inset(ground, 1.2), long_axis(ground), pitch, 9.9, (7.5, rng.uniform(9.5, 12.5), gap), rng
    )
    keep = rng.random(len(boxes)) > 0.07
    shop = rng.random(len(boxes)) < 0.06
    houses, shops = boxes[keep & ~shop], boxes[keep & shop]
    levels = rng.choice([2, 3, 3, 4, 4, 5], len(houses))
    flats = np.clip(rng.poisson(levels * 0.75), 1, 6)
    groups.append(_group(houses, "residential", levels, flats))
    groups.append(_group(shops, "commercial", rng.integers(1, 3, len(shops))))
    return groups


def _offices(ground: shapely.Polygon, rng: Rng) -> list[Group]:
    """Return office houses and a shopping centre."""
    depth = rng.uniform(22, 34)
    boxes = in_rows(
        _inset(ground, 4), long_axis(ground), np.array([depth + 20]), depth, (24.0, 62.0, 14.0), rng
    )
    levels = rng.choice([3, 5, 8, 12, 18, 24], len(boxes))
    return [_group(boxes, "commercial", levels)]


def _teaching(use: str, role: str, share: float) -> Callable[[shapely.Polygon, Rng], list[Group]]:
    """Return a filler of few larger houses on open ground."""

    def fill(ground: shapely.Polygon, rng: Rng) -> list[Group]:
        pitch = np.array([rng.uniform(30, 38)])
        boxes = in_rows(_inset(ground, 6), long_axis(ground), pitch, 13.0, (26.0, 58.0, 14.0), rng)
        boxes = boxes[: max(int(len(boxes) * share), 2)]
        groups = [_group(boxes, use, rng.integers(3, 6, len(boxes)))]
        return [_walled(group, ground, role) for group in groups] if role else groups

    return fill


def _campus(ground: shapely.Polygon, rng: Rng) -> list[Group]:
    """Return a campus: teaching halls, dormitories and a few staff flats."""
    pitch = np.array([34.0, 46.0, 60.0])
    boxes = in_rows(_inset(ground, 14), long_axis(ground), pitch, 15.0, (36.0, 76.0, 24.0), rng)
    boxes = boxes[rng.random(len(boxes)) > 0.30]
    staff = np.arange(len(boxes)) >= len(boxes) - 4
    parts = [
        _group(boxes[~staff], "school", rng.integers(4, 8, int((~staff).sum()))),
        _group(boxes[staff], "residential", 6 * np.ones(staff.sum()), 24),
    ]
    return [_walled(part, ground, "campus") for part in parts]


def _sheds_of(use: str, role: str, depth: float) -> Callable[[shapely.Polygon, Rng], list[Group]]:
    """Return a filler of halls: a market, a factory."""

    def fill(ground: shapely.Polygon, rng: Rng) -> list[Group]:
        room = _inset(ground, 4)
        boxes = in_rows(room, long_axis(ground), np.array([depth + 14]), depth, (30.0, 82.0, 12.0), rng)
        boxes = boxes[rng.random(len(boxes)) > 0.12]
        return [_walled(_group(boxes, use, rng.integers(1, 3, len(boxes))), ground, role)]

    return fill


FILLERS: dict[str, Callable[[shapely.Polygon, Rng], list[Group]]] = {
    "slabs": _slabs,
    "towers": _towers,
    "midrise": _midrise,
    "terrace": _terrace,
    "village": _village,
    "offices": _offices,
    "school": _teaching("school", "", 0.7),
    "clinic": _teaching("clinic", "", 0.7),
    "campus": _campus,
    "market": _sheds_of("market", "market", 24.0),
    "works": _sheds_of("industrial", "enterprise", 34.0),
}
