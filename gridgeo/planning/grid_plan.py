"""A plan in the hands of a planner: each change gives a new plan, with its score and what it did."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gridgeo.division import Division
from gridgeo.errors import PlanError
from gridgeo.partition.coverage import Ints
from gridgeo.partition.links import sizes
from gridgeo.planning.change import Alarm, Change, Difference, Drawing, Verb
from gridgeo.planning.cutting import cut_atoms
from gridgeo.planning.numbering import next_codes
from gridgeo.planning.redrawing import build_difference, find_alarms, lock_grids, number_of, redraw, rows_of
from gridgeo.planning.tally import (
    COLUMNS,
    PLACE,
    PlanScore,
    find_statuses,
    measure_plan,
    pieces_of,
)
from gridgeo.planning.terrain import Terrain

__all__ = ["GridPlan"]


@dataclass(frozen=True, eq=False, kw_only=True)
class GridPlan:
    """The grids of a division while a planner changes them; every change returns a new plan.

    Atoms are named by their ``atom_id``, grids by their ``grid_code``. A grid keeps its code as long as it
    has an atom; the code of a grid that lost its last one is never given again. Nothing ever leaves its
    community, and no change touches a locked grid: both are refused with a ``PlanError``. A change may cut a
    grid in two; then the plan has an alarm until another change mends it, and cannot be saved.
    """

    terrain: Terrain
    opened: Drawing
    drawing: Drawing
    is_dedicated: NDArray[np.bool_]
    past: tuple[Change, ...] = ()
    ahead: tuple[Change, ...] = field(default=())

    @property
    def codes(self) -> list[str]:
        """The codes of the grids that have atoms, sorted."""
        return sorted(np.array(self.drawing.codes, dtype=object)[self._there].tolist())

    @property
    def locked(self) -> frozenset[str]:
        """The codes of the locked grids."""
        return self.drawing.locked

    @property
    def score(self) -> PlanScore:
        """How good the plan is."""
        return measure_plan(self.terrain, self.drawing.sums, self.dedicated)

    @property
    def dedicated(self) -> NDArray[np.bool_]:
        """Whether each grid number is that of a dedicated grid; new grids never are."""
        return self._dedicated_of(self.drawing)

    @property
    def difference(self) -> Difference:
        """What the last change did; nothing for a plan just opened."""
        earlier = self.past[-1].backwards(self.drawing) if self.past else self.drawing
        return self._difference_from(earlier)

    @property
    def total_difference(self) -> Difference:
        """What all changes since the plan was opened did together."""
        return self._difference_from(self.opened)

    @property
    def grids(self) -> pd.DataFrame:
        """One row for each grid: code, community, sums, status, whether it is locked; sorted by code."""
        drawing, terrain = self.drawing, self.terrain
        table = pd.DataFrame(drawing.sums, columns=list(COLUMNS))
        counts = ["households", "people", "n_buildings", "n_atoms", "n_pieces", "n_giants"]
        table[counts] = table[counts].astype("int64")
        table.insert(0, "grid_code", pd.array(drawing.codes, dtype="string"))
        table["status"] = find_statuses(terrain, drawing.sums, self.dedicated)
        perimeter = np.maximum(table["perimeter_m"], 1e-9)
        table["polsby_popper"] = 4 * np.pi * table["area_m2"] / perimeter**2
        table["is_locked"] = table["grid_code"].isin(drawing.locked)
        return table[self._there].sort_values("grid_code", ignore_index=True)

    @property
    def atoms(self) -> pd.DataFrame:
        """One row for each atom, ``atom_id`` and ``grid_code``; :meth:`assign` takes such a table back."""
        codes = np.array(self.drawing.codes, dtype=object)[self.drawing.label]
        return pd.DataFrame(
            {
                "atom_id": pd.array(self.terrain.atom_ids, dtype="string"),
                "grid_code": pd.array(codes, dtype="string"),
            }
        )

    @property
    def alarms(self) -> list[Alarm]:
        """The laws that the plan breaks now, each with the atoms and the place to look at."""
        return find_alarms(self.terrain, self.drawing)

    def move(self, atoms: Iterable[str], grid: str, *, only_from: str | None = None) -> "GridPlan":
        """Return the plan with some atoms in a grid; with ``only_from`` those of other grids stay (a mask).

        Raises
        ------
        PlanError
            When an atom or grid is unknown, locked, or the atoms lie in another community.
        """
        rows, target = rows_of(self.terrain, atoms), number_of(self.drawing, grid)
        if only_from is not None:
            rows = rows[self.drawing.label[rows] == number_of(self.drawing, only_from)]
        rows = rows[self.drawing.label[rows] != target]
        return self._relabelled("move", rows, np.full(len(rows), target, dtype=np.int64))

    def swap(self, atoms_a: Iterable[str], atoms_b: Iterable[str]) -> "GridPlan":
        """Return the plan with two sets of atoms exchanged, each set out of one grid.

        Raises
        ------
        PlanError
            When a set is empty or lies in several grids, or a move of either is refused.
        """
        rows_a, rows_b = rows_of(self.terrain, atoms_a), rows_of(self.terrain, atoms_b)
        grids = [np.unique(self.drawing.label[rows]) for rows in (rows_a, rows_b)]
        if any(len(found) != 1 for found in grids) or grids[0][0] == grids[1][0]:
            raise PlanError(
                "swap takes two sets of atoms, each out of one grid and not the same; "
                f"these lie in {[[self.drawing.codes[g] for g in found] for found in grids]}"
            )
        label = np.append(np.full(len(rows_a), grids[1][0]), np.full(len(rows_b), grids[0][0]))
        return self._relabelled("swap", np.append(rows_a, rows_b), label.astype(np.int64))

    def assign(self, grid_of_atom: Mapping[str, str]) -> "GridPlan":
        """Return the plan with atoms in the grids that a table says, as one change.

        Raises
        ------
        PlanError
            When an atom or grid is unknown, locked, or they lie in different communities.
        """
        rows = rows_of(self.terrain, grid_of_atom)
        wanted = [grid_of_atom[str(name)] for name in self.terrain.atom_ids[rows]]
        numbers = {code: number_of(self.drawing, code) for code in sorted(set(wanted))}
        label = np.array([numbers[code] for code in wanted], dtype=np.int64)
        changed = label != self.drawing.label[rows]
        return self._relabelled("assign", rows[changed], label[changed])

    def merge(self, a: str, b: str) -> "GridPlan":
        """Return the plan with two grids of one community as one, under the code of the larger.

        Of two equal ones the smaller code stays.

        Raises
        ------
        PlanError
            When they are one grid, locked, or of two communities.
        """
        first, second = number_of(self.drawing, a), number_of(self.drawing, b)
        if first == second:
            raise PlanError(f"grid {a} cannot be merged with itself")
        size = self.drawing.sums[:, PLACE[self.terrain.spec.measure]]
        by_size = sorted((first, second), key=lambda n: (-size[n], self.drawing.codes[n]))
        rows = np.flatnonzero(self.drawing.label == by_size[1])
        return self._relabelled("merge", rows, np.full(len(rows), by_size[0], dtype=np.int64))

    def split(self, grid: str, k: int, *, seed: int = 0) -> "GridPlan":
        """Return the plan with one grid cut into k by the search that divides communities.

        The largest part keeps the code. A grid that lies in k pieces is cut into these.

        Raises
        ------
        PlanError
            When there is no such cut, or the grid is locked.
        """
        number = number_of(self.drawing, grid)
        atoms = np.flatnonzero(self.drawing.label == number)
        if k < 2:
            raise PlanError(f"split takes 2 grids or more, got {k}")
        pieces = pieces_of(self.terrain, self.drawing.label, atoms)
        n_pieces = int(pieces.max()) + 1
        if n_pieces not in (1, k):
            raise PlanError(f"grid {grid} lies in {n_pieces} pieces: mend it first, or split it into these")
        cut = pieces if n_pieces == k else cut_atoms(self.terrain, atoms, k, seed)
        if cut is None:
            raise PlanError(f"grid {grid} of {len(atoms)} atoms cannot be cut into {k} connected grids")
        size = np.bincount(cut, sizes(self.terrain.graph, self.terrain.spec)[atoms], k)
        order = np.lexsort((np.arange(k), -size))
        new = len(self.drawing.codes) + np.arange(k - 1)
        number_of_part = np.empty(k, dtype=np.int64)
        number_of_part[order] = np.append(number, new)
        label = number_of_part[cut]
        moved = label != number
        community = int(self.terrain.community[atoms[0]])
        fresh = next_codes(self.terrain.division, community, k - 1, self.drawing.codes)
        return self._relabelled("split", atoms[moved], label[moved], (*self.drawing.codes, *fresh))

    def lock(self, grid: str) -> "GridPlan":
        """Return the plan with a grid that no change may touch."""
        return self._with_locks("lock", self.locked | {self.drawing.codes[number_of(self.drawing, grid)]})

    def unlock(self, grid: str) -> "GridPlan":
        """Return the plan with a grid free to change again."""
        return self._with_locks("unlock", self.locked - {self.drawing.codes[number_of(self.drawing, grid)]})

    def undo(self) -> "GridPlan":
        """Return the plan as it was before its last change, itself where there is none."""
        if not self.past:
            return self
        last = self.past[-1]
        earlier = last.backwards(self.drawing)
        return replace(self, drawing=earlier, past=self.past[:-1], ahead=(last, *self.ahead))

    def redo(self) -> "GridPlan":
        """Return the plan with the change made again that was undone last, itself where there is none."""
        if not self.ahead:
            return self
        following = self.ahead[0]
        later = following.forwards(self.drawing)
        return replace(self, drawing=later, past=(*self.past, following), ahead=self.ahead[1:])

    def atoms_of(self, grid: str) -> list[str]:
        """Return the atoms of a grid."""
        rows = np.flatnonzero(self.drawing.label == number_of(self.drawing, grid))
        return [str(name) for name in self.terrain.atom_ids[rows]]

    def neighbours_of(self, grid: str) -> list[str]:
        """Return the grids that one can walk to from a grid, sorted."""
        rows = np.flatnonzero(self.drawing.label == number_of(self.drawing, grid))
        _, other, edge = self.terrain.around(rows)
        found = np.unique(self.drawing.label[other[self.terrain.graph.is_link[edge]]])
        return sorted({self.drawing.codes[number] for number in found} - {grid})

    def to_division(self, *, author: str = "", note: str = "", start_date: str | None = None) -> Division:
        """Return the plan as a division; see ``gridgeo.planning.saving``."""
        from gridgeo.planning.saving import build_division

        return build_division(self, author=author, note=note, start_date=start_date)

    @property
    def _there(self) -> NDArray[np.bool_]:
        """Which grid numbers have atoms."""
        there: NDArray[np.bool_] = self.drawing.sums[:, PLACE["n_atoms"]] > 0
        return there

    def _dedicated_of(self, drawing: Drawing) -> NDArray[np.bool_]:
        """Return which grid numbers of a drawing are dedicated grids."""
        n_new = len(drawing.codes) - len(self.is_dedicated)
        return np.append(self.is_dedicated, np.zeros(n_new, dtype=bool))

    def _difference_from(self, earlier: Drawing) -> Difference:
        """Return what lies between an earlier drawing and the present one."""
        dedicated = self._dedicated_of(earlier), self.dedicated
        return build_difference(self.terrain, earlier, self.drawing, dedicated)

    def _relabelled(
        self, verb: Verb, rows: Ints, label: Ints, codes: tuple[str, ...] | None = None
    ) -> "GridPlan":
        """Return the plan with other grids for some atoms, itself where nothing changes."""
        if len(rows) == 0:
            return self
        change = redraw(self.terrain, self.drawing, verb, rows, label, codes or self.drawing.codes)
        return self._with(change)

    def _with_locks(self, verb: Verb, locked: frozenset[str]) -> "GridPlan":
        """Return the plan with other locks, itself where nothing changes."""
        return self if locked == self.locked else self._with(lock_grids(self.drawing, verb, locked))

    def _with(self, change: Change) -> "GridPlan":
        """Return the plan with a change made; what was undone before cannot be made again."""
        later = change.forwards(self.drawing)
        return replace(self, drawing=later, past=(*self.past, change), ahead=())
