"""The report as one page of HTML: no script, nothing from outside, ready to print on A4."""

import base64
import html
from pathlib import Path
from string import Template
from typing import Any

from gridgeo.division import Division
from gridgeo.maps.assets import hash_source
from gridgeo.maps.summary import draw_map
from gridgeo.maps.words import say
from gridgeo.reports.content import Report, ReportTable
from gridgeo.reports.sheet_map import draw_hatches, draw_sheet_map, prepare_sheet_maps

__all__ = ["to_report_page"]

FOLDER = Path(__file__).parent
SIGNATURES = {"summary": ("made", "checked", "date"), "sheet": ("community", "street", "date")}


def to_report_page(division: Division, report: Report) -> str:
    """Return the report as a page; every text of the data is escaped."""
    style = (FOLDER / "report.css").read_text(encoding="utf-8")
    body = "\n".join([draw_hatches(), *summary_parts(division, report), *sheet_parts(division, report)])
    return Template((FOLDER / "report.html").read_text(encoding="utf-8")).substitute(
        lang="zh-CN" if report.lang == "zh" else "en",
        policy=html.escape(f"default-src 'none'; img-src data:; style-src {hash_source(style)}"),
        title=html.escape(report.title),
        style=style,
        body=body,
    )


def summary_parts(division: Division, report: Report) -> list[str]:
    """Return the first pages: what was asked, what came out, the exceptions, the communities."""
    words = report.words
    picture = base64.b64encode(draw_map(division, words).encode("utf-8")).decode("ascii")
    alt = html.escape(str(words["report.overview"]))
    parts = [
        f"<h1>{html.escape(report.title)}</h1>",
        heading(words, "asked") + pairs_list(report.asked),
        heading(words, "result") + pairs_list(report.result),
        heading(words, "overview")
        + f'<figure><img alt="{alt}" src="data:image/svg+xml;base64,{picture}"></figure>',
    ]
    if report.changes:
        parts.append(heading(words, "changes") + pairs_list(report.changes, wide=True))
    parts.append(heading(words, "exceptions") + table_or(report.exceptions, words, "exceptions.none"))
    parts.append(heading(words, "faults") + table_or(report.faults, words, "faults.none"))
    parts.append(heading(words, "communities") + to_table(report.communities))
    return [*parts, signatures(words, "summary")]


def sheet_parts(division: Division, report: Report) -> list[str]:
    """Return a sheet for each community: map, table, signature lines."""
    maps = prepare_sheet_maps(division)
    words = report.words
    return [
        '<section class="sheet">'
        f"<h2>{html.escape(say(words, 'report.page.of', name=sheet.name))}</h2>"
        f'<p class="lead">{html.escape(sheet.area_code)}</p>'
        f"{draw_sheet_map(maps, sheet.area_code, sheet.name, words)}"
        f"{to_table(sheet.table)}{signatures(words, 'sheet')}</section>"
        for sheet in report.sheets
    ]


def heading(words: dict[str, Any], name: str) -> str:
    """Return the heading of a part."""
    return f"<h2>{html.escape(str(words[f'report.{name}']))}</h2>"


def pairs_list(pairs: list[tuple[str, str]], *, wide: bool = False) -> str:
    """Return labels and values; ``wide`` gives each a line of its own."""
    rows = "".join(f"<div><dt>{html.escape(a)}</dt><dd>{html.escape(b)}</dd></div>" for a, b in pairs)
    return f'<dl class="pairs{" wide" if wide else ""}">{rows}</dl>'


def table_or(table: ReportTable, words: dict[str, Any], empty: str) -> str:
    """Return a table, or the words that say why there is none."""
    return to_table(table) if table.rows else f"<p>{html.escape(str(words[f'report.{empty}']))}</p>"


def to_table(table: ReportTable) -> str:
    """Return a table; numbers stand right, codes are not broken."""
    head = "".join(f"<th>{html.escape(column)}</th>" for column in table.columns)
    rows = "".join(
        f"<tr>{''.join(to_cell(value, is_first=i == 0) for i, value in enumerate(row))}</tr>"
        for row in table.rows
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


def to_cell(value: str | int | float | None, *, is_first: bool) -> str:
    """Return a cell."""
    if value is None:
        return '<td class="number">–</td>'
    if isinstance(value, str):
        kind = ' class="code"' if is_first else ""
        return f"<td{kind}>{html.escape(value)}</td>"
    text = f"{value:,}" if isinstance(value, int) else f"{value:,.2f}"
    return f'<td class="number">{text}</td>'


def signatures(words: dict[str, Any], kind: str) -> str:
    """Return the lines to sign on."""
    lines = "".join(f"<p>{html.escape(str(words[f'report.sign.{name}']))}</p>" for name in SIGNATURES[kind])
    return f'<div class="signatures">{lines}</div>'
