"""Streets in the plan: arterials on an uneven lattice, everything smaller by splitting cells."""

from dataclasses import dataclass, field, replace

import numpy as np
import shapely
from numpy.typing import NDArray

from gridgeo.demo.frame import RIVER_ROAD_M, Frame

__all__ = ["Cell", "Line", "build_cells", "split_cell"]

Floats = NDArray[np.float64]

ARTERIAL_SPACING_M = 800.0
COUNTRY_ROAD_SHARE = 0.5  # of the lattice out of town; the rest bounds villages without a road
NEIGHBOURHOOD_M2 = 230_000.0  # cells under this get one character: old town, village, campus
CLASSES = ("ridge", "service", "lane", "local", "collector", "arterial")
SNAP_TO_CROSSING_M = 34.0  # a new street meets the one opposite rather than stagger by less
LEAF_M2 = {
    "old": (9_000, 22_000),
    "mid": (16_000, 34_000),
    "new": (26_000, 52_000),
    "village": (14_000, 30_000),
    "industry": (45_000, 90_000),
    "campus": (150_000, 260_000),
}


@dataclass
class Line:
    """A street in the plan: its ends, class, which street it is part of, and the crossings on it so far.

    ``off`` is the street that a lane between lots leaves.
    """

    start: Floats
    end: Floats
    street_class: str
    street: tuple[str, int]
    zone: str = ""
    quarter: int = -1
    town: bool = True
    off: tuple[str, int] | None = None
    crossings: list[Floats] = field(default_factory=list)


@dataclass
class Cell:
    """Four corners counter-clockwise from the lower left, the line under each side, and a character.

    ``kind`` is what stands on it and ``estate`` the cell that it was cut from, once that is known.
    """

    corners: Floats
    sides: tuple[int, int, int, int]
    zone: str
    kind: str = ""
    estate: int = -1

    def area_m2(self) -> float:
        """Return the area."""
        x, y = self.corners[:, 0], self.corners[:, 1]
        return float(abs(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))) / 2)

    def centre(self) -> Floats:
        """Return the mean of the corners."""
        return np.asarray(self.corners.mean(axis=0))


def build_cells(
    frame: Frame, shore: shapely.Polygon, rng: np.random.Generator
) -> tuple[list[Cell], list[Line]]:
    """Return the cells of the plan that may hold buildings and all street lines."""
    roots, lines = _lattice(frame, rng)
    neighbourhoods: list[Cell] = []
    for root in roots:
        reach = np.hypot(*(root.centre() - np.array(frame.centre)))
        near = reach < 1.5 * frame.urban_radius_m + ARTERIAL_SPACING_M
        neighbourhoods += split_cell(root, NEIGHBOURHOOD_M2, lines, rng) if near else [root]
    _choose_urban(neighbourhoods, frame, shore, rng)
    _characters(neighbourhoods, frame, shore, rng)
    leaves: list[Cell] = []
    for quarter, cell in enumerate(neighbourhoods):
        if cell.zone == "rural":
            leaves.append(cell)
            continue
        known = len(lines)
        leaves += split_cell(cell, rng.uniform(*LEAF_M2[cell.zone]), lines, rng)
        for line in lines[known:]:
            line.quarter = quarter
    _to_country(leaves, lines, frame, rng)
    return leaves, lines


def _to_country(cells: list[Cell], lines: list[Line], frame: Frame, rng: np.random.Generator) -> None:
    """Turn lines with no built-up cell beside them into country roads, ridges or nothing."""
    town = {side for cell in cells if cell.zone != "rural" for side in cell.sides}
    bank = frame.river_half_width_m + RIVER_ROAD_M
    for number, line in enumerate(lines):
        line.town = number in town
        heights = (line.start[1], line.end[1])
        if line.town or max(np.abs(heights)) < bank + 1:
            continue
        lattice = line.street[0] != "split"
        line.street_class = "collector" if rng.random() < COUNTRY_ROAD_SHARE else "ridge"
        if not lattice:
            line.street_class = "ridge"


def _lattice(frame: Frame, rng: np.random.Generator) -> tuple[list[Cell], list[Line]]:
    """Return the superblocks between arterials; the row of the river holds no cell."""
    nodes, below = _nodes(frame, rng)
    n_u, n_v = nodes.shape[:2]
    lines: list[Line] = []
    along, across = {}, {}
    for j in range(n_v):
        for i in range(n_u - 1):
            along[i, j] = len(lines)
            lines.append(Line(nodes[i, j], nodes[i + 1, j], "arterial", ("along", j)))
    for i in range(n_u):
        for j in range(n_v - 1):
            if j == below and i % 2:
                continue  # a bridge at every second arterial
            across[i, j] = len(lines)
            lines.append(Line(nodes[i, j], nodes[i, j + 1], "arterial", ("across", i)))
    cells = []
    for i in range(n_u - 1):
        for j in range(n_v - 1):
            if j != below:
                corners = np.array([nodes[i, j], nodes[i + 1, j], nodes[i + 1, j + 1], nodes[i, j + 1]])
                sides = (along[i, j], across[i + 1, j], along[i, j + 1], across[i, j])
                cells.append(Cell(corners, sides, "rural"))
    return cells, lines


def _nodes(frame: Frame, rng: np.random.Generator) -> tuple[Floats, int]:
    """Return the crossings of the arterials and the row that has the river above it."""
    left, low, right, high = frame.outline.buffer(300).bounds
    bank = frame.river_half_width_m + RIVER_ROAD_M
    us = _positions(left, right, rng)
    lower, upper = -_positions(bank, -low, rng)[::-1], _positions(bank, high, rng)
    vs = np.concatenate([lower, upper])
    nodes = np.stack(np.meshgrid(us, vs, indexing="ij"), axis=-1)
    nodes += rng.normal(0, 45, nodes.shape)
    below = len(lower) - 1
    nodes[:, below : below + 2, 1] = (-bank, bank)
    nodes[:, below + 1, 0] = nodes[:, below, 0] + rng.normal(0, 8, len(us))
    return nodes, below


def _positions(start: float, stop: float, rng: np.random.Generator) -> Floats:
    """Return uneven positions of arterials from ``start`` to past ``stop``."""
    n_steps = max(int((stop - start) / ARTERIAL_SPACING_M), 0) + 2
    steps = rng.uniform(0.78, 1.22, n_steps) * ARTERIAL_SPACING_M
    return np.concatenate([[start], start + np.cumsum(steps)])


def _choose_urban(cells: list[Cell], frame: Frame, shore: shapely.Polygon, rng: np.random.Generator) -> None:
    """Mark the cells nearest the centre as built up until the urban area is reached."""
    shapes = shapely.polygons([cell.corners for cell in cells])
    land = frame.outline.buffer(-20).difference(shore)
    inside = shapely.area(shapely.intersection(shapes, land))
    centres = np.array([cell.centre() for cell in cells]) - np.array(frame.centre)
    distance = np.hypot(centres[:, 0], 1.12 * centres[:, 1]) * rng.uniform(0.86, 1.14, len(cells))
    distance[inside < 0.35 * shapely.area(shapes)] *= 1.6
    order = np.argsort(distance)
    reached = np.cumsum(inside[order]) - inside[order] / 2
    for position in order[(reached < frame.urban_area_m2) | (frame.n_rural == 0)]:
        cells[position].zone = "mid"


def _characters(cells: list[Cell], frame: Frame, shore: shapely.Polygon, rng: np.random.Generator) -> None:
    """Give every built-up neighbourhood a character: by distance, then some of the special ones."""
    core = frame.outline.buffer(-120).difference(shore.buffer(150))
    urban = [cell for cell in cells if cell.zone != "rural"]
    for cell in urban:
        reach = np.hypot(*(cell.centre() - np.array(frame.centre))) / frame.urban_radius_m
        reach *= rng.uniform(0.85, 1.15)
        cell.zone = "old" if reach < 0.40 else "mid" if reach < 0.78 else "new"
    inner = [cell for cell in urban if core.contains(shapely.Point(cell.centre())) and cell.zone != "old"]
    order = rng.permutation(len(inner))
    wanted = (
        ["campus"] * max(1, round(len(inner) / 45))
        + ["village"] * max(1, round(len(inner) / 22))
        + ["industry"] * max(1, round(len(inner) / 16))
    )
    for position, zone in zip(order[: len(inner) // 2], wanted, strict=False):
        inner[position].zone = zone


def split_cell(cell: Cell, target_m2: float, lines: list[Line], rng: np.random.Generator) -> list[Cell]:
    """Return the parts of a cell after splitting down to about the target area; streets go to ``lines``."""
    done, queue = [], [cell]
    while queue:
        part = queue.pop(0)
        sides = np.linalg.norm(np.roll(part.corners, -1, axis=0) - part.corners, axis=1)
        if part.area_m2() < target_m2 * rng.uniform(1.0, 1.5) or sides.min() < 25:
            done.append(part)
            continue
        queue += _halves(part, sides[0] + sides[2] > sides[1] + sides[3], lines, rng)
    return done


def _halves(cell: Cell, upright: bool, lines: list[Line], rng: np.random.Generator) -> list[Cell]:
    """Return the two parts of a cell on both sides of a new street."""
    c, (bottom, right, top, left) = cell.corners, cell.sides
    share = rng.uniform(0.38, 0.62)
    ends = ((c[0], c[1], bottom), (c[3], c[2], top)) if upright else ((c[0], c[3], left), (c[1], c[2], right))
    skew = rng.normal(0, 0.028, 2)
    p, q = (_crossing(a, b, lines[k], share + s) for (a, b, k), s in zip(ends, skew, strict=True))
    new = len(lines)
    off = _left_street(lines[ends[0][2]], lines[ends[1][2]]) if cell.kind else None
    lines.append(Line(p, q, _street_class(cell), ("split", new), cell.zone, off=off))
    if upright:
        return [
            replace(cell, corners=np.array([c[0], p, q, c[3]]), sides=(bottom, new, top, left)),
            replace(cell, corners=np.array([p, c[1], c[2], q]), sides=(bottom, right, top, new)),
        ]
    return [
        replace(cell, corners=np.array([c[0], c[1], q, p]), sides=(bottom, right, new, left)),
        replace(cell, corners=np.array([p, q, c[2], c[3]]), sides=(new, right, top, left)),
    ]


def _left_street(first: Line, second: Line) -> tuple[str, int]:
    """Return the street that a lane between two lines leaves: the greater one, or where its lane began."""
    line = max(first, second, key=lambda side: CLASSES.index(side.street_class))
    return line.off or line.street


def _crossing(a: Floats, b: Floats, line: Line, share: float) -> Floats:
    """Return where a new street meets the side a-b: at a crossing already there when one is near."""
    point = a + share * (b - a)
    for other in line.crossings:
        near = np.linalg.norm(other - point) < SNAP_TO_CROSSING_M
        if near and min(np.linalg.norm(other - a), np.linalg.norm(other - b)) > SNAP_TO_CROSSING_M:
            return other
    line.crossings.append(point)
    return np.asarray(point)


def _street_class(cell: Cell) -> str:
    """Return the class of the street that splits a cell."""
    area = cell.area_m2()
    if cell.kind:
        return "lane"
    if area > NEIGHBOURHOOD_M2:
        return "collector"
    if cell.zone == "village":
        return "lane"
    return "local" if area > 42_000 or cell.zone == "industry" else "lane"
