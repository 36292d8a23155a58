"""``gridgeo compare``: what changed between two divisions of one place."""

from pathlib import Path

import click

__all__ = ["command"]

FILE = click.Path(dir_okay=False, path_type=Path)


@click.command("compare")
@click.argument("old", metavar="OLD.gpkg", type=FILE)
@click.argument("new", metavar="NEW.gpkg", type=FILE)
@click.option("--json", "as_json", is_flag=True, help="Print figures and table as JSON.")
@click.option("--out", type=FILE, help="Also write it: .csv the table, .gpkg all layers, .html the map.")
def command(old: Path, new: Path, as_json: bool, out: Path | None) -> None:
    """Compare two divisions: grids kept, changed, split, merged, new; households, buildings, borders moved.

    Grids are followed by the households of their buildings, not by their codes.
    """
    from gridgeo.comparison.comparing import compare
    from gridgeo.division import read_division
    from gridgeo.errors import GridgeoError
    from gridgeo.io import check_apart

    try:
        if out is not None:
            check_apart(out, [old, new])
        comparison = compare(read_division(old), read_division(new))
        if out is not None:
            comparison.write(out)
    except GridgeoError as error:
        raise click.ClickException(str(error)) from error
    if as_json:
        click.echo(comparison.to_json())
        return
    score = comparison.score
    kinds = ("kept", "changed", "split", "merged", "new", "ended")
    grids = ", ".join(f"{score[f'n_{kind}']} {kind}" for kind in kinds)
    lines = [
        f"{score['n_grids_before']} grids before, {score['n_grids_after']} after: {grids}",
        f"  households moved {score['households_moved']:,} ({100 * score['moved_share']:.2f} %), "
        f"new {score['households_new']:,}, gone {score['households_gone']:,}; "
        f"buildings moved {score['buildings_moved']:,}",
        f"  borders added {score['border_added_m']:,.0f} m, removed {score['border_removed_m']:,.0f} m",
    ]
    click.echo("\n".join(lines))
