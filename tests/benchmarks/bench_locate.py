"""Points into grids: ours and the peers in turns, build, memory, and the Chinese map offsets.

``python -m tests.benchmarks locate`` takes about five minutes on two cores; ``--quick`` a smaller part of it.
"""

import argparse
import gc
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from gridgeo.locate.assign import assign_points
from gridgeo.locate.index import GridIndex
from gridgeo.locate.index_bands import build_bands
from gridgeo.locate.index_cells import build_cells
from gridgeo.locate.index_edges import build_edges
from gridgeo.offset import (
    bd09_to_gcj02,
    bd09_to_wgs84,
    gcj02_to_bd09,
    gcj02_to_wgs84,
    wgs84_to_bd09,
    wgs84_to_gcj02,
)
from tests.benchmarks.locate_cases import Case, build_case
from tests.benchmarks.locate_peers import build_peers
from tests.benchmarks.report import Row, Table, Target, describe_run, print_head, print_table, write_report

NAME = "locate"
PACKAGES = ("gridgeo", "numpy", "shapely", "geopandas", "numba", "duckdb", "sedonadb")
SIZES = {1421: ((25.0, 40.0), (60.0, 100.0)), 20000: ((12.0, 25.0), (40.0, 80.0))}
NOTE = (
    "CPU time, medians; methods take turns within each round; ours has its index built and was asked before, "
    "so that its bands are made; the trees of shapely build theirs in the query as geopandas does; "
    "assign_points goes from shapes to codes, index included"
)
OURS = ("numpy", "numba")


def main(argv: list[str]) -> None:
    """Print all tables and write them to ``out/bench/locate.json``."""
    parser = argparse.ArgumentParser(prog=f"python -m tests.benchmarks {NAME}", description=__doc__)
    parser.add_argument("--points", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--quick", action="store_true", help="1,421 grids and 200,000 points only")
    options = parser.parse_args(argv)
    sizes = [1421] if options.quick else list(SIZES)
    n_points = min(options.points, 200_000) if options.quick else options.points
    head = describe_run(NAME, argv, PACKAGES)
    print_head(head)
    tables, targets = [], []
    for n_grids in sizes:
        case = build_case(n_grids, n_points)
        table, ratios, build_share = compare(case, options.rounds)
        tables.append(table)
        print_table(table)
        for engine, (must, stretch) in zip(OURS, SIZES[n_grids], strict=True):
            name = f"{engine} against the best peer, {n_grids:,} grids"
            targets.append(Target(name, ratios[engine], must, stretch, unit=" ×"))
        targets.append(
            Target(f"build against one sjoin, {n_grids:,} grids", build_share, 10, 5, less=True, unit=" %")
        )
    tables.append(compare_offsets())
    print_table(tables[-1])
    memory = None if options.quick else measure_memory()
    targets.append(
        Target("memory beside the input, 10,000,000 points", memory, 1000, 500, less=True, unit=" MB")
    )
    tables.append(Table("promises", [target.row() for target in targets]))
    print_table(tables[-1])
    write_report(head, tables)


def seconds(call: Callable[[], object]) -> float:
    """Return the CPU seconds of a call, of all its threads."""
    gc.collect()
    start = time.process_time()
    call()
    return time.process_time() - start


def compare(case: Case, rounds: int) -> tuple[Table, dict[str, float], float]:
    """Return the figures of all methods, ours against the best peer, our build in % of geopandas' join."""
    check_answers(case)
    peers, absent = build_peers(case)
    points = case.points()
    indexes = {engine: GridIndex(case.grids, engine=engine) for engine in OURS}
    ours: dict[str, Callable[[], object]] = {
        f"GridIndex.locate, {engine}": lambda index=index: index.locate(case.x, case.y)
        for engine, index in indexes.items()
    }
    for index in indexes.values():
        index.locate(case.x, case.y)
    cells = build_cells(build_edges(indexes["numpy"].shapes), len(case.grids), None)
    ours["GridIndex(grids), the build"] = lambda: GridIndex(case.grids)
    ours["its bands, built when asked for many"] = lambda: build_bands(cells)
    ours["assign_points"] = lambda: assign_points(points, case.grids)
    methods = {**ours, **peers}
    taken: dict[str, list[float]] = {name: [] for name in methods}
    for turn in range(rounds):
        names = list(methods)
        for name in names[turn % len(names) :] + names[: turn % len(names)]:
            taken[name].append(seconds(methods[name]))
    median = {name: statistics.median(times) for name, times in taken.items()}
    best = min(median[name] for name in peers)
    rows = [_row(name, median[name], best, len(case.x)) for name in methods]
    ratios = {engine: best / median[f"GridIndex.locate, {engine}"] for engine in OURS}
    join = median["geopandas.sjoin intersects"]
    build_share = 100 * median["GridIndex(grids), the build"] / join
    return Table(case.name, rows, "; ".join([NOTE, *absent])), ratios, build_share


def _row(name: str, median: float, best: float, n_points: int) -> Row:
    """Return the row of a method."""
    is_build = "buil" in name
    return {
        "method": name,
        "CPU s": median,
        "million points/s": None if is_build else n_points / median / 1e6,
        "× best peer": None if is_build else best / median,
    }


def check_answers(case: Case) -> None:
    """Stop when ours does not answer as GEOS does: a fast wrong answer is worth nothing."""
    import shapely

    some = slice(0, 100_000)
    for engine in OURS:
        index = GridIndex(case.grids, engine=engine)
        place, grid = index.tree.query(shapely.points(case.x[some], case.y[some]), predicate="intersects")
        expected = np.full(len(case.x[some]), len(index))
        np.minimum.at(expected, place, grid)
        expected[expected == len(index)] = -1
        n_wrong = int((index.locate(case.x[some], case.y[some]) != expected).sum())
        if n_wrong:
            raise SystemExit(f"{engine}: {n_wrong} places differ from GEOS")


def compare_offsets(n: int = 1_000_000) -> Table:
    """Return speed and error of the Chinese map offsets, there and back, all over China."""
    rng = np.random.default_rng(0)
    lon, lat = rng.uniform(73.0, 135.5, n), rng.uniform(3.5, 54.0, n)
    pairs = (
        ("WGS 84 – GCJ-02", wgs84_to_gcj02, gcj02_to_wgs84),
        ("GCJ-02 – BD-09", gcj02_to_bd09, bd09_to_gcj02),
        ("WGS 84 – BD-09", wgs84_to_bd09, bd09_to_wgs84),
    )
    rows = []
    for name, there, back in pairs:
        shifted = there(lon, lat)
        error = np.abs(np.subtract(back(*shifted), (lon, lat))).max()
        forth = statistics.median(seconds(lambda f=there: f(lon, lat)) for _ in range(3))
        again = statistics.median(seconds(lambda f=back, at=shifted: f(*at)) for _ in range(3))
        speeds = {"there, million/s": n / forth / 1e6, "back, million/s": n / again / 1e6}
        rows.append({"systems": name, **speeds, "largest error, degrees": f"{error:.1e}"})
    return Table(
        "Chinese map offsets, 1,000,000 places", rows, "promised: 1 million/s back, error 1e-9, better 1e-12"
    )


# The peak that the system keeps is no use: a new process may start with that of its parent.
MEMORY_PROGRAM = """
import sys, threading, time
import numpy as np, pandas as pd
from gridgeo.locate.index import GridIndex
from gridgeo.locate.index_bands import build_bands
from gridgeo.locate.index_cells import build_cells
from gridgeo.locate.index_edges import build_edges

def resident():
    with open("/proc/self/status") as file:
        return int(next(line for line in file if line.startswith("VmRSS")).split()[1]) / 1e3

def watch():
    while True:
        seen.append(resident())
        time.sleep(0.002)

grids = pd.read_pickle(sys.argv[1] + "/grids.pickle")
x, y = np.load(sys.argv[1] + "/places.npy")
seen = [resident()]
threading.Thread(target=watch, daemon=True).start()
GridIndex(grids).locate(x, y)
print(max(seen) - seen[0])
"""


def measure_memory() -> float | None:
    """Return the megabytes that 10,000,000 points in 20,000 grids take beside both, index included."""
    if not Path("/proc/self/status").exists():
        return None
    case = build_case(20_000, 10_000_000)
    with tempfile.TemporaryDirectory() as folder:
        case.grids.to_pickle(f"{folder}/grids.pickle")
        np.save(f"{folder}/places.npy", (case.x, case.y))
        command = [sys.executable, "-c", MEMORY_PROGRAM, folder]
        return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


if __name__ == "__main__":
    main(sys.argv[1:])
