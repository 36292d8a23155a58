"""``gridgeo adopt``: grids drawn by hand become a valid division."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from gridgeo.adoption.adopting import adopt_grids
from gridgeo.cli.divide import RangeType, layer_files, percent, stated_systems
from gridgeo.division import Division
from gridgeo.errors import GridgeoError
from gridgeo.io import check_apart, hash_file, read_layer, split_source
from gridgeo.sources import Sources, read_sources
from gridgeo.spec import PRESETS, GridSpec

__all__ = ["command"]

LAYER = "FILE[:LAYER]"
SHOWN = 12


@click.command()
@click.argument("grids", metavar=LAYER)
@click.option("--communities", required=True, metavar=LAYER, help="The communities that the grids lie in.")
@click.option("--area-code", required=True, metavar="COL", help="Column with the code of a community.")
@click.option("--buildings", required=True, metavar=LAYER, help="Polygons or points.")
@click.option("--building-id", metavar="COL", help="Column that identifies a building; else guessed.")
@click.option("--households", metavar="COL", help="Column with the households of a building; else guessed.")
@click.option("--people", metavar="COL", help="Column with the people of a building; else guessed.")
@click.option("--streets", required=True, metavar=LAYER, help="Street centrelines.")
@click.option("--street-class", metavar="COL", help="Column with the class of a street; else guessed.")
@click.option("--barriers", multiple=True, metavar=LAYER, help="Lines or areas never crossed; repeatable.")
@click.option("--compounds", metavar=LAYER, help="Compounds (小区).")
@click.option("--grid-code", metavar="COL", help="Column with the code of a grid; else guessed.")
@click.option("--range", "size", type=RangeType(), help="Households of a grid, such as 200:300.")
@click.option("--preset", type=click.Choice(list(PRESETS)), help="A size in use somewhere.")
@click.option(
    "--crs",
    multiple=True,
    metavar="LAYER=CRS",
    help="System of a layer that declares none, such as grids=GCJ-02; repeatable.",
)
@click.option("--encoding", help="Encoding of the attributes, where it is known.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path), metavar="OUT.gpkg")
def command(
    grids: str,
    grid_code: str | None,
    size: tuple[float, float] | None,
    preset: str | None,
    crs: tuple[str, ...],
    as_json: bool,
    out: Path,
    **files: Any,
) -> None:
    """Make grids that somebody drew by hand a valid division, and list all that had to change.

    Gaps and overlaps are closed along streets and between buildings, buildings are given whole to one grid,
    codes and names are kept. The size, 200:300 by default, only tells which grids are in range.
    """
    if size is not None and preset is not None:
        raise click.UsageError("say how large a grid is with one of --range and --preset")
    try:
        spec = GridSpec.preset(preset) if preset else GridSpec(households=size or (200, 300))
        own = [one.removeprefix("grids=") for one in crs if one.startswith("grids=")]
        others = tuple(one for one in crs if not one.startswith("grids="))
        sources = Sources(**files, crs=stated_systems(others))
        check_apart(out, [split_source(file)[0] for file in (grids, *layer_files(files))])
        drawn = read_layer(grids, encoding=sources.encoding, crs=own[-1] if own else None)
        inputs = read_sources(sources)
        division = adopt_grids(
            drawn,
            inputs.layers["communities"],
            inputs.layers["buildings"],
            inputs.layers["streets"],
            spec,
            grid_code=grid_code,
            barriers=inputs.barriers,
            compounds=inputs.layers.get("compounds"),
        )
        notes = {**inputs.notes, "layers": {**inputs.notes["layers"], "grids": grids}}
        file = split_source(grids)[0]
        notes["sha256"] = {**notes["sha256"], file.name: hash_file(file)}
        division = replace(division, manifest={**division.manifest, "inputs": notes})
        division.write(out)
    except GridgeoError as error:
        raise click.ClickException(str(error)) from error
    report = division.manifest["adoption"]
    click.echo(json.dumps(report, ensure_ascii=False) if as_json else describe(division, out))


def describe(division: Division, out: Path) -> str:
    """Return what was wrong, what was done and what came out, for a person to read."""
    report, score = division.manifest["adoption"], division.score
    lines = [f"{report['n_drawn']} grids drawn, {score['n_grids']} adopted: {out}"]
    for name, words in (("gaps", "gaps"), ("overlaps", "overlaps"), ("outside", "pieces outside")):
        area = sum(one["area_m2"] for one in report[name])
        lines.append(f"  {len(report[name])} {words}, {area:,.0f} m²")
    lines.append(f"  {len(report['buildings_cut'])} buildings cut by a drawn line, now whole in one grid")
    lines += [f"  code {code} has no land left" for code in report["codes_lost"]]
    changes = [change for change in report["changes"] if change["households"] or change["area_m2"] > 0]
    lines += [
        f"  {one['change']}: {one['grid_code'] or one['area_code']}, {one['households']} households, "
        f"{one['area_m2']:,.0f} m²"
        for one in changes[:SHOWN]
    ]
    if len(changes) > SHOWN:
        lines.append(f"  … and {len(changes) - SHOWN} more changes, see adoption in the table manifest")
    return "\n".join([*lines, f"  in range {percent(score['in_range_share'])}"])
