"""``gridgeo geocode``: place a file of reports by the addresses in them."""

from pathlib import Path

import click

from gridgeo.errors import GridgeoError

__all__ = ["command"]

FILE = click.Path(dir_okay=False, path_type=Path)


@click.command("geocode")
@click.argument("reports", metavar="REPORTS.csv", type=FILE)
@click.option("--text", required=True, metavar="COL", help="Column with the report or address.")
@click.option("--gazetteer", required=True, type=FILE, help="Made by gridgeo gazetteer build.")
@click.option("--grids", metavar="FILE[:LAYER]", help="Grids, to name the grid of each place.")
@click.option("--x", metavar="COL", help="Column with the longitude or easting, where a row has one already.")
@click.option("--y", metavar="COL", help="Column with the latitude or northing.")
@click.option(
    "--crs", default="EPSG:4326", show_default=True, help="Of --x and --y: an EPSG code, GCJ-02, BD-09."
)
@click.option("--review", type=FILE, help="Write the doubtful rows here, for a person to correct.")
@click.option("--encoding", help="Encoding of the reports, such as GB18030, where it is known.")
@click.option("--jobs", type=click.IntRange(min=1), default=1, show_default=True, help="Processes.")
@click.option("--out", required=True, type=FILE, help="The reports with places, .csv, .parquet or .gpkg.")
def command(
    reports: Path,
    text: str,
    gazetteer: Path,
    grids: str | None,
    x: str | None,
    y: str | None,
    crs: str,
    review: Path | None,
    encoding: str | None,
    jobs: int,
    out: Path,
) -> None:
    """Place REPORTS.csv by the addresses in a column of free text.

    All columns and the order of the rows are kept. A run that was stopped goes on where it was when it is
    started again with the same files.
    """
    import shutil

    from tqdm import tqdm

    from gridgeo.cli._doubts import show_doubts
    from gridgeo.io import check_apart, read_layer, split_source
    from gridgeo.locate.batch_writer import check_suffix
    from gridgeo.locate.geocode.files import GeocodeJob, build_review, geocode_reports, write_answers
    from gridgeo.locate.geocode.given import GivenPoints
    from gridgeo.locate.repeats import find_id_column, find_repeats, hash_ids
    from gridgeo.locate.reports import read_reports, write_reports

    if (x is None) != (y is None):
        raise click.UsageError("--x and --y go together")
    folder = out.with_name(f".{out.name}.progress")
    try:
        check_suffix(out)
        check_apart(out, [reports, gazetteer, *([split_source(grids)[0]] if grids else [])])
        table = read_reports(reports, encoding=encoding)
        id_column = find_id_column(table.columns)
        repeats = find_repeats(id_column, [hash_ids(table[id_column])]) if id_column else None
        layer = read_layer(_grids_layer(grids)) if grids is not None else None
        given = GivenPoints(x=x, y=y, crs=crs) if x is not None and y is not None else None
        job = GeocodeJob(gazetteer=gazetteer, progress_folder=folder, jobs=jobs)
        n_texts = table[text].nunique() if text in table else 0
        with show_doubts(), tqdm(total=n_texts, unit=" texts", desc="geocode", disable=None) as bar:
            placed = geocode_reports(table, text, job, layer, given=given, progress=bar.update)
        write_answers(placed, out)
        if review is not None:
            write_reports(build_review(placed, text), review)
    except (GridgeoError, ValueError) as error:
        raise click.ClickException(str(error)) from error
    shutil.rmtree(folder, ignore_errors=True)
    if repeats:
        click.echo(f"Warning: {repeats}", err=True)
    click.echo(_summary(placed), err=True)


def _grids_layer(source: str) -> str:
    """Return the grids layer of a division file where only the file is named."""
    import pyogrio

    path = Path(source)
    if path.exists() and path.suffix.lower() == ".gpkg":
        layers = [str(row[0]) for row in pyogrio.list_layers(path)]
        if "grids" in layers:
            return f"{source}:grids"
    return source


def _summary(placed: "object") -> str:
    """Return how many rows were placed, and how finely."""
    import pandas as pd

    table = pd.DataFrame(placed)
    column = max((name for name in table if name.endswith("precision")), key=len)  # the last one added
    precision = table[column]
    counts = precision.value_counts()
    return f"{len(table)} rows: " + ", ".join(f"{n} {level}" for level, n in counts.items())
