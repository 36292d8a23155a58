"""``gridgeo demo``: write a generated district or city to try everything on."""

from pathlib import Path

import click

__all__ = ["command"]


@click.command("demo")
@click.argument("outdir", type=click.Path(file_okay=False, path_type=Path))
@click.option("--communities", default=12, show_default=True, help="How many communities and villages.")
@click.option("--households", default=30_000, show_default=True, help="How many households in all.")
@click.option("--seed", default=0, show_default=True, help="Another seed, another city.")
def command(outdir: Path, communities: int, households: int, seed: int) -> None:
    """Write a generated district with Chinese names to OUTDIR: district.gpkg and incidents.csv."""
    from gridgeo.demo import build_demo, write_demo
    from gridgeo.errors import GridgeoError

    click.echo(f"building {communities} communities of {households:,} households, seed {seed} …")
    try:
        demo = build_demo(communities, households, seed)
        click.echo(f"writing to {outdir} …")
        paths = write_demo(demo, outdir)
    except (GridgeoError, ValueError) as error:
        raise click.ClickException(str(error)) from error
    for layer in demo.__dataclass_fields__:
        click.echo(f"{layer:>12} {len(getattr(demo, layer)):>9,}")
    towers = int((demo.buildings.households > 300).sum())
    click.echo(
        f"{int(demo.buildings.households.sum()):,} households, {int(demo.buildings.people.sum()):,} people, "
        f"{towers} buildings above 300 households; all of it invented, coordinates in EPSG:4546"
    )
    for path in paths:
        click.echo(f"{path}  {path.stat().st_size / 1e6:.1f} MB")
