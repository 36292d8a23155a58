"""Names of compounds and dedicated areas, and the table of addresses."""

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gridgeo.demo.names import compound_names, place_roots
from gridgeo.demo.numbering import number_along

__all__ = ["build_addresses", "locate_codes", "name_walls"]

DEDICATED = {"campus": "学院", "market": "综合市场", "enterprise": "工业园"}


def name_walls(walls: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Return the walls with ``name``; compounds of one block are often two phases of one name."""
    built = compound_names(len(walls), rng)
    roots = place_roots(len(walls) + 80, rng)[80:]
    names: list[str] = []
    phase = 0
    for k, (role, block) in enumerate(zip(walls.role, walls.block, strict=True)):
        if role != "compound":
            names.append(roots[k] + DEDICATED[role])
            continue
        follows = k > 0 and walls.block.iloc[k - 1] == block and walls.role.iloc[k - 1] == "compound"
        if follows and (phase or rng.random() < 0.55):
            phase = max(phase, 1) + 1
            stem = names[-1].removesuffix("一期").removesuffix("二期").removesuffix("三期")
            if phase == 2:
                names[-1] = stem + "一期"
            names.append(stem + ("二期", "三期", "四期", "五期")[min(phase, 5) - 2])
            continue
        phase = 0
        names.append(built[k])
    return walls.assign(name=pd.array(names, dtype="string"))


def locate_codes(points: NDArray[np.object_], communities: pd.DataFrame) -> pd.Series:
    """Return the code of the community of each point, the smaller one on a border."""
    tree = shapely.STRtree(communities.geometry.to_numpy())
    point, community = tree.query(points, predicate="intersects")
    codes = pd.Series(pd.NA, index=range(len(points)), dtype="string")
    first = pd.Series(communities.area_code.to_numpy()[community]).groupby(point).min()
    codes.iloc[first.index] = first.astype("string")
    return codes


def build_addresses(
    buildings: pd.DataFrame, walls: pd.DataFrame, edges: pd.DataFrame, communities: pd.DataFrame
) -> gpd.GeoDataFrame:
    """Return one entry for every building with an address and one for the gate of every compound."""
    own = buildings[buildings.address.notna()]
    level = np.where(own.building_no.notna(), "building", "number")
    table = own[["street", "house_number", "compound", "building_no", "address"]].assign(
        level=pd.array(level, dtype="string"),
        geometry=shapely.point_on_surface(own.geometry.to_numpy()),
    )
    table = pd.concat([table, _gates(walls, edges)], ignore_index=True)
    points = shapely.transform(table.geometry.to_numpy(), lambda xy: np.round(xy, 3))
    table["area_code"] = locate_codes(points, communities).to_numpy()
    table["area_code"] = table.area_code.astype("string")
    table.insert(0, "address_id", pd.array([f"A{k:06d}" for k in range(1, len(table) + 1)], dtype="string"))
    return table.assign(geometry=points)


def _gates(walls: pd.DataFrame, edges: pd.DataFrame) -> pd.DataFrame:
    """Return the house number of every compound and dedicated area on its nearest street."""
    named = edges[edges.name.notna()].reset_index(drop=True)
    shapes = walls.geometry.to_numpy()
    wall, edge = shapely.STRtree(named.geometry.to_numpy()).query_nearest(shapes)
    nearest = pd.Series(edge).groupby(wall).min().to_numpy()
    street = named.name.to_numpy(dtype=object)[nearest]
    lines = shapely.shortest_line(shapes, named.geometry.to_numpy()[nearest])
    gates = shapely.get_point(lines, 0)
    numbers = number_along(gates, nearest, named)
    return pd.DataFrame(
        {
            "street": pd.array(street, dtype="string"),
            "house_number": pd.array([str(n) for n in numbers], dtype="string"),
            "compound": walls.name.to_numpy(),
            "building_no": pd.array([pd.NA] * len(walls), dtype="Int64"),
            "address": pd.array([f"{s}{n}号" for s, n in zip(street, numbers, strict=True)], dtype="string"),
            "level": pd.array(["number"] * len(walls), dtype="string"),
            "geometry": gates,
        }
    )
