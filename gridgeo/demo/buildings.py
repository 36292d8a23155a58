"""All footprints of the city with use, levels and households, and the walls of compounds."""

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gridgeo.demo.fillers import FILLERS, Group
from gridgeo.demo.frame import Frame
from gridgeo.demo.hamlets import Hamlet
from gridgeo.demo.layouts import along_lane, box_polygons

__all__ = ["build_buildings"]

TOUCH_M2 = 0.05  # terraces share a wall; rounding may lay one over the other by this much


def build_buildings(
    blocks: pd.DataFrame, hamlets: list[Hamlet], frame: Frame, households: int, rng: np.random.Generator
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the buildings and the walls (compounds and dedicated areas, told apart by ``role``)."""
    groups: list[Group] = []
    block_of: list[int] = []
    for number, (kind, ground) in enumerate(zip(blocks.kind, blocks.ground, strict=True)):
        if kind in FILLERS and not ground.is_empty:
            made = FILLERS[kind](ground, rng)
            groups += made
            block_of += [number] * len(made)
    for number, hamlet in enumerate(hamlets):
        groups.append(_farmhouses(hamlet, frame, rng))
        block_of.append(-1 - number)
    buildings, walls = _frames(groups, block_of)
    buildings = _apart(buildings, blocks)
    return _settled(buildings, households, rng), walls


def _farmhouses(hamlet: Hamlet, frame: Frame, rng: np.random.Generator) -> Group:
    """Return the houses of a hamlet along its lanes."""
    lanes = shapely.transform(np.array(hamlet.lanes), frame.to_ground)
    boxes = np.concatenate([along_lane(lane, (13.0, 19.0), rng) for lane in lanes])
    return Group(
        boxes=boxes,
        use="residential",
        levels=rng.choice([1, 2, 2, 3], len(boxes)),
        dwellings=rng.choice([1, 1, 1, 1, 2], len(boxes)),
        role="hamlet",
    )


def _frames(groups: list[Group], block_of: list[int]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the groups as one table of buildings and one of walls."""
    wall_number: dict[int, int] = {}
    walls: list[tuple[shapely.Polygon, str, int]] = []
    columns: dict[str, list[NDArray[np.generic]]] = {}
    for group, block in zip(groups, block_of, strict=True):
        number = -1
        if group.wall is not None:
            if id(group.wall) not in wall_number:
                wall_number[id(group.wall)] = len(walls)
                walls.append((group.wall, group.role, block))
            number = wall_number[id(group.wall)]
        size = len(group.boxes)
        for name, value in (
            ("boxes", group.boxes),
            ("levels", group.levels),
            ("dwellings", group.dwellings),
            ("use", np.full(size, group.use, dtype=object)),
            ("wall", np.full(size, number)),
            ("block", np.full(size, block)),
        ):
            columns.setdefault(name, []).append(value)
    joined = {name: np.concatenate(values) for name, values in columns.items()}
    boxes = joined.pop("boxes")
    buildings = pd.DataFrame(joined)
    buildings["geometry"] = box_polygons(np.asarray(boxes, dtype=float))
    return buildings, pd.DataFrame(walls, columns=["geometry", "role", "block"])


def _apart(buildings: pd.DataFrame, blocks: pd.DataFrame) -> pd.DataFrame:
    """Return the buildings that lie on land and on no building before them."""
    shapes = buildings.geometry.to_numpy()
    first, second = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    pair = first < second
    first, second = first[pair], second[pair]
    shared = shapely.area(shapely.intersection(shapes[first], shapes[second])) > TOUCH_M2
    gone = np.zeros(len(shapes), dtype=bool)
    for a, b in zip(first[shared], second[shared], strict=True):
        gone[b] |= not gone[a]
    wet = blocks.geometry[blocks.kind == "bank"].to_numpy()
    land = shapely.STRtree(wet).query(shapes, predicate="intersects")[0] if len(wet) else []
    gone[land] = True
    inside = shapely.contains(shapely.union_all(blocks.geometry.to_numpy()), shapely.centroid(shapes))
    return buildings[~gone & inside].reset_index(drop=True)


def _settled(buildings: pd.DataFrame, households: int, rng: np.random.Generator) -> pd.DataFrame:
    """Return the buildings with households and people; the whole number of households is exact."""
    dwellings = buildings.dwellings.to_numpy(dtype=float)
    lived_in = dwellings * rng.uniform(0.90, 1.0, len(buildings))
    count = _rounded(lived_in * (households / lived_in.sum()), households)
    people = np.round(count * rng.normal(2.75, 0.18, len(buildings)).clip(2.1, 3.4)).astype(np.int64)
    return buildings.assign(households=count, people=people)


def _rounded(shares: NDArray[np.float64], total: int) -> NDArray[np.int64]:
    """Return whole numbers of the given sum by largest remainder."""
    whole = np.floor(shares).astype(np.int64)
    order = np.argsort(-(shares - whole), kind="stable")
    whole[order[: total - int(whole.sum())]] += 1
    return whole
