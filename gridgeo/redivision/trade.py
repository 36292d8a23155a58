"""What each household that moves buys: the curve from which a planner chooses ``max_moved``."""

from collections.abc import Iterable, Sequence

import pandas as pd
from geopandas import GeoDataFrame

from gridgeo.division import Division
from gridgeo.pipeline import Progress
from gridgeo.planning.terrain import spec_of
from gridgeo.redivision.budget import choose_repairs
from gridgeo.redivision.redividing import Renewal, plan_renewal
from gridgeo.redivision.today import Today
from gridgeo.spec import GridSpec

__all__ = ["trade_off"]


def trade_off(  # noqa: PLR0913 - what may have changed, by name
    division: Division,
    buildings: GeoDataFrame | None = None,
    communities: GeoDataFrame | None = None,
    *,
    streets: GeoDataFrame | None = None,
    barriers: GeoDataFrame | Sequence[GeoDataFrame] | None = None,
    compounds: GeoDataFrame | None = None,
    dedicated: GeoDataFrame | None = None,
    keep: Iterable[str] | str = (),
    spec: GridSpec | None = None,
    progress: Progress | None = None,
) -> pd.DataFrame:
    """Return how many grids are in range after how many households were moved, one row for each repair.

    The first row is the old plan as it stands today; each further row makes one more repair, the one that
    brings most grids into range for each household. ``redivide`` with ``max_moved`` of a row stops there.

    Parameters
    ----------
    division, buildings, communities, streets, barriers, compounds, dedicated, keep, spec, progress
        As for ``redivide``.

    Returns
    -------
    DataFrame
        ``households_moved``, ``moved_share``, ``grids_mended``, ``in_range_share``, and
        ``feasible_in_range_share`` without grids that are proved impossible before anything is moved.

    Examples
    --------
    >>> import gridgeo
    >>> from gridgeo.demo import build_demo
    >>> demo = build_demo(n_communities=2, households=2_000)
    >>> old = gridgeo.divide(demo.communities, demo.buildings, demo.streets, gridgeo.GridSpec(effort="fast"))
    >>> today = demo.buildings.assign(households=(demo.buildings.households * 1.2).round().astype(int))
    >>> curve = gridgeo.trade_off(old, today)
    >>> bool(curve.feasible_in_range_share.is_monotonic_increasing)
    True
    """
    today = Today(buildings, communities, streets, barriers, compounds, dedicated)
    renewal = plan_renewal(division, today, spec or spec_of(division), keep, progress)
    return build_curve(renewal)


def build_curve(renewal: Renewal) -> pd.DataFrame:
    """Return the row of each repair in the order in which they would be made."""
    parts = [part for proposal in renewal.proposals for part in proposal.parts]
    path = choose_repairs(renewal.chains, float("inf")).path
    now = [0] * len(parts)
    faults = sum(part.repairs[0].n_faults for part in parts)
    in_range = sum(part.n_in_range[0] for part in parts)
    n_grids = sum(part.n_grids[0] for part in parts)
    moved = sum(part.repairs[0].moved for part in parts) + renewal.forced
    hopeless = sum(part.n_hopeless for part in parts)
    first = faults
    rows = []
    for part, number, after in [(-1, 0, moved - renewal.forced), *path]:
        if part >= 0:
            here, before = parts[part], now[part]
            faults += here.repairs[number].n_faults - here.repairs[before].n_faults
            in_range += here.n_in_range[number] - here.n_in_range[before]
            n_grids += here.n_grids[number] - here.n_grids[before]
            now[part] = number
        moved = after + renewal.forced
        rows.append(
            {
                "households_moved": moved,
                "moved_share": moved / max(renewal.carried, 1),
                "grids_mended": first - faults,
                "in_range_share": in_range / max(n_grids, 1),
                "feasible_in_range_share": in_range / max(in_range + faults - hopeless, 1),
            }
        )
    return pd.DataFrame(rows)
