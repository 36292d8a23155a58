"""From an old division and what has changed to a new one, on one readable page."""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from time import perf_counter
from typing import Any

import numpy as np
import pandas as pd
import shapely
from geopandas import GeoDataFrame
from numpy.typing import NDArray

from gridgeo.assembly import assemble
from gridgeo.division import Division
from gridgeo.errors import LawError, SchemaError
from gridgeo.partition.coverage import Ints
from gridgeo.pipeline import Progress, peak_memory_mb
from gridgeo.planning.terrain import spec_of
from gridgeo.preparation import Prepared, site_orders
from gridgeo.redivision.budget import choose_repairs
from gridgeo.redivision.past import Past, build_past
from gridgeo.redivision.proposal import Proposal, finish_site, propose_site
from gridgeo.redivision.recall import Keep, meet, recall_sites
from gridgeo.redivision.succession import succeed, version_date
from gridgeo.redivision.today import Today, prepare_today
from gridgeo.spec import GridSpec
from gridgeo.stitching import stitch

__all__ = ["Renewal", "plan_renewal", "redivide", "says_yes"]

YES = ("true", "t", "yes", "y", "x", "是", "锁定")
LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Renewal:
    """What may be done about every community, before it is chosen what is done."""

    past: Past
    prepared: Prepared
    proposals: list[Proposal]
    carried: int
    spec: GridSpec

    @property
    def chains(self) -> list[Any]:
        """The plans of each part of each community."""
        return [part.repairs for proposal in self.proposals for part in proposal.parts]

    @property
    def n_atoms(self) -> tuple[int, int]:
        """How many atoms are old ones, and how many were cut anew."""
        kept = sum(proposal.recalled.n_kept for proposal in self.proposals)
        return kept, sum(len(proposal.recalled.atoms) for proposal in self.proposals) - kept

    @property
    def n_cut_anew(self) -> int:
        """How many communities have ground that was cut anew."""
        recalled = [proposal.recalled for proposal in self.proposals]
        return sum(one.n_kept < len(one.atoms) for one in recalled)

    @property
    def forced(self) -> int:
        """Households that move whatever is chosen."""
        return sum(proposal.forced for proposal in self.proposals)


def redivide(  # noqa: PLR0913 - what may have changed, by name
    division: Division,
    buildings: GeoDataFrame | None = None,
    communities: GeoDataFrame | None = None,
    *,
    streets: GeoDataFrame | None = None,
    barriers: GeoDataFrame | Sequence[GeoDataFrame] | None = None,
    compounds: GeoDataFrame | None = None,
    dedicated: GeoDataFrame | None = None,
    max_moved: float = 0.05,
    keep: Iterable[str] | str = (),
    spec: GridSpec | None = None,
    start_date: str | None = None,
    progress: Progress | None = None,
) -> Division:
    """Return a division brought up to date with as few households moved to another grid as a search finds.

    A grid inside its range stays untouched, however near to a limit it is (hysteresis): its buildings leave
    it only to help a neighbour that is out of range. A grid out of range is mended with its neighbours, then
    with theirs; grids are split or merged where their number has to change. Atoms stay as they are; only the
    ground that a changed building, street, barrier, compound or dedicated area touches is cut anew, and a
    community whose border is another one. A new atom goes to the grid of most of its households. New
    households, and those that are gone, have not moved. All laws of ``divide`` hold and are checked on the
    result.

    Parameters
    ----------
    division
        The old division.
    buildings
        The buildings of today, as for ``divide``; known by ``building_id``, else by their place. None: as
        they were.
    communities
        The communities of today, which may be merged, split or have other codes. None: as they were.
    streets, barriers, compounds
        Those of today. None: as they were.
    dedicated
        The areas of today that are grids of their own: a new one is carved out, one that is missing becomes
        ordinary ground again. None: as they were.
    max_moved
        The share of the households carried over that may be moved for the sake of the range, 0 to 1. What a
        changed boundary or a dedicated area moves cannot be avoided and is counted first.
    keep
        Codes of grids that must stay as they are, or the name of a column of the old grids that tells.
    spec
        What a good grid is; by default what the old division was made with.
    start_date
        The day from which the new grids are in force, ISO.
    progress
        Called with the number of communities done and of all, after each.

    Returns
    -------
    Division
        With the layer ``lineage`` and, in the manifest, ``parent``, ``retired_codes`` and ``change``. A grid
        that holds at least half of the households of an old one keeps its code.

    Raises
    ------
    SchemaError
        When a layer cannot be used, a code to keep is unknown, or a share is none.
    LawError
        When the result breaks a law; a fault of gridgeo.

    Examples
    --------
    >>> import gridgeo
    >>> from gridgeo.demo import build_demo
    >>> demo = build_demo(n_communities=2, households=2_000)
    >>> old = gridgeo.divide(demo.communities, demo.buildings, demo.streets, gridgeo.GridSpec(effort="fast"))
    >>> today = demo.buildings.assign(households=(demo.buildings.households * 1.2).round().astype(int))
    >>> new = gridgeo.redivide(old, today)
    >>> new.manifest["change"]["moved_share"] <= 0.05
    True
    """
    started = perf_counter()
    if not 0 <= max_moved <= 1:
        raise SchemaError(f"max_moved is a share from 0 to 1, got {max_moved!r}")
    asked = replace(spec or spec_of(division), start_date=start_date)
    check_after(version_date(division), start_date)
    today = Today(buildings, communities, streets, barriers, compounds, dedicated)
    renewal, found = renew(division, today, asked, keep, max_moved, progress)
    manifest = {
        **found.manifest,
        "run": {
            "jobs": 1,
            "communities_cut_anew": renewal.n_cut_anew,
            "atoms_kept": renewal.n_atoms[0],
            "atoms_cut_anew": renewal.n_atoms[1],
            "seconds": {"total": round(perf_counter() - started, 3)},
            "peak_memory_mb": peak_memory_mb(),
        },
    }
    return replace(found, manifest=manifest)


def check_after(old: str | None, new: str | None) -> None:
    """Raise when new grids would be in force before the old ones, or from the same day on.

    Raises
    ------
    SchemaError
        When they would.
    """
    if old is not None and new is not None and new <= old:
        raise SchemaError(f"start_date {new} is not after {old}, from which the old division is in force")


def renew(
    division: Division,
    today: Today,
    spec: GridSpec,
    locked: Iterable[str] | str,
    max_moved: float,
    progress: Progress | None,
) -> tuple[Renewal, Division]:
    """Return the plans and the new division, with as many old atoms as fit together with the new ones.

    Raises
    ------
    LawError
        When the result breaks a law even where everything is cut anew.
    """
    renewal = plan_renewal(division, today, spec, locked, progress)
    try:
        return renewal, finish(renewal, max_moved)
    except (LawError, shapely.errors.GEOSException) as fault:
        if 0 in renewal.n_atoms:
            raise
        LOG.warning("old and new atoms do not fit together, so more ground is cut anew (%s)", fault)
        fewer = replace(today, keep=Keep(today.keep - 1))
        return renew(division, fewer, spec, locked, max_moved, progress)


def plan_renewal(
    division: Division, today: Today, spec: GridSpec, keep: Iterable[str] | str, progress: Progress | None
) -> Renewal:
    """Return what may be done about every community."""
    locked = find_locked(division, keep)
    prepared = prepare_today(division, today)
    past = build_past(division, prepared.crs)
    meeting = meet(past, prepared, site_orders(prepared), today.given, today.keep)
    proposals = []
    for recalled in recall_sites(past, prepared, meeting, spec, locked):
        proposals.append(propose_site(recalled, locked, spec))
        if progress is not None:
            progress(len(proposals), len(prepared.sites))
    return Renewal(past, prepared, proposals, int(meeting.carried.sum()), spec)


def find_locked(division: Division, keep: Iterable[str] | str) -> Ints:
    """Return the rows of the grids that must stay.

    Raises
    ------
    SchemaError
        When there is no such code or column.
    """
    if isinstance(keep, str):
        if keep not in division.grids:
            columns = ", ".join(str(c) for c in division.grids.columns if c != "geometry")
            raise SchemaError(
                f"keep={keep!r} is no column of the grids (there are {columns}); give codes in a list"
            )
        return np.flatnonzero(says_yes(division.grids[keep]))
    codes = sorted({str(code) for code in keep})
    rows = pd.Index(division.grids["grid_code"].astype(str)).get_indexer(codes)
    unknown = [code for code, row in zip(codes, rows, strict=True) if row < 0]
    if unknown:
        raise SchemaError(f"no grid {', '.join(unknown[:5])} to keep; see grid_code of the old grids")
    return np.sort(rows).astype(np.int64)


def says_yes(column: pd.Series) -> NDArray[np.bool_]:
    """Return which rows of a column say yes: true, a number that is not 0, or a word for it."""
    words = column.astype("string").str.strip().str.lower().fillna("")
    numbers = pd.to_numeric(words, errors="coerce").fillna(0) != 0
    told: NDArray[np.bool_] = (numbers | words.isin(YES)).to_numpy(dtype=bool)
    return told


def finish(renewal: Renewal, max_moved: float) -> Division:
    """Return the plans that fit the budget as a division with codes, lineage and every law checked."""
    choice = choose_repairs(renewal.chains, max_moved * renewal.carried - renewal.forced)
    spec, prepared, old = renewal.spec, renewal.prepared, renewal.past.division
    chosen = iter(choice.chosen)
    divided = []
    for proposal in renewal.proposals:
        numbers = [next(chosen) for _ in proposal.parts]
        reasons = [
            f"to mend it would move more than {100 * max_moved:g} % of all households"
            if number < len(part.repairs) - 1
            else ""
            for part, number in zip(proposal.parts, numbers, strict=True)
        ]
        divided.append(finish_site(proposal, numbers, reasons, spec))
    layers, score = stitch(prepared, divided, spec)
    story = {name: value for name, value in old.manifest.items() if name in ("title", "inputs")}
    new = assemble(prepared, layers, score, spec, old.communities.crs, story)
    return succeed(old, new, spec.start_date)
