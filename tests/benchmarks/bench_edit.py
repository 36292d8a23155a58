"""Editing: how long a stroke takes, in a community and in a whole city; adopting, grouping, pairing, reports.

``python -m tests.benchmarks edit`` takes some minutes, most of them for dividing the city; the division is
kept in ``out/bench``, ``--fresh`` makes it anew.
"""

import argparse
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

import gridgeo
from gridgeo import Division, GridPlan, GridSpec
from gridgeo.demo import build_demo
from gridgeo.errors import PlanError
from gridgeo.planning.tally import count_grids
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

NAME = "edit"
PACKAGES = ("gridgeo", "numpy", "pandas", "shapely", "geopandas", "numba", "scipy", "networkx", "openpyxl")
SPEC = GridSpec(effort="fast")
STROKES = 300
NOTE = (
    "CPU milliseconds of a change with all that a planner sees of it: new plan, score, difference, alarms; "
    "strokes move a random atom over a border; split, merge and suggestions at random grids; seed 0"
)


def main(argv: list[str]) -> None:
    """Print all tables and write them to ``out/bench/edit.json``."""
    options = read_options(argv)
    head = describe_run(NAME, argv, PACKAGES)
    print_head(head)
    city = city_division(options.communities, options.households, options.seed, options.fresh)
    small = build_demo(n_communities=1, households=5_000)
    community = gridgeo.divide(
        small.communities, small.buildings, small.streets, SPEC, barriers=[small.railway, small.water]
    )
    rows = [measure_plan("community", community), measure_plan("city", city)]
    promises = Table(
        "Promises",
        [
            Target(
                "a stroke in a community of 5,000 households",
                rows[0]["stroke worst ms"],
                100,
                50,
                True,
                " ms",
            ).row(),
            Target(
                "a stroke with a whole city open", rows[1]["stroke worst ms"], 300, 100, True, " ms"
            ).row(),
        ],
    )
    tables = [Table("Editing", rows, NOTE), promises, Table("Around it", around(city), "CPU seconds")]
    for table in tables:
        print_table(table)
    write_report(head, tables)


def read_options(argv: Sequence[str]) -> argparse.Namespace:
    """Return what the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks edit", description=__doc__)
    parser.add_argument("--communities", type=int, default=150, help="of the generated city")
    parser.add_argument("--households", type=int, default=430_000, help="of the generated city")
    parser.add_argument("--seed", type=int, default=0, help="of the generated city")
    parser.add_argument("--fresh", action="store_true", help="divide the city anew")
    return parser.parse_args(argv)


def city_division(n_communities: int, households: int, seed: int, fresh: bool) -> Division:
    """Return the generated city divided, from a file of an earlier run unless a fresh one is asked for."""
    file = OUT / f"edit-{n_communities}-{households}-{seed}.gpkg"
    if fresh or not file.exists():
        OUT.mkdir(parents=True, exist_ok=True)
        demo = build_demo(n_communities, households, seed)
        division = gridgeo.divide(
            demo.communities,
            demo.buildings,
            demo.streets,
            SPEC,
            barriers=[demo.railway, demo.water],
            compounds=demo.compounds,
            dedicated=demo.dedicated,
        )
        division.write(file)
    return gridgeo.read_division(file)


def measure_plan(place: str, division: Division) -> Row:
    """Return how long it takes to open, change and save a plan."""
    gridgeo.open_plan(division)  # whatever is compiled, is compiled now
    plan, opening = timed(lambda: gridgeo.open_plan(division))
    rng = np.random.default_rng(0)
    strokes, edited = time_strokes(plan, rng)
    splits = [ms for ms in (time_split(plan, rng) for _ in range(20)) if ms is not None]
    mergers = [time_merger(plan, rng) for _ in range(20)]
    out_of_range = plan.grids[plan.grids["status"].isin(["above", "below"])]["grid_code"].tolist()[:10]
    advice = [timed(lambda code=code: gridgeo.suggest(plan, code))[1] for code in out_of_range]
    back, undo = timed(lambda: undo_all(edited))
    _, saving = timed(edited.to_division)
    assert np.array_equal(back.drawing.sums, plan.drawing.sums)
    drawing = edited.drawing
    anew = count_grids(edited.terrain, drawing.label, np.arange(len(drawing.codes)))
    assert np.array_equal(anew, drawing.sums)
    return {
        "place": place,
        "households": int(division.grids["households"].sum()),
        "grids": len(division.grids),
        "atoms": len(division.atoms),
        "open s": opening,
        "stroke median ms": 1e3 * float(np.median(strokes)),
        "stroke worst ms": 1e3 * max(strokes),
        "split ms": 1e3 * float(np.median(splits)),
        "merge ms": 1e3 * float(np.median(mergers)),
        "suggest ms": 1e3 * float(np.median(advice)) if advice else None,
        "undo ms": 1e3 * undo / max(len(edited.past), 1),
        "save s": saving,
    }


def timed(work: Callable[[], Any]) -> tuple[Any, float]:
    """Return what work gives, and its CPU seconds."""
    start = time.process_time()
    result = work()
    return result, time.process_time() - start


def look(plan: GridPlan) -> GridPlan:
    """Return a plan after everything that a planner sees of it was made."""
    assert plan.score is not None
    assert plan.difference is not None
    assert plan.alarms is not None
    return plan


def time_strokes(plan: GridPlan, rng: np.random.Generator) -> tuple[list[float], GridPlan]:
    """Return the seconds of each stroke, and the plan after those that broke nothing."""
    graph = plan.terrain.graph
    seconds, edited = [], plan
    while len(seconds) < STROKES:
        label = edited.drawing.label
        border = np.flatnonzero((label[graph.a] != label[graph.b]) & graph.is_link)
        edge = border[rng.integers(len(border))]
        atom = str(plan.terrain.atom_ids[graph.a[edge]])
        target = edited.drawing.codes[label[graph.b[edge]]]
        start = time.process_time()
        try:
            moved = look(edited.move([atom], target))
        except PlanError:  # a dedicated grid, locked
            continue
        seconds.append(time.process_time() - start)
        edited = edited if moved.alarms else moved
    return seconds, edited


def time_split(plan: GridPlan, rng: np.random.Generator) -> float | None:
    """Return the seconds of cutting one grid in two, None where it cannot be cut."""
    code = plan.codes[rng.integers(len(plan.codes))]
    try:
        return timed(lambda: look(plan.split(code, 2)))[1]
    except PlanError:
        return None


def time_merger(plan: GridPlan, rng: np.random.Generator) -> float:
    """Return the seconds of merging one grid with a neighbour."""
    while True:
        code = plan.codes[rng.integers(len(plan.codes))]
        free = [other for other in plan.neighbours_of(code) if other not in plan.locked]
        if code not in plan.locked and free:
            return timed(partial(merge_and_look, plan, code, free[0]))[1]


def merge_and_look(plan: GridPlan, one: str, other: str) -> GridPlan:
    """Return the plan with two grids merged, looked at."""
    return look(plan.merge(one, other))


def undo_all(plan: GridPlan) -> GridPlan:
    """Return a plan as it was opened, one step back at a time."""
    while plan.past:
        plan = plan.undo()
    return plan


def around(city: Division) -> list[Row]:
    """Return what adopting, grouping, pairing and reporting take."""
    rows = []
    layers = {name: getattr(city, name) for name in ("communities", "buildings", "streets")}
    drawn = spoil(city.grids)
    adopted, seconds = timed(lambda: gridgeo.adopt_grids(drawn, **layers, spec=SPEC, barriers=city.barriers))
    kept = len(set(adopted.grids["grid_code"]) & set(city.grids["grid_code"]))
    rows.append(
        {"what": f"adopt {len(drawn):,} grids drawn with gaps and overlaps", "s": seconds, "kept codes": kept}
    )
    level, seconds = timed(lambda: gridgeo.group_grids(city, target=500))
    share = level.score["in_range_share"]
    rows.append({"what": f"group into {len(level.grids):,} service grids", "s": seconds, "in range": share})
    pairs, seconds = timed(lambda: gridgeo.pair_grids(city))
    rows.append({"what": "pair the grids", "s": seconds, "paired": float(pairs["is_mutual"].mean())})
    with tempfile.TemporaryDirectory() as folder:
        for ending in ("html", "xlsx"):
            path = Path(folder) / f"report.{ending}"
            _, seconds = timed(lambda path=path: gridgeo.write_report(city, path))
            rows.append({"what": f"report as .{ending}", "s": seconds, "MB": path.stat().st_size / 1e6})
    return rows


def spoil(grids: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return grids as a tired hand would have drawn them: too large, too small, with few corners."""
    rng = np.random.default_rng(0)
    shapes = grids.geometry.to_numpy().copy()
    widths = rng.choice([-5.0, -2.0, 0.0, 3.0, 6.0], len(shapes))
    shapes = shapely.simplify(shapely.buffer(shapes, widths, join_style="mitre"), 3.0)
    return grids.set_geometry(gpd.GeoSeries(shapes, index=grids.index, crs=grids.crs))
