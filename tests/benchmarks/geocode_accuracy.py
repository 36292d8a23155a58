"""How often the geocoder is right on the demo city, under noise that it has never seen."""

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import Transformer

from gridgeo.demo import Demo
from gridgeo.locate.gazetteer import Gazetteer
from gridgeo.locate.index import GridIndex
from tests.benchmarks.geocode_places import address_places, crossing_places, named_places
from tests.noise import CLASSES, Place, noisy

RIGHT_M = 30.0  # an answer this close to the place meant is right
SURE = 0.9  # the score from which an answer is taken without asking
GRID_HOUSEHOLDS = 250


@dataclass(frozen=True)
class Accuracy:
    """Shares of rows, and how far scores are from what they promise."""

    top1: float
    right_grid: float
    sure: float
    sure_right: float
    calibration_error: float
    by_class: dict[str, float]


def mixed_places(demo: Demo, gazetteer: Gazetteer, seed: int) -> list[Place]:
    """Return mostly addresses, and a share of POIs, compounds and crossings."""
    rng = np.random.default_rng(seed)
    crossings = gazetteer.entries[gazetteer.entries["level"] == "intersection"]
    pools = (
        (address_places(demo), 8000),
        (named_places(demo.pois, "poi"), 1000),
        (named_places(demo.compounds, "compound"), 500),
        (crossing_places(crossings), 500),
    )
    return [pool[i] for pool, n in pools if pool for i in rng.choice(len(pool), size=n)]


def kd_grids(demo: Demo) -> gpd.GeoDataFrame:
    """Return grids of about 250 households: each community cut at medians of its buildings."""
    points = demo.buildings.geometry.representative_point()
    joined = gpd.sjoin(gpd.GeoDataFrame(demo.buildings[["households"]], geometry=points), demo.communities)
    boxes, homes = [], []
    for at, rows in joined.groupby("index_right"):
        home = demo.communities.geometry.loc[at]
        xy = np.column_stack([rows.geometry.x, rows.geometry.y])
        found = _halves(xy, rows["households"].to_numpy(), home.bounds)
        boxes += found
        homes += [home] * len(found)
    shapes = shapely.intersection(np.array(boxes), np.array(homes))
    codes = [f"G{i:05d}" for i in range(len(shapes))]
    return gpd.GeoDataFrame({"grid_code": codes}, geometry=shapes, crs=demo.communities.crs)


def _halves(xy: np.ndarray, households: np.ndarray, bounds: tuple[float, ...]) -> list[shapely.Polygon]:
    """Return boxes that tile the bounds, each with at most the households of a grid or one building."""
    if households.sum() <= 1.3 * GRID_HOUSEHOLDS or len(xy) < 4:
        return [shapely.box(*bounds)]
    axis = int(bounds[3] - bounds[1] > bounds[2] - bounds[0])
    order = np.argsort(xy[:, axis], kind="stable")
    middle = int(np.searchsorted(np.cumsum(households[order]), households.sum() / 2))
    middle = min(max(middle, 1), len(xy) - 1)
    # between two buildings, so that none stands on a border
    cut = float(xy[order[middle - 1 : middle + 1], axis].mean())
    low, high = list(bounds), list(bounds)
    low[2 + axis] = high[axis] = cut
    left = xy[:, axis] < cut
    if left.all() or not left.any():
        return [shapely.box(*bounds)]
    return _halves(xy[left], households[left], tuple(low)) + _halves(
        xy[~left], households[~left], tuple(high)
    )


def to_metres(answers: pd.DataFrame, crs: object) -> np.ndarray:
    """Return where the answers lie; NaN for none."""
    lon, lat = (answers[c].to_numpy(dtype=float, na_value=np.nan) for c in ("lon", "lat"))
    return np.column_stack(Transformer.from_crs(4326, crs, always_xy=True).transform(lon, lat))


def distances(answers: pd.DataFrame, truth: np.ndarray, crs: object) -> np.ndarray:
    """Return how far each answer lies from the truth; infinite for none."""
    metres = np.hypot(*(to_metres(answers, crs) - truth).T)
    return np.where(np.isfinite(metres), metres, np.inf)


def calibration_error(score: np.ndarray, right: np.ndarray) -> float:
    """Return the mean gap between promised and kept, over ten bins of the score, weighted by rows."""
    bins = np.clip((score * 10).astype(int), 0, 9)
    return sum(
        abs(score[bins == b].mean() - right[bins == b].mean()) * (bins == b).mean() for b in np.unique(bins)
    )


def measure(
    gazetteer: Gazetteer,
    places: list[Place],
    grids: gpd.GeoDataFrame,
    n_rows: int,
    seed: int,
    noises: tuple[int, int],
) -> Accuracy:
    """Return how right the geocoder is on so many rows with so many classes of noise each."""
    rows = noisy(places, n_rows, seed, n_noises=noises)
    answers = gazetteer.geocode(rows["text"])
    truth = rows[["x", "y"]].to_numpy()
    right = distances(answers, truth, gazetteer.crs) <= RIGHT_M
    score = answers["score"].to_numpy(dtype=float, na_value=0.0)
    index = GridIndex(grids)
    at = to_metres(answers, gazetteer.crs)
    same = index.locate(at[:, 0], at[:, 1]) == index.locate(truth[:, 0], truth[:, 1])
    inside = (
        ~rows["entry_id"].str.startswith("x:").to_numpy()
    )  # a crossing lies on the border of several grids
    sure = score >= SURE
    kinds = rows["noise"].str.split("+")
    by_class = {
        c: float(right[has].mean()) for c in CLASSES if (has := kinds.map(lambda k, c=c: c in k)).any()
    }
    return Accuracy(
        float(right.mean()), float((same & np.isfinite(at[:, 0]))[inside].mean()), float(sure.mean()),
        float(right[sure].mean()) if sure.any() else 1.0, float(calibration_error(score, right)), by_class,
    )  # fmt: skip
