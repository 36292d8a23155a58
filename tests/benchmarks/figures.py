"""The page of figures: ``python -m tests.benchmarks.figures`` makes README.md of ``out/bench``."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from tests.benchmarks.report import OUT, spell

PAGE = Path(__file__).parent / "README.md"
HEAD = """# Figures

Written by `python -m tests.benchmarks.figures` from what the benchmarks left in `out/bench`: our own
programs and their peers, in turns within one run. Each part says when, by which command, with which
versions and on how busy a machine. Where other work kept the machine busy (a load above 2 on two
processors), look at ratios and CPU seconds first; wall times are then stretched.
**NOT MET** is what was asked for and not reached in that run.
"""


def write_page(reports: Iterable[Mapping[str, Any]]) -> None:
    """Write all reports as one page of Markdown."""
    PAGE.write_text("\n".join([HEAD, *map(to_markdown, reports)]), encoding="utf-8")


def to_markdown(report: Mapping[str, Any]) -> str:
    """Return one report: its head, then its tables."""
    versions = ", ".join(f"{name} {version}" for name, version in report["versions"].items())
    lines = [f"## {report['benchmark'].capitalize()}", ""]
    lines += [f"`{report['command']}`, {report['date'][:16]}; {report['machine']}; {versions}.", ""]
    for table in report["tables"]:
        lines += [f"**{table['title'][:1].upper()}{table['title'][1:]}**", "", *to_rows(table["rows"])]
        lines += [f"\n{table['note']}" if table["note"] else "", ""]
    return "\n".join(lines)


def to_rows(rows: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return the lines of a table; a verdict that is bad news stands out."""
    rows = list(rows)
    columns = list(dict.fromkeys(column for row in rows for column in row))
    lines = [f"| {' | '.join(columns)} |", "|" + "---|" * len(columns)]
    for row in rows:
        cells = [spell(row.get(column)).replace("|", "\\|") for column in columns]
        lines.append(f"| {' | '.join('**NOT MET**' if cell == 'NOT MET' else cell for cell in cells)} |")
    return lines


if __name__ == "__main__":
    write_page(json.loads(path.read_text(encoding="utf-8")) for path in sorted(OUT.glob("*.json")))
