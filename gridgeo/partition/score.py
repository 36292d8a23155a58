"""How good a division is: one definition for each figure.

- *street share*: internal border that lies on a street, dead ends included, on a railway or in water;
  community outlines do not count.
- *cut cost*: kilometres of internal border, weighted 0.15 on a street, 1 inside a block, 3 inside a compound.
- *Polsby–Popper*: 4π · area / perimeter², 1 for a circle (Polsby and Popper 1991).
- *main road inside*: length of main roads more than 12 m, of railways more than 25 m inside a grid, as a
  share of their length in the communities.
- *compounds whole*: share of the compounds not above the range that lie in one grid.
- *hamlets whole*: the same for hamlets, settlements apart from others (see ``settlements``).
- *deviation*: mean distance from the middle of the range as a share of it, grids with a giant left out.
"""

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np
import shapely

from gridgeo.partition.coverage import Floats, Geometries, Ints
from gridgeo.partition.graph import AtomGraph
from gridgeo.partition.laws import Measures
from gridgeo.partition.plan import Plan
from gridgeo.partition.settlements import is_hamlet
from gridgeo.partition.site import Site
from gridgeo.spec import GridSpec

if TYPE_CHECKING:  # a process that divides one community after another needs no tables
    import pandas as pd

__all__ = ["Tally", "build_score", "polsby_popper", "tally_plan"]

MAIN_INSIDE_M, RAIL_INSIDE_M = 12.0, 25.0
THIN = 0.3  # a grid less compact than this is not one that a planner would draw


@dataclass(frozen=True)
class Tally:
    """Sums of one community that add up to those of a city."""

    border_m: float
    street_m: float
    cost_m: float
    main_m: float
    main_inside_m: float
    n_compounds: int
    n_compounds_whole: int
    n_hamlets: int
    n_hamlets_whole: int

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(self)))


def tally_plan(graph: AtomGraph, plan: Plan, site: Site, grids: Geometries, spec: GridSpec) -> Tally:
    """Return the sums of a plan over its internal borders, main roads and compounds."""
    is_border = plan.label[graph.a] != plan.label[graph.b]
    main, inside = 0.0, 0.0
    outline = shapely.boundary(grids)
    for lines, margin in ((site.streets[site.street_rank == 0], MAIN_INSIDE_M), (site.walls, RAIL_INSIDE_M)):
        if len(lines):
            kept = shapely.intersection(shapely.union_all(lines), site.boundary)
            main += float(shapely.length(kept))
            inside += length_beyond(kept, outline, margin)
    whole, n_compounds = count_whole(graph, plan, spec, graph.compound)
    hamlet = is_hamlet(graph.settlement, graph.households, spec.households[1])
    hamlets_whole, n_hamlets = count_whole(graph, plan, spec, np.where(hamlet, graph.settlement, -1))
    return Tally(
        float(graph.length_m[is_border].sum()),
        float(graph.street_m[is_border].sum()),
        float(graph.cost_m[is_border].sum()),
        main,
        inside,
        n_compounds,
        whole,
        n_hamlets,
        hamlets_whole,
    )


def length_beyond(lines: shapely.Geometry, outlines: Geometries, margin: float) -> float:
    """Return the length of lines that lie farther than a margin from every outline."""
    # What is left of the lines gets less with every outline: much less work than all buffers made one.
    for near in outlines[shapely.dwithin(outlines, lines, margin)]:
        lines = shapely.difference(lines, shapely.buffer(near, margin, quad_segs=2))
    return float(shapely.length(lines))


def count_whole(graph: AtomGraph, plan: Plan, spec: GridSpec, zone: Ints) -> tuple[int, int]:
    """Return how many zones of atoms lie in one grid, and how many could: those not above the range."""
    member = np.flatnonzero(zone >= 0)
    if len(member) == 0:
        return 0, 0
    place = np.unique(zone[member], return_inverse=True)[1]
    n = int(place.max()) + 1
    total = np.bincount(place, graph.households[member], n)
    lowest, highest = np.full(n, plan.n_grids), np.full(n, -1)
    np.minimum.at(lowest, place, plan.label[member])
    np.maximum.at(highest, place, plan.label[member])
    fits = total <= spec.households[1]
    return int((fits & (lowest == highest)).sum()), int(fits.sum())


def polsby_popper(grids: Geometries) -> Floats:
    """Return the compactness of each grid, 1 for a circle."""
    perimeter = shapely.length(grids)
    compactness: Floats = 4 * np.pi * shapely.area(grids) / np.maximum(perimeter, 1e-9) ** 2
    return compactness


def build_score(
    grids: "pd.DataFrame", compactness: Floats, size: Floats, tally: Tally, measures: Measures, spec: GridSpec
) -> dict[str, float | int | None]:
    """Return the figures of a division by name; None where there is nothing to measure.

    ``grids`` has the columns ``status``, ``is_proved`` and ``has_giant``; ``size`` is what the spec counts.
    """
    base = (grids["status"] != "dedicated").to_numpy()
    in_range = (grids["status"] == "in_range").to_numpy()[base]
    excused = grids["is_proved"].to_numpy()[base]
    ordinary = base & ~grids["has_giant"].to_numpy()
    deviation = np.abs(size[ordinary] - spec.target) / spec.target
    return {
        "n_grids": len(grids),
        "in_range_share": share(in_range.sum(), base.sum()),
        "feasible_in_range_share": share(in_range.sum(), (in_range | ~excused).sum()),
        "exceptions": int((~in_range).sum()),
        "exceptions_unproved": int((~in_range & ~excused).sum()),
        "street_share": share(tally.street_m, tally.border_m),
        "cut_cost_km": round(tally.cost_m / 1000, 3),
        "mean_polsby_popper": rounded(compactness.mean()),
        "polsby_popper_p10": rounded(np.quantile(compactness, 0.1)),
        "thin_share": rounded((compactness < THIN).mean()),
        "compounds_whole_share": share(tally.n_compounds_whole, tally.n_compounds),
        "hamlets_whole_share": share(tally.n_hamlets_whole, tally.n_hamlets),
        "mean_deviation": rounded(deviation.mean()) if len(deviation) else None,
        "n_multipart": measures.n_multipart,
        "gap_area_m2": rounded(measures.gap_area_m2),
        "overlap_area_m2": rounded(measures.overlap_area_m2),
        "n_buildings_cut": measures.n_buildings_cut,
        "n_buildings_across_communities": measures.n_buildings_across,
        "main_road_inside_share": share(tally.main_inside_m, tally.main_m),
    }


def share(part: float, whole: float) -> float | None:
    """Return a rounded share, None of nothing."""
    return rounded(part / whole) if whole > 0 else None


def rounded(value: float) -> float:
    """Return a figure with four decimals, as a plain number."""
    return round(float(value), 4)
