"""The layers of a generated district, as one value."""

from dataclasses import dataclass

import geopandas as gpd

__all__ = ["CRS", "Demo"]

CRS = "EPSG:4546"


@dataclass(frozen=True, kw_only=True)
class Demo:
    """The layers of a generated district, all in EPSG:4546 with coordinates rounded to 1 mm."""

    communities: gpd.GeoDataFrame
    buildings: gpd.GeoDataFrame
    streets: gpd.GeoDataFrame
    railway: gpd.GeoDataFrame
    water: gpd.GeoDataFrame
    compounds: gpd.GeoDataFrame
    dedicated: gpd.GeoDataFrame
    pois: gpd.GeoDataFrame
    addresses: gpd.GeoDataFrame
    incidents: gpd.GeoDataFrame
