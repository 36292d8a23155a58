"""Why a grid is not in its range: a proof where there is one.

*Giant*: an atom above the range; whatever grid holds it is above. *Pocket*: a connected piece of the graph
once giants and dedicated areas are taken out. A pocket that nothing else borders on has to be made into
whole grids; if no number k of grids with k · low ≤ size ≤ k · high exists, one of them is out of range.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gridgeo.partition.coverage import Floats, Ints, connected
from gridgeo.partition.graph import AtomGraph
from gridgeo.partition.links import sizes
from gridgeo.partition.plan import Plan
from gridgeo.partition.split import fits_some_number
from gridgeo.spec import GridSpec, Range

__all__ = ["Verdict", "judge_plan"]

UNPROVED = "the search found no plan with this grid in range; none is proved impossible either"


@dataclass(frozen=True)
class Verdict:
    """Of each grid: its status, the reason where it is not in range, and whether the reason is a proof."""

    status: NDArray[np.object_]
    reason: NDArray[np.object_]
    is_proved: NDArray[np.bool_]


def judge_plan(graph: AtomGraph, plan: Plan, spec: GridSpec) -> Verdict:
    """Return status and reason of each grid of a plan."""
    size = sizes(graph, spec)
    total = np.bincount(plan.label, size, plan.n_grids)
    people = np.bincount(plan.label, graph.people, plan.n_grids)
    status = np.where(plan.is_dedicated, "dedicated", compare(total, spec.size_range)).astype(object)
    if spec.people is not None:
        by_people = compare(people, spec.people)
        astray = (status == "in_range") & (by_people != "in_range")
        status[astray] = [f"people_{word}" for word in by_people[astray]]
    reason = np.full(plan.n_grids, "", dtype=object)
    proved = np.zeros(plan.n_grids, dtype=bool)
    pocket, pocket_size = find_pockets(graph, size, spec)
    for grid in np.flatnonzero(~np.isin(status, ["in_range", "dedicated"])):
        atoms = np.flatnonzero(plan.label == grid)
        words = prove(graph, atoms, size, pocket, pocket_size, spec)
        proved[grid] = words != ""
        reason[grid] = words or UNPROVED
    return Verdict(status, reason, proved)


def compare(values: Floats | Ints, limits: Range) -> NDArray[np.str_]:
    """Return for each value whether it is ``below``, ``in_range`` or ``above``."""
    return np.where(values < limits[0], "below", np.where(values > limits[1], "above", "in_range"))


def find_pockets(graph: AtomGraph, size: Floats, spec: GridSpec) -> tuple[Ints, Floats]:
    """Return the pocket of each ordinary atom (-1 for giants and dedicated atoms) and the size of each."""
    ordinary = (size <= spec.size_range[1]) & (graph.dedicated < 0)
    link = graph.is_link & ordinary[graph.a] & ordinary[graph.b]
    piece = connected(len(graph), graph.a[link], graph.b[link])
    pocket = np.where(ordinary, piece, -1)
    return pocket, np.bincount(piece, np.where(ordinary, size, 0.0)).astype(float)


def prove(
    graph: AtomGraph, atoms: Ints, size: Floats, pocket: Ints, pocket_size: Floats, spec: GridSpec
) -> str:
    """Return the proof that a grid with these atoms cannot be in range, empty where there is none."""
    low, high = spec.size_range
    unit = "households" if spec.area_m2 is None else "m²"
    giants = atoms[size[atoms] > high]
    if len(giants):
        return describe_giant(graph, giants, float(size[atoms].sum()), size, unit)
    held = np.unique(pocket[atoms])
    if len(held) != 1:
        return ""
    total = float(pocket_size[held[0]])
    if fits_some_number(total, low, high):
        return ""
    members = pocket == held[0]
    beside = graph.is_link & (members[graph.a] != members[graph.b])
    others = np.where(members[graph.a], graph.b, graph.a)[beside]
    big = others[size[others] > high]
    if len(big):
        return f"only neighbour of these {total:.0f} {unit} is a single building of {size[big].max():.0f}"
    if total < low:
        where = (
            "behind a barrier or a dedicated grid"
            if not members[graph.dedicated < 0].all()
            else "here in all"
        )
        return f"only {total:.0f} {unit} {where}"
    k = int(np.floor(total / low))
    return f"no k fits {total:.0f} {unit}: {k} × {high:.0f} < {total:.0f} < {k + 1} × {low:.0f}"


def describe_giant(graph: AtomGraph, giants: Ints, total: float, size: Floats, unit: str) -> str:
    """Return the words for a grid that holds an atom above the range."""
    largest = float(size[giants].max())
    atom = giants[np.argmax(size[giants])]
    count = int(graph.n_buildings[atom])
    what = (
        "single building"
        if count == 1
        else f"{count} buildings that overlap"
        if count
        else "single piece of land"
    )
    words = f"{what} of {largest:.0f} {unit}"
    return words if total == largest else f"{words}, with {total - largest:.0f} beside it"
