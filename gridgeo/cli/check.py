"""``gridgeo check``: what is wrong with the files, and what will be done about it, before any work."""

import json
import sys

import click

from gridgeo.check import check_files

__all__ = ["command"]


@click.command()
@click.argument("files", nargs=-1)
@click.option("--communities", multiple=True, metavar="FILE[:LAYER]", help="The communities.")
@click.option("--buildings", multiple=True, metavar="FILE[:LAYER]", help="The buildings.")
@click.option("--streets", multiple=True, metavar="FILE[:LAYER]", help="The streets.")
@click.option("--barriers", multiple=True, metavar="FILE[:LAYER]", help="Water, railways, walls.")
@click.option("--compounds", multiple=True, metavar="FILE[:LAYER]", help="The compounds (小区).")
@click.option("--dedicated", multiple=True, metavar="FILE[:LAYER]", help="Areas of dedicated grids.")
@click.option("--area-code", metavar="COL", help="Column with the code of a community.")
@click.option("--building-id", metavar="COL", help="Column that identifies a building.")
@click.option("--households", metavar="COL", help="Column with the households of a building.")
@click.option("--crs", help="CRS of files that declare none, such as EPSG:4546; or GCJ-02, BD-09.")
@click.option("--encoding", help="Encoding of the attributes, such as GB18030, where it is known.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
def command(
    files: tuple[str, ...],
    communities: tuple[str, ...],
    buildings: tuple[str, ...],
    streets: tuple[str, ...],
    barriers: tuple[str, ...],
    compounds: tuple[str, ...],
    dedicated: tuple[str, ...],
    area_code: str | None,
    building_id: str | None,
    households: str | None,
    crs: str | None,
    encoding: str | None,
    as_json: bool,
) -> None:
    """Report what is wrong with FILES (FILE or FILE:LAYER) and what will be done about it.

    The exit code is 1 when something is wrong that only better data can mend. What each layer is taken for is
    guessed and shown; state it by the options to be sure.
    """
    stated = {
        "communities": communities,
        "buildings": buildings,
        "streets": streets,
        "barriers": barriers,
        "compounds": compounds,
        "dedicated": dedicated,
    }
    columns = {"area_code": area_code, "building_id": building_id, "households": households}
    if not files and not any(stated.values()):
        raise click.UsageError("name at least one FILE or FILE:LAYER")
    report = check_files(
        files,
        stated={role: sources for role, sources in stated.items() if sources},
        columns={name: column for name, column in columns.items() if column is not None},
        crs=crs,
        encoding=encoding,
    )
    click.echo(json.dumps(report.to_json(), ensure_ascii=False, indent=1) if as_json else report.to_text())
    sys.exit(1 if report.is_fatal else 0)
