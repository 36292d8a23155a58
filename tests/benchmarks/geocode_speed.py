"""How many rows a second, at seventy thousand and at a million entries, on one process and on two."""

import json
import pickle
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import geopandas as gpd
import loky
import pandas as pd
import shapely

from gridgeo.demo import Demo
from gridgeo.locate.gazetteer import Gazetteer, read_gazetteer

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


# In a process of its own: the peak of this one may be that of anything it did before.
MILLION_PROGRAM = """
import json, pickle, sys, threading, time
from tests.benchmarks.geocode_speed import resident_gb, rows_a_second, tiled
from gridgeo.locate.gazetteer import build_gazetteer

def watch():
    while True:
        seen.append(resident_gb())
        time.sleep(0.02)

with open(sys.argv[1], "rb") as file:
    demo, copies, texts = pickle.load(file)
tables = tiled(demo, copies)
del demo
seen = [resident_gb()]
threading.Thread(target=watch, daemon=True).start()
start = time.process_time()
gazetteer = build_gazetteer(**tables)
seconds = time.process_time() - start
speed = rows_a_second(gazetteer, texts)
print(json.dumps([len(gazetteer.entries), seconds, max(seen) - seen[0], speed]))
"""


class Million(NamedTuple):
    """A gazetteer of a million entries: how long it took, its memory beside the tables, its speed."""

    n_entries: int
    build_seconds: float
    gigabytes: float
    rows_a_second: float


def measure_million(demo: Demo, texts: pd.Series, copies: int = 14) -> Million:
    """Return the figures at a million entries, by CPU time, in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "demo.pickle"
        path.write_bytes(pickle.dumps((demo, copies, texts)))
        command = [sys.executable, "-c", MILLION_PROGRAM, str(path)]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
    return Million(*json.loads(done.stdout))


def resident_gb() -> float:
    """Return the memory that this process holds now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e9
