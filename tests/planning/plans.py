"""Plans over a drawn town, and a recount of a plan by geometry alone, for the tests of planning."""

from functools import cache

import geopandas as gpd
import numpy as np
import shapely
from towns import block, layer, streets_of, town

import gridgeo
from gridgeo import GridSpec
from gridgeo.planning.opening import open_plan

SPEC = GridSpec(households=(200, 300), effort="fast")


@cache
def drawn_town():
    """Return two communities, one with an exclave, of rows of houses of many sizes."""
    areas = ["AAAAAAAAAAAABBBBBBBBBBBB..AA"] * 8
    houses, households = [], {}
    for n, (x, y) in enumerate((x, y) for y in range(4) for x in range(12)):
        houses.append(block(2 * x + 0.3, 2 * y + 0.3, 2 * x + 1.7, 2 * y + 1.7))
        households[n] = (40, 55, 61, 33, 90, 12, 47, 70)[n % 8]
    houses.append(block(26.3, 1, 27.7, 3))
    households[len(houses) - 1] = 15
    made = town(areas, streets=[[(0, 4), (24, 4)], [(6, -1), (6, 9)], [(18, -1), (18, 9)]])
    ids = [f"b{n:02d}" for n in range(len(houses))]
    people = [3 * households[n] for n in range(len(houses))]
    buildings = layer(houses, building_id=ids, households=list(households.values()), people=people)
    return type(made)(made.communities, buildings, streets_of([[(0, 4), (24, 4)], [(6, -1), (6, 9)]]))


@cache
def drawn_division():
    made = drawn_town()
    return gridgeo.divide(made.communities, made.buildings, made.streets, SPEC)


@cache
def drawn_plan():
    return open_plan(drawn_division())


def recount(plan):
    """Return households, buildings, area, perimeter and pieces of each grid, from the layers and shapely."""
    division = plan.terrain.division
    codes = np.array(plan.drawing.codes, dtype=object)[plan.drawing.label]
    atoms = division.atoms.assign(grid_code=codes)
    merged = atoms.dissolve("grid_code", aggfunc={"households": "sum", "people": "sum", "atom_id": "count"})
    points = gpd.GeoDataFrame(
        division.buildings[["households"]],
        geometry=shapely.point_on_surface(division.buildings.geometry.to_numpy()),
        crs=division.buildings.crs,
    )
    inside = gpd.sjoin(points, atoms[["grid_code", "geometry"]], predicate="within")
    merged["n_buildings"] = inside.groupby("grid_code").size().reindex(merged.index).fillna(0).astype(int)
    merged["area_m2"], merged["perimeter_m"] = merged.area, merged.length
    return merged.sort_index()
