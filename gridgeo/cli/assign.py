"""``gridgeo assign``: the grid of every point of a file."""

from pathlib import Path

import click

from gridgeo.errors import GridgeoError

__all__ = ["command"]


@click.command("assign")
@click.argument("points", metavar="POINTS")
@click.option("--grids", required=True, metavar="FILE[:LAYER]", help="A division file or any grids layer.")
@click.option(
    "--x", metavar="COL", help="Column with the longitude or easting; found by its name if not given."
)
@click.option("--y", metavar="COL", help="Column with the latitude or northing.")
@click.option(
    "--crs", help="What the coordinates are in: EPSG:4490, EPSG:4547, GCJ-02, BD-09. [CSV: EPSG:4326]"
)
@click.option(
    "--tolerance", type=float, metavar="METRES", help="Outside all grids, take the nearest within this."
)
@click.option("--border", is_flag=True, help="Add the metres to the border of the grid.")
@click.option("--encoding", help="Encoding of the points, such as GB18030, where it is known.")
@click.option(
    "--out",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="As .csv, .parquet or .gpkg.",
)
def command(
    points: str,
    grids: str,
    x: str | None,
    y: str | None,
    crs: str | None,
    tolerance: float | None,
    border: bool,
    encoding: str | None,
    out: Path,
) -> None:
    """Find the one grid of every point in POINTS, a CSV file or a layer (FILE or FILE:LAYER).

    All columns and the order of the rows are kept; added are grid_code, reason (empty for a point inside its
    grid) and distance_m. On a border the smallest code is taken. The file may be larger than memory.
    """
    from tqdm import tqdm

    from gridgeo.locate.assign_file import AssignJob, assign_file

    try:
        job = AssignJob(
            points=points,
            grids=grids,
            out=out,
            x=x,
            y=y,
            crs=crs,
            encoding=encoding,
            tolerance=tolerance,
            with_border=border,
        )
        with tqdm(unit=" points", unit_scale=True, desc="assign", disable=None) as bar:
            summary = assign_file(job, progress=bar.update)
    except (GridgeoError, ValueError) as error:
        raise click.ClickException(str(error)) from error
    for doubt in summary.doubts:
        click.echo(f"Warning: {doubt}", err=True)
    click.echo(f"{out}: {summary.to_text()}")
