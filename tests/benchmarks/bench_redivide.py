"""Redividing: a city whose counts have changed, how many households move, what is in range, how long.

``python -m tests.benchmarks redivide`` takes some minutes, most of them for dividing the city before and,
for comparison, from scratch. The first division is kept in ``out/bench``; ``--fresh`` makes it anew.
"""

import argparse
import statistics
import time
from collections.abc import Sequence
from typing import Any

import gridgeo
from gridgeo import Division
from gridgeo.comparison.lineage import build_lineage
from tests.benchmarks.divide_laws import broken_laws
from tests.benchmarks.redivide_cases import (
    build_city,
    change_buildings,
    change_streets,
    divide_city,
    old_division,
    shake_counts,
)
from tests.benchmarks.report import Row, Table, Target, describe_run, print_head, print_table, write_report

NAME = "redivide"
PACKAGES = ("gridgeo", "numpy", "pandas", "shapely", "geopandas", "numba", "scipy")
BUDGETS = (0.0, 0.005, 0.01, 0.02, 0.05)
SHOWN_POINTS = 12
NOTE = (
    "moved: households of buildings that stand before and after, in another grid than the heir of their old "
    "one; feasible leaves out single buildings above the range and what is proved impossible; CPU seconds of "
    "the call, layers in memory"
)


GROUND_NOTE = (
    "buildings: one gone and one new in each community; streets: one moved by 4 m in each tenth; all: both, "
    "and the counts of year 0; new grids out of range are those of the new houses"
)


def main(argv: list[str]) -> None:
    """Print all tables and write them to ``out/bench/redivide.json``."""
    options = read_options(argv)
    head = describe_run(NAME, argv, PACKAGES)
    print_head(head)
    demo = build_city(options.communities, options.households, options.seed)
    name = f"city-{options.communities}-{options.households}-{options.seed}"
    old, _ = old_division(demo, name, options.fresh)
    gridgeo.redivide(old, max_moved=0.0)  # whatever is compiled, is compiled now
    place = f"generated city, {options.communities} communities, {options.households:,} households"
    years = [measure(old, year, 0.05) for year in range(options.years)]
    ground = ground_rows(old)
    tables = [
        Table(f"Years, {place}, at most 5 % moved", years, NOTE),
        Table(f"Ground that changed, {place}, at most 5 % moved", ground, GROUND_NOTE),
        promises(years, ground),
    ]
    if not options.quick:
        tables.append(Table(f"Budgets, {place}", budget_rows(old, options), NOTE))
        tables.append(Table("Moved against in range, year 0", curve_rows(old)))
    for table in tables:
        print_table(table)
    write_report(head, tables)


def read_options(argv: Sequence[str]) -> argparse.Namespace:
    """Return what the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks redivide", description=__doc__)
    parser.add_argument("--communities", type=int, default=150, help="of the generated city")
    parser.add_argument("--households", type=int, default=430_000, help="of the generated city")
    parser.add_argument("--seed", type=int, default=0, help="of the generated city")
    parser.add_argument("--years", type=int, default=3, help="how many other years to draw")
    parser.add_argument("--no-scratch", action="store_true", help="without dividing from scratch")
    parser.add_argument("--quick", action="store_true", help="the years alone: no budgets, no curve")
    parser.add_argument("--fresh", action="store_true", help="divide the city anew")
    return parser.parse_args(argv)


def measure(old: Division, year: int, budget: float) -> Row:
    """Return the row of one redivision."""
    today = shake_counts(old, year)
    started = time.process_time()
    new = gridgeo.redivide(old, today, max_moved=budget)
    seconds = time.process_time() - started
    return {"method": f"redivide, year {year}, at most {100 * budget:g} %", **figures(new), "CPU s": seconds}


def ground_rows(old: Division) -> list[Row]:
    """Return a row for each way in which the ground changed."""
    houses, streets = change_buildings(old, 0), change_streets(old, 0)
    counts = shake_counts(old, 0).set_index("building_id")["households"]
    shaken = houses["building_id"].map(counts).fillna(houses["households"]).astype("int64")
    cases: dict[str, dict[str, Any]] = {
        "buildings": {"buildings": houses},
        "streets": {"streets": streets},
        "all": {"buildings": houses.assign(households=shaken), "streets": streets},
    }
    rows = []
    for name, layers in cases.items():
        started = time.process_time()
        new = gridgeo.redivide(old, **layers)
        seconds = time.process_time() - started
        run = new.manifest["run"]
        cut = run["atoms_cut_anew"] / (run["atoms_cut_anew"] + run["atoms_kept"])
        rows.append({"changed": name, "atoms cut anew": cut, **figures(new), "CPU s": seconds})
    return rows


def figures(new: Division) -> Row:
    """Return what a planner wants to know of a division that was made from another one."""
    change, score = new.manifest["change"], new.score
    return {
        "grids": len(new.grids),
        "moved": change["moved_share"],
        "households moved": change["households_moved"],
        "feasible in range": score["feasible_in_range_share"],
        "in range": score["in_range_share"],
        "unproved": score["exceptions_unproved"],
        "codes kept": float(kept_share(new)),
        "street share": score["street_share"],
        "mean PP": score["mean_polsby_popper"],
        "laws broken": sum(broken_laws(new).values()),
    }


def kept_share(new: Division) -> float:
    """Return the share of the old codes that are still in use."""
    old = new.lineage["old_code"].dropna().unique()
    return float(new.grids["grid_code"].isin(old).sum() / max(len(old), 1))


def budget_rows(old: Division, options: argparse.Namespace) -> list[Row]:
    """Return a row for each budget, and one for dividing from scratch."""
    rows = [measure(old, 0, budget) for budget in BUDGETS]
    if options.no_scratch:
        return rows
    demo = build_city(options.communities, options.households, options.seed)
    counts = shake_counts(old, 0).set_index("building_id")["households"]
    today = demo.buildings.assign(households=demo.buildings["building_id"].map(counts).to_numpy())
    started = time.process_time()
    new = divide_city(demo, today)
    seconds = time.process_time() - started
    lineage = build_lineage(old, new)
    both = lineage["old_code"].notna() & lineage["new_code"].notna()
    carried = int(lineage.loc[both, "households_carried"].sum())
    moved = int(lineage.loc[lineage["is_moved"], "households_carried"].sum())
    row = {
        "method": "from scratch, year 0",
        "grids": len(new.grids),
        "moved": moved / carried,
        "households moved": moved,
        "feasible in range": new.score["feasible_in_range_share"],
        "in range": new.score["in_range_share"],
        "unproved": new.score["exceptions_unproved"],
        "street share": new.score["street_share"],
        "mean PP": new.score["mean_polsby_popper"],
        "laws broken": sum(broken_laws(new).values()),
        "CPU s": seconds,
    }
    return [*rows, row]


def curve_rows(old: Division) -> list[Row]:
    """Return points of the curve, evenly spread over the repairs."""
    curve = gridgeo.trade_off(old, shake_counts(old, 0))
    step = max((len(curve) - 1) // SHOWN_POINTS, 1)
    chosen = sorted({*range(0, len(curve), step), len(curve) - 1})
    return [dict(row) for row in curve.iloc[chosen].to_dict("records")]


def promises(years: Sequence[Row], ground: Sequence[Row]) -> Table:
    """Return what was promised beside the worst of the years, and of the changes of the ground."""
    rows = [
        Target("feasible in range", min(r["feasible in range"] for r in years), 0.99, 0.995).row(),
        Target("households moved", max(r["moved"] for r in years), 0.05, 0.03, less=True).row(),
        Target(
            "CPU s of redivide, median",
            statistics.median(r["CPU s"] for r in years),
            10,
            5,
            less=True,
        ).row(),
        Target("CPU s where ground changed, worst", max(r["CPU s"] for r in ground), 10, 5, less=True).row(),
        Target("laws broken", float(max(r["laws broken"] for r in [*years, *ground])), 0, 0, less=True).row(),
    ]
    return Table("Promises, the worst of the years", rows)
