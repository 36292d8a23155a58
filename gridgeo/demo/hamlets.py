"""Natural hamlets (自然屯): a few lanes off the country road, houses on both sides."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import shapely
from numpy.typing import NDArray

from gridgeo.demo.cells import Cell, Line
from gridgeo.demo.frame import RIVER_ROAD_M, Frame

__all__ = ["Hamlet", "build_hamlets"]

HOUSES_PER_HAMLET = 34
HOUSEHOLDS_PER_FARMHOUSE = 1.15
APART_M = 260.0


@dataclass(frozen=True)
class Hamlet:
    """A hamlet in the plan: its middle and its lanes."""

    centre: NDArray[np.float64]
    lanes: tuple[shapely.LineString, ...]


def build_hamlets(
    cells: list[Cell], lines: list[Line], frame: Frame, rng: np.random.Generator
) -> tuple[list[Hamlet], list[Line]]:
    """Return the hamlets of the rural cells and their lanes, each linked to the nearest road."""
    n_hamlets = round(frame.rural_households / HOUSEHOLDS_PER_FARMHOUSE / HOUSES_PER_HAMLET)
    roads = shapely.STRtree([shapely.LineString([line.start, line.end]) for line in lines])
    hamlets: list[Hamlet] = []
    added: list[Line] = []
    for centre in _centres(cells, frame, n_hamlets, rng):
        lanes = _lanes(centre, rng)
        point = shapely.Point(centre)
        road = roads.geometries[roads.nearest(point)]
        link = shapely.shortest_line(shapely.get_point(lanes[0], 0), road)
        number = len(hamlets)
        hamlets.append(Hamlet(centre, tuple(lanes)))
        for lane in [*lanes, link]:
            ends = shapely.get_coordinates(lane)
            if lane.length > 1:
                pairs = pairwise(ends)
                added += [Line(a, b, "lane", ("hamlet", number), "hamlet") for a, b in pairs]
    return hamlets, added


def _centres(
    cells: list[Cell], frame: Frame, n_hamlets: int, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Return the middles of the hamlets, scattered but never close to one another or to the town."""
    rural = [cell for cell in cells if cell.zone == "rural"]
    if not rural or not n_hamlets:
        return np.empty((0, 2))
    land = shapely.union_all(shapely.polygons([cell.corners for cell in rural]), grid_size=0.01)
    town = [cell.corners for cell in cells if cell.zone != "rural"]
    land = land.intersection(frame.outline.buffer(-110)).difference(
        shapely.union_all(shapely.polygons(town), grid_size=0.01).buffer(70)
    )
    left, low, right, high = land.bounds
    trial = rng.uniform((left, low), (right, high), (60 * n_hamlets + 400, 2))
    bank = frame.river_half_width_m + RIVER_ROAD_M + 70
    trial = trial[shapely.contains_xy(land, trial[:, 0], trial[:, 1]) & (np.abs(trial[:, 1]) > bank)]
    chosen: list[NDArray[np.float64]] = []
    for point in trial:
        if len(chosen) == n_hamlets:
            break
        if not chosen or np.hypot(*(np.array(chosen) - point).T).min() > APART_M:
            chosen.append(point)
    return np.array(chosen).reshape(-1, 2)


def _lanes(centre: NDArray[np.float64], rng: np.random.Generator) -> list[shapely.LineString]:
    """Return a bent main lane through the middle and one or two side lanes."""
    turn = rng.uniform(0, np.pi)
    half = rng.uniform(60, 105)
    knots = np.array([-1.0, -0.35, 0.3, 1.0]) * half
    along, across = np.array([np.cos(turn), np.sin(turn)]), np.array([-np.sin(turn), np.cos(turn)])
    main = centre + knots[:, None] * along + rng.normal(0, 9, (4, 1)) * across
    lanes = [shapely.LineString(main)]
    for knot, side in ((1, 1.0), (2, -1.0)):
        if rng.random() < 0.8:
            reach = rng.uniform(45, 85)
            tip = main[knot] + side * reach * across + rng.normal(0, 10) * along
            lanes.append(shapely.LineString([main[knot], tip]))
    return lanes
