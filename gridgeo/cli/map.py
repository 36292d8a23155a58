"""``gridgeo map``: show a division on a page that opens anywhere, offline."""

from pathlib import Path

import click

__all__ = ["command"]

FILE = click.Path(dir_okay=False, path_type=Path)


@click.command("map")
@click.argument("division", metavar="OUT.gpkg", type=FILE)
@click.option("--out", required=True, type=FILE, help="The page to write, HTML.")
@click.option(
    "--against", metavar="OTHER.gpkg", type=FILE, help="A second division, to swipe between the two."
)
@click.option("--incidents", metavar="FILE[:LAYER]", help="Points to show above the grids.")
@click.option("--water", metavar="FILE[:LAYER]", help="Rivers and lakes, for orientation.")
@click.option("--rail", metavar="FILE[:LAYER]", help="Railway lines, for orientation.")
@click.option("--title", help="What stands above the map; the file's name by default.")
@click.option("--lang", type=click.Choice(["zh", "en"]), help="By default what the browser prefers.")
def command(
    division: Path,
    out: Path,
    against: Path | None,
    incidents: str | None,
    water: str | None,
    rail: str | None,
    title: str | None,
    lang: str | None,
) -> None:
    """Write a map of a division: one page with everything in it, which needs no network.

    Grids are coloured by households, with streets, buildings, search, and why grids are not in range.
    """
    from gridgeo.division import read_division
    from gridgeo.errors import GridgeoError
    from gridgeo.io import check_apart, read_layer, split_source
    from gridgeo.maps import MapExtras, write_map

    try:
        files = [division] if against is None else [division, against]
        layers = [source for source in (incidents, water, rail) if source is not None]
        check_apart(out, [*files, *(split_source(source)[0] for source in layers)])
        shown = [read_division(file) for file in files]
        sources = {"water": water, "rail": rail}
        extras = MapExtras(
            incidents=None if incidents is None else read_layer(incidents),
            backdrop={name: read_layer(source) for name, source in sources.items() if source is not None},
            against=shown[1] if against is not None else None,
        )
        titles = [title or division.stem, *(file.stem for file in files[1:])]
        write_map(shown[0], out, extras, titles=titles, lang=lang)
    except GridgeoError as error:
        raise click.ClickException(str(error)) from error
    click.echo(
        f"{out}: {len(shown[0].grids):,} grids, {out.stat().st_size / 1e6:.1f} MB; open it in a browser"
    )
