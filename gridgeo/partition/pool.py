"""Plans put together: of all the grids that searches have found, those that make the lowest energy.

Two searches seldom find the same best plan, but each finds good grids. The energy of a plan is a sum over its
grids, if each takes half of what its borders with others cost. So the best plan that known grids can be put
together to is a set partition of the atoms, solved exactly as an integer programme (Garfinkel and
Nemhauser 1970, on political districting).
"""

from collections.abc import Sequence

import numpy as np
from scipy.sparse import csc_array

from gridgeo.partition.coverage import Floats, Ints, renumbered
from gridgeo.partition.energy import PERIMETER, grid_energy
from gridgeo.partition.parts import Part
from gridgeo.partition.tree import edge_sources

__all__ = ["GridPool", "cross_plans"]

WORTH = 1e-9  # a smaller difference of energy is rounding
MOST_NODES = 100  # of the search tree; as a rule the first is the last
# The presolve of HiGHS (in scipy 1.17) takes longer than it saves, and in integer programmes it now and then
# ends in an error and prints a line.
PLAIN = {"presolve": False}
# Of more grids than these, those that the relaxed problem takes whole are taken for certain.
MOST_GRIDS = 1_000
WHOLE = 1e-6


def cross_plans(part: Part, plans: Sequence[Ints]) -> Ints:
    """Return the best plan that can be put together from the grids of several, the first of equals."""
    pool = GridPool(part)
    for label in plans:
        pool.add(label)
    pool.cross()
    return pool.best


class GridPool:
    """The grids of all plans of one part that were added, each with its share of the energy.

    ``best`` holds the labels of the best plan so far, ``energy`` its energy.
    """

    def __init__(self, part: Part) -> None:
        self.part = part
        self.best: Ints = np.zeros(len(part.atoms), dtype=np.int64)
        self.energy = np.inf
        self._source = edge_sources(part.net)
        self._piece = np.zeros(len(part.atoms), dtype=np.int64)  # atoms that no plan has parted
        self._energies: dict[bytes, float] = {}
        self._members: list[Ints] = []

    def add(self, label: Ints) -> float:
        """Add the grids of a plan, whose labels are numbered without gaps, and return its energy."""
        n = int(label.max()) + 1
        order = np.argsort(label, kind="stable")
        ends = np.cumsum(np.bincount(label)).tolist()
        spans = list(zip([0, *ends], ends, strict=False))
        held = order.tobytes()
        keys = [held[start * order.itemsize : end * order.itemsize] for start, end in spans]
        new = [grid for grid in range(n) if keys[grid] not in self._energies]
        if new:
            totals, borders = self._weigh(label, n)
            for grid in new:
                own = float(grid_energy(totals[grid], self.part.weights)) + borders[grid]
                self._energies[keys[grid]] = own
                self._members.append(order[slice(*spans[grid])])
            self._piece = renumbered(self._piece * n + label)
        energy = sum(self._energies[key] for key in keys)
        if energy < self.energy - WORTH and n <= self.part.capacity:
            self.best, self.energy = label, energy
        return energy

    def _weigh(self, label: Ints, n: int) -> tuple[Floats, Floats]:
        """Return the sums over the atoms of each grid, and half of what its borders cost."""
        net = self.part.net
        inner = label[self._source] == label[net.neighbour]
        totals: Floats = np.stack(
            [np.bincount(label, column, n) for column in net.features.T], axis=1
        ).astype(float)
        totals[:, PERIMETER] -= np.bincount(label[self._source[inner]], net.length[inner], n)
        # Every border stands in two rows, once for either grid.
        borders: Floats = np.bincount(label[self._source[~inner]], net.cost[~inner], n) / 2.0
        return totals, borders

    def cross(self) -> None:
        """Put all grids together to the best plan of not more grids than there is room for."""
        from scipy.optimize import linprog  # a tenth of a second to load

        energies = np.array(list(self._energies.values()))
        holds = self._table()
        # The relaxed problem gives a bound, and of each grid how far a plan with it must lie above.
        relaxed = linprog(
            energies, A_eq=holds, b_eq=np.ones(holds.shape[0]), method="highs-ds", options=PLAIN
        )
        if relaxed.status != 0 or relaxed.fun > self.energy - WORTH:
            return
        extra = energies - holds.T @ relaxed.eqlin.marginals
        useful = extra <= self.energy - relaxed.fun + WORTH
        if useful.sum() > MOST_GRIDS:
            sure = relaxed.x > 1.0 - WHOLE
            useful = sure | (useful & (holds.T @ (holds @ sure) < WHOLE))
        self._choose(np.flatnonzero(useful), holds, energies)

    def _table(self) -> csc_array:
        """Return which pieces each grid holds, shape (pieces, grids)."""
        _, first = np.unique(self._piece, return_index=True)
        speaks = np.zeros(len(self._piece), dtype=bool)  # one atom for each piece
        speaks[first] = True
        held = [atoms[speaks[atoms]] for atoms in self._members]
        ends = np.cumsum([0, *(len(atoms) for atoms in held)])
        rows = self._piece[np.concatenate(held)]
        return csc_array((np.ones(len(rows)), rows, ends), shape=(len(first), len(held)))

    def _choose(self, grids: Ints, holds: csc_array, energies: Floats) -> None:
        """Add the best plan that some of the grids make, if there is one."""
        from scipy.optimize import Bounds, LinearConstraint, milp

        n = len(grids)
        answer = milp(
            energies[grids],
            constraints=[
                LinearConstraint(holds[:, grids], 1.0, 1.0),
                LinearConstraint(np.ones((1, n)), 0.0, float(self.part.capacity)),
            ],
            bounds=Bounds(0.0, 1.0),
            integrality=np.ones(n),
            options={"node_limit": MOST_NODES, **PLAIN},
        )
        if answer.x is None:  # none is better, or the limit was met before any
            return
        label = np.empty(len(self.best), dtype=np.int64)
        for number, grid in enumerate(grids[answer.x > 0.5]):
            label[self._members[grid]] = number
        self.add(renumbered(label))
