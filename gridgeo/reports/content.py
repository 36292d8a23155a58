"""What a report says, as tables of plain values: one content for the page, the workbook and the print."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

import pandas as pd

from gridgeo.division import Division
from gridgeo.maps.layers import is_dedicated, is_exception
from gridgeo.maps.words import say, say_reason
from gridgeo.reports.changes import list_changes
from gridgeo.reports.words import choose_language, read_report_words

__all__ = ["CommunitySheet", "Report", "ReportTable", "build_report"]

Value = str | int | float | None
Pairs = list[tuple[str, str]]

# Figures of the score in the order in which a planner asks for them, and how each is written.
FIGURES = {
    "n_grids": "{:,.0f}",
    "in_range_share": "{:.1%}",
    "feasible_in_range_share": "{:.1%}",
    "exceptions": "{:,.0f}",
    "exceptions_unproved": "{:,.0f}",
    "mean_deviation": "{:.1%}",
    "street_share": "{:.1%}",
    "mean_polsby_popper": "{:.2f}",
    "compounds_whole_share": "{:.1%}",
    "hamlets_whole_share": "{:.1%}",
    "main_road_inside_share": "{:.1%}",
    "n_multipart": "{:,.0f}",
    "n_buildings_cut": "{:,.0f}",
    "gap_area_m2": "{:,.1f} m²",
    "overlap_area_m2": "{:,.1f} m²",
}
SPEC = ("households", "people", "area_m2", "max_area_m2", "effort", "seed", "cross_barriers", "code_scheme")


@dataclass(frozen=True)
class ReportTable:
    """A table: headings and rows; a number stays a number."""

    columns: list[str]
    rows: list[list[Value]]


@dataclass(frozen=True)
class CommunitySheet:
    """The sheet of one community: who, how many, and the table of its grids."""

    area_code: str
    name: str
    table: ReportTable


@dataclass(frozen=True)
class Report:
    """All that a report says, in one language."""

    title: str
    lang: str
    words: dict[str, Any]
    asked: Pairs
    result: Pairs
    changes: Pairs
    exceptions: ReportTable
    faults: ReportTable
    communities: ReportTable
    sheets: list[CommunitySheet]


def build_report(division: Division, *, title: str | None = None, lang: str | None = None) -> Report:
    """Return what a report on a division says.

    Parameters
    ----------
    division
        Any division: divided, changed, adopted, grouped or merged.
    title
        What stands above; by default the title of its manifest.
    lang
        ``"zh"`` or ``"en"``; by default the language of the communities' names.
    """
    chosen = choose_language(lang, division.communities["name"])
    words = read_report_words(chosen)
    manifest = division.manifest
    grids = division.grids.sort_values("grid_code", ignore_index=True)
    return Report(
        title=title or str(manifest.get("title") or words["report.report"]),
        lang=chosen,
        words=words,
        asked=list_asked(manifest, words),
        result=list_result(manifest.get("score") or {}, words),
        changes=list_changes(manifest, words),
        exceptions=tabulate_exceptions(division, grids, words),
        faults=tabulate_faults(manifest.get("faults") or [], words),
        communities=tabulate_communities(division, grids, words),
        sheets=[
            CommunitySheet(code, name, tabulate_grids(grids[grids["area_code"].astype(str) == code], words))
            for code, name in names_of_communities(division).items()
        ],
    )


def names_of_communities(division: Division) -> dict[str, str]:
    """Return the name of each community by its code, sorted by code."""
    table = division.communities.sort_values("area_code")
    names = table["name"].astype("string").fillna("")
    return dict(zip(table["area_code"].astype(str), names.astype(str), strict=True))


def list_asked(manifest: Mapping[str, Any], words: dict[str, Any]) -> Pairs:
    """Return what was asked for, and of which files."""
    spec = manifest.get("spec") or {}
    pairs = [
        (words[f"report.asked.{name}"], say_choice(name, spec[name], words))
        for name in SPEC
        if name in spec and (spec[name] is not None or name in ("households", "people"))
    ]
    if spec.get("area_m2") is not None:
        pairs = [pair for pair in pairs if pair[0] != words["report.asked.households"]]
    inputs = manifest.get("inputs") or {}
    for role, source in (inputs.get("layers") or {}).items():
        files = source if isinstance(source, list) else [source]
        pairs += [(say(words, "report.asked.layer", name=role), PurePath(str(file)).name) for file in files]
    for name, digest in (inputs.get("sha256") or {}).items():
        pairs.append((say(words, "report.asked.sha256", name=name), str(digest)[:16] + "…"))
    if "households" in (inputs.get("households") or {}):
        source = str(inputs["households"]["households"])
        if source.startswith("column "):
            source = say(words, "report.asked.column", name=source.removeprefix("column "))
        pairs.append((words["report.asked.source"], source))
    if manifest.get("crs"):
        pairs.append((words["report.asked.crs"], str(manifest["crs"])))
    version = (manifest.get("versions") or {}).get("gridgeo")
    return [*pairs, (words["report.asked.version"], f"gridgeo {version}")] if version else pairs


def say_choice(name: str, value: Any, words: dict[str, Any]) -> str:
    """Return a choice of the spec in words."""
    if value is None:
        return str(words["report.any"])
    if isinstance(value, bool):
        return str(words["report.yes" if value else "report.no"])
    if isinstance(value, list | tuple):
        return "–".join(f"{part:,.0f}" for part in value)
    known = {"effort": "effort", "code_scheme": "scheme"}
    if name in known:
        return str(words.get(f"report.{known[name]}.{value}", value))
    return f"{value:,.0f}" if isinstance(value, float) else str(value)


def list_result(score: Mapping[str, Any], words: dict[str, Any]) -> Pairs:
    """Return the figures of the score; an imperfect share is never rounded up to a perfect one."""
    pairs = []
    for name, form in FIGURES.items():
        value = score.get(name)
        if value is None:
            continue
        text = form.format(value)
        pairs.append((str(words[f"score.{name}"]), "99.9%" if text == "100.0%" and value < 1 else text))
    return pairs


def tabulate_exceptions(division: Division, grids: pd.DataFrame, words: dict[str, Any]) -> ReportTable:
    """Return the grids that are not in range, each with its reason."""
    names = names_of_communities(division)
    rows: list[list[Value]] = [
        [
            str(row.grid_code),
            names.get(str(row.area_code), str(row.area_code)),
            int(row.households),
            say_status(row.status, words),
            say_reason(words, row.reason),
        ]
        for row in grids[is_exception(grids)].itertuples()
    ]
    return ReportTable(headings(words, "grid_code", "community", "households", "status", "reason"), rows)


def tabulate_faults(faults: list[Mapping[str, Any]], words: dict[str, Any]) -> ReportTable:
    """Return the faults of the data as the manifest tells them."""
    rows: list[list[Value]] = [
        [
            str(fault["layer"]),
            str(fault["fault"]),
            int(fault["n_rows"]),
            ", ".join(str(row) for row in fault["rows"]),
            str(fault["meaning"]),
            str(words.get(f"report.action.{fault['action']}", fault["action"])),
        ]
        for fault in faults
    ]
    return ReportTable(headings(words, "layer", "fault", "n_rows", "rows", "meaning", "action"), rows)


def tabulate_communities(division: Division, grids: pd.DataFrame, words: dict[str, Any]) -> ReportTable:
    """Return one row for each community: grids, households, how many in range."""
    rows: list[list[Value]] = []
    for code, name in names_of_communities(division).items():
        own = grids[grids["area_code"].astype(str) == code]
        base = own[~is_dedicated(own)]
        least, most = base["households"].min(), base["households"].max()
        rows.append(
            [
                code,
                name,
                len(own),
                int(own["households"].sum()),
                None if pd.isna(least) else int(least),
                None if pd.isna(most) else int(most),
                int((own["status"] == "in_range").sum()),
                int(is_exception(own).sum()),
                round(float(own["area_m2"].sum()) / 1e4, 2),
            ]
        )
    names = (
        "area_code",
        "name",
        "n_grids",
        "households",
        "least",
        "most",
        "in_range",
        "exceptions",
        "area_ha",
    )
    return ReportTable(headings(words, *names), rows)


def tabulate_grids(grids: pd.DataFrame, words: dict[str, Any]) -> ReportTable:
    """Return the table of the grids of a community."""
    rows: list[list[Value]] = [
        [
            str(row.grid_code),
            "" if pd.isna(row.name) else str(row.name),
            int(row.households),
            None if pd.isna(row.people) else int(row.people),
            int(row.n_buildings),
            round(float(row.area_m2) / 1e4, 2),
            say_status(row.status, words),
            "" if pd.isna(row.reason) or not row.reason else say_reason(words, row.reason),
        ]
        for row in grids.itertuples(index=False)
    ]
    names = ("grid_code", "name", "households", "people", "n_buildings", "area_ha", "status", "reason")
    return ReportTable(headings(words, *names), rows)


def headings(words: dict[str, Any], *names: str) -> list[str]:
    """Return the headings of a table."""
    return [str(words[f"report.column.{name}"]) for name in names]


def say_status(status: Any, words: dict[str, Any]) -> str:
    """Return a status in words."""
    return "" if pd.isna(status) else str(words.get(f"status.{status}", status))
