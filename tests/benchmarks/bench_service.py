"""The map service under load: a city of 1,700 grids, 45,000 buildings and 100,000 incidents, asked by wrk.

``python -m tests.benchmarks service`` takes some minutes; the city is divided once and kept in
``out/rehearsal``. ``--quick`` loads for two seconds each; ``--no-api`` asks no Schemathesis.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from gridgeo_web.rehearsal.city import CityFiles, prepare_city

import gridgeo
from gridgeo.maps.tiles import TileSource, build_tile_source, tile_square
from tests.benchmarks.report import (
    OUT,
    Row,
    Table,
    Target,
    describe_run,
    print_head,
    print_table,
    write_report,
)
from tests.benchmarks.service_load import MISSING, Load, has_wrk, put_load
from tests.benchmarks.service_process import Running, run_service

NAME = "service"
PACKAGES = ("gridgeo", "flask", "apiflask", "waitress", "sqlalchemy", "numpy", "shapely", "schemathesis")
COMMUNITIES, HOUSEHOLDS, INCIDENTS = 150, 430_000, 100_000
TILE_ZOOM, TILE_BUILDINGS = 14, 1_100
N_POINTS = 100_000
P99_MS = 250.0
CROWD = 640  # ten times the connections of the other loads
CALM_S = 5.0
API_CASES = 1_000
FINE = {"s200", "s304", "s429", "s503"}
NOTE = "wrk, 2 threads, 64 connections, gzip; service, wrk and all else share the processors of this machine"


def main(argv: list[str]) -> None:
    """Print all tables and write them to ``out/bench/service.json``."""
    parser = argparse.ArgumentParser(prog=f"python -m tests.benchmarks {NAME}", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="two seconds of each load")
    parser.add_argument("--no-api", action="store_true", help="without the questions of Schemathesis")
    options = parser.parse_args(argv)
    head = describe_run(NAME, argv, PACKAGES)
    print_head(head)
    files = prepare_city(OUT.parent / "rehearsal", COMMUNITIES, HOUSEHOLDS, INCIDENTS, print)
    division = gridgeo.read_division(files.division)
    tables, targets = [], []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with run_service(service_arguments(files, folder), folder / "service.log") as service:
            found, rows = measure_single(service, division)
            targets += found
            tables += [Table("single requests", rows, "wall milliseconds of the first and of later requests")]
            print_table(tables[-1])
            if has_wrk():
                seconds = 2 if options.quick else 10
                found, rows = measure_loads(service, folder, division, seconds)
                targets += found
                tables += [Table("under load", rows, NOTE)]
                print_table(tables[-1])
                found, rows = measure_crowd(service, folder, 6 if options.quick else 30)
                targets += found
                tables += [
                    Table("ten times too much", rows, "how soon after it a request takes under 250 ms")
                ]
                print_table(tables[-1])
            else:
                print(MISSING)
    targets.append(measure_library_tile(division))
    if not options.no_api:
        targets.append(ask_schemathesis())
    tables.append(Table("promises", [target.row() for target in targets], "" if has_wrk() else MISSING))
    print_table(tables[-1])
    write_report(head, tables)


def service_arguments(files: CityFiles, folder: Path) -> list[str]:
    """Return what stands after ``gridgeo serve``: the city with its incidents in a store of its own."""
    layers = [part for option in files.layer_options for part in ("--layer", option)]
    store = ["--store", f"sqlite:///{folder / 'incidents.sqlite'}", "--incidents", str(files.past)]
    return [str(files.division), *store, "--gazetteer", str(files.gazetteer), *layers]


def measure_loads(
    service: Running, folder: Path, division: gridgeo.Division, seconds: int
) -> tuple[list[Target], list[Row]]:
    """Return the promises about requests a second, and what was measured."""
    _, headers, _, _ = service.ask("/api/v1/revision")
    z, x, y, _ = find_tile(division)
    tile = f"/tiles/buildings/{z}/{x}/{y}.mvt"
    box = tuple(float(side) for side in division.grids.to_crs(4326).total_bounds)
    plans: tuple[tuple[str, int, str, dict[str, Any]], ...] = (
        ("revision poll (304)", 2000, "/api/v1/revision", {"etag": headers["ETag"]}),
        (f"cached grids, {len(division.grids):,} features", 1500, "/api/v1/grids", {}),
        ("cached tile", 500, tile, {}),
        ("locate, another place each time", 500, "/api/v1/locate", {"box": box}),
    )
    targets, rows = [], []
    for what, must, path, more in plans:
        put_load(service.address, path, folder, seconds=1, **more)  # warm
        before = service.cpu_s
        load = put_load(service.address, path, folder, seconds=seconds, **more)
        spent = None if before is None or service.cpu_s is None else service.cpu_s - before
        n_bad = load.errors + load.timeouts + sum(load.statuses[name] for name in ("s429", "s503", "other"))
        n_asked = sum(load.statuses.values())
        rows.append({**_load_row(what, load), "per CPU s of the service": n_asked / spent if spent else None})
        targets.append(Target(what, load.per_second, must, 2 * must, unit=" /s"))
        targets.append(Target(f"{what}: p99", load.p99_ms, P99_MS, P99_MS / 2, less=True, unit=" ms"))
        targets.append(Target(f"{what}: errors", n_bad, 0, 0, less=True))
    return targets, rows


def _load_row(what: str, load: Load) -> Row:
    """Return the row of a load."""
    figures = {"requests/s": load.per_second, "p50 ms": load.p50_ms, "p99 ms": load.p99_ms}
    return {"what": what, **figures, "errors": load.errors, "timeouts": load.timeouts, **load.statuses}


def measure_single(service: Running, division: gridgeo.Division) -> tuple[list[Target], list[Row]]:
    """Return the promises about single requests, and what was measured."""
    z, x, y, n_buildings = find_tile(division)
    rows: list[Row] = [{"what": "from the start until ready", "first ms": 1000 * service.ready_s}]
    service.ask(f"/tiles/buildings/{z}/0/0.mvt")  # another tile: the layer is made ready once for all
    cold = _twice(service, f"/tiles/buildings/{z}/{x}/{y}.mvt")
    rows.append({"what": f"tile {z}/{x}/{y}, {n_buildings:,} buildings", **cold})
    for what, path in (
        ("grids", "/api/v1/grids"),
        ("all incidents as points", "/api/v1/incidents/points"),
        ("statistics by day", "/api/v1/statistics?by=day"),
        ("hot grids", "/api/v1/statistics/hot"),
        ("search", "/api/v1/search?q=%E8%B7%AF"),
    ):
        rows.append({"what": what, **_twice(service, path)})
    body = _places(division)
    before = service.cpu_s
    status, _, _, taken = service.ask(
        "/api/v1/locate", method="POST", body=body, Content_Type="application/json"
    )
    if status != 200:
        raise SystemExit(f"batch locate answered {status}")
    cpu = None if before is None or service.cpu_s is None else 1000 * (service.cpu_s - before)
    rows.append({"what": f"batch locate, {N_POINTS:,} places", "first ms": 1000 * taken, "CPU ms": cpu})
    targets = [
        Target(
            f"cold tile, {n_buildings:,} buildings, over HTTP",
            cold["first ms"],
            150,
            75,
            less=True,
            unit=" ms",
        ),
        Target(f"batch locate, {N_POINTS:,} places", taken, 2, 1, less=True, unit=" s"),
    ]
    return targets, rows


def _twice(service: Running, path: str) -> dict[str, float | None]:
    """Return the milliseconds of the first request, its CPU time, and the best of three later requests."""
    before = service.cpu_s
    status, _, content, first = service.ask(path, Accept_Encoding="gzip")
    if status != 200:
        raise SystemExit(f"{path} answered {status}: {content[:300]!r}")
    cpu = None if before is None or service.cpu_s is None else 1000 * (service.cpu_s - before)
    later = min(service.ask(path, Accept_Encoding="gzip")[3] for _ in range(3))
    return {"first ms": 1000 * first, "CPU ms": cpu, "later ms": 1000 * later, "kB": len(content) / 1000}


def _places(division: gridgeo.Division) -> bytes:
    """Return the body of a batch: places all over the city, as AMap would give them."""
    rng = np.random.default_rng(0)
    west, south, east, north = division.grids.to_crs(4326).total_bounds
    lon, lat = rng.uniform(west, east, N_POINTS), rng.uniform(south, north, N_POINTS)
    return json.dumps({"points": np.column_stack([lon, lat]).round(6).tolist(), "crs": "GCJ-02"}).encode()


def measure_crowd(service: Running, folder: Path, seconds: int) -> tuple[list[Target], list[Row]]:
    """Return the promises about ten times too much, and what was measured."""
    load = put_load(service.address, "/api/v1/statistics?by=grid", folder, seconds=seconds, connections=CROWD)
    before = time.perf_counter()
    while service.ask("/api/v1/revision")[3] > P99_MS / 1000 and time.perf_counter() - before < 30:
        time.sleep(0.1)
    calm = time.perf_counter() - before
    others = sum(n for name, n in load.statuses.items() if name not in FINE)
    targets = [
        Target("overload: other answers than 200, 304, 429, 503", others, 0, 0, less=True),
        Target("overload: seconds to recover", calm, CALM_S, 1, less=True, unit=" s"),
    ]
    return targets, [{**_load_row(f"{CROWD} connections", load), "calm after s": calm}]


def find_tile(division: gridgeo.Division) -> tuple[int, int, int, int]:
    """Return the tile whose number of buildings is nearest to the one of the promise, and that number."""
    source = _buildings(division)
    side = tile_square(TILE_ZOOM, 0, 0).side
    x0, y0, x1, y1 = shapely.bounds(source.shapes).T
    column = ((x0 + x1) / 2 + 2 ** (TILE_ZOOM - 1) * side) // side
    row = (2 ** (TILE_ZOOM - 1) * side - (y0 + y1) / 2) // side
    tiles, counts = np.unique(np.column_stack([column, row]), axis=0, return_counts=True)
    best = int(np.abs(counts - TILE_BUILDINGS).argmin())
    x, y = (int(number) for number in tiles[best])
    return TILE_ZOOM, x, y, int(counts[best])


def _buildings(division: gridgeo.Division) -> TileSource:
    """Return the buildings as the service cuts them."""
    return build_tile_source(
        division.buildings, "buildings", columns=["building_id", "grid_code", "households"]
    )


def measure_library_tile(division: gridgeo.Division) -> Target:
    """Return the promise about a cold tile without the service around it, in CPU time."""
    source, (z, x, y, n_buildings) = _buildings(division), find_tile(division)
    taken = []
    for _ in range(5):
        before = time.process_time()
        source.tile(z, x, y)
        taken.append(time.process_time() - before)
    name = f"cold tile, {n_buildings:,} buildings, CPU in the library"
    return Target(name, 1000 * float(np.median(taken)), 150, 50, less=True, unit=" ms")


def ask_schemathesis() -> Target:
    """Return how many faults Schemathesis finds in so many questions; the test stops at none."""
    call = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "tests/web/contract/test_api_fuzz.py",
    ]
    environment = {**os.environ, "GRIDGEO_API_CASES": str(API_CASES)}
    done = subprocess.run(
        call, env=environment, cwd=OUT.parents[1], capture_output=True, text=True, check=False
    )
    if done.returncode not in (0, 1):
        raise SystemExit(done.stdout[-2000:] + done.stderr[-2000:])
    if done.returncode:
        print(done.stdout[-4000:])
    return Target(f"schemathesis, {API_CASES:,} questions: tests that fail", done.returncode, 0, 0, less=True)


if __name__ == "__main__":
    main(sys.argv[1:])
