"""``gridgeo report``: what was asked, what came out and why, as a page, a workbook or a printed document."""

from pathlib import Path

import click

__all__ = ["command"]

FILE = click.Path(dir_okay=False, path_type=Path)


@click.command()
@click.argument("division", metavar="OUT.gpkg", type=FILE)
@click.option("--out", required=True, type=FILE, metavar="REPORT", help="Ends in .html, .xlsx or .pdf.")
@click.option("--title", help="What stands above the report.")
@click.option("--lang", type=click.Choice(["zh", "en"]), help="By default that of the communities' names.")
def command(division: Path, out: Path, title: str | None, lang: str | None) -> None:
    """Write a report on a division: score, exceptions with reasons, maps, a sheet to sign per community."""
    from gridgeo.division import read_division
    from gridgeo.errors import GridgeoError
    from gridgeo.io import check_apart
    from gridgeo.reports.writing import write_report

    try:
        check_apart(out, [division])
        shown = read_division(division)
        write_report(shown, out, title=title, lang=lang)
    except GridgeoError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{out}: {len(shown.communities)} communities, {len(shown.grids)} grids")
