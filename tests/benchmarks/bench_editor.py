"""The editor in the browser: from the end of a stroke to its answer and to the new picture.

``python -m tests.benchmarks editor`` serves a community of 5,000 households and a city of 430,000, opens the
editor of each in headless Chromium and moves atoms over borders. The city is kept in ``out/bench``.
"""

import argparse
import shutil
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import waitress.server
from gridgeo_web.app import create_app
from gridgeo_web.config import ServiceConfig

import gridgeo
from gridgeo import Division, GridSpec
from gridgeo.demo import build_demo
from tests.benchmarks.bench_edit import city_division
from tests.benchmarks.report import Row, Table, Target, describe_run, print_head, print_table, write_report

NAME = "editor"
PACKAGES = ("gridgeo", "flask", "waitress", "sqlalchemy", "playwright")
STROKES = 40
OPENINGS = 3
SCREEN = {"width": 1366, "height": 768}
NOTE = (
    "milliseconds; answer: until the service has written the step and told what changed (wall); picture: "
    "until the frame after map, bars and alarms changed (wall); service: CPU of the service for a stroke; "
    "first open: the editor straight after the service began, open: later, each with an empty cache. "
    "Service, browser and all else share the processors of this machine"
)
# Moves atoms over borders one after another and takes the time of each.
STROKE = """async ([wanted]) => {
  const { app } = await import(document.querySelector("script[type=module]").src);
  const { atoms } = app.draft, pairs = [], told = { answer: [], picture: [] };
  const free = (f) => !app.draft.rows.get(app.draft.codes[app.draft.label[f]]).is_locked;
  const step = Math.max(1, Math.floor(atoms.n / (8 * wanted)));
  for (let f = 0; f < atoms.n && pairs.length < wanted; f += step) {
    const { first, start } = atoms.shapes;
    for (let i = start[first[f]]; i < start[first[f] + 1]; i++) {
      const other = atoms.beside[i];
      if (other < 0 || app.draft.label[other] === app.draft.label[f]) continue;
      if (atoms.home[other] !== atoms.home[f]) continue;
      if (free(f) && free(other)) pairs.push([f, other]);
      break;
    }
  }
  for (const [f, other] of pairs) {
    const operation = { kind: "move", atoms: [atoms.ids[other]], grid: app.draft.codes[app.draft.label[f]] };
    performance.clearResourceTimings();
    const began = performance.now();
    await app.draft.do(operation);
    await new Promise((done) => requestAnimationFrame(() => setTimeout(done, 0)));
    told.picture.push(performance.now() - began);
    const asked = performance.getEntriesByType("resource").filter(({ name }) => name.endsWith("/operations"));
    if (asked.length) told.answer.push(asked[0].duration);
  }
  return told;
}"""


def main(argv: list[str]) -> None:
    """Print the tables and write them to ``out/bench/editor.json``."""
    parser = argparse.ArgumentParser(prog=f"python -m tests.benchmarks {NAME}", description=__doc__)
    parser.add_argument("--communities", type=int, default=150, help="of the generated city")
    parser.add_argument("--households", type=int, default=430_000, help="of the generated city")
    options = parser.parse_args(argv)
    head = describe_run(NAME, argv, PACKAGES)
    print_head(head)
    small = build_demo(n_communities=1, households=5_000)
    community = gridgeo.divide(small.communities, small.buildings, small.streets, GridSpec(effort="fast"))
    city = city_division(options.communities, options.households, 0, fresh=False)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        rows = [
            measure(browser, place, division)
            for place, division in (("community", community), ("city", city))
        ]
        browser.close()
    promises = [
        Target("a stroke in a community of 5,000 households", rows[0]["answer median"], 100, 50, True, " ms"),
        Target("a stroke with a whole city open", rows[1]["answer median"], 300, 100, True, " ms"),
        Target("a whole city is open", rows[1]["open s"], 2, 1.5, True, " s"),
    ]
    tables = [
        Table("The editor", rows, NOTE),
        Table("Promises", [target.row() for target in promises]),
    ]
    for table in tables:
        print_table(table)
    write_report(head, tables)


def measure(browser: Any, place: str, division: Division) -> Row:
    """Return how long the strokes of a planner take in a division."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "division.gpkg"
        division.write(file)
        with serving(file) as address:
            first = open_page(browser, address)[1]
            again = statistics.median(open_page(browser, address)[1] for _ in range(OPENINGS))
            page, _ = open_page(browser, address, keep=True)
            page.wait_for_load_state("networkidle")
            cpu = time.process_time()
            told = page.evaluate(STROKE, [STROKES])
            cpu = 1000 * (time.process_time() - cpu) / max(len(told["picture"]), 1)
            page.context.close()
        shutil.rmtree(file.with_suffix(".versions"))
    return {
        "place": place,
        "households": int(division.grids["households"].sum()),
        "atoms": len(division.atoms),
        "first open s": first,
        "open s": again,
        "strokes": len(told["picture"]),
        "answer median": statistics.median(told["answer"]),
        "answer worst": max(told["answer"]),
        "picture median": statistics.median(told["picture"]),
        "picture worst": max(told["picture"]),
        "service": cpu,
    }


def open_page(browser: Any, address: str, *, keep: bool = False) -> tuple[Any, float]:
    """Return the editor of all communities in a new browser profile, and the seconds until it can be used."""
    page = browser.new_context(viewport=SCREEN, reduced_motion="reduce").new_page()
    began = time.perf_counter()
    page.goto(f"{address}/edit?area=")
    page.wait_for_selector("body.ready", timeout=120_000)
    seconds = time.perf_counter() - began
    if not keep:
        page.context.close()
    return page, seconds


@contextmanager
def serving(file: Path) -> Iterator[str]:
    """Serve a division to a planner on a free port; yield the address."""
    app = create_app(ServiceConfig(division=file, background=False, local_role="planner"))
    server = waitress.server.create_server(app.wsgi_app, host="127.0.0.1", port=0, threads=4)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.effective_port}"
    finally:
        server.close()
        server.task_dispatcher.shutdown()
        thread.join(timeout=5)
