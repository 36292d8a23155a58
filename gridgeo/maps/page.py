"""A division as one page that opens anywhere: no server, no network, nothing but the file."""

import html
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from string import Template
from typing import Any

import geopandas as gpd

from gridgeo.io import replace_file
from gridgeo.maps.assets import (
    bundle_modules,
    hash_source,
    read_front,
    read_vendored,
    read_vendored_css,
)
from gridgeo.maps.incidents import build_incidents
from gridgeo.maps.layers import DivisionLike, build_layers
from gridgeo.maps.values import to_plain
from gridgeo.maps.words import check_language, read_words

__all__ = ["MapExtras", "build_content", "to_html", "to_json", "write_map"]


@dataclass(frozen=True, kw_only=True)
class MapExtras:
    """What a map shows beside the division.

    Parameters
    ----------
    incidents
        Points above the grids, grouped where they are dense.
    backdrop
        Layers below the streets: ``{"water": …, "rail": …}``.
    against
        A second division, on the right of a swipe handle.
    """

    incidents: gpd.GeoDataFrame | None = None
    backdrop: Mapping[str, gpd.GeoDataFrame] = field(default_factory=dict)
    against: DivisionLike | None = None


NOTHING = MapExtras()


def to_html(
    division: DivisionLike,
    extras: MapExtras = NOTHING,
    *,
    titles: Sequence[str] | None = None,
    lang: str | None = None,
) -> str:
    """Return a map of a division as one HTML page that makes no request at all.

    Parameters
    ----------
    division
        What to show.
    extras
        What to show beside it.
    titles
        What stands above the map, one for each division; by default the title of its manifest.
    lang
        ``"zh"`` or ``"en"``; by default what the browser prefers. The page has a switch.

    Returns
    -------
    str
        The whole page. Every text of the data is escaped, and no script runs that gridgeo did not write.

    Raises
    ------
    ValueError
        When the language or a backdrop is unknown.
    CRSError
        When a layer does not say in which system it is.
    FileReadError
        When the map assets were never brought.
    """
    return fill_template(build_content(division, extras, titles=titles, lang=lang))


def write_map(
    division: DivisionLike,
    path: str | Path,
    extras: MapExtras = NOTHING,
    *,
    titles: Sequence[str] | None = None,
    lang: str | None = None,
) -> None:
    """Write the page of ``to_html`` to a file; a kill leaves the old file or the new one.

    Raises
    ------
    FileWriteError
        When the file cannot be written.
    """
    page = to_html(division, extras, titles=titles, lang=lang)
    with replace_file(Path(path)) as fresh:
        fresh.write_text(page, encoding="utf-8")


def build_content(
    division: DivisionLike, extras: MapExtras, *, titles: Sequence[str] | None = None, lang: str | None = None
) -> dict[str, Any]:
    """Return all that a page reads: words, one or two divisions, incidents."""
    if lang is not None:
        check_language(lang)
    shown = [division] if extras.against is None else [division, extras.against]
    return {
        "titles": list(titles or [str(entry.manifest.get("title") or "") for entry in shown]),
        "lang": lang,
        "words": read_words(),
        "about": [list_facts(entry) for entry in shown],
        "divisions": [build_layers(entry, extras.backdrop) for entry in shown],
        "incidents": None if extras.incidents is None else build_incidents(extras.incidents),
    }


def list_facts(division: DivisionLike) -> list[tuple[str, str]]:
    """Return where the division comes from, in the order in which the page says it."""
    versions = division.manifest.get("versions", {})
    spec = division.manifest.get("spec", {})
    facts = []
    if "gridgeo" in versions:
        facts.append(("made", f"gridgeo {versions['gridgeo']}"))
    if "seed" in spec:
        facts.append(("seed", str(spec["seed"])))
    return facts


def fill_template(content: Mapping[str, Any]) -> str:
    """Return the page with styles, scripts and data inside, and a policy that allows just those."""
    scripts = [read_vendored("leaflet.js"), read_vendored("markercluster.js"), bundle_modules("page.js")]
    sheets = [*map(read_vendored_css, ("leaflet.css", "markercluster.css"))]
    style = "\n".join([*sheets, read_front("widgets.css"), read_front("page.css")])
    return Template(read_front("page.html")).substitute(
        policy=build_policy(scripts, [style]),
        title=html.escape(content["titles"][0]),
        style=style,
        data=to_json(content),
        scripts="\n".join(f"<script>{script}</script>" for script in scripts),
    )


def build_policy(scripts: Sequence[str], styles: Sequence[str]) -> str:
    """Return a content security policy: these scripts, these styles, images inside the page, nothing else."""
    return (
        "default-src 'none'; base-uri 'none'; form-action 'none'; img-src data:; "
        f"script-src {' '.join(map(hash_source, scripts))}; style-src {' '.join(map(hash_source, styles))}"
    )


def to_json(content: Any) -> str:
    """Return JSON that can stand inside a script element whatever text it holds."""
    text = json.dumps(to_plain(content), ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text
