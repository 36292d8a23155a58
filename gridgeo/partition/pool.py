"""Plans put together: of all the grids that searches have found, those that make the lowest energy.

Two searches seldom find the same best plan, but each finds good grids. The energy of a plan is a sum over its
grids, if each takes half of what its borders with others cost. So the best plan that known grids can be put
together to is a set partition of the atoms (Garfinkel and Nemhauser 1970, on political districting).
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_array

from gridgeo.partition.coverage import Floats, Ints, renumbered
from gridgeo.partition.energy import PERIMETER, grid_energy
from gridgeo.partition.parts import Part
from gridgeo.partition.tree import edge_sources

__all__ = ["GridPool", "cross_plans"]

WORTH = 1e-9  # a smaller difference of energy is rounding
MOST_NODES = 40  # of the search tree; as a rule the first is the last
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
        """Put all grids together to the best plan of not more grids than there is room for.

        Branch and bound: the relaxed problem gives a bound, and tells of each grid how far a plan with it
        must lie above. Where it takes a grid by half, it is solved with that grid, then without it.
        """
        holds, energies = self._table(), np.array(list(self._energies.values()))
        waiting = [np.arange(len(energies))]
        for _ in range(MOST_NODES):
            if not waiting:
                break
            grids = waiting.pop()
            relaxed = self._relax(holds[:, grids], energies[grids])
            if relaxed is None:
                continue
            useful, share = relaxed
            grids, share = grids[useful], share[useful]
            halves = np.where(share < 1.0 - WHOLE, share, 0.0)
            if halves.max() < WHOLE:
                self._add_cover(grids[share > 0.5])
                continue
            grid = grids[np.argmax(halves)]
            rivals = (holds[:, grids].T @ holds[:, [grid]].toarray()).ravel() > 0.0
            waiting += [grids[grids != grid], grids[~rivals | (grids == grid)]]

    def _relax(self, holds: csc_array, energies: Floats) -> tuple[NDArray[np.bool_], Floats] | None:
        """Return which grids can be part of a better plan, and how much of each the relaxed problem takes.

        None where no plan of these grids is better than the best.
        """
        from scipy.optimize import linprog  # a tenth of a second to load

        n_pieces, n = holds.shape
        room = np.ones((1, n))
        relaxed = linprog(
            energies,
            A_eq=holds,
            b_eq=np.ones(n_pieces),
            A_ub=room,
            b_ub=[float(self.part.capacity)],
            method="highs-ds",
            options={"presolve": False},  # it takes longer than it saves
        )
        if relaxed.status != 0 or relaxed.fun > self.energy - WORTH:
            return None
        extra = energies - holds.T @ relaxed.eqlin.marginals - relaxed.ineqlin.marginals[0]
        useful = extra <= self.energy - relaxed.fun + WORTH
        if useful.sum() > MOST_GRIDS:
            sure = relaxed.x > 1.0 - WHOLE
            useful = sure | (useful & (holds.T @ (holds @ sure) < WHOLE))
        return useful, relaxed.x

    def _table(self) -> csc_array:
        """Return which pieces each grid holds, shape (pieces, grids)."""
        _, first = np.unique(self._piece, return_index=True)
        speaks = np.zeros(len(self._piece), dtype=bool)  # one atom for each piece
        speaks[first] = True
        held = [atoms[speaks[atoms]] for atoms in self._members]
        ends = np.cumsum([0, *(len(atoms) for atoms in held)])
        rows = self._piece[np.concatenate(held)]
        return csc_array((np.ones(len(rows)), rows, ends), shape=(len(first), len(held)))

    def _add_cover(self, grids: Ints) -> None:
        """Add the plan that some of the grids are."""
        label = np.empty(len(self.best), dtype=np.int64)
        for number, grid in enumerate(grids):
            label[self._members[grid]] = number
        self.add(label)
