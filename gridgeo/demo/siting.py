"""Which of the planned footprints may stand: on land, apart from one another, on their side of a wall."""

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

__all__ = ["without_empty_walls", "without_misfits"]

Geometries = NDArray[np.object_]

TOUCH_M2 = 0.05  # terraces share a wall; rounding may lay one over the other by this much
ON_LANE_SHARE = 0.2  # of the farmhouses over which a lane was drawn; the others were never built


def without_misfits(
    buildings: pd.DataFrame,
    walls: pd.DataFrame,
    blocks: pd.DataFrame,
    edges: pd.DataFrame,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Return the buildings that lie on land, on no building before them and across no wall."""
    shapes = buildings.geometry.to_numpy()
    wall = buildings.wall.to_numpy()
    fits = _is_dry(shapes, blocks) & _keeps_to_wall(shapes, wall, walls.geometry.to_numpy(dtype=object))
    ways = shapely.STRtree(shapes).query(edges.geometry.to_numpy(), predicate="intersects")[1]
    blocked = np.zeros(len(shapes), dtype=bool)
    blocked[ways] = True
    fits &= ~(blocked & (buildings.block.to_numpy() < 0) & (rng.random(len(shapes)) > ON_LANE_SHARE))
    kept = buildings[fits].reset_index(drop=True)
    return kept[~_lies_on_another(kept.geometry.to_numpy())].reset_index(drop=True)


def _is_dry(shapes: Geometries, blocks: pd.DataFrame) -> NDArray[np.bool_]:
    """Return which footprints are inside the district and off the banks."""
    dry = np.zeros(len(shapes), dtype=bool)
    faces = blocks.geometry.to_numpy()
    dry[shapely.STRtree(faces).query(shapely.centroid(shapes), predicate="intersects")[0]] = True
    banks = faces[(blocks.kind == "bank").to_numpy()]
    dry[shapely.STRtree(banks).query(shapes, predicate="intersects")[0]] = False
    return dry


def _keeps_to_wall(shapes: Geometries, wall: NDArray[np.int64], walls: Geometries) -> NDArray[np.bool_]:
    """Return which footprints are wholly inside their own wall and outside every other."""
    keeps = np.ones(len(shapes), dtype=bool)
    inside = wall >= 0
    keeps[inside] = shapely.contains(walls[wall[inside]], shapes[inside])
    building, other = shapely.STRtree(walls).query(shapes, predicate="intersects")
    foreign = wall[building] != other
    building, other = building[foreign], other[foreign]
    over = shapely.area(shapely.intersection(shapes[building], walls[other])) > TOUCH_M2
    keeps[building[over]] = False
    return keeps


def _lies_on_another(shapes: Geometries) -> NDArray[np.bool_]:
    """Return which footprints overlap one that comes before them and stays."""
    first, second = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    pair = first < second
    first, second = first[pair], second[pair]
    over = shapely.area(shapely.intersection(shapes[first], shapes[second])) > TOUCH_M2
    gone = np.zeros(len(shapes), dtype=bool)
    for a, b in sorted(zip(first[over].tolist(), second[over].tolist(), strict=True)):
        gone[b] |= not gone[a]
    return gone


def without_empty_walls(buildings: pd.DataFrame, walls: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return buildings and walls without compounds of one house and areas of none."""
    n_inside = np.bincount(buildings.wall[buildings.wall >= 0], minlength=len(walls))
    kept = n_inside >= np.where(walls.role == "compound", 2, 1)
    # the last place stands for "no wall"
    number = np.append(np.where(kept, np.cumsum(kept) - 1, -1), -1)
    return buildings.assign(wall=number[buildings.wall.to_numpy()]), walls[kept].reset_index(drop=True)
