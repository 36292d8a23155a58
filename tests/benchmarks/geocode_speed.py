"""How many rows a second, at seventy thousand and at a million entries, on one process and on two."""

import resource
import time
from pathlib import Path

import geopandas as gpd
import loky
import pandas as pd
import shapely

from gridgeo.demo import Demo
from gridgeo.locate.gazetteer import Gazetteer, build_gazetteer, read_gazetteer

PREFIXES = ("", *"东西南北中上下大小新老前后左右内外高")
TILE_M = 30_000.0


def rows_a_second(gazetteer: Gazetteer, texts: pd.Series) -> float:
    """Return the rows a second of one core, by CPU time, indexes warm."""
    gazetteer.geocode(texts.head(10))
    start = time.process_time()
    gazetteer.geocode(texts)
    return len(texts) / (time.process_time() - start)


def _warm(path: str) -> None:
    """Read the gazetteer and build its indexes in a worker."""
    global _gazetteer  # noqa: PLW0603 - a worker process has one gazetteer
    _gazetteer = read_gazetteer(path)
    _gazetteer.geocode(["1"])


def _answer(texts: pd.Series) -> float:
    """Answer texts in a worker; return the CPU seconds it took."""
    start = time.process_time()
    _gazetteer.geocode(texts)
    return time.process_time() - start


def speedup(path: Path, texts: pd.Series) -> tuple[float, float]:
    """Return how much faster two processes answer the same texts than one, workers warm.

    Once by the clock, which counts what else the machine does, and once by the CPU time of the longer half.
    """
    clock, longest = {}, {}
    half = len(texts) // 2
    for jobs in (1, 2):
        workers = loky.ProcessPoolExecutor(jobs, initializer=_warm, initargs=(str(path),))
        list(workers.map(_answer, [texts.head(20)] * jobs))
        start = time.perf_counter()
        shares = [texts] if jobs == 1 else [texts.iloc[:half], texts.iloc[half:]]
        longest[jobs] = max(workers.map(_answer, shares))
        clock[jobs] = time.perf_counter() - start
        workers.shutdown()
    return clock[1] / clock[2], longest[1] / longest[2]


def tiled(demo: Demo, copies: int) -> dict[str, gpd.GeoDataFrame]:
    """Return the tables of a country of so many cities, each with names of its own."""
    columns = {
        "addresses": ("street", "compound", "address"), "streets": ("name",), "pois": ("name",),
        "compounds": ("name",), "communities": ("name", "street_office"),
    }  # fmt: skip
    return {
        table: pd.concat([_tile(getattr(demo, table), named, k) for k in range(copies)], ignore_index=True)
        for table, named in columns.items()
    }


def _tile(layer: gpd.GeoDataFrame, named: tuple[str, ...], k: int) -> gpd.GeoDataFrame:
    """Return a copy of a layer moved aside and renamed."""
    moved = layer.copy()
    for column in named:
        moved[column] = PREFIXES[k] + moved[column].astype("string")
    if "area_code" in moved:
        code = moved["area_code"].astype("string")
        moved["area_code"] = code.str[:4] + f"{k:02d}" + code.str[6:]
    step = [k % 5 * TILE_M, k // 5 * TILE_M]
    return moved.set_geometry(
        shapely.transform(layer.geometry.to_numpy(), lambda xy: xy + step), crs=layer.crs
    )


def build_million(demo: Demo, copies: int = 14) -> tuple[Gazetteer, float, float]:
    """Return a gazetteer of a million entries, its build in CPU seconds, and GB beside the tables."""
    tables = tiled(demo, copies)
    before = _resident_gb()
    start = time.process_time()
    gazetteer = build_gazetteer(**tables)
    seconds = time.process_time() - start
    return gazetteer, seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6 - before


def _resident_gb() -> float:
    """Return the memory that this process holds now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e9
