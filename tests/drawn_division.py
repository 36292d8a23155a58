"""A division of four square grids in two communities, drawn for the tests of the maps."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

import geopandas as gpd
import pandas as pd
from shapely import LineString, Point, box

CRS = "EPSG:4546"
WEST, SOUTH, SIDE = 530_000.0, 3_390_000.0, 200.0

SCORE = {
    "n_grids": 4,
    "in_range_share": 0.25,
    "feasible_in_range_share": 0.9999,
    "street_share": float("nan"),
}


LOADING = {"src", "href", "srcset", "data", "action", "poster", "background"}


@dataclass(frozen=True)
class DrawnDivision:
    communities: gpd.GeoDataFrame
    grids: gpd.GeoDataFrame
    buildings: gpd.GeoDataFrame
    streets: gpd.GeoDataFrame
    manifest: Mapping[str, Any] = field(default_factory=dict)


def square(column: int, row: int, wide: int = 1) -> Any:
    """Return a square that many sides east and north of the corner."""
    west, south = WEST + column * SIDE, SOUTH + row * SIDE
    return box(west, south, west + wide * SIDE, south + SIDE)


def draw_division(word: str = "学院街", reason: str = "single building of 388", **spec: Any) -> DrawnDivision:
    """Return the division; ``word`` is part of every name."""
    communities = gpd.GeoDataFrame(
        {"area_code": ["420502001001", "420502001002"], "name": [f"{word}社区", f"{word}村"]},
        geometry=[square(0, 0, wide=2), square(0, 1, wide=2)],
        crs=CRS,
    )
    grids = gpd.GeoDataFrame(
        {
            "grid_code": ["42050200100102", "42050200100101", "42050200100201", "42050200100202"],
            "area_code": ["420502001001"] * 2 + ["420502001002"] * 2,
            "name": pd.array([f"{word}第二网格", f"{word}第一网格", f"{word}东网格", None], dtype="string"),
            "kind": ["residential", "residential", "residential", "dedicated"],
            "households": [388, 250, 150, 3],
            "people": pd.array([900, 600, 340, None], dtype="Int64"),
            "n_buildings": [1, 2, 1, 0],
            "area_m2": [SIDE * SIDE] * 4,
            "status": ["above", "in_range", "below", "below"],
            "reason": pd.array([reason, None, f"only neighbour: {word}", None], dtype="string"),
        },
        geometry=[square(1, 0), square(0, 0), square(0, 1), square(1, 1)],
        crs=CRS,
    )
    buildings = gpd.GeoDataFrame(
        {
            "building_id": ["B1", "B2", "B3", "B4"],
            "households": [388, 125, 125, 150],
            "grid_code": pd.array(
                ["42050200100102", "42050200100101", None, "42050200100201"], dtype="string"
            ),
        },
        geometry=[
            square(1, 0).buffer(-60),
            square(0, 0).buffer(-70),
            Point(WEST + 20, SOUTH + 20),
            square(0, 1).buffer(-70),
        ],
        crs=CRS,
    )
    streets = gpd.GeoDataFrame(
        {"name": [f"{word}路", f"{word}路", None], "street_class": ["main", "main", "residential"]},
        geometry=[
            LineString([(WEST, SOUTH + SIDE), (WEST + SIDE, SOUTH + SIDE)]),
            LineString([(WEST + SIDE, SOUTH + SIDE), (WEST + 2 * SIDE, SOUTH + SIDE)]),
            LineString([(WEST + SIDE, SOUTH), (WEST + SIDE, SOUTH + 2 * SIDE)]),
        ],
        crs=CRS,
    )
    manifest = {
        "score": SCORE,
        "spec": {"households": (200, 300), "area_m2": None, "seed": 7, **spec},
        "title": f"{word}网格图",
    }
    return DrawnDivision(communities, grids, buildings, streets, manifest)


def draw_incidents(text: str = "路灯不亮") -> gpd.GeoDataFrame:
    """Return three incidents, one of them without a place."""
    return gpd.GeoDataFrame(
        {"incident_id": ["1", "2", "3"], "category": ["市政", text, None], "description": [text, None, text]},
        geometry=[Point(WEST + 50, SOUTH + 50), Point(WEST + 300, SOUTH + 50), None],
        crs=CRS,
    )


class Tags(HTMLParser):
    """Counts elements and keeps every attribute that makes a browser fetch something."""

    def __init__(self):
        super().__init__()
        self.counts, self.addresses = {}, []

    def handle_starttag(self, tag, attrs):
        self.counts[tag] = self.counts.get(tag, 0) + 1
        self.addresses += [value for name, value in attrs if name in LOADING]


def read_tags(page):
    tags = Tags()
    tags.feed(page)
    return tags
