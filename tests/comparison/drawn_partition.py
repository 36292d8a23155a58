"""Partitions drawn in text, each house in the grid that it stands in."""

import geopandas as gpd
import pandas as pd
from towns import CRS, houses_of, shapes_of

from gridgeo.comparison.lineage import Network

# Twelve houses of two squares, in rows of three.
HOUSES = ["aabbcc", "ddeeff", "gghhii", "jjkkll"]


def drawn(rows, households=100, houses=HOUSES):
    """Return a partition from a drawing of its grids, each house in the grid that it stands in."""
    shapes = shapes_of(rows)
    grids = gpd.GeoDataFrame({"grid_code": list(shapes)}, geometry=list(shapes.values()), crs=CRS)
    buildings = houses_of(houses, households)
    codes = [
        next((c for c, s in shapes.items() if s.covers(place)), pd.NA)
        for place in buildings.representative_point()
    ]
    return Network(grids=grids, buildings=buildings.assign(grid_code=pd.array(codes, dtype="string")))
