"""``gridgeo workers``: check who works where, and count what each has to do."""

from pathlib import Path

import click

__all__ = ["command"]

FILE = click.Path(dir_okay=False, path_type=Path)


@click.command()
@click.argument("workers", metavar="WORKERS.csv", type=FILE)
@click.option("--division", required=True, type=FILE, metavar="OUT.gpkg", help="The grids.")
@click.option("--out", type=FILE, metavar="WORKLOAD.csv", help="Where to write what each has to do.")
def command(workers: Path, division: Path, out: Path | None) -> None:
    """Check a table of workers (worker_id, grid_code, post) against the grids, and count their workload.

    Every grid needs a worker; one worker may have many grids and one grid many workers. The table holds
    ids and posts, no names.
    """
    from gridgeo.division import read_division
    from gridgeo.errors import GridgeoError
    from gridgeo.io import check_apart, read_table, replace_file
    from gridgeo.levels.workers import count_workload

    try:
        if out is not None:
            check_apart(out, [workers, division])
        counted = count_workload(read_table(workers), read_division(division))
        if out is not None:
            with replace_file(out) as fresh:
                counted.to_csv(fresh, index=False, encoding="utf-8-sig")
    except GridgeoError as error:
        raise click.ClickException(str(error)) from error
    click.echo(
        f"{len(counted)} workers, every grid has one; households of a worker "
        f"{counted['households'].min():,.0f} to {counted['households'].max():,.0f}"
    )
