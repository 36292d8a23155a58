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

from gridgeo.assembly import assemble
from gridgeo.crs import suitable_crs
from gridgeo.division import Division
from gridgeo.errors import LawError, SchemaError
from gridgeo.partition.coverage import Ints
from gridgeo.pipeline import Progress, peak_memory_mb
from gridgeo.planning.terrain import spec_of
from gridgeo.preparation import Prepared, prepare, site_orders
from gridgeo.redivision.budget import choose_repairs
from gridgeo.redivision.past import Past, build_past
from gridgeo.redivision.proposal import Proposal, finish_site, propose_site
from gridgeo.redivision.recall import meet, recall_site
from gridgeo.redivision.seams import match_seams
from gridgeo.redivision.succession import succeed
from gridgeo.spec import GridSpec
from gridgeo.stitching import stitch

__all__ = ["Renewal", "Today", "plan_renewal", "redivide"]

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
    def n_cut_anew(self) -> int:
        """How many communities do not keep their atoms."""
        return sum(not proposal.recalled.is_reused for proposal in self.proposals)

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
    max_moved: float = 0.05,
    keep: Iterable[str] | str = (),
    spec: GridSpec | None = None,
    start_date: str | None = None,
    progress: Progress | None = None,
) -> Division:
    """Return a division brought up to date with as few households moved to another grid as a search finds.

    A grid inside its range stays untouched, however near to a limit it is (hysteresis): its buildings leave
    it only to help a neighbour that is out of range. A grid out of range is mended with its neighbours, then
    with theirs; grids are split or merged where their number has to change. Where the counts alone changed,
    every atom stays as it is; where buildings, streets or borders did, its community is cut anew and each
    atom goes to the grid of most of its households. New households, and those that are gone, have not moved.
    All laws of ``divide`` hold and are checked on the result.

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
    max_moved
        The share of the households carried over that may be moved for the sake of the range, 0 to 1. What a
        changed boundary moves cannot be avoided and is counted first.
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
    today = Today(buildings, communities, streets, barriers, compounds)
    renewal = plan_renewal(division, today, asked, keep, progress)
    try:
        found = finish(renewal, max_moved)
    except (LawError, shapely.errors.GEOSException) as fault:
        if renewal.n_cut_anew in (0, len(renewal.proposals)):
            raise
        LOG.warning("old and new atoms do not fit together, so all communities are cut anew (%s)", fault)
        renewal = plan_renewal(division, replace(today, may_reuse=False), asked, keep, progress)
        found = finish(renewal, max_moved)
    manifest = {
        **found.manifest,
        "run": {
            "jobs": 1,
            "communities_cut_anew": renewal.n_cut_anew,
            "seconds": {"total": round(perf_counter() - started, 3)},
            "peak_memory_mb": peak_memory_mb(),
        },
    }
    return replace(found, manifest=manifest)


@dataclass(frozen=True)
class Today:
    """The layers of today; None for what is as it was. Old atoms may be used again, or never."""

    buildings: GeoDataFrame | None
    communities: GeoDataFrame | None
    streets: GeoDataFrame | None
    barriers: GeoDataFrame | Sequence[GeoDataFrame] | None
    compounds: GeoDataFrame | None
    may_reuse: bool = True

    @property
    def given(self) -> list[str]:
        """The names of the layers that are given anew."""
        return [name for name, layer in vars(self).items() if layer is not None and name != "may_reuse"]


def prepare_today(division: Division, today: Today) -> Prepared:
    """Return the layers of today, those of the old division where nothing else is given, in metres."""
    before = division.buildings.drop(columns="grid_code")
    barriers = division.barriers if today.barriers is None else today.barriers
    several = [barriers] if isinstance(barriers, GeoDataFrame) else list(barriers or ())
    carved = division.grids[(division.grids["kind"].astype("string") == "dedicated").fillna(False)]
    communities = division.communities if today.communities is None else today.communities
    return prepare(
        communities,
        before if today.buildings is None else today.buildings,
        division.streets if today.streets is None else today.streets,
        barriers=[layer for layer in several if len(layer)],
        compounds=division.compounds if today.compounds is None else today.compounds,
        dedicated=carved[["name", "geometry"]] if len(carved) else None,
        settled=find_settled(division, today) if suitable_crs(communities) == division.grids.crs else (),
    )


def find_settled(division: Division, today: Today) -> set[str]:
    """Return the layers whose coordinates lie on the lattice: those of the old division, in metres."""
    settled = {"communities", "streets", "barriers", "compounds", "buildings"} - set(today.given)
    given = today.buildings
    if given is not None and given.crs == division.buildings.crs and given.geometry.notna().all():
        known = set(shapely.to_wkb(division.buildings.geometry.to_numpy()))
        if known.issuperset(shapely.to_wkb(given.geometry.to_numpy())):
            settled.add("buildings")
    return settled


def plan_renewal(
    division: Division, today: Today, spec: GridSpec, keep: Iterable[str] | str, progress: Progress | None
) -> Renewal:
    """Return what may be done about every community."""
    locked = find_locked(division, keep)
    prepared = prepare_today(division, today)
    past = build_past(division, prepared.crs)
    meeting = meet(past, prepared, site_orders(prepared), today.given)
    meeting = meeting if today.may_reuse else replace(meeting, may_reuse=False)
    sites = [
        recall_site(past, prepared, meeting, number, spec, locked) for number in range(len(prepared.sites))
    ]
    proposals = []
    for recalled in match_seams(sites):
        proposals.append(propose_site(recalled, locked, spec))
        if progress is not None:
            progress(len(proposals), len(sites))
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
        told = division.grids[keep].fillna(False).astype(bool)
        return np.flatnonzero(told.to_numpy())
    codes = sorted({str(code) for code in keep})
    rows = pd.Index(division.grids["grid_code"].astype(str)).get_indexer(codes)
    unknown = [code for code, row in zip(codes, rows, strict=True) if row < 0]
    if unknown:
        raise SchemaError(f"no grid {', '.join(unknown[:5])} to keep; see grid_code of the old grids")
    return np.sort(rows).astype(np.int64)


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
