"""What every benchmark prints and writes: when, where and with what it was measured, then its tables."""

import importlib.metadata
import json
import os
import platform
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

OUT = Path(__file__).resolve().parents[2] / "out" / "bench"
NOTHING = "–"

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Table:
    """Rows under a title, and what a reader has to know about them."""

    title: str
    rows: Sequence[Row]
    note: str = ""


@dataclass(frozen=True)
class Target:
    """A figure that was promised: at least (or, with ``less`` , at most) ``must``, better ``stretch``."""

    figure: str
    measured: float | None
    must: float
    stretch: float
    less: bool = False
    unit: str = ""

    @property
    def verdict(self) -> str:
        """Say whether the promise is kept."""
        if self.measured is None:
            return "not measured"
        sign = -1.0 if self.less else 1.0
        if sign * self.measured >= sign * self.stretch:
            return "stretch met"
        return "met" if sign * self.measured >= sign * self.must else "NOT MET"

    def row(self) -> Row:
        """Return the row of a table of promises."""
        bound = "≤ " if self.less else "≥ "
        shown = NOTHING if self.measured is None else spell(self.measured) + self.unit
        return {
            "figure": self.figure,
            "measured": shown,
            "must": f"{bound}{spell(self.must)}{self.unit}",
            "stretch": f"{bound}{spell(self.stretch)}{self.unit}",
            "verdict": self.verdict,
        }


def describe_run(name: str, argv: Sequence[str], packages: Iterable[str]) -> dict[str, Any]:
    """Return when, how, with what and on what machine a benchmark runs."""
    return {
        "benchmark": name,
        "date": time.strftime("%Y-%m-%d %H:%M:%S %z"),
        "command": " ".join(["python -m tests.benchmarks", name, *argv]),
        "versions": {"python": platform.python_version(), **versions(packages)},
        "machine": machine(),
    }


def versions(packages: Iterable[str]) -> dict[str, str]:
    """Return the version of each package, ``missing`` where it is not installed."""
    found = {}
    for package in packages:
        try:
            found[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            found[package] = "missing"
    return found


def machine() -> str:
    """Return a line on the machine and on how busy it is, for whoever reads the seconds."""
    model, info = platform.processor() or platform.machine(), Path("/proc/cpuinfo")
    if info.exists():
        lines = [line for line in info.read_text().splitlines() if line.startswith("model name")]
        model = lines[0].split(":", 1)[1].strip() if lines else model
    busy = " ".join(f"{load:.1f}" for load in os.getloadavg())
    return f"{model}, {os.cpu_count()} processors, {sys.platform}, load {busy} at the start"


def print_head(head: Mapping[str, Any]) -> None:
    """Print what ``describe_run`` found."""
    print(f"\n=== {head['benchmark']} · {head['date']}\n{head['command']}\n{head['machine']}")
    print(", ".join(f"{package} {version}" for package, version in head["versions"].items()), flush=True)


def print_table(table: Table) -> None:
    """Print a table with aligned columns."""
    columns = list(dict.fromkeys(column for row in table.rows for column in row))
    body = [[spell(row.get(column)) for column in columns] for row in table.rows]
    widths = [max(len(line[i]) for line in [columns, *body]) for i in range(len(columns))]
    print(f"\n{table.title}")
    for line in [columns, *body]:
        cells = [
            cell.ljust(width) if i == 0 else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(line, widths, strict=True))
        ]
        print("  " + "  ".join(cells).rstrip())
    if table.note:
        print(f"  ({table.note})")
    sys.stdout.flush()


def spell(value: object) -> str:
    """Return a value as short as it stays readable."""
    if value is None:
        return NOTHING
    if isinstance(value, bool) or not isinstance(value, float):
        return f"{value:,}" if isinstance(value, int) else str(value)
    size = abs(value)
    if size >= 1000:
        return f"{value:,.0f}"
    digits = 1 if size >= 100 else 2 if size >= 10 else 4
    return f"{value:.{digits}f}".rstrip("0").rstrip(".")


def write_report(head: Mapping[str, Any], tables: Sequence[Table]) -> Path:
    """Write head and tables as JSON into ``out/bench`` and return the path."""
    OUT.mkdir(parents=True, exist_ok=True)
    path = OUT / f"{head['benchmark']}.json"
    document = {**head, "tables": [asdict(table) for table in tables]}
    path.write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(f"\nwritten to {path}", flush=True)
    return path
