"""How long and how large: whole runs in fresh processes, as a user starts them."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np

from gridgeo.division import read_division
from tests.benchmarks.divide_cases import Case
from tests.benchmarks.divide_laws import broken_laws, outside_shares
from tests.benchmarks.report import Row

ROOT = Path(__file__).resolve().parents[2]
COMMUNITY_HOUSEHOLDS = 3_000


@dataclass(frozen=True)
class Run:
    """What a command took (seconds, CPU seconds with children, the largest process) and printed."""

    wall_s: float
    cpu_s: float
    peak_gb: float
    output: str


@dataclass(frozen=True)
class WholeRun:
    """One ``gridgeo divide`` from files to a file."""

    run: Run
    figures: dict[str, Any]
    grids: gpd.GeoDataFrame
    laws: dict[str, int]
    outside: tuple[float, float]

    @property
    def seconds(self) -> dict[str, float]:
        """The seconds of each stage as the manifest tells them."""
        return dict(self.figures["seconds"])

    @property
    def parallel_s(self) -> float:
        """Seconds of the part that several processes share: all but reading, mending and stitching."""
        return self.seconds["total"] - self.seconds["prepare"] - self.seconds["stitch"]


def run_command(command: Sequence[str], **environment: str) -> Run:
    """Run a command and return what it took.

    Raises
    ------
    RuntimeError
        When it does not end with 0.
    """
    started = time.perf_counter()
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, cwd=ROOT, env={**os.environ, **environment}
    )
    assert process.stdout is not None
    with process.stdout as stream:
        output = stream.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}")
    unit = 1 if sys.platform == "darwin" else 1024
    return Run(
        time.perf_counter() - started, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * unit / 1e9, output
    )


def divide_whole(case: Case, folder: Path, effort: str, jobs: int) -> WholeRun:
    """Run ``gridgeo divide`` on the files of a case."""
    out = folder / f"{effort}-{jobs}.gpkg"
    command = [sys.executable, "-c", "from gridgeo.cli import main; main()", "divide", *case.options]
    command += ["--range", "200:300", "--effort", effort, "--jobs", str(jobs), "--json", "--out", str(out)]
    run = run_command(command)
    division = read_division(out)
    laws, outside = broken_laws(division), outside_shares(division)
    return WholeRun(run, json.loads(run.output), division.grids, laws, outside)


def same_grids(one: gpd.GeoDataFrame, other: gpd.GeoDataFrame) -> bool:
    """Return whether two divisions are the same to the last digit."""
    first, second = (layer.sort_values("grid_code") for layer in (one, other))
    same_codes = first["grid_code"].tolist() == second["grid_code"].tolist()
    return same_codes and bool(
        (first.geometry.to_wkb().to_numpy() == second.geometry.to_wkb().to_numpy()).all()
    )


def whole_rows(runs: dict[str, WholeRun]) -> list[Row]:
    """Return a row for each whole run."""
    return [
        {
            "run": name,
            "wall s": whole.run.wall_s,
            "CPU s": whole.run.cpu_s,
            "divide s": whole.seconds["total"],
            "prepare s": whole.seconds["prepare"],
            "atoms+graph s": whole.seconds["atoms"] + whole.seconds["graph"],
            "partition s": whole.seconds["split"] + whole.seconds["refine"],
            "stitch s": whole.seconds["stitch"],
            "shared part s": whole.parallel_s,
            "peak GB": whole.run.peak_gb,
        }
        for name, whole in runs.items()
    ]


def time_community(repeats: int) -> tuple[list[Row], dict[str, float]]:
    """Return the seconds of one community: warm, in a fresh process, and in one with nothing compiled."""
    command = [sys.executable, "-m", "tests.benchmarks.divide_once", str(COMMUNITY_HOUSEHOLDS)]
    with tempfile.TemporaryDirectory() as folder:
        cold, fresh = (run_command([*command, "1"], NUMBA_CACHE_DIR=folder) for _ in range(2))
        warm = run_command([*command, str(repeats)], NUMBA_CACHE_DIR=folder)
    first, second, third = (json.loads(run.output) for run in (cold, fresh, warm))
    rest = third["wall"][1:] or third["wall"]
    rest_cpu = third["cpu"][1:] or third["cpu"]
    rows: list[Row] = [
        {
            "run": "first call ever, nothing compiled yet",
            "divide wall s": first["wall"][0],
            "CPU s": first["cpu"][0],
            "import s": first["import"],
            "process wall s": cold.wall_s,
            "process CPU s": cold.cpu_s,
        },
        {
            "run": "first call in a process, compiled before",
            "divide wall s": second["wall"][0],
            "CPU s": second["cpu"][0],
            "import s": second["import"],
            "process wall s": fresh.wall_s,
            "process CPU s": fresh.cpu_s,
        },
        {
            "run": f"warm, median of {len(rest)}",
            "divide wall s": float(np.median(rest)),
            "CPU s": float(np.median(rest_cpu)),
        },
    ]
    figures = {
        "warm_s": float(np.median(rest_cpu)),
        "compile_s": cold.cpu_s - fresh.cpu_s,
    }
    return rows, figures
