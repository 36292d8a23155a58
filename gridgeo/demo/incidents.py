"""Incidents: what people report, where it is, in their own words."""

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gridgeo.demo.layers import CRS, Demo

__all__ = ["build_incidents"]

Texts = NDArray[np.object_]

FIRST_DAY = np.datetime64("2026-01-01T00:00:00")
N_DAYS = 181
SPREAD_M = 11.0  # between the place named and the point reported
SEEN: dict[str, tuple[str, ...]] = {
    "市容环境": (
        "门前垃圾成堆，没人清运", "路面有大片积水", "路灯不亮，居民反映三天了",
        "下水道堵塞，污水外溢", "窨井盖破损", "墙面乱涂乱画",
    ),
    "宣传广告": ("贴满小广告", "门头广告牌松动，有掉落危险", "违规悬挂横幅"),
    "施工管理": ("夜间施工噪音扰民", "工地扬尘严重，没有围挡", "路面开挖后没有恢复"),
    "街面秩序": ("占道经营，行人无法通行", "非机动车乱停乱放", "僵尸车长期占用车位", "烧烤摊油烟扰民"),
    "安全隐患": ("电动车飞线充电", "消防通道被堵", "楼道堆放杂物", "外墙瓷砖脱落", "燃气味很重，请尽快派人"),
    "民生诉求": ("停水两天了", "电梯坏了一周没人修", "空调外机滴水", "网络光纤箱门坏了", "希望增设休息座椅"),
    "矛盾纠纷": ("邻里因漏水发生争吵", "业主与物业因停车费发生纠纷", "楼上夜间噪音引发矛盾"),
    "治安": ("有人反映电瓶车被盗", "发现可疑人员徘徊", "流浪狗追咬行人"),
}  # fmt: skip
CATEGORY_SHARES = (0.27, 0.06, 0.08, 0.20, 0.14, 0.12, 0.08, 0.05)
OUTDOORS = ("市容环境", "施工管理", "街面秩序")
# how people say where
WAYS = {"house": 0.54, "poi": 0.13, "flat": 0.11, "compound": 0.07, "crossing": 0.06, "vague": 0.09}
WRITTEN_SHARE = 0.55  # of the reports have the address in its own field as well
BESIDE = ("", "", "", "门前", "附近", "对面", "旁边", "门口", "路边")
OPENINGS = ("", "", "", "居民反映：", "巡查发现", "群众来电称，", "您好，", "网格员上报：")
ENDINGS = ("", "", "。", "，请尽快处理。", "，望解决", "，已经反映过多次。", "！", "，谢谢。")
VAGUE = ("小区", "我家楼下", "菜市场旁边", "学校门口", "河边", "路口")


def build_incidents(demo: Demo, n_incidents: int, seed: int = 0) -> gpd.GeoDataFrame:
    """Return incidents in order of time, each near the place that its text names, if it names one.

    Parameters
    ----------
    demo
        The district they happen in.
    n_incidents
        How many.
    seed
        Of the random numbers; the same seed gives the same incidents.

    Returns
    -------
    GeoDataFrame
        ``incident_id``, ``reported_at``, ``category``, ``description``, ``address`` and points in EPSG:4546.

    Examples
    --------
    >>> from gridgeo.demo import build_demo, build_incidents
    >>> demo = build_demo(2, 1500)
    >>> len(build_incidents(demo, 20))
    20
    """
    rng = np.random.default_rng([seed, 311])
    way = rng.choice(list(WAYS), n_incidents, p=list(WAYS.values()))
    places, addresses, points = _places(demo, way, rng)
    categories = rng.choice(list(SEEN), n_incidents, p=CATEGORY_SHARES)
    # nobody lives on a crossing
    categories[way == "crossing"] = rng.choice(OUTDOORS, (way == "crossing").sum())
    texts = [_text(place, category, rng) for place, category in zip(places, categories, strict=True)]
    table = {
        "incident_id": pd.array([f"I{k:06d}" for k in range(1, n_incidents + 1)], dtype="string"),
        "reported_at": pd.array(_times(n_incidents, rng), dtype="string"),
        "category": pd.array(categories, dtype="string"),
        "description": pd.array(texts, dtype="string"),
        "address": pd.array(addresses, dtype="string"),
    }
    return gpd.GeoDataFrame(table, geometry=_moved(points, demo, rng), crs=CRS)


def _places(
    demo: Demo, way: NDArray[np.str_], rng: np.random.Generator
) -> tuple[Texts, Texts, NDArray[np.float64]]:
    """Return what each reporter calls the place, its address if written down, and where it is.

    Some houses are reported again and again.
    """
    n_incidents = len(way)
    houses = demo.addresses
    often = rng.lognormal(0, 1.3, len(houses))
    chosen = rng.choice(len(houses), n_incidents, p=often / often.sum())
    points = shapely.get_coordinates(houses.geometry.to_numpy()[chosen])
    address = houses.address.to_numpy(dtype=object)[chosen]
    place = address.copy()
    # a flat or the name alone only where there is a compound
    inside = houses.compound.notna().to_numpy()[chosen]
    flat, named = (way == "flat") & inside, (way == "compound") & inside
    units = rng.integers(1, 5, n_incidents)
    place[flat] = [f"{text}{unit}单元" for text, unit in zip(place[flat], units[flat], strict=True)]
    place[named] = houses.compound.to_numpy(dtype=object)[chosen][named]
    for kind, names, xy in (
        ("poi", demo.pois.name.to_numpy(dtype=object), demo.pois.get_coordinates().to_numpy()),
        ("crossing", *_crossings(demo, rng)),
    ):
        there = (way == kind) & (len(names) > 0)
        drawn = rng.integers(0, max(len(names), 1), there.sum())
        place[there], points[there], address[there] = names[drawn], xy[drawn], None
    place[way == "vague"] = None
    address[rng.random(n_incidents) > WRITTEN_SHARE] = None
    return place, address, points


def _crossings(demo: Demo, rng: np.random.Generator) -> tuple[Texts, NDArray[np.float64]]:
    """Return names and points of places where two named streets meet."""
    streets = demo.streets[demo.streets.name.notna()]
    lines = streets.geometry.to_numpy()
    ends = shapely.get_coordinates(np.concatenate([shapely.get_point(lines, k) for k in (0, -1)]))
    table = pd.DataFrame(
        {"x": ends[:, 0], "y": ends[:, 1], "name": np.tile(streets.name.to_numpy(dtype=object), 2)}
    )
    table = table.drop_duplicates().sort_values(["x", "y", "name"])
    table["other"] = table.groupby(["x", "y"]).name.shift(-1)
    table = table.dropna(subset="other")
    tails = rng.choice(["交叉口", "路口", "交汇处"], len(table))
    names = [f"{a}与{b}{tail}" for a, b, tail in zip(table.name, table.other, tails, strict=True)]
    return np.array(names, dtype=object), table[["x", "y"]].to_numpy()


def _text(place: str | None, category: str, rng: np.random.Generator) -> str:
    """Return one report in a resident's words."""
    seen = SEEN[category][rng.integers(len(SEEN[category]))]
    opening, ending = OPENINGS[rng.integers(len(OPENINGS))], ENDINGS[rng.integers(len(ENDINGS))]
    if place is None:
        return f"{opening}{VAGUE[rng.integers(len(VAGUE))]}{seen}{ending}"
    beside = BESIDE[rng.integers(len(BESIDE))]
    if rng.random() < 0.25:
        return f"{opening}{seen}，地址：{place}{ending}"
    beside = "" if seen.startswith("门") else beside
    return f"{opening}{place}{beside}{seen}{ending}"


def _times(n_incidents: int, rng: np.random.Generator) -> list[str]:
    """Return times in order, most of them in the daytime, in China's time."""
    day = rng.integers(0, N_DAYS, n_incidents)
    hour = np.where(
        rng.random(n_incidents) < 0.6, rng.normal(10.2, 1.8, n_incidents), rng.normal(17.5, 2.8, n_incidents)
    )
    second = day * 86_400 + (np.clip(hour, 0, 23.99) * 3600).astype(np.int64)
    moments = FIRST_DAY + np.sort(second).astype("timedelta64[s]")
    return [f"{moment}+08:00" for moment in np.datetime_as_string(moments)]


def _moved(points: NDArray[np.float64], demo: Demo, rng: np.random.Generator) -> NDArray[np.object_]:
    """Return points a few steps from their places, never outside the district."""
    moved = np.round(points + rng.normal(0, SPREAD_M, points.shape), 3)
    outline = shapely.coverage_union_all(demo.communities.geometry.to_numpy())
    shapely.prepare(outline)
    outside = ~shapely.contains_xy(outline, moved[:, 0], moved[:, 1])
    moved[outside] = points[outside]
    return np.asarray(shapely.points(moved))
