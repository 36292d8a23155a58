"""The map of one community for its sheet: streets, buildings, grids with code and households, as SVG."""

import html
import math
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import shapely

from gridgeo.division import Division
from gridgeo.maps.layers import build_measure, find_range, list_measures
from gridgeo.maps.shapes import STEPS, Geometries, simplify_shapes, split_parts, to_world
from gridgeo.maps.streets import rank_streets
from gridgeo.maps.summary import HATCHES, to_path
from gridgeo.maps.words import say

__all__ = ["SheetMaps", "draw_hatches", "draw_sheet_map", "prepare_sheet_maps"]

WIDTH_PX, HEIGHT_PX, MARGIN_PX = 700, 620, 12
STREET_PX = (3.0, 2.2, 1.5, 1.0, 2.5)  # by rank, main roads first, railway last
LABEL_STEPS = 20.0
Floats = np.ndarray[Any, np.dtype[np.float64]]
CLEAR_PX = 15.0  # a street's name keeps so far from other labels
NAME_PX = 9.0  # width of a letter of a street's name, a Chinese one at least
EARTH_M = 40_075_016.7  # around the equator
SCALE_SHARE = 0.22  # the scale bar is about so much of the width


@dataclass(frozen=True)
class SheetMaps:
    """All layers of a division ready to be drawn sheet by sheet, in steps of the web map's square."""

    area_of_grid: np.ndarray[Any, np.dtype[np.object_]]
    codes: np.ndarray[Any, np.dtype[np.object_]]
    households: np.ndarray[Any, np.dtype[np.int64]]
    grids: Geometries
    classes: list[dict[str, Any]]
    class_of: np.ndarray[Any, np.dtype[np.int64]]
    buildings: Geometries
    streets: Geometries
    rank: np.ndarray[Any, np.dtype[np.int64]]
    street_names: np.ndarray[Any, np.dtype[np.object_]]
    outlines: dict[str, shapely.Geometry]


def prepare_sheet_maps(division: Division) -> SheetMaps:
    """Return the layers of a division once for all sheets."""
    grids = division.grids.sort_values("grid_code", ignore_index=True)
    limits = find_range(division.manifest)
    measure = build_measure(grids, list_measures(grids, limits)[0], limits)
    placed = division.buildings[~shapely.is_missing(division.buildings.geometry.to_numpy())]
    codes = division.communities["area_code"].astype(str)
    return SheetMaps(
        area_of_grid=grids["area_code"].astype(str).to_numpy(dtype=object),
        codes=grids["grid_code"].astype(str).to_numpy(dtype=object),
        households=grids["households"].to_numpy(np.int64),
        grids=to_world(grids, "grids"),
        classes=measure["classes"],
        class_of=np.array(measure["of"], dtype=np.int64),
        buildings=simplify_shapes(to_world(placed, "buildings")),
        streets=simplify_shapes(to_world(division.streets, "streets")),
        rank=rank_streets(division.streets),
        street_names=names_of_streets(division),
        outlines=dict(zip(codes, to_world(division.communities, "communities"), strict=True)),
    )


def names_of_streets(division: Division) -> np.ndarray[Any, np.dtype[np.object_]]:
    """Return the name of each street, empty where it has none."""
    if "name" not in division.streets:
        return np.full(len(division.streets), "", dtype=object)
    names = division.streets["name"].astype("string").fillna("")
    return np.asarray(names.to_numpy(dtype=object))


def draw_hatches() -> str:
    """Return the hatches that every sheet map refers to, as an SVG that shows nothing itself."""
    patterns = "".join(
        f'<pattern id="sheet-{name}" width="{side}" height="{side}" patternUnits="userSpaceOnUse" '
        f'patternTransform="scale(10)">{mark}</pattern>'
        for name, (mark, side) in HATCHES.items()
    )
    return f'<svg class="hatches" width="0" height="0" aria-hidden="true"><defs>{patterns}</defs></svg>'


def draw_sheet_map(maps: SheetMaps, area_code: str, name: str, words: dict[str, Any]) -> str:
    """Return the map of one community as an SVG element."""
    outline = maps.outlines[area_code]
    west, north, east, south = outline.bounds
    inner = (WIDTH_PX - 2 * MARGIN_PX, HEIGHT_PX - 2 * MARGIN_PX)
    scale = min(inner[0] / max(east - west, 1e-9), inner[1] / max(south - north, 1e-9))
    height = (south - north) * scale + 2 * MARGIN_PX + 24
    place = np.array([west, north])
    own = np.flatnonzero(maps.area_of_grid == area_code)
    clip = f"clip-{html.escape(area_code)}"
    drawn = [
        f'<clipPath id="{clip}"><path d="{to_path(np.array([outline]), place, scale)}"/></clipPath>',
        draw_streets(maps, outline, place, scale, ".16"),
        f'<path d="{to_path(np.array([outline]), place, scale)}" fill="#fff"/>',
        draw_fills(maps, own, place, scale),
        f'<g clip-path="url(#{clip})">{draw_ground(maps, outline, place, scale)}</g>',
        draw_outline(maps.grids[own], place, scale, 18),
        draw_outline(np.array([outline]), place, scale, 40),
    ]
    circles = shapely.maximum_inscribed_circle(maps.grids[own], tolerance=LABEL_STEPS)
    spots = (shapely.get_coordinates(shapely.get_point(circles, 0)) - place) * scale
    shift = (WIDTH_PX - (east - west) * scale) / 2
    latitude = math.degrees(math.atan(math.sinh(math.pi * (1 - (north + south) / STEPS))))
    bar = draw_scale(scale * STEPS / (EARTH_M * math.cos(math.radians(latitude))), height, words)
    label = html.escape(say(words, "report.page.of", name=name))
    return (
        f'<svg class="sheet-map" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH_PX} {height:.0f}" '
        f'role="img" aria-label="{label}" stroke-linejoin="round" stroke-linecap="round">'
        f'<g transform="translate({shift:.1f} {MARGIN_PX})"><g transform="scale(.1)" fill-rule="evenodd">'
        f"{''.join(drawn)}</g>"
        f"{draw_street_names(maps, outline, place, scale, spots + np.array([0.0, 4.0]))}"
        f"{draw_labels(maps, own, spots, area_code)}</g>{bar}</svg>"
    )


def draw_fills(maps: SheetMaps, own: np.ndarray[Any, Any], place: Any, scale: float) -> str:
    """Return the grids filled by their class; hatched where they are out of range."""
    drawn = []
    for position, entry in enumerate(maps.classes):
        rows = own[maps.class_of[own] == position]
        if len(rows) == 0:
            continue
        path = to_path(maps.grids[rows], place, scale)
        drawn.append(f'<path d="{path}" fill="{entry["colour"]}" fill-opacity=".55"/>')
        if entry["hatch"]:
            drawn.append(f'<path d="{path}" fill="url(#sheet-{entry["hatch"]})"/>')
    return "".join(drawn)


def draw_ground(maps: SheetMaps, outline: shapely.Geometry, place: Any, scale: float) -> str:
    """Return buildings and streets near a community."""
    box = shapely.box(*outline.bounds)
    near = maps.buildings[shapely.intersects(maps.buildings, box)]
    areas = near[shapely.get_dimensions(near) == 2]
    drawn = [f'<path d="{to_path(areas, place, scale)}" fill="#33404c" fill-opacity=".38"/>']
    return "".join([*drawn, draw_streets(maps, outline, place, scale, ".55")])


def draw_streets(maps: SheetMaps, outline: shapely.Geometry, place: Any, scale: float, opacity: str) -> str:
    """Return the streets in and around a community, main roads wide."""
    ways = streets_near(maps, outline)
    drawn = []
    for rank in np.unique(maps.rank[ways])[::-1]:
        path = to_lines(maps.streets[ways[maps.rank[ways] == rank]], place, scale)
        width = STREET_PX[rank] * 10
        drawn.append(
            f'<path d="{path}" fill="none" stroke="#7b5a1e" stroke-opacity="{opacity}" '
            f'stroke-width="{width:.0f}"/>'
        )
    return "".join(drawn)


def streets_near(maps: SheetMaps, outline: shapely.Geometry) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Return the rows of the streets in the frame of a community."""
    west, north, east, south = outline.bounds
    margin = 0.02 * max(east - west, south - north)
    frame = shapely.box(west - margin, north - margin, east + margin, south + margin)
    return np.flatnonzero(shapely.intersects(maps.streets, frame))


def draw_street_names(
    maps: SheetMaps, outline: shapely.Geometry, place: Any, scale: float, taken: Floats
) -> str:
    """Return each name once, along the longest straight run of its street in the frame.

    A name that does not fit there, or comes near a spot that is ``taken``, is left out.
    """
    ways = streets_near(maps, outline)
    frame = shapely.box(*outline.bounds)
    drawn = []
    for name in sorted(set(maps.street_names[ways]) - {""}):
        own = maps.streets[ways[maps.street_names[ways] == name]]
        parts = shapely.get_parts(shapely.intersection(shapely.union_all(own), frame))
        lines = parts[shapely.get_dimensions(parts) == 1]
        corners = [shapely.get_coordinates(line) for line in lines]
        runs = [pair for path in corners for pair in pairwise(path)]
        if not runs:
            continue
        start, end = max(runs, key=lambda run: float(np.hypot(*(run[1] - run[0]))))
        if np.hypot(*(end - start)) * scale < NAME_PX * len(name):
            continue
        (x, y), run = ((start + end) / 2 - place) * scale, end - start
        reach = run / np.hypot(*run) * NAME_PX * len(name) / 2
        covered = np.array([x, y]) + reach * np.linspace(-1, 1, 2 * len(name) + 1)[:, None]
        if (np.hypot(*(covered[:, None] - taken[None]).transpose(2, 0, 1)) < CLEAR_PX).any():
            continue
        taken = np.concatenate([taken, covered])
        turn = math.degrees(math.atan2(run[1], run[0]))
        turn = turn - 180 if turn > 90 else turn + 180 if turn <= -90 else turn
        spot = f'transform="translate({x:.1f} {y:.1f}) rotate({turn:.1f})"'
        drawn.append(f'<text {spot} class="street" dy="-3">{html.escape(name)}</text>')
    return "".join(drawn)


def draw_outline(shapes: Geometries, place: Any, scale: float, width: int) -> str:
    """Return the borders of polygons; the width is in tenths of a pixel."""
    path = to_path(shapes, place, scale)
    return f'<path d="{path}" fill="none" stroke="#15202b" stroke-width="{width}"/>'


def to_lines(lines: Geometries, place: Any, scale: float) -> str:
    """Return lines as the commands of an SVG path, in tenths of a pixel."""
    _, parts = split_parts(lines)
    commands = []
    for part in parts:
        corners = np.rint((shapely.get_coordinates(part) - place) * scale * 10).astype(int)
        text = " ".join(f"{x} {y}" for x, y in corners.tolist())
        commands.append(f"M{text}")
    return "".join(commands)


def draw_labels(maps: SheetMaps, own: np.ndarray[Any, Any], spots: Floats, area_code: str) -> str:
    """Return the short code and the households of each grid at its spot."""
    drawn = []
    for row, (x, y) in zip(own, spots, strict=True):
        short = html.escape(str(maps.codes[row]).removeprefix(area_code).lstrip("-") or str(maps.codes[row]))
        drawn.append(
            f'<text x="{x:.1f}" y="{y:.1f}" class="code">{short}</text>'
            f'<text x="{x:.1f}" y="{y + 13:.1f}" class="count">{maps.households[row]:,}</text>'
        )
    return "".join(drawn)


def draw_scale(px_per_m: float, height: float, words: dict[str, Any]) -> str:
    """Return a scale bar of a round length and an arrow to the north."""
    wanted = WIDTH_PX * SCALE_SHARE / px_per_m
    power = 10 ** math.floor(math.log10(wanted))
    metres = max(step * power for step in (1, 2, 5) if step * power <= wanted)
    length, y = metres * px_per_m, height - 8
    text = html.escape(say(words, "report.scale", n=f"{metres:,.0f}"))
    north = html.escape(str(words["report.north"]))
    return (
        f'<path d="M{MARGIN_PX} {y - 5:.1f}v5h{length:.1f}v-5" fill="none" stroke="#15202b" '
        'stroke-width="1.5"/>'
        f'<text x="{MARGIN_PX + length + 6:.1f}" y="{y:.1f}" class="scale">{text}</text>'
        f'<path d="M{WIDTH_PX - 20} {y - 14:.1f}l5 14l-5 -4l-5 4z" fill="#15202b"/>'
        f'<text x="{WIDTH_PX - 42}" y="{y:.1f}" class="scale">{north}</text>'
    )
