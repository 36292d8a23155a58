"""Advice to a planner: the best few changes that bring a grid into its range.

Tried are a merger with a neighbour, a split, atoms taken from or given to one neighbour as few as will do,
a new border with one neighbour, and, where none of these serves, new borders among three grids.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from gridgeo.errors import PlanError
from gridgeo.partition.coverage import Floats, Ints
from gridgeo.partition.links import sizes
from gridgeo.partition.split import fits_some_number
from gridgeo.planning.change import Difference
from gridgeo.planning.cutting import cut_atoms
from gridgeo.planning.grid_plan import GridPlan
from gridgeo.planning.redrawing import number_of
from gridgeo.planning.tally import PLACE, find_statuses, pieces_of

__all__ = ["Suggestion", "suggest"]

MOST_STEPS = 40  # atoms handed over one by one; a grid that needs more wants a new border
MOST_TRIPLES = 10


@dataclass(frozen=True, eq=False, kw_only=True)
class Suggestion:
    """A change that helps a grid: in words, the plan that it makes, and what it does."""

    words: str
    plan: GridPlan

    @property
    def difference(self) -> Difference:
        """What the change does."""
        return self.plan.difference


def suggest(plan: GridPlan, grid: str, n: int = 5) -> list[Suggestion]:
    """Return up to ``n`` changes that bring a grid into range, the best first; none where none is found.

    Better is what leaves more grids in range, then what moves fewer households, then what costs less
    border. No change breaks a grid in pieces or touches a locked one. For a grid in range the list is empty.

    Parameters
    ----------
    plan
        The plan to change.
    grid
        The code of a grid out of range.
    n
        How many to return.

    Raises
    ------
    PlanError
        When the grid is locked or not in the plan.

    Examples
    --------
    >>> from gridgeo import GridSpec, divide, open_plan
    >>> from gridgeo.demo import build_demo
    >>> demo = build_demo(n_communities=2, households=2_000)
    >>> plan = open_plan(divide(demo.communities, demo.buildings, demo.streets, GridSpec(effort="fast")))
    >>> plan.grids["status"].iloc[0], suggest(plan, plan.codes[0])
    ('in_range', [])
    """
    number = number_of(plan.drawing, grid)
    if grid in plan.locked:
        raise PlanError(f"grid {grid} is locked; unlock it first")
    if status_of(plan, number) in ("in_range", "dedicated"):
        return []
    found = [
        *keep_good(plan, grid, try_neighbours(plan, number)),
        *keep_good(plan, grid, try_split(plan, grid)),
    ]
    if not found:
        found = list(keep_good(plan, grid, try_triples(plan, number)))
    unlike: dict[bytes, Suggestion] = {}
    for suggestion in found:
        unlike.setdefault(suggestion.plan.drawing.label.tobytes(), suggestion)
    return sorted(unlike.values(), key=rank)[:n]


def rank(suggestion: Suggestion) -> tuple[int, int, float, str]:
    """Return what suggestions are sorted by; see ``suggest``."""
    difference = suggestion.difference
    return (
        difference.before.n_in_range - difference.after.n_in_range,
        difference.households_moved,
        difference.after.cut_cost_km,
        suggestion.words,
    )


def keep_good(plan: GridPlan, grid: str, tried: Iterator[Suggestion]) -> Iterator[Suggestion]:
    """Yield the suggestions that leave nothing they touch worse, and what was the grid in range."""
    n_alarms = len(plan.alarms)
    for suggestion in tried:
        after = suggestion.plan
        table = suggestion.difference.grids
        own = table[table["grid_code"] == grid]
        ended = len(own) == 1 and own["status_after"].isna().all()
        mended = len(own) == 1 and bool((own["status_after"] == "in_range").fillna(False).all())
        spoilt = (table["status_before"] == "in_range") & (table["status_after"] != "in_range")
        spoilt &= table["status_after"].notna()
        better = after.score.n_in_range > plan.score.n_in_range - int(ended)
        worse = bool(spoilt.fillna(True).any()) or len(after.alarms) > n_alarms
        if (mended or ended) and better and not worse:
            yield suggestion


def status_of(plan: GridPlan, number: int) -> str:
    """Return the status of one grid."""
    sums = plan.drawing.sums[[number]]
    return str(find_statuses(plan.terrain, sums, plan.dedicated[[number]])[0])


def free_neighbours(plan: GridPlan, number: int) -> list[int]:
    """Return the neighbours of a grid that may change."""
    codes = plan.neighbours_of(plan.drawing.codes[number])
    return [number_of(plan.drawing, code) for code in codes if code not in plan.locked]


def try_neighbours(plan: GridPlan, number: int) -> Iterator[Suggestion]:
    """Yield what can be done with each one of the neighbours."""
    codes = plan.drawing.codes
    grid = codes[number]
    for other in free_neighbours(plan, number):
        yield Suggestion(words=f"merge {grid} with {codes[other]}", plan=plan.merge(grid, codes[other]))
        for source, target in ((other, number), (number, other)):
            moved = hand_over(plan, number, source, target)
            if len(moved):
                names = [str(name) for name in plan.terrain.atom_ids[moved]]
                atoms = "one atom" if len(moved) == 1 else f"{len(moved)} atoms"
                words = f"move {atoms} from {codes[source]} to {codes[target]}"
                yield Suggestion(words=words, plan=plan.move(names, codes[target]))
        yield from redraw_border(plan, (number, other))


def try_split(plan: GridPlan, grid: str) -> Iterator[Suggestion]:
    """Yield the split into a number of grids that could all be in range."""
    low, high = plan.terrain.spec.size_range
    size = float(plan.drawing.sums[number_of(plan.drawing, grid), PLACE[plan.terrain.spec.measure]])
    if size < 2 * low or not fits_some_number(size, low, high):
        return
    k = max(2, round(size / plan.terrain.spec.target))
    try:
        yield Suggestion(words=f"split {grid} into {k}", plan=plan.split(grid, k))
    except PlanError:  # no such cut: not a suggestion
        return


def try_triples(plan: GridPlan, number: int) -> Iterator[Suggestion]:
    """Yield new borders among the grid and two of its neighbours."""
    for pair in list(combinations(free_neighbours(plan, number), 2))[:MOST_TRIPLES]:
        yield from redraw_border(plan, (number, *pair))


def redraw_border(plan: GridPlan, grids: tuple[int, ...]) -> Iterator[Suggestion]:
    """Yield the plan with the borders between some grids drawn anew, each keeping most of what it has."""
    drawing, terrain = plan.drawing, plan.terrain
    atoms = np.flatnonzero(np.isin(drawing.label, grids))
    if int(pieces_of(terrain, np.where(np.isin(drawing.label, grids), 0, -1), atoms).max()):
        return
    cut = cut_atoms(terrain, atoms, len(grids))
    if cut is None:
        return
    shared = np.zeros((len(grids), len(grids)))
    held = np.searchsorted(np.sort(grids), drawing.label[atoms])
    np.add.at(shared, (cut, held), sizes(terrain.graph, terrain.spec)[atoms] + 1e-6)
    label = np.sort(grids)[match_parts(shared)[cut]]
    changed = label != drawing.label[atoms]
    names = [str(name) for name in terrain.atom_ids[atoms[changed]]]
    table = dict(zip(names, (drawing.codes[g] for g in label[changed]), strict=True))
    if table:
        said = ", ".join(drawing.codes[g] for g in grids)
        yield Suggestion(words=f"draw the border between {said} anew", plan=plan.assign(table))


def match_parts(shared: Floats) -> Ints:
    """Return for each new part the old grid whose name it takes, so that most stays where it is."""
    from scipy.optimize import linear_sum_assignment

    _, column = linear_sum_assignment(-shared)
    return np.asarray(column, dtype=np.int64)


def hand_over(plan: GridPlan, grid: int, source: int, target: int) -> Ints:
    """Return the atoms that bring a grid into range when they go from one to the other, none if none do.

    One by one goes the atom that makes the border cheapest for its size; neither grid breaks, and neither
    leaves its range for it.
    """
    terrain, spec = plan.terrain, plan.terrain.spec
    low, high = spec.size_range
    size = sizes(terrain.graph, spec)
    column = PLACE[spec.measure]
    label = plan.drawing.label.copy()
    held = {g: float(plan.drawing.sums[g, column]) for g in (source, target)}
    floor = low if held[source] >= low else 0.0
    moved: list[int] = []
    for _ in range(MOST_STEPS):
        if low <= held[grid] <= high:
            return np.array(moved, dtype=np.int64)
        best = cheapest_step(plan, label, source, target, (held[source] - floor, high - held[target]))
        if best < 0:
            break
        label[best] = target
        moved.append(best)
        held[source] -= size[best]
        held[target] += size[best]
    return np.empty(0, dtype=np.int64)


def cheapest_step(plan: GridPlan, label: Ints, source: int, target: int, room: tuple[float, float]) -> int:
    """Return the atom of one grid that goes over to another at the least cost of border, -1 for none."""
    terrain = plan.terrain
    size = sizes(terrain.graph, terrain.spec)
    atoms = np.flatnonzero(label == source)
    here, other, edge = terrain.around(atoms)
    beside = np.unique(here[(label[other] == target) & terrain.graph.is_link[edge]])
    beside = beside[size[beside] <= min(room)]
    cost = terrain.graph.cost_m[edge]
    place = np.searchsorted(atoms, here)
    gain = np.bincount(place, np.where(label[other] == source, cost, 0.0), len(atoms))
    gain -= np.bincount(place, np.where(label[other] == target, cost, 0.0), len(atoms))
    price = gain[np.searchsorted(atoms, beside)] / np.maximum(size[beside], 0.5)
    for atom in beside[np.argsort(price, kind="stable")]:
        rest = atoms[atoms != atom]
        trial = label.copy()
        trial[atom] = target
        if len(rest) and pieces_of(terrain, trial, rest).max() == pieces_of(terrain, label, atoms).max():
            return int(atom)
    return -1
