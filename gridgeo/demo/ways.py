"""Ways beside the street plan: drives inside compounds, alleys through old blocks, lines drawn twice."""

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gridgeo.demo.layouts import long_axis

__all__ = ["with_ways"]

ROWS_PER_DRIVE = 3  # between rows of houses in a large compound
REACH_M = 34.0  # from the wall to the middle of the street at most
ALLEY_SHARE = 0.10  # of the old blocks
ARCHWAYS = 3  # houses that an alley may pass under
TWICE_SHARE = 0.006  # of the lines, as in real street files


def with_ways(
    edges: pd.DataFrame,
    blocks: pd.DataFrame,
    buildings: pd.DataFrame,
    walls: pd.DataFrame,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Return the edges with drives (``service``), alleys (``lane``) and some lines a second time."""
    tree = shapely.STRtree(buildings.geometry.to_numpy())
    drives = _drives(buildings, walls, blocks, tree)
    alleys = _alleys(blocks, tree, rng)
    added = pd.DataFrame(
        {
            "geometry": np.array([*drives, *alleys], dtype=object),
            "kind": ["service"] * len(drives) + ["lane"] * len(alleys),
            "street": [("way", 0)] * (len(drives) + len(alleys)),
            "town": True,
            "name": pd.array([pd.NA] * (len(drives) + len(alleys)), dtype="string"),
        }
    )
    roads = np.flatnonzero(edges.kind.isin(["local", "lane", "collector"]))
    again = edges.iloc[roads[rng.random(len(roads)) < TWICE_SHARE]].copy()
    turned = shapely.reverse(again.geometry.to_numpy())
    again["geometry"] = np.where(np.arange(len(again)) % 2 == 1, turned, again.geometry.to_numpy())
    return pd.concat([edges, added, again], ignore_index=True)


def _drives(
    buildings: pd.DataFrame, walls: pd.DataFrame, blocks: pd.DataFrame, tree: shapely.STRtree
) -> list[shapely.LineString]:
    """Return drives between the rows of compounds, each from a street through a gate to the far wall."""
    houses = buildings[(buildings.wall >= 0) & (buildings.use == "residential")]
    centres = shapely.get_coordinates(shapely.centroid(houses.geometry.to_numpy()))
    rows_of = pd.Series(np.arange(len(houses))).groupby(houses.wall.to_numpy()).apply(np.array)
    faces = blocks.geometry.to_numpy()
    drives: list[shapely.LineString] = []
    for number, places in rows_of.items():
        wall, face = walls.geometry.iloc[number], faces[walls.block.iloc[number]]
        if walls.role.iloc[number] == "compound" and len(places) >= 4:
            drives += _drives_of(wall, face, centres[places], tree)
    return drives


def _drives_of(
    wall: shapely.Polygon, face: shapely.Polygon, centres: NDArray[np.float64], tree: shapely.STRtree
) -> list[shapely.LineString]:
    """Return the drives of one compound: the first way in from either side that meets no house."""
    angle = long_axis(wall)
    along, across = np.array([np.cos(angle), np.sin(angle)]), np.array([-np.sin(angle), np.cos(angle)])
    heights = np.sort(centres @ across)
    steps = np.flatnonzero(np.diff(heights) > 8)
    drives = []
    for step in steps[len(steps) % ROWS_PER_DRIVE // 2 :: ROWS_PER_DRIVE]:
        foot = across * (heights[step] + heights[step + 1]) / 2
        reach = (shapely.get_coordinates(wall) @ along).min(), (shapely.get_coordinates(wall) @ along).max()
        for start, stop in (
            (reach[0] - REACH_M, reach[1] - 6),
            (reach[1] + REACH_M, reach[0] + 6),
        ):
            line = shapely.LineString([foot + along * start, foot + along * stop])
            inside = max(shapely.get_parts(line.intersection(face)), key=lambda part: part.length)
            if inside.length > 30 and not len(tree.query(inside, predicate="intersects")):
                drives.append(inside)
                break
    return drives


def _alleys(
    blocks: pd.DataFrame, tree: shapely.STRtree, rng: np.random.Generator
) -> list[shapely.LineString]:
    """Return alleys from corner to corner of old blocks; now and then a house stands over one."""
    alleys = []
    for polygon in blocks.geometry[(blocks.kind == "terrace").to_numpy()]:
        chance, first, shift = rng.random(), rng.random(), rng.uniform(0.35, 0.65)
        ring = shapely.get_coordinates(polygon.exterior)[:-1]
        start = int(first * len(ring))
        end = int(start + shift * len(ring)) % len(ring)
        line = shapely.LineString([ring[start], ring[end]])
        straight = line.length > 40 and polygon.covers(line)
        if chance < ALLEY_SHARE and straight and len(tree.query(line, predicate="intersects")) <= ARCHWAYS:
            alleys.append(line)
    return alleys
