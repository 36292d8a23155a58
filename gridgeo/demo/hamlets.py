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
APART_M = 215.0


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
    centres = _centres(cells, frame, n_hamlets, rng)
    roads = np.array(
        [
            shapely.LineString([line.start, line.end])
            for line in lines
            if line.street_class != "ridge" and line.off is None
        ]
    )
    # nearest the road first, so that a far hamlet hangs on the one before it
    order = np.argsort([shapely.distance(roads, shapely.Point(c)).min() for c in centres], kind="stable")
    hamlets: list[Hamlet] = []
    added: list[Line] = []
    for number, centre in enumerate(centres[order]):
        lanes = _lanes(centre, rng)
        link = _link(lanes[0], roads, rng)
        hamlets.append(Hamlet(centre, tuple(lanes)))
        roads = np.append(roads, [lanes[0], link])
        for lane in [*lanes, link]:
            ends = shapely.get_coordinates(lane)
            added += [Line(a, b, "lane", ("hamlet", number), "hamlet", town=False) for a, b in pairwise(ends)]
    return hamlets, added


def _link(
    lane: shapely.LineString, roads: NDArray[np.object_], rng: np.random.Generator
) -> shapely.LineString:
    """Return the winding way from a lane to the nearest road or lane before it."""
    ends = shapely.points(shapely.get_coordinates(lane)[[0, -1]])
    gaps = shapely.distance(ends[:, None], roads[None])
    end, road = np.unravel_index(int(gaps.argmin()), gaps.shape)
    straight = shapely.shortest_line(ends[end], roads[road])
    a, b = shapely.get_coordinates(straight)
    across = np.array([-(b - a)[1], (b - a)[0]]) * rng.uniform(-0.16, 0.16)
    return shapely.LineString([a, a + 0.35 * (b - a) + across, b - 0.25 * (b - a) + across, b])


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
    trial = trial[_is_valley(trial, rng)]
    chosen: list[NDArray[np.float64]] = []
    for point in trial:
        if len(chosen) == n_hamlets:
            break
        if not chosen or np.hypot(*(np.array(chosen) - point).T).min() > APART_M:
            chosen.append(point)
    return np.array(chosen).reshape(-1, 2)


def _is_valley(points: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.bool_]:
    """Return which points are low enough to live on: the hills between stay empty."""
    height = np.zeros(len(points))
    for length in (2600.0, 1500.0, 900.0):
        turn, shift = rng.uniform(0, np.pi), rng.uniform(0, 2 * np.pi)
        along = points[:, 0] * np.cos(turn) + points[:, 1] * np.sin(turn)
        height += np.sin(2 * np.pi * along / length + shift)
    return np.asarray(height < 0.35)


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
