"""The pages of the map service in a browser: first picture, filters, a wall that runs on, of a whole city.

``python -m tests.benchmarks pages`` opens a city of 1,700 grids, 45,000 buildings and 100,000 incidents in
headless Chromium; the wall gets an incident a second for ten minutes. ``--soak 60`` is over in a minute.
"""

import argparse
import json
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import gridgeo_web.rehearsal.city as rehearsal

import gridgeo
from tests.benchmarks.bench_service import service_arguments
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
from tests.benchmarks.service_process import Running, run_service

NAME = "pages"
PACKAGES = ("gridgeo", "flask", "waitress", "sqlalchemy", "playwright")
COMMUNITIES, HOUSEHOLDS, INCIDENTS = 150, 430_000, 100_000
DESK, WALL = {"width": 1920, "height": 1080}, {"width": 1920, "height": 1080}
N_VISITS = 5
N_CHANGES = 6
N_HOT = 10  # grids that the reports of the soak fall into, so that the tour has where to go
WARM_S = 120  # of the soak: the tour is under way then, and as many tiles are kept as ever
ROUND_S = 120  # of the tour, over and over the same places: the memory of the first round against the last
LOOK_S = 5
# From the click until the second frame after the figures changed: then the new picture is on the screen.
# The first category is chosen, then no longer, and so on.
CHANGE = """() => new Promise((done, fail) => {
  const began = performance.now(), totals = document.getElementById("totals"), before = totals.textContent;
  const look = () => (totals.textContent === before ? setTimeout(look, 4)
    : requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() - began))));
  setTimeout(() => fail(new Error("the filter changed nothing")), 20000);
  [...document.querySelectorAll("#filters-body .chips")].at(-1).querySelector(".chip").click();
  look();
})"""
NOTE = (
    "wall seconds, which a busy machine stretches; CPU seconds of the page's main thread and of the service"
)


def main(argv: list[str]) -> None:
    """Print the tables and write them to ``out/bench/pages.json``."""
    parser = argparse.ArgumentParser(prog=f"python -m tests.benchmarks {NAME}", description=__doc__)
    parser.add_argument("--soak", type=int, default=600, help="seconds of the wall")
    options = parser.parse_args(argv)
    head = describe_run(NAME, argv, PACKAGES)
    print_head(head)
    files = rehearsal.prepare_city(OUT.parent / "rehearsal", COMMUNITIES, HOUSEHOLDS, INCIDENTS, print)
    points = gridgeo.read_division(files.division).grids.to_crs(4326).representative_point()
    spots = list(zip(points.x, points.y, strict=True))
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = Path(name)
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        with run_service(service_arguments(files, folder), folder / "service.log") as service:
            found, rows = measure_visits(browser, service)
            more, soak = measure_soak(browser, service, spots, options.soak)
        browser.close()
    tables = [
        Table("pages", rows + soak, NOTE),
        Table("promises", [target.row() for target in found + more]),
    ]
    for table in tables:
        print_table(table)
    write_report(head, tables)


def measure_visits(browser: Any, service: Running) -> tuple[list[Target], list[Row]]:
    """Return how long the first picture and a change of filter take, each visit with an empty cache."""
    firsts, changes, strangers = [], [], 0
    cpu: dict[str, list[tuple[float, float]]] = {"load": [], "filter": []}
    for _ in range(N_VISITS):
        page = browser.new_context(viewport=DESK).new_page()
        asked: list[str] = []
        page.on("request", lambda request, asked=asked: asked.append(request.url))
        clock = open_clock(page, service)
        before, spent = time.perf_counter(), clock()
        page.goto(f"{service.address}/?lang=en")
        page.wait_for_selector("body.ready")
        firsts.append(time.perf_counter() - before)
        cpu["load"].append(subtract(clock(), spent))
        page.click("#filters summary")
        for _ in range(N_CHANGES):
            page.wait_for_load_state("networkidle")
            spent = clock()
            changes.append(page.evaluate(CHANGE) / 1000)
            cpu["filter"].append(subtract(clock(), spent))
        strangers += sum(not url.startswith((service.address, "data:")) for url in asked)
        page.context.close()
    firsts.sort()
    changes.sort()
    rows: list[Row] = [
        {"what": "page load to drawn", **spread(firsts), **name_cpu(cpu["load"])},
        {"what": "filter and redraw", **spread(changes), **name_cpu(cpu["filter"])},
    ]
    targets = [
        Target("first useful map, cold browser, median", middle(firsts), 3, 1.5, less=True, unit=" s"),
        Target("filter and redraw, median", middle(changes), 0.5, 0.25, less=True, unit=" s"),
        Target("requests to other machines", strangers, 0, 0, less=True),
    ]
    return targets, rows


def open_clock(page: Any, service: Running) -> Callable[[], tuple[float, float]]:
    """Return what tells the CPU seconds so far of the page's main thread and of the service."""
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})

    def read() -> tuple[float, float]:
        told = {one["name"]: one["value"] for one in session.send("Performance.getMetrics")["metrics"]}
        return told["TaskDuration"], service.cpu_s or float("nan")

    return read


def subtract(after: tuple[float, float], before: tuple[float, float]) -> tuple[float, float]:
    """Return the CPU seconds between two readings."""
    return after[0] - before[0], after[1] - before[1]


def spread(values: list[float]) -> Row:
    """Return median, worst and number of sorted values."""
    return {"median": middle(values), "worst": values[-1], "n": len(values)}


def name_cpu(pairs: list[tuple[float, float]]) -> Row:
    """Return the medians of CPU seconds."""
    page, service = (middle(sorted(column)) for column in zip(*pairs, strict=True))
    return {"page CPU": page, "service CPU": service}


def middle(values: list[float]) -> float:
    """Return the median of sorted values."""
    return values[len(values) // 2]


def measure_soak(
    browser: Any, service: Running, spots: list[tuple[float, float]], seconds: int
) -> tuple[list[Target], list[Row]]:
    """Return how much the wall's memory grows while an incident a second is reported."""
    page = browser.new_context(viewport=WALL).new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(f"{service.address}/wall?seconds=8")
    page.wait_for_selector("body.ready")
    session = page.context.new_cdp_session(page)
    began, sizes = time.perf_counter(), []
    hot = spots[:: len(spots) // N_HOT][:N_HOT]
    for number in range(seconds):
        lon, lat = hot[number % N_HOT]
        body = {"lon": lon, "lat": lat, "category": "06", "description": f"soak {number}"}
        status, *_ = service.ask(
            "/api/v1/incidents",
            method="POST",
            body=json.dumps(body).encode(),
            Content_Type="application/json",
        )
        if status != 201:
            raise SystemExit(f"a report was answered {status}")
        if number >= min(WARM_S, seconds // 5) and number % LOOK_S == 0:
            sizes.append(used_mb(session))
        page.wait_for_timeout(max(0.0, 1000 * (began + number + 1 - time.perf_counter())))
    page.context.close()
    n_round = min(ROUND_S // LOOK_S, len(sizes) // 2)
    first, last = middle(sorted(sizes[:n_round])), middle(sorted(sizes[-n_round:]))
    growth = last / first - 1
    row: Row = {"what": f"wall for {seconds} s: MB", "median": middle(sorted(sizes)), "worst": max(sizes)}
    return [
        Target("memory growth of the wall", 100 * growth, 20, 5, less=True, unit=" %"),
        Target("complaints in the console", len(complaints), 0, 0, less=True),
    ], [{**row, "n": len(sizes)}]


def used_mb(session: Any) -> float:
    """Return what the page holds after a collection."""
    session.send("HeapProfiler.collectGarbage")
    used: float = session.send("Runtime.getHeapUsage")["usedSize"]
    return used / 1e6
