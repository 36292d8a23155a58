"""``gridgeo merge``: several networks of grids over one place become one (三网合一)."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from gridgeo.cli.divide import RangeType, layer_files, percent, stated_systems
from gridgeo.division import Division
from gridgeo.errors import GridgeoError
from gridgeo.io import check_apart, hash_file, read_layer, split_source
from gridgeo.networks.merging import merge_networks
from gridgeo.sources import Sources, read_sources
from gridgeo.spec import EFFORTS, PRESETS, Effort, GridSpec

__all__ = ["command"]

LAYER = "FILE[:LAYER]"
SHOWN = 8


@click.command()
@click.argument("networks", nargs=-1, required=True, metavar="NAME=FILE[:LAYER] NAME=FILE[:LAYER] …")
@click.option("--communities", required=True, metavar=LAYER, help="The communities that all of them divide.")
@click.option("--area-code", required=True, metavar="COL", help="Column with the code of a community.")
@click.option("--buildings", required=True, metavar=LAYER, help="Polygons or points.")
@click.option("--building-id", metavar="COL", help="Column that identifies a building; else guessed.")
@click.option("--households", metavar="COL", help="Column with the households of a building; else guessed.")
@click.option("--people", metavar="COL", help="Column with the people of a building; else guessed.")
@click.option("--streets", required=True, metavar=LAYER, help="Street centrelines.")
@click.option("--street-class", metavar="COL", help="Column with the class of a street; else guessed.")
@click.option("--barriers", multiple=True, metavar=LAYER, help="Lines or areas never crossed; repeatable.")
@click.option("--compounds", metavar=LAYER, help="Compounds (小区), kept whole where possible.")
@click.option("--range", "size", type=RangeType(), help="Households of a grid, such as 200:300.")
@click.option("--preset", type=click.Choice(list(PRESETS)), help="A size in use somewhere.")
@click.option("--effort", type=click.Choice(list(EFFORTS)), default="default", show_default=True)
@click.option("--crs", multiple=True, metavar="ROLE=CRS", help="System of a layer that declares none.")
@click.option("--encoding", help="Encoding of the attributes, where it is known.")
@click.option("--json", "as_json", is_flag=True, help="Print agreement and conflicts as JSON.")
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path), metavar="OUT.gpkg")
def command(
    networks: tuple[str, ...],
    size: tuple[float, float] | None,
    preset: str | None,
    effort: Effort,
    crs: tuple[str, ...],
    as_json: bool,
    out: Path,
    **files: Any,
) -> None:
    """Make one network of grids out of several: in range, with the borders that they share where possible.

    Each network may be drawn as badly as gridgeo adopt takes it. The report says where they agree and names
    every grid whose households another network tears apart.
    """
    if (size is None) == (preset is None):
        raise click.UsageError("say how large a grid is with one of --range and --preset")
    named = read_names(networks)
    try:
        spec = GridSpec.preset(preset) if preset else GridSpec(households=size or (200, 300))
        sources = Sources(**files, crs=stated_systems(crs))
        check_apart(out, [split_source(file)[0] for file in (*named.values(), *layer_files(files))])
        inputs = read_sources(sources)
        layers = {name: read_layer(source, encoding=sources.encoding) for name, source in named.items()}
        division = merge_networks(
            layers,
            inputs.layers["communities"],
            inputs.layers["buildings"],
            inputs.layers["streets"],
            replace(spec, effort=effort),
            barriers=inputs.barriers,
            compounds=inputs.layers.get("compounds"),
        )
        notes = {**inputs.notes, "layers": {**inputs.notes["layers"], **named}}
        own = {file.name: hash_file(file) for file in {split_source(source)[0] for source in named.values()}}
        notes["sha256"] = {**notes["sha256"], **own}
        division = replace(division, manifest={**division.manifest, "inputs": notes})
        division.write(out)
    except GridgeoError as error:
        raise click.ClickException(str(error)) from error
    agreement = division.manifest["agreement"]
    click.echo(json.dumps(agreement, ensure_ascii=False) if as_json else describe(division, out))


def read_names(networks: tuple[str, ...]) -> dict[str, str]:
    """Return the files of the networks by name.

    Raises
    ------
    click.UsageError
        When one has no name, or two have the same.
    """
    pairs = [one.partition("=") for one in networks]
    named = {name: source for name, equals, source in pairs if name and equals and source}
    if len(named) != len(networks):
        raise click.UsageError("give each network a name of its own, such as police=police.gpkg:grids")
    return named


def describe(division: Division, out: Path) -> str:
    """Return where the networks agree and what came out, for a person to read."""
    agreement, kept, score = division.manifest["agreement"], division.manifest["kept"], division.score
    counts = ", ".join(f"{name} {n}" for name, n in agreement["networks"].items())
    lines = [f"{score['n_grids']} grids out of {counts}: {out}"]
    lines += [
        f"  {' and '.join(pair['networks'])}: borders agree {percent(pair['border_agreement'])}, "
        f"{pair['n_same_grids']} equal grids"
        for pair in agreement["pairs"]
    ]
    conflicts = agreement["conflicts"]
    lines += [
        f"  {row['grid_code'] or 'land in no grid'} of {row['network']} lies in {len(row['parts'])} grids of "
        f"{row['against']}, {row['households_apart']} households apart"
        for row in conflicts[:SHOWN]
    ]
    if len(conflicts) > SHOWN:
        lines.append(f"  … and {len(conflicts) - SHOWN} more conflicts, see agreement in the table manifest")
    lines.append(
        f"  in range {percent(score['in_range_share'])}; borders on those of a network "
        f"{percent(kept['on_any_share'])}, of common borders kept {percent(kept['common_kept_share'])}"
    )
    return "\n".join(lines)
