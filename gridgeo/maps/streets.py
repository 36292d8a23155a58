"""How important a street is on the map: few ranks, whatever words a city's own table uses."""

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

__all__ = ["LANE", "LOCAL", "MAIN", "RAIL", "SECONDARY", "rank_streets"]

MAIN, SECONDARY, LOCAL, LANE, RAIL = 0, 1, 2, 3, 4

# Words of OpenStreetMap, of Chinese road standards and of common city tables, in lower case.
RANKS = {
    MAIN: (
        "main major major_road arterial expressway freeway highway motorway trunk primary "
        "motorway_link trunk_link primary_link 快速路 主干路 主干道 高速公路 国道 省道 1"
    ),
    SECONDARY: (
        "secondary tertiary collector minor_arterial secondary_link tertiary_link 次干路 次干道 县道 2"
    ),
    LANE: (
        "lane service alley path footway steps cycleway pedestrian track bridleway pier "
        "living_street 巷 小巷 弄 里弄 步行街 人行道 小路"
    ),
    RAIL: "rail railway subway light_rail tram metro 铁路 地铁 轻轨",
}
RANK_OF = {word: rank for rank, words in RANKS.items() for word in words.split()}


def rank_streets(streets: gpd.GeoDataFrame) -> npt.NDArray[np.int64]:
    """Return the rank of each street by its ``street_class``; local where the class is missing or unknown."""
    if "street_class" not in streets:
        return np.full(len(streets), LOCAL, dtype=np.int64)
    classes = streets["street_class"].map(lambda text: "" if pd.isna(text) else str(text).strip().lower())
    return np.asarray([RANK_OF.get(text, LOCAL) for text in classes], dtype=np.int64)
