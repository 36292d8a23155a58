"""Dividing: ours and the peers on the same atoms, speed, memory, and what was promised.

``python -m tests.benchmarks divide`` takes about a quarter of an hour on two cores. ``--only`` runs a part
of it, ``--communities 12 --households 30000`` a smaller city.
"""

import argparse
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from gridgeo.spec import Effort
from tests.benchmarks.divide_cases import SPEC, Case, cambridge_case, city_case
from tests.benchmarks.divide_peers import fast_peers, missing_peers, slow_peers
from tests.benchmarks.divide_promises import (
    ONE,
    TWO,
    Figures,
    cambridge_promises,
    city_promises,
    community_promises,
    promise_table,
    ratio_rows,
)
from tests.benchmarks.divide_quality import Scores, compare_methods, middle_grounds, prepare_grounds
from tests.benchmarks.divide_speed import WholeRun, divide_whole, time_community, whole_rows
from tests.benchmarks.divide_tessellation import compare_cells
from tests.benchmarks.report import Table, describe_run, print_head, print_table, write_report

WHOLE_NOTE = (
    "stages are wall seconds summed over processes, so a busy machine stretches them: compare wall with CPU"
)
Publish = Callable[[Table], None]
NAME = "divide"
PARTS = ("city", "cambridge", "community")
PACKAGES = (
    *("gridgeo", "numpy", "shapely", "geopandas", "numba", "scipy"),
    *("pymetis", "kahip", "spopt", "libpysal", "momepy", "gerrychain"),
)
SLOW_COMMUNITIES = 2
ROUNDS = 3
NOTE = (
    "same atoms, same contacts, same scoring; methods take turns at each community; METIS and KaHIP see "
    "street-weighted borders and capped giants; CPU seconds of the partition alone; feasible leaves out what "
    "is proved impossible and single buildings above the range; PP is Polsby–Popper"
)


def main(argv: list[str]) -> None:
    """Print all tables and write them to ``out/bench/divide.json``."""
    options = read_options(argv)
    head = describe_run(NAME, argv, PACKAGES)
    print_head(head)
    tables: list[Table] = []

    def publish(table: Table) -> None:
        tables.append(table)
        print_table(table)

    if missing_peers():
        print(f"not installed, so not compared: {', '.join(missing_peers())} (install the extra bench)")
    parts = options.only or PARTS
    with tempfile.TemporaryDirectory() as folder:
        if "city" in parts:
            case = city_case(Path(folder), options.communities, options.households, options.seed)
            figures = measure_case(case, options, publish)
            publish(promise_table(case.name, city_promises(figures)))
        if "cambridge" in parts:
            case = cambridge_case()
            if case is None:
                print("\nCambridge is not here (../shared/data/cambridge), so it is left out")
            else:
                publish(promise_table(case.name, cambridge_promises(measure_case(case, options, publish))))
    if "community" in parts:
        rows, seconds = time_community(options.repeats)
        publish(Table("One community of 3,000 households, whole divide", rows))
        publish(promise_table("one community", community_promises(seconds)))
    write_report(head, tables)


def read_options(argv: Sequence[str]) -> argparse.Namespace:
    """Return what the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks divide", description=__doc__)
    parser.add_argument("--only", action="append", choices=PARTS, help="one part; repeatable")
    parser.add_argument("--communities", type=int, default=150, help="of the generated city")
    parser.add_argument("--households", type=int, default=430_000, help="of the generated city")
    parser.add_argument("--seed", type=int, default=0, help="of the generated city")
    parser.add_argument("--repeats", type=int, default=8, help="of the single community")
    parser.add_argument("--best", action="store_true", help="also effort best, which takes long")
    parser.add_argument("--no-slow", action="store_true", help="without MaxP, GerryChain and momepy")
    return parser.parse_args(argv)


def measure_case(case: Case, options: argparse.Namespace, publish: Publish) -> Figures:
    """Publish the tables of one place and return its figures."""
    efforts: list[Effort] = ["fast", "default", *(["best"] if options.best else [])]
    grounds, atoms_s = prepare_grounds(case, SPEC)
    rows, scores = compare_methods(grounds, SPEC, efforts, fast_peers())
    publish(Table(f"Methods, {case.name}", ratio_rows(rows, scores), NOTE))
    slow: Scores = {}
    chosen = [] if options.no_slow else middle_grounds(grounds, SPEC, SLOW_COMMUNITIES)
    if chosen:
        rows, slow = compare_methods(chosen, SPEC, ["default"], {**slow_peers()})
        where = ", ".join(f"{ground.site.area_code} ({len(ground.atoms)} atoms)" for ground in chosen)
        publish(Table(f"Slow peers, communities {where}", rows, NOTE))
        publish(compare_cells(case.name, [ground.site for ground in chosen], ROUNDS))
    whole = whole_runs(case)
    publish(Table(f"Whole divide from files to a file, {case.name}", whole_rows(whole), WHOLE_NOTE))
    return Figures(scores, slow, whole, atoms_s, case.n_buildings)


def whole_runs(case: Case) -> dict[str, WholeRun]:
    """Return the whole runs on one process and on two."""
    jobs = {ONE: 1, TWO: 2}
    with tempfile.TemporaryDirectory() as folder:
        return {name: divide_whole(case, Path(folder), "default", n) for name, n in jobs.items()}
