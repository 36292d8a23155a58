"""``gridgeo group``: service grids made of whole base grids."""

from pathlib import Path

import click
import pandas as pd

from gridgeo.cli.divide import percent

__all__ = ["command"]

FILE = click.Path(dir_okay=False, path_type=Path)


@click.command()
@click.argument("division", metavar="OUT.gpkg", type=FILE)
@click.option("--target", type=float, metavar="N", help="Households of a service grid, such as 500.")
@click.option("--target-people", type=float, metavar="N", help="People of a service grid, such as 1500.")
@click.option("--per-group", metavar="LO:HI", help="Base grids of a service grid, such as 2:3.")
@click.option("-n", "--number", "n", type=click.IntRange(min=1), help="How many service grids in all.")
@click.option("--across", is_flag=True, help="Let a service grid lie in several communities.")
@click.option("--prefix", default="S", show_default=True, help="What their codes have before the number.")
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True)
@click.option("--out", required=True, type=FILE, metavar="LEVEL.gpkg", help="The division one level up.")
def command(
    division: Path,
    target: float | None,
    target_people: float | None,
    per_group: str | None,
    n: int | None,
    across: bool,
    prefix: str,
    seed: int,
    out: Path,
) -> None:
    """Make service grids (health, police) of whole neighbouring base grids.

    Say how large with --target, --target-people (or both, and both count), --per-group or --number. The layer
    lineage of the result tells which base grid is in which service grid.
    """
    from gridgeo.division import read_division
    from gridgeo.errors import GridgeoError
    from gridgeo.io import check_apart
    from gridgeo.levels.grouping import group_grids

    try:
        check_apart(out, [division])
        level = group_grids(
            read_division(division),
            target=target,
            target_people=target_people,
            per_group=None if per_group is None else read_pair(per_group),
            n=n,
            across=across,
            prefix=prefix,
            seed=seed,
        )
        level.write(out)
    except GridgeoError as error:
        raise click.ClickException(str(error)) from error
    score = level.score
    click.echo(f"{score['n_grids']} service grids of {level.manifest['level']['n_base_grids']} grids: {out}")
    click.echo(f"  in range {percent(score['in_range_share'])}")
    for row in level.exceptions.itertuples():
        people = "" if pd.isna(row.people) else f", {row.people} people"
        click.echo(f"  {row.grid_code} {row.status}: {row.households} households{people}, {row.reason}")


def read_pair(text: str) -> tuple[int, int]:
    """Return two whole numbers written ``LO:HI``."""
    low, _, high = text.partition(":")
    if not (low.isdigit() and high.isdigit()):
        raise click.UsageError(f"--per-group {text}: write two whole numbers, such as 2:3")
    return int(low), int(high)
