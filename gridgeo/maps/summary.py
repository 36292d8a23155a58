"""A division in a notebook: score, exceptions and a small map, without any script.

The map is a picture in an ``img`` element: notebooks that are not trusted strip SVG but show pictures.
"""

import base64
import html
from typing import Any

import numpy as np
import shapely

from gridgeo.maps.layers import DivisionLike, build_measure, find_range, is_exception, list_measures
from gridgeo.maps.shapes import Geometries, split_parts, to_world
from gridgeo.maps.values import to_plain
from gridgeo.maps.words import check_language, read_words, say, say_reason

__all__ = ["draw_map", "summary_html"]

SCORE = {
    "n_grids": "{:,.0f}",
    "in_range_share": "{:.1%}",
    "feasible_in_range_share": "{:.1%}",
    "street_share": "{:.1%}",
    "compounds_whole_share": "{:.1%}",
    "hamlets_whole_share": "{:.1%}",
    "mean_polsby_popper": "{:.2f}",
    "mean_deviation": "{:.1%}",
    "n_multipart": "{:,.0f}",
    "n_buildings_cut": "{:,.0f}",
}
N_EXCEPTIONS = 8  # a notebook cell stays on one screen; the table of grids has them all

MAP_PX = 460
LEGEND_PX = 190
SIMPLIFY_PX = 1.0

# Mark and side of each pattern, in pixels.
HATCHES = {
    "sparse": ('<path d="M0 6L6 0" stroke="#463200" stroke-opacity=".5"/>', 6),
    "dense": ('<path d="M0 0L3 3" stroke="#fff" stroke-opacity=".55"/>', 3),
    "dots": ('<circle cx="2" cy="2" r=".8" fill="#3c2846" fill-opacity=".7"/>', 4),
}


def summary_html(division: DivisionLike, *, lang: str = "en") -> str:
    """Return the score, the exceptions with their reasons and a small map of a division as HTML.

    Parameters
    ----------
    division
        What to show.
    lang
        ``"en"`` or ``"zh"``.
    """
    check_language(lang)
    words = read_words()[lang]
    picture = base64.b64encode(draw_map(division, words).encode("utf-8")).decode("ascii")
    source = f"data:image/svg+xml;base64,{picture}"
    name = say(words, "summary.map", measure=words[f"measure.{first_measure(division)}"])
    return (
        f"<div><table><tbody><tr><td>{tabulate_score(division, words)}</td>"
        f'<td><img alt="{html.escape(name)}" src="{source}"></td></tr></tbody></table>'
        f"{tabulate_exceptions(division, words)}</div>"
    )


def first_measure(division: DivisionLike) -> str:
    """Return what the grids are coloured by."""
    return list_measures(division.grids, find_range(division.manifest))[0]


def tabulate_score(division: DivisionLike, words: dict[str, Any]) -> str:
    """Return the key figures, one a row."""
    score = to_plain(division.manifest.get("score", {}))
    rows = "".join(
        f"<tr><th>{html.escape(words[f'score.{name}'])}</th><td>{format_score(name, score[name])}</td></tr>"
        for name in SCORE
        if score.get(name) is not None
    )
    return f"<table><tbody>{rows}</tbody></table>"


def format_score(name: str, value: float) -> str:
    """Return a figure of the score; an imperfect share is never rounded up to a perfect one."""
    text = SCORE[name].format(value)
    return "99.9%" if text == "100.0%" and value < 1 else text


def tabulate_exceptions(division: DivisionLike, words: dict[str, Any]) -> str:
    """Return the grids that are not in range with their reasons, the first few of them."""
    grids = division.grids.sort_values("grid_code")
    found = grids[is_exception(grids)]
    if found.empty:
        return f"<p>{html.escape(words['exceptions.none'])}</p>"
    rows = "".join(
        f"<tr><td>{html.escape(str(row.grid_code))}</td><td>{row.households}</td>"
        f"<td>{html.escape(words.get(f'status.{row.status}', str(row.status)))}</td>"
        f"<td>{html.escape(say_reason(words, row.reason))}</td></tr>"
        for row in found.head(N_EXCEPTIONS).itertuples()
    )
    more = len(found) - N_EXCEPTIONS
    rest = f"<p>{html.escape(say(words, 'summary.more', n=more))}</p>" if more > 0 else ""
    heading = html.escape(say(words, "summary.exceptions", n=len(found)))
    return f"<p><b>{heading}</b></p><table><tbody>{rows}</tbody></table>{rest}"


def draw_map(division: DivisionLike, words: dict[str, Any]) -> str:
    """Return a small map of the grids with its legend as an SVG picture."""
    grids = division.grids.sort_values("grid_code", ignore_index=True)
    measure = build_measure(grids, first_measure(division), find_range(division.manifest))
    world = to_world(grids, "grids")
    known = ~shapely.is_missing(world)
    west, north, east, south = shapely.total_bounds(world[known]) if known.any() else (0.0, 0.0, 1.0, 1.0)
    scale = MAP_PX / max(east - west, south - north, 1e-9)
    world[known] = shapely.coverage_simplify(world[known], SIMPLIFY_PX / scale)
    outlines = to_world(division.communities, "communities")
    height = max((south - north) * scale, 22 * len(measure["classes"]) + 30) + 8
    place = np.array([west, north])
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{MAP_PX + LEGEND_PX}" height="{height:.0f}" '
        f'font-family="sans-serif" font-size="12" stroke-linejoin="round"><defs>{draw_patterns()}</defs>'
        f'<g transform="translate(4 4) scale(.1)" fill-rule="evenodd">'
        f"{draw_grids(world, measure, place, scale)}"
        f'<path d="{to_path(outlines, place, scale)}" fill="none" stroke="#101820" stroke-width="16"/></g>'
        f"{draw_legend(measure, words)}</svg>"
    )


def draw_patterns() -> str:
    """Return the hatches twice: in pixels for the legend, in tenths of them for the map."""
    return "".join(
        f'<pattern id="{prefix}{name}" width="{side}" height="{side}" patternUnits="userSpaceOnUse" '
        f'patternTransform="scale({scale})">{mark}</pattern>'
        for prefix, scale in (("", 1), ("map-", 10))
        for name, (mark, side) in HATCHES.items()
    )


def draw_grids(world: Geometries, measure: dict[str, Any], place: Any, scale: float) -> str:
    """Return the grids of each class as one shape: its colour, its hatch, its borders."""
    of_grid = np.array(measure["of"])
    drawn = []
    for position, entry in enumerate(measure["classes"]):
        path = to_path(world[of_grid == position], place, scale)
        drawn.append(f'<defs><path id="class{position}" d="{path}"/></defs>')
        fills = [entry["colour"], f"url(#map-{entry['hatch']})"] if entry["hatch"] else [entry["colour"]]
        drawn += [f'<use href="#class{position}" fill="{fill}"/>' for fill in fills]
        drawn.append(f'<use href="#class{position}" fill="none" stroke="#2c3742" stroke-width="6"/>')
    return "".join(drawn)


def to_path(geometries: Geometries, place: Any, scale: float) -> str:
    """Return outlines as the commands of an SVG path, in tenths of a pixel."""
    _, parts = split_parts(geometries)
    commands = []
    for part in parts:
        corners = np.rint((shapely.get_coordinates(part) - place) * scale * 10).astype(int)
        steps = np.diff(corners, axis=0)
        steps = steps[(steps != 0).any(axis=1)]
        text = " ".join(f"{x} {y}" for x, y in steps[:-1].tolist())
        commands.append(f"M{corners[0, 0]} {corners[0, 1]}l{text}z" if text else "")
    return "".join(commands)


def draw_legend(measure: dict[str, Any], words: dict[str, Any]) -> str:
    """Return the classes with their colours, numbers and counts, right of the map."""
    left = MAP_PX + 18
    heading = html.escape(words[f"measure.{measure['name']}"])
    lines = [f'<text x="{left}" y="16" font-weight="bold">{heading}</text>']
    for row, entry in enumerate(measure["classes"]):
        top = 26 + 22 * row
        box = f'<rect x="{left}" y="{top}" width="22" height="15" stroke="#44505c" '
        lines.append(f'{box}fill="{entry["colour"]}"/>')
        if entry["hatch"]:
            lines.append(f'{box}fill="url(#{entry["hatch"]})"/>')
        label = html.escape(f"{describe_class(entry, words)}: {entry['count']:,}")
        lines.append(f'<text x="{left + 30}" y="{top + 12}">{label}</text>')
    return "".join(lines)


def describe_class(entry: dict[str, Any], words: dict[str, Any]) -> str:
    """Return the numbers of a class as the legend says them."""
    if entry["low"] is None:
        return str(words[f"class.{entry['role']}"])
    if entry["high"] is None:
        return say(words, "legend.from", low=f"{entry['low']:,.0f}")
    return f"{entry['low']:,.0f}–{entry['high']:,.0f}"
