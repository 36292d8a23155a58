"""All footprints of the city with use, levels and households, and the walls of compounds."""

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gridgeo.demo.fillers import FILLERS, Group
from gridgeo.demo.frame import Frame
from gridgeo.demo.hamlets import Hamlet
from gridgeo.demo.layouts import along_lane, box_polygons
from gridgeo.demo.siting import without_empty_walls, without_misfits

__all__ = ["build_buildings"]

TOWER_LEVELS = 17
GIANTS_PER_COMMUNITY = 0.27  # of more households than a grid may have


def build_buildings(
    blocks: pd.DataFrame, hamlets: list[Hamlet], edges: pd.DataFrame, frame: Frame, rng: np.random.Generator
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
    buildings = without_misfits(buildings, walls, blocks, edges, rng)
    buildings, walls = without_empty_walls(buildings, walls)
    buildings = _with_giants(buildings, frame.n_urban + frame.n_rural, rng)
    return _settled(buildings, frame.households, rng), _to_the_middle_of_the_street(walls, blocks)


def _to_the_middle_of_the_street(walls: pd.DataFrame, blocks: pd.DataFrame) -> pd.DataFrame:
    """Return the walls with dedicated areas drawn as offices draw them: the whole block."""
    whole = blocks.geometry.to_numpy()[walls.block.to_numpy(dtype=np.int64)]
    return walls.assign(geometry=np.where(walls.role == "compound", walls.geometry, whole))


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


def _with_giants(buildings: pd.DataFrame, n_communities: int, rng: np.random.Generator) -> pd.DataFrame:
    """Return the buildings with some towers made apartment houses of small flats along a corridor."""
    height = np.where(buildings.use == "residential", buildings.levels, 0)
    towers = np.flatnonzero(height >= min(TOWER_LEVELS, height.max()))
    n_giants = min(max(round(GIANTS_PER_COMMUNITY * n_communities), 1), len(towers))
    chosen = np.sort(rng.choice(towers, n_giants, replace=False))
    levels, dwellings = buildings.levels.to_numpy().copy(), buildings.dwellings.to_numpy().copy()
    levels[chosen] = rng.integers(31, 35, n_giants)
    dwellings[chosen] = levels[chosen] * rng.integers(11, 14, n_giants)
    return buildings.assign(levels=levels, dwellings=dwellings)


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
