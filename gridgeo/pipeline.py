"""From boundaries, buildings and streets to a division, on one readable page."""

import platform
import resource
import sys
from collections.abc import Callable, Iterator, Sequence
from time import perf_counter

from geopandas import GeoDataFrame

from gridgeo.assembly import assemble
from gridgeo.division import Division
from gridgeo.errors import SchemaError
from gridgeo.partition.dividing import DividedSite, divide_site, warm_up
from gridgeo.partition.site import Site
from gridgeo.preparation import prepare
from gridgeo.spec import GridSpec
from gridgeo.stitching import stitch

__all__ = ["Progress", "divide"]

Progress = Callable[[int, int], None]


def divide(  # noqa: PLR0913 - the layers of a place, by name
    communities: GeoDataFrame,
    buildings: GeoDataFrame,
    streets: GeoDataFrame,
    spec: GridSpec | None = None,
    *,
    barriers: GeoDataFrame | Sequence[GeoDataFrame] | None = None,
    compounds: GeoDataFrame | None = None,
    dedicated: GeoDataFrame | None = None,
    progress: Progress | None = None,
    jobs: int = 1,
) -> Division:
    """Return communities divided into grids that cover them without gap or overlap and cut no building.

    Every grid holds a number of households in the range of the spec, or says in ``reason`` why not. Its
    borders follow streets where they can. The result is the same for any order of rows and number of jobs.

    Parameters
    ----------
    communities
        Polygons with ``area_code`` (any unique text), in any declared CRS; the answer is in it too.
    buildings
        Polygons or points with ``households``; optional ``building_id``, ``people``, ``compound``.
    streets
        Lines; optional ``street_class``. Dead ends are borders too.
    spec
        What a good grid is; 200 to 300 households by default.
    barriers
        Lines or polygons that no grid crosses (railways, water, walls); one layer or several.
    compounds
        Polygons of residential compounds (小区), kept whole where the range allows.
    dedicated
        Polygons carved out first, each a grid of its own (campus, market, enterprise). What the border of a
        community cuts off from one is a grid too, unless it is a crumb: under 5 % of it and half a hectare.
    progress
        Called with the number of communities done and of all, after each.
    jobs
        How many processes work side by side.

    Returns
    -------
    Division
        The layers, and a manifest with spec, score, faults, versions and times.

    Raises
    ------
    CRSError
        When a layer does not say in which coordinate system it is.
    SchemaError
        When a layer has a fault that can neither be mended nor set aside; all of them are named.
    LawError
        When the result breaks a law that always has to hold; a fault of gridgeo.

    Examples
    --------
    >>> from gridgeo.demo import build_demo
    >>> demo = build_demo(n_communities=2, households=2_000)
    >>> division = divide(demo.communities, demo.buildings, demo.streets, GridSpec(effort="fast"))
    >>> bool(division.grids.households.sum() == demo.buildings.households.sum())
    True
    """
    started = perf_counter()
    spec = GridSpec() if spec is None else spec
    check_counted(buildings, spec)
    if jobs > 1:
        start_processes(jobs)
    prepared = prepare(
        communities, buildings, streets, barriers=barriers, compounds=compounds, dedicated=dedicated
    )
    prepared_in = perf_counter() - started
    divided = divide_sites(prepared.sites, spec, jobs, progress)
    divided_at = perf_counter()
    layers, score = stitch(prepared, divided, spec)
    seconds = {"prepare": prepared_in, **stage_seconds(divided), "stitch": perf_counter() - divided_at}
    seconds["total"] = perf_counter() - started
    story = {
        "run": {
            "jobs": jobs,
            "python": platform.python_version(),
            "seconds": {stage: round(value, 3) for stage, value in seconds.items()},
            "peak_memory_mb": peak_memory_mb(),
        },
    }
    return assemble(prepared, layers, score, spec, communities.crs, story)


def check_counted(buildings: GeoDataFrame, spec: GridSpec) -> None:
    """Raise when a range of people is asked for, but nobody counted them."""
    if spec.people is not None and "people" not in buildings:
        low, high = spec.people
        raise SchemaError(
            f"grids of {low:g} to {high:g} people are asked for, but buildings has no column people; name "
            "one with --people, spread totals of --zones by --zone-people, or ask for households alone"
        )


def divide_sites(
    sites: Sequence[Site], spec: GridSpec, jobs: int = 1, progress: Progress | None = None
) -> list[DividedSite]:
    """Return each site divided, in their order, whatever the number of jobs."""
    found: dict[int, DividedSite] = {}
    for position, site in (
        divide_in_turn(sites, spec) if jobs <= 1 else divide_side_by_side(sites, spec, jobs)
    ):
        found[position] = site
        if progress is not None:
            progress(len(found), len(sites))
    return [found[position] for position in range(len(sites))]


def divide_in_turn(sites: Sequence[Site], spec: GridSpec) -> Iterator[tuple[int, DividedSite]]:
    """Yield each site divided, one after the other."""
    for position, site in enumerate(sites):
        yield position, divide_site(site, spec)


def start_processes(jobs: int) -> None:
    """Start the processes of ``divide_side_by_side``: they load the code while this one still prepares."""
    from loky import get_reusable_executor

    executor = get_reusable_executor(max_workers=jobs)
    for _ in range(jobs):
        executor.submit(warm_up)


def divide_side_by_side(
    sites: Sequence[Site], spec: GridSpec, jobs: int
) -> Iterator[tuple[int, DividedSite]]:
    """Yield each site divided as it is done by one of several processes, the largest begun first."""
    from loky import as_completed, get_reusable_executor

    executor = get_reusable_executor(max_workers=jobs)
    order = sorted(range(len(sites)), key=lambda i: (-len(sites[i].buildings), i))
    position = {executor.submit(divide_site, sites[i], spec): i for i in order}
    for future in as_completed(position):
        yield position[future], future.result()


def stage_seconds(divided: Sequence[DividedSite]) -> dict[str, float]:
    """Return the seconds of each stage, summed over the communities and so over processes."""
    stages = divided[0].seconds if divided else {}
    return {stage: sum(site.seconds[stage] for site in divided) for stage in stages}


def peak_memory_mb() -> float:
    """Return the largest memory of this process or of one of its children so far, in MB."""
    unit = 1 if sys.platform == "darwin" else 1024
    who = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return round(max(resource.getrusage(w).ru_maxrss for w in who) * unit / 1e6, 1)
