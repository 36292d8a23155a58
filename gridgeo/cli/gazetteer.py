"""``gridgeo gazetteer``: make a gazetteer of the user's own tables, teach it corrections."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from gridgeo.errors import GridgeoError

__all__ = ["command"]

FILE = click.Path(dir_okay=False, path_type=Path)
TABLES = ("addresses", "buildings", "streets", "pois", "compounds", "communities")


@contextmanager
def _plain_errors() -> Iterator[None]:
    """Show what gridgeo refuses as one message and exit code 1."""
    try:
        yield
    except (GridgeoError, ValueError) as error:
        raise click.ClickException(str(error)) from error


@click.group("gazetteer")
def command() -> None:
    """Make the gazetteer that geocode looks places up in."""


@command.command("build")
@click.option("--addresses", metavar="FILE[:LAYER]", help="Address points, whole or in parts.")
@click.option("--buildings", metavar="FILE[:LAYER]", help="Buildings with addresses.")
@click.option("--streets", metavar="FILE[:LAYER]", help="Street lines with names, perhaps number ranges.")
@click.option("--pois", metavar="FILE[:LAYER]", help="Shops, schools, hospitals and the like, by name.")
@click.option("--compounds", metavar="FILE[:LAYER]", help="Residential compounds (小区), by name.")
@click.option("--communities", metavar="FILE[:LAYER]", help="Communities with name and code.")
@click.option("--map", "maps", multiple=True, metavar="TABLE.PART=COLUMN", help="Which column holds what.")
@click.option("--crs", help="CRS of tables that declare none, such as EPSG:4326; or GCJ-02, BD-09.")
@click.option("--encoding", help="Encoding of the attributes, such as GB18030, where it is known.")
@click.option(
    "--script", type=click.Choice(["auto", "chinese", "european"]), default="auto", show_default=True
)
@click.option(
    "--seed", type=int, default=0, show_default=True, help="Of the rehearsal that calibrates scores."
)
@click.option("--faults", type=FILE, help="Write every doubtful entry to this CSV file.")
@click.option("--out", required=True, type=FILE, help="The gazetteer, .gpkg or .parquet.")
def build(
    addresses: str | None,
    buildings: str | None,
    streets: str | None,
    pois: str | None,
    compounds: str | None,
    communities: str | None,
    maps: tuple[str, ...],
    crs: str | None,
    encoding: str | None,
    script: str,
    seed: int,
    faults: Path | None,
    out: Path,
) -> None:
    """Make a gazetteer of the tables given; show which columns were used and what is doubtful."""
    from gridgeo.cli._doubts import show_doubts
    from gridgeo.io import read_layer
    from gridgeo.locate.gazetteer import build_gazetteer, check_quality, write_gazetteer
    from gridgeo.locate.reports import write_reports

    sources = dict(zip(TABLES, (addresses, buildings, streets, pois, compounds, communities), strict=True))
    with _plain_errors():
        layers = {
            name: read_layer(source, crs=_crs_for(source, crs), encoding=encoding)
            for name, source in sources.items()
            if source is not None
        }
        if not layers:
            raise click.UsageError(f"name at least one table: --{', --'.join(TABLES)}")
        with show_doubts():
            gazetteer = build_gazetteer(
                **{name: layers.get(name) for name in TABLES},
                columns=_read_maps(maps),
                script=script,
                seed=seed,
            )
        write_gazetteer(gazetteer, out)
        street_column = gazetteer.mapping.get("streets", {}).get("name", "name")
        found = check_quality(gazetteer, layers.get("streets"), street_column=street_column)
        if faults is not None:
            write_reports(found, faults)
    for table, parts in gazetteer.mapping.items():
        click.echo(f"{table}: " + ", ".join(f"{part} = {column}" for part, column in parts.items()))
    counts = gazetteer.entries["level"].value_counts()
    click.echo(
        f"{len(gazetteer.entries)} entries: " + ", ".join(f"{n} {level}" for level, n in counts.items())
    )
    for fault, rows in found.groupby("fault"):
        shown = "; ".join(f"{row.label} ({row.detail})" for row in rows.head(3).itertuples())
        click.echo(f"{fault}: {len(rows)}, such as {shown}; {rows['remedy'].iloc[0]}", err=True)


def _crs_for(source: str, crs: str | None) -> str | None:
    """Return the CRS stated, None for a layer that declares its own; GCJ-02 and BD-09 no layer can."""
    from gridgeo.crs import parse_crs
    from gridgeo.io import declares_crs

    if crs is None or parse_crs(crs).offset or not declares_crs(source):
        return crs
    return None


def _read_maps(maps: tuple[str, ...]) -> dict[str, dict[str, str]]:
    """Return the columns stated as ``TABLE.PART=COLUMN``."""
    columns: dict[str, dict[str, str]] = {}
    for text in maps:
        key, equals, column = text.partition("=")
        table, dot, part = key.partition(".")
        if not (equals and dot and table in TABLES):
            raise click.UsageError(f"--map {text}: write TABLE.PART=COLUMN, as in addresses.address=Location")
        columns.setdefault(table, {})[part] = column
    return columns


@command.command("learn")
@click.argument("gazetteer", type=FILE)
@click.option(
    "--review", required=True, type=FILE, help="The review file of geocode, with correct filled in."
)
@click.option("--encoding", help="Encoding of the review, where it is known.")
@click.option("--out", required=True, type=FILE, help="The gazetteer that knows the corrections.")
def learn(gazetteer: Path, review: Path, encoding: str | None, out: Path) -> None:
    """Teach GAZETTEER what people corrected in a review file."""
    from gridgeo.locate.gazetteer import learn_corrections, read_gazetteer, write_gazetteer
    from gridgeo.locate.reports import read_reports

    with _plain_errors():
        before = read_gazetteer(gazetteer)
        after = learn_corrections(before, read_reports(review, encoding=encoding))
        write_gazetteer(after, out)
    click.echo(f"{len(after.aliases) - len(before.aliases)} corrections learned", file=sys.stderr)
