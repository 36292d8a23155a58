"""``gridgeo divide``: from files to a GeoPackage of grids."""

import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
from tqdm import tqdm

from gridgeo.division import Division
from gridgeo.errors import GridgeoError
from gridgeo.io import check_apart, split_source
from gridgeo.pipeline import Progress
from gridgeo.sources import ROLES, Sources, divide_files
from gridgeo.spec import EFFORTS, PRESETS, Effort, GridSpec, Scheme

__all__ = ["command"]

LAYER = "FILE[:LAYER]"
SCHEMES = ["auto", "14", "15", "plain"]
SHOWN_EXCEPTIONS = 12
CRS_ROLES = (*ROLES, "barriers")


class RangeType(click.ParamType[tuple[float, float]]):
    """A range of two numbers, written ``LO:HI``."""

    name = "LO:HI"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[float, float]:
        """Return the two numbers."""
        if isinstance(value, tuple):
            return value
        low, colon, high = str(value).partition(":")
        try:
            return float(low), float(high) if colon else self.fail(f"{value!r} is not LO:HI", param, ctx)
        except ValueError:
            self.fail(f"{value!r} is not LO:HI, such as 200:300", param, ctx)


@click.command()
@click.option("--communities", required=True, metavar=LAYER, help="Polygons to divide.")
@click.option("--area-code", required=True, metavar="COL", help="Column with the code of a community.")
@click.option("--buildings", required=True, metavar=LAYER, help="Polygons or points.")
@click.option("--building-id", metavar="COL", help="Column that identifies a building; else guessed.")
@click.option("--households", metavar="COL", help="Column with the households of a building; else guessed.")
@click.option("--people", metavar="COL", help="Column with the people of a building; else guessed.")
@click.option("--zones", metavar=LAYER, help="Census areas whose totals are spread over the buildings.")
@click.option("--zone-households", metavar="COL", help="Column of the zones with households.")
@click.option("--zone-people", metavar="COL", help="Column of the zones with people.")
@click.option("--floor-area", type=float, metavar="M2", help="Estimate: floor area of one household.")
@click.option("--levels", metavar="COL", help="Column with the storeys, to estimate or spread by.")
@click.option("--streets", required=True, metavar=LAYER, help="Street centrelines.")
@click.option("--street-class", metavar="COL", help="Column with the class of a street; else guessed.")
@click.option("--barriers", multiple=True, metavar=LAYER, help="Lines or areas never crossed; repeatable.")
@click.option("--cross-barriers", is_flag=True, help="Let grids cross barriers all the same.")
@click.option("--compounds", metavar=LAYER, help="Compounds (小区), kept whole where possible.")
@click.option("--dedicated", metavar=LAYER, help="Areas that are grids of their own.")
@click.option("--range", "size", type=RangeType(), help="Households of a grid, such as 200:300.")
@click.option(
    "--people-range", type=RangeType(), help="People of a grid, such as 600:900, beside households."
)
@click.option("--preset", type=click.Choice(list(PRESETS)), help="A size in use somewhere.")
@click.option("--area", type=float, metavar="M2", help="Unit grids of about so many square metres.")
@click.option("--max-area", type=float, metavar="M2", help="Soft upper limit of a grid's area.")
@click.option("--effort", type=click.Choice(list(EFFORTS)), default="default", show_default=True)
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True)
@click.option("--jobs", type=click.IntRange(min=1), default=1, show_default=True, help="Processes.")
@click.option("--code-scheme", type=click.Choice(SCHEMES), default="auto", show_default=True)
@click.option("--start-date", metavar="DATE", help="Day from which the grids are in force.")
@click.option(
    "--crs",
    multiple=True,
    metavar="ROLE=CRS",
    help="System of a layer that declares none or holds GCJ-02, such as communities=GCJ-02; repeatable.",
)
@click.option("--encoding", help="Encoding of the attributes, where it is known.")
@click.option("--json", "as_json", is_flag=True, help="Print the score as JSON.")
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path), metavar="OUT.gpkg")
def command(
    size: tuple[float, float] | None,
    people_range: tuple[float, float] | None,
    preset: str | None,
    area: float | None,
    max_area: float | None,
    cross_barriers: bool,
    effort: Effort,
    seed: int,
    jobs: int,
    code_scheme: Scheme,
    start_date: str | None,
    as_json: bool,
    out: Path,
    floor_area: float | None,
    crs: tuple[str, ...],
    **files: Any,
) -> None:
    """Divide communities into grids of a household range with streets as borders.

    Exactly one of --range, --preset and --area says how large a grid is. Barriers are rivers, railways and
    walls. Progress goes to the error stream, the score to the output.
    """
    if sum(value is not None for value in (size, preset, area)) != 1:
        raise click.UsageError("say how large a grid is with one of --range, --preset and --area")
    try:
        spec = replace(
            build_spec(size, preset, area),
            effort=effort,
            seed=seed,
            cross_barriers=cross_barriers,
            code_scheme=code_scheme,
            start_date=start_date,
            max_area_m2=max_area,
        )
        spec = replace(spec, people=people_range) if people_range else spec
        check_apart(out, [split_source(file)[0] for file in layer_files(files)])
        with tqdm(unit=" communities", disable=not sys.stderr.isatty(), leave=False) as bar:
            sources = Sources(**files, floor_area_m2=floor_area, crs=stated_systems(crs))
            division = divide_files(sources, spec, progress=advance(bar), jobs=jobs)
        division.write(out)
    except GridgeoError as error:
        raise click.ClickException(str(error)) from error
    click.echo(to_json(division) if as_json else describe(division, out))


def layer_files(files: Mapping[str, Any]) -> Iterator[str]:
    """Yield the layers given by the options, also of those that may be repeated."""
    for role in (*ROLES, "barriers"):
        given = files.get(role)
        yield from [given] if isinstance(given, str) else given or ()


def stated_systems(stated: tuple[str, ...]) -> dict[str, str]:
    """Return the systems by role.

    Raises
    ------
    click.UsageError
        When one does not say for which layer it is.
    """
    pairs = [one.partition("=") for one in stated]
    if wrong := [role for role, equals, system in pairs if not (role in CRS_ROLES and equals and system)]:
        raise click.UsageError(
            f"--crs {wrong[0]}: say for which layer, such as buildings=EPSG:4546; "
            f"roles are {', '.join(CRS_ROLES)}"
        )
    return {role: system for role, _, system in pairs}


def build_spec(size: tuple[float, float] | None, preset: str | None, area: float | None) -> GridSpec:
    """Return the spec of the one size that is given."""
    if preset is not None:
        return GridSpec.preset(preset)
    return GridSpec(households=size) if size is not None else GridSpec.unit_grids(area or 0.0)


def advance(bar: "tqdm[object]") -> Progress:
    """Return what moves the progress bar on."""

    def move(done: int, total: int) -> None:
        bar.total = total
        bar.update(done - bar.n)

    return move


def to_json(division: Division) -> str:
    """Return the score, the seconds of each stage and the peak memory."""
    run = division.manifest["run"]
    figures = {**division.score, "seconds": run["seconds"], "peak_memory_mb": run["peak_memory_mb"]}
    return json.dumps(figures, ensure_ascii=False)


def describe(division: Division, out: Path) -> str:
    """Return what came out, for a person to read."""
    score = division.score
    seconds = division.manifest["run"]["seconds"]["total"]
    lines = [
        f"{score['n_grids']} grids in {len(division.communities)} communities, {seconds:.1f} s: {out}",
        f"  in range {percent(score['in_range_share'])}, "
        f"of the feasible {percent(score['feasible_in_range_share'])}",
        f"  borders on streets {percent(score['street_share'])}, "
        f"compactness {score['mean_polsby_popper']:.2f}, "
        f"compounds whole {percent(score['compounds_whole_share'])}, "
        f"hamlets whole {percent(score['hamlets_whole_share'])}",
    ]
    faults = division.manifest["faults"]
    lines += [
        f"  {fault['layer']}: {fault['fault']} ({fault['n_rows']}), {fault['action']}" for fault in faults
    ]
    exceptions = division.exceptions
    lines += [
        f"  {row.grid_code} {row.status}: {row.reason}"
        for row in exceptions.head(SHOWN_EXCEPTIONS).itertuples()
    ]
    rest = len(exceptions) - SHOWN_EXCEPTIONS
    return "\n".join([*lines, f"  … and {rest} more exceptions, see column reason"] if rest > 0 else lines)


def percent(share: float | None) -> str:
    """Return a share in percent."""
    return "–" if share is None else f"{100 * share:.1f} %"
