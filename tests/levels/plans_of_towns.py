"""A strip of grids in a row, each one house of 250 households, for the tests of pairs and workers."""

from functools import cache

from towns import block, layer, town

import gridgeo
from gridgeo import GridSpec


@cache
def strip(n):
    made = town(["A" * 4 * n] * 3, streets=[[(4 * x, -1), (4 * x, 4)] for x in range(1, n)])
    houses = [block(4 * x + 1, 1, 4 * x + 3, 2) for x in range(n)]
    buildings = layer(houses, building_id=[f"b{x}" for x in range(n)], households=[250] * n)
    return gridgeo.divide(made.communities, buildings, made.streets, GridSpec(effort="fast"))
