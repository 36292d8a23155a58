"""``gridgeo pair``: neighbouring grids whose workers stand in for one another (AB岗)."""

from pathlib import Path

import click

__all__ = ["command"]

FILE = click.Path(dir_okay=False, path_type=Path)


@click.command()
@click.argument("division", metavar="OUT.gpkg", type=FILE)
@click.option("--workload", default="households", show_default=True, help="Column that says how much to do.")
@click.option("--across", is_flag=True, help="Let two grids of different communities be a pair.")
@click.option("--out", required=True, type=FILE, metavar="PAIRS.csv", help="One line for each grid.")
def command(division: Path, workload: str, across: bool, out: Path) -> None:
    """Pair neighbouring grids so that each has a stand-in: as many pairs as can be, evenly loaded."""
    from gridgeo.division import read_division
    from gridgeo.errors import GridgeoError
    from gridgeo.io import check_apart, replace_file
    from gridgeo.levels.pairing import pair_grids

    try:
        check_apart(out, [division])
        pairs = pair_grids(read_division(division), workload=workload, across=across)
        with replace_file(out) as fresh:
            pairs.to_csv(fresh, index=False, encoding="utf-8-sig")
    except GridgeoError as error:
        raise click.ClickException(str(error)) from error
    alone = pairs[~pairs["is_mutual"]]
    click.echo(f"{int(pairs['is_mutual'].sum()) // 2} pairs of {len(pairs)} grids: {out}")
    for row in alone.fillna({"partner_code": "nobody: it has no neighbour"}).itertuples():
        click.echo(f"  {row.grid_code} is left over; its stand-in is {row.partner_code}")
