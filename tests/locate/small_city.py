"""A city small enough to know by heart: four streets, two communities, a compound, a lane, a few shops."""

from functools import lru_cache

import geopandas as gpd
from shapely import LineString, Point, box

from gridgeo.locate.gazetteer import Gazetteer, build_gazetteer

CRS = 4546
X, Y = 500_000.0, 3_400_000.0


def at(x: float, y: float) -> Point:
    return Point(X + x, Y + y)


def addresses() -> gpd.GeoDataFrame:
    """House numbers every 40 m: odd ones south of the street, even ones north; number 24 is missing."""
    rows = [
        (f"{street}{n}号", street, str(n), None, None, at(10 * n, y + (15 if n % 2 == 0 else -15)))
        for street, y in (("云集路", 0), ("东山大道", 400))
        for n in range(1, 61)
        if (street, n) != ("云集路", 24)
    ]
    rows += [(f"锦江小区{n}栋", None, None, "锦江小区", str(n), at(700 + 30 * n, 200)) for n in range(1, 7)]
    rows += [
        (f"长寿路100弄{n}号", "长寿路", f"100弄{n}号", None, None, at(900 + 20 * n, 30)) for n in range(1, 6)
    ]
    rows += [("云集路28号附1号", "云集路", "28号附1号", None, None, at(285, 30))]
    rows += [
        ("胜利街5号", "胜利街", "5", None, None, at(100, 100)),
        ("胜利街5号", "胜利街", "5", None, None, at(100, 700)),
    ]
    names = ["address", "street", "house_number", "compound", "building_no"]
    return gpd.GeoDataFrame(
        [row[:5] for row in rows], columns=names, geometry=[row[5] for row in rows], crs=CRS
    )


def streets() -> gpd.GeoDataFrame:
    lines = {
        "云集路": LineString([at(0, 0), at(700, 0)]),
        "东山大道": LineString([at(0, 400), at(700, 400)]),
        "西陵一路": LineString([at(350, -100), at(350, 500)]),
        "长寿路": LineString([at(900, 0), at(1100, 0)]),
    }
    former = {"云集路": "建设路", "东山大道": None, "西陵一路": None, "长寿路": None}
    return gpd.GeoDataFrame(
        {"name": list(lines), "former_name": former.values()}, geometry=list(lines.values()), crs=CRS
    )


def pois() -> gpd.GeoDataFrame:
    names = {
        "人民医院": at(420, 430),
        "好邻里超市(云集路店)": at(250, 20),
        "好邻里超市(东山大道店)": at(250, 430),
    }
    return gpd.GeoDataFrame({"name": list(names)}, geometry=list(names.values()), crs=CRS)


def compounds() -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {"name": ["锦江小区"]}, geometry=[box(X + 700, Y + 150, X + 920, Y + 250)], crs=CRS
    )


def communities() -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {
            "area_code": ["420502001001", "420502001002"],
            "name": ["云集社区居民委员会", "东山社区居民委员会"],
            "street_office": ["西陵街道", "西陵街道"],
            "district": ["西陵区", "西陵区"],
        },
        geometry=[box(X - 100, Y - 200, X + 1200, Y + 250), box(X - 100, Y + 250, X + 1200, Y + 900)],
        crs=CRS,
    )


@lru_cache(maxsize=1)
def small_city() -> Gazetteer:
    return build_gazetteer(
        addresses=addresses(),
        streets=streets(),
        pois=pois(),
        compounds=compounds(),
        communities=communities(),
    )
