"""Why a grid is not in its range: a proof where there is one.

*Giant*: an atom above the range; whatever grid holds it is above. *Pocket*: a connected piece of the graph
once giants and dedicated areas are taken out. A pocket that nothing else borders on has to be made into
whole grids; if no number k of grids with k · low ≤ size ≤ k · high exists, one of them is out of range.
*Misfit*: an atom that no connected set brings into the range; whatever grid holds it is out of range too.
*Rivals*: atoms that cannot all be in range, because each needs the others' neighbours.

A proof excuses no more than it proves: a pocket has one grid out of range, whatever the plan, so a second one
is a fault of the search; rivals excuse no more grids than rivals have to be out; and a grid with a giant is a
fault too where what lies beside the giant would make a grid of its own.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from gridgeo.partition.coverage import Floats, Ints, connected
from gridgeo.partition.graph import AtomGraph
from gridgeo.partition.links import sizes
from gridgeo.partition.misfits import Vicinity, build_vicinity, find_total, join_smallest
from gridgeo.partition.plan import Plan
from gridgeo.partition.rivals import Rivals, find_knot, find_rivals, find_tight_spot
from gridgeo.partition.split import fits_some_number
from gridgeo.spec import GridSpec, Range

__all__ = ["Evidence", "Verdict", "judge_plan"]

UNPROVED = "the search found no plan with this grid in range; none is proved impossible either"


@dataclass(frozen=True)
class Verdict:
    """Of each grid: its status, the reason where it is not in range, and whether the reason is a proof."""

    status: NDArray[np.object_]
    reason: NDArray[np.object_]
    is_proved: NDArray[np.bool_]


class Evidence:
    """What can be proved of a graph, whatever the plan; each thing is found out when first asked for."""

    def __init__(self, graph: AtomGraph, spec: GridSpec) -> None:
        self.graph, self.spec = graph, spec
        self._totals: dict[int, int | None] = {}
        self._spots: dict[tuple[frozenset[int], frozenset[int]], Rivals | None] = {}

    @cached_property
    def size(self) -> Floats:
        """Return the size of each atom in what the spec counts."""
        return sizes(self.graph, self.spec)

    @cached_property
    def pockets(self) -> tuple[Ints, Floats]:
        """Return the pocket of each atom, and the size of each pocket; see ``find_pockets``."""
        return find_pockets(self.graph, self.size, self.spec)

    @cached_property
    def vicinity(self) -> Vicinity:
        """Return which ordinary atoms can be put together."""
        graph, ordinary = self.graph, self.pockets[0] >= 0
        link = graph.is_link & ordinary[graph.a] & ordinary[graph.b]
        whole = np.where(ordinary, self.size, 0).astype(np.int64)
        return build_vicinity(whole, graph.a[link], graph.b[link])

    @cached_property
    def rivals(self) -> list[Rivals]:
        """Return the towers that depend on each other. Areas are no whole numbers, so there are none."""
        return [] if self.spec.area_m2 is not None else find_rivals(self.vicinity, *self.spec.size_range)

    def total_of_misfit(self, atom: int) -> int | None:
        """Return the largest total below the range that a misfit comes to, None of an atom that is none."""
        if atom not in self._totals:
            vicinity, limits = self.vicinity, self.spec.size_range
            fitting = join_smallest(vicinity, atom, *limits) if atom in vicinity.size else {atom}
            self._totals |= dict.fromkeys(fitting)
            if not fitting:
                self._totals[atom] = find_total(vicinity, atom, *limits)
        return self._totals[atom]

    def tight_spot(self, own: frozenset[int], others: frozenset[int]) -> Rivals | None:
        """Return atoms around those of a grid that cannot all be in range, None where that is not shown."""
        if self.spec.area_m2 is not None:
            return None
        if (own, others) not in self._spots:
            near = (self.vicinity, own, others, *self.spec.size_range)
            self._spots[own, others] = find_tight_spot(*near) or find_knot(*near)
        return self._spots[own, others]


def judge_plan(
    graph: AtomGraph,
    plan: Plan,
    spec: GridSpec,
    *,
    tries_sets: bool = True,
    evidence: Evidence | None = None,
) -> Verdict:
    """Return status and reason of each grid of a plan.

    A plan on the way has many grids out of range: without ``tries_sets`` no misfits are looked for in them.
    Whoever judges several plans of one graph keeps the ``evidence``.
    """
    evidence = evidence or Evidence(graph, spec)
    size = evidence.size
    total = np.bincount(plan.label, size, plan.n_grids)
    people = np.bincount(plan.label, graph.people, plan.n_grids)
    status = np.where(plan.is_dedicated, "dedicated", compare(total, spec.size_range)).astype(object)
    if spec.people is not None:
        by_people = compare(people, spec.people)
        astray = (status == "in_range") & (by_people != "in_range")
        status[astray] = [f"people_{word}" for word in by_people[astray]]
    reason = np.full(plan.n_grids, "", dtype=object)
    proved = np.zeros(plan.n_grids, dtype=bool)
    excused: set[int] = set()
    used = np.zeros(len(graph), dtype=bool)
    for grid in np.flatnonzero(~np.isin(status, ["in_range", "dedicated"])):
        atoms = np.flatnonzero(plan.label == grid)
        giants = atoms[size[atoms] > spec.size_range[1]]
        if len(giants):
            proved[grid] = len(giants) == 1 and not has_grid_beside(graph, atoms, giants, size, spec)
            reason[grid] = describe_giant(graph, giants, float(size[atoms].sum()), size, spec)
            continue
        pocket, pocket_size = evidence.pockets
        words = prove(graph, atoms, size, pocket, pocket_size, spec)
        words = "" if int(pocket[atoms[0]]) in excused else words
        excused.add(int(pocket[atoms[0]]))
        used |= (pocket == pocket[atoms[0]]) & (words != "")
        words = words or (describe_misfit(evidence, atoms) if tries_sets else "")
        proved[grid] = words != ""
        reason[grid] = words or UNPROVED
    if tries_sets and (reason == UNPROVED).any():
        excuse_rivals(evidence, plan, used, reason, proved)
    return Verdict(status, reason, proved)


def excuse_rivals(
    evidence: Evidence,
    plan: Plan,
    used: NDArray[np.bool_],
    reason: NDArray[np.object_],
    proved: NDArray[np.bool_],
) -> None:
    """Fill in the proof of grids out of range for which others would be, whatever the plan.

    No atom speaks for two proofs: those that do for one are ``used``.
    """
    total = np.bincount(plan.label, evidence.size, plan.n_grids)
    in_range = compare(total, evidence.spec.size_range) == "in_range"
    for rivals in evidence.rivals:
        grids = np.unique(plan.label[rivals.atoms])
        out = grids[~in_range[grids]]
        spare = len(rivals.atoms) - rivals.most - int(proved[out].sum())
        for grid in out[~proved[out]][: max(spare, 0)]:
            proved[grid], reason[grid] = True, describe_rivals(evidence, rivals)
            used[rivals.atoms] = True
    for grid in np.flatnonzero(reason == UNPROVED):
        own = frozenset(np.flatnonzero((plan.label == grid) & ~used).tolist())
        others = frozenset(np.flatnonzero(in_range[plan.label] & ~used).tolist())
        spot = evidence.tight_spot(own, others)
        if spot is not None:
            proved[grid], reason[grid] = True, describe_rivals(evidence, spot)
            used[spot.atoms] = True


def describe_rivals(evidence: Evidence, rivals: Rivals) -> str:
    """Return the proof that of some atoms only so many can be in range."""
    size = evidence.size[rivals.atoms]
    least, largest = f"{size.min():.0f}", f"{size.max():.0f}"
    sizes = least if least == largest else f"{least} to {largest}"
    return f"of {len(size)} buildings of {sizes} households here {rivals.most} can be in range at most"


def describe_misfit(evidence: Evidence, atoms: Ints) -> str:
    """Return the proof that one of these atoms is a misfit, empty where none is.

    The largest is asked first. Areas are no whole numbers, so none is a misfit.
    """
    if evidence.spec.area_m2 is not None:
        return ""
    graph, size = evidence.graph, evidence.size
    for atom in sorted(atoms.tolist(), key=size.__getitem__, reverse=True):
        total = evidence.total_of_misfit(atom)
        if total is not None:
            own = int(size[atom])
            what = "building" if graph.n_buildings[atom] == 1 else "buildings on one spot"
            alone = "alone" if total == own else f"{total} with neighbours"
            return f"{what} of {own} households: {alone}, or more than {evidence.spec.size_range[1]:.0f}"
    return ""


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
    """Return the proof that a pocket with these atoms has a grid out of range, empty where there is none."""
    low, high = spec.size_range
    unit = unit_of(spec)
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
        what = "building" if spec.area_m2 is None else "piece of land"
        giant = f"a single {what} of {size[big].max():.0f}"
        return f"only neighbour of these {total:.0f} {unit} is {giant}"
    if total < low:
        where = (
            "behind a barrier or a dedicated grid"
            if not members[graph.dedicated < 0].all()
            else "here in all"
        )
        return f"only {total:.0f} {unit} {where}"
    k = int(np.floor(total / low))
    return f"no k fits {total:.0f} {unit}: {k} × {high:.0f} < {total:.0f} < {k + 1} × {low:.0f}"


def has_grid_beside(graph: AtomGraph, atoms: Ints, giants: Ints, size: Floats, spec: GridSpec) -> bool:
    """Return whether what lies beside the giants of a grid holds a connected piece as large as a grid."""
    rest = np.zeros(len(graph), dtype=bool)
    rest[atoms] = True
    rest[giants] = False
    link = graph.is_link & rest[graph.a] & rest[graph.b]
    piece = connected(len(graph), graph.a[link], graph.b[link])
    return bool((np.bincount(piece[rest], size[rest]) >= spec.size_range[0]).any())


def unit_of(spec: GridSpec) -> str:
    """Return the unit in which a spec counts."""
    return "households" if spec.area_m2 is None else "m²"


def describe_giant(graph: AtomGraph, giants: Ints, total: float, size: Floats, spec: GridSpec) -> str:
    """Return the words for a grid that holds an atom above the range."""
    unit = unit_of(spec)
    largest = float(size[giants].max())
    atom = giants[np.argmax(size[giants])]
    count = int(graph.n_buildings[atom])
    if spec.area_m2 is not None or count == 0:
        what = "single piece of land"
    else:
        what = "single building" if count == 1 else f"{count} buildings that overlap"
    words = f"{what} of {largest:.0f} {unit}"
    return words if total == largest else f"{words}, with {total - largest:.0f} beside it"
