"""``gridgeo redivide``: bring a division up to date with as few households moved as possible."""

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
from tqdm import tqdm

from gridgeo.check import name_columns
from gridgeo.cli.divide import advance, describe, layer_files, percent
from gridgeo.division import Division, read_division
from gridgeo.errors import GridgeoError
from gridgeo.io import check_apart, hash_file, read_layer, split_source
from gridgeo.redivision.redividing import redivide, says_yes
from gridgeo.redivision.trade import trade_off
from gridgeo.sources import choose_columns

__all__ = ["command"]

LAYER = "FILE[:LAYER]"
ROLES = ("buildings", "communities", "streets", "compounds", "dedicated")
FILE = click.Path(dir_okay=False, path_type=Path)
MUCH_GONE = 0.2  # of the households: a year does not do that, a missing file does


@click.command("redivide")
@click.argument("old", metavar="OLD.gpkg", type=FILE)
@click.option("--buildings", metavar=LAYER, help="Buildings of today; without it as they were.")
@click.option("--building-id", metavar="COL", help="Column with their id; else guessed.")
@click.option("--households", metavar="COL", help="Column with their households; else guessed.")
@click.option("--people", metavar="COL", help="Column with their people; else guessed.")
@click.option("--communities", metavar=LAYER, help="Communities of today, if they changed.")
@click.option("--area-code", metavar="COL", default="area_code", show_default=True, help="Their code.")
@click.option("--streets", metavar=LAYER, help="Streets of today, if they changed.")
@click.option("--street-class", metavar="COL", help="Column with their class; else guessed.")
@click.option("--barriers", multiple=True, metavar=LAYER, help="Barriers of today; repeatable.")
@click.option("--compounds", metavar=LAYER, help="Compounds of today, if they changed.")
@click.option("--dedicated", metavar=LAYER, help="Dedicated areas of today (专属网格), if they changed.")
@click.option(
    "--max-moved",
    type=click.FloatRange(0, 1),
    default=0.05,
    show_default=True,
    help="Share of the households that may move to another grid.",
)
@click.option(
    "--keep",
    multiple=True,
    metavar="CODES|COL",
    help="Grids that stay: codes with commas between, or a column of the old grids; repeatable.",
)
@click.option("--start-date", metavar="DATE", help="Day from which the new grids are in force.")
@click.option("--encoding", help="Encoding of the attributes, where it is known.")
@click.option("--curve", type=FILE, help="Also write as CSV what each further household moved would bring.")
@click.option("--json", "as_json", is_flag=True, help="Print score and change as JSON.")
@click.option("--out", required=True, type=FILE, metavar="NEW.gpkg")
def command(
    old: Path,
    max_moved: float,
    keep: tuple[str, ...],
    start_date: str | None,
    curve: Path | None,
    as_json: bool,
    out: Path,
    **files: Any,
) -> None:
    """Bring the division OLD.gpkg up to date: counts, buildings, streets, communities, areas.

    What is in range stays untouched; what is not is mended with as few households moved to another grid as a
    search finds. Codes, names and dates of grids are kept; the layer lineage tells which came from which.
    """
    try:
        inputs = [old, *(split_source(file)[0] for file in layer_files(files))]
        for result in (out, curve) if curve is not None else (out,):
            check_apart(result, inputs)
        division = read_division(old)
        layers = read_layers(files)
        kept = parse_keep(division, keep)
        with tqdm(unit=" communities", disable=not sys.stderr.isatty(), leave=False) as bar:
            new = redivide(
                division,
                **layers,
                max_moved=max_moved,
                keep=kept,
                start_date=start_date,
                progress=advance(bar),
            )
        new = replace(new, manifest={**new.manifest, "inputs": describe_inputs(old, files)})
        new.write(out)
        if curve is not None:
            trade_off(division, **layers, keep=kept).to_csv(curve, index=False)
    except GridgeoError as error:
        raise click.ClickException(str(error)) from error
    click.echo(to_json(new) if as_json else tell(new, out))


def read_layers(files: dict[str, Any]) -> dict[str, Any]:
    """Return the layers that are given anew, with the columns of their contract."""
    stated: dict[str, dict[str, str | None]] = {
        "buildings": {name: files[name] for name in ("building_id", "households", "people")},
        "communities": {"area_code": files["area_code"]},
        "streets": {"street_class": files["street_class"]},
    }
    layers: dict[str, Any] = {}
    for role in ROLES:
        if files[role] is not None:
            layer = read_layer(files[role], encoding=files["encoding"])
            layers[role] = name_columns(layer, choose_columns(layer, role, stated.get(role, {})))
    if files["barriers"]:
        layers["barriers"] = [read_layer(source, encoding=files["encoding"]) for source in files["barriers"]]
    return layers


def describe_inputs(old: Path, files: dict[str, Any]) -> dict[str, Any]:
    """Return the files that a division was made from, with their fingerprints."""
    layers = {role: files[role] for role in ROLES if files[role] is not None}
    sources = sorted({split_source(source)[0] for source in (*layers.values(), *files["barriers"])})
    return {
        "layers": {"division": str(old), **layers, "barriers": list(files["barriers"])},
        "sha256": {file.name: hash_file(file) for file in (old, *sources)},
    }


def parse_keep(division: Division, keep: tuple[str, ...]) -> list[str] | str:
    """Return the codes of the grids to keep: those named, and those that a column tells."""
    codes: list[str] = []
    for words in keep:
        if words in division.grids:
            told = says_yes(division.grids[words])
            codes += division.grids.loc[told, "grid_code"].astype(str).tolist()
        else:
            codes += [word.strip() for word in words.split(",") if word.strip()]
    return codes


def to_json(division: Division) -> str:
    """Return score, change and seconds."""
    manifest = division.manifest
    figures = {**division.score, **manifest["change"], "seconds": manifest["run"]["seconds"]}
    figures["n_codes_retired"] = len(manifest["retired_codes"])
    return json.dumps(figures, ensure_ascii=False)


def tell(division: Division, out: Path) -> str:
    """Return what came out, for a person to read."""
    change = division.manifest["change"]
    moved = (
        f"  moved {change['households_moved']:,} of {change['households_carried']:,} households "
        f"({100 * change['moved_share']:.2f} %)"
    )
    first, *rest = describe(division, out).splitlines()
    return "\n".join([first, moved, *tell_turnover(change), *rest])


def tell_turnover(change: dict[str, Any]) -> list[str]:
    """Return what is new and what is gone, and a word of caution where it is so much that a file may be."""
    kinds = ("households_gone", "buildings_gone", "households_new", "buildings_new")
    gone, gone_buildings, new, new_buildings = (change[kind] for kind in kinds)
    if not (gone or new or gone_buildings or new_buildings):
        return []
    lines = [f"  gone {gone:,} households, {gone_buildings:,} buildings; new {new:,}, {new_buildings:,}"]
    share = gone / max(gone + change["households_carried"], 1)
    if share > MUCH_GONE:
        lines.append(
            f"  {percent(share)} of the old households are in no grid any more: is a layer incomplete?"
        )
    return lines
