"""Names of compounds and dedicated areas, and the table of addresses."""

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gridgeo.demo.names import NUMERALS, compound_names, place_roots
from gridgeo.demo.numbering import number_along

__all__ = ["build_addresses", "locate_codes", "name_walls"]

DEDICATED = {"campus": "学院", "market": "综合市场", "enterprise": "工业园"}
PHASES = 5  # of one compound at most


def name_walls(walls: pd.DataFrame, estates: NDArray[np.int64], rng: np.random.Generator) -> pd.DataFrame:
    """Return the walls with ``name``; compounds of one estate are often phases of one name.

    ``estates`` holds the estate of each block.
    """
    built = compound_names(len(walls), rng)
    roots = place_roots(len(walls) + 80, rng)[80:]
    names: list[str] = []
    stem, phase, last = "", 0, -1
    for k, (role, estate) in enumerate(zip(walls.role, estates[walls.block], strict=True)):
        if role != "compound":
            names.append(roots[k] + DEDICATED[role])
            last = -1
            continue
        if estate == last and phase < PHASES and rng.random() < (0.55 if phase == 1 else 0.8):
            if phase == 1:
                names[-1] = f"{stem}{NUMERALS[0]}期"
            names.append(f"{stem}{NUMERALS[phase]}期")
            phase += 1
        else:
            stem, phase = built[k], 1
            names.append(stem)
        last = estate
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
