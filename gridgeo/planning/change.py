"""One change of a plan, forwards and backwards, and what it did."""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from gridgeo.partition.coverage import Floats, Ints
from gridgeo.planning.tally import PlanScore

__all__ = ["Alarm", "Change", "Difference", "Drawing", "Law", "Verb"]

Law = Literal["contiguous", "uncut"]
Verb = Literal["assign", "lock", "merge", "move", "split", "swap", "unlock"]


@dataclass(frozen=True, eq=False)
class Drawing:
    """The grids of a plan: the number of each atom's grid, the code and the sums of each number.

    A number whose grid has lost its last atom stays, without atoms: its code is retired.
    """

    label: Ints
    codes: tuple[str, ...]
    sums: Floats
    locked: frozenset[str]


@dataclass(frozen=True, eq=False)
class Change:
    """What one change replaces: labels of atoms, sums of grids, codes, locks; enough to take it back."""

    verb: Verb
    atoms: Ints
    label: tuple[Ints, Ints]
    grids: Ints
    sums: tuple[Floats, Floats]
    codes: tuple[tuple[str, ...], tuple[str, ...]]
    locked: tuple[frozenset[str], frozenset[str]]

    def forwards(self, drawing: Drawing) -> Drawing:
        """Return the drawing with the change made."""
        return self._to_side(drawing, 1)

    def backwards(self, drawing: Drawing) -> Drawing:
        """Return the drawing as it was before the change, bit by bit."""
        return self._to_side(drawing, 0)

    def _to_side(self, drawing: Drawing, side: int) -> Drawing:
        label = drawing.label.copy()
        label[self.atoms] = self.label[side]
        codes = self.codes[side]
        sums = np.zeros((len(codes), drawing.sums.shape[1]))
        n = min(len(codes), len(drawing.sums))
        sums[:n] = drawing.sums[:n]
        there = self.grids < len(codes)
        sums[self.grids[there]] = self.sums[side][there]
        return Drawing(label, codes, sums, self.locked[side])


@dataclass(frozen=True, kw_only=True)
class Alarm:
    """A law that a plan breaks: which, in which grid, and the atoms and the box to look at.

    ``contiguous``: the atoms are cut off from the rest of their grid. ``uncut``: a building lies in them and
    in atoms of another grid.

    ``bounds`` are west, south, east, north in the system of the division.
    """

    law: Law
    grid: str
    atoms: tuple[str, ...]
    households: int
    bounds: tuple[float, float, float, float]

    def __str__(self) -> str:
        if self.law == "uncut":
            return (
                f"uncut: a building lies in {', '.join(self.atoms)} of grid {self.grid} and in another grid"
            )
        return (
            f"{self.law}: {len(self.atoms)} atoms with {self.households} households of grid {self.grid} are "
            "cut off from the rest of it"
        )


@dataclass(frozen=True, kw_only=True)
class Difference:
    """What lies between two plans of one division.

    ``grids`` has a row for each grid that changed: ``households`` and ``status`` before and after, ``<NA>``
    where it did not or does not exist.
    """

    households_moved: int
    buildings_moved: int
    atoms_moved: int
    before: PlanScore
    after: PlanScore
    grids: pd.DataFrame

    def to_json(self) -> dict[str, Any]:
        """Return the difference as plain values."""
        rows = self.grids.astype(object).where(self.grids.notna(), None).to_dict("records")
        return {
            "households_moved": self.households_moved,
            "buildings_moved": self.buildings_moved,
            "atoms_moved": self.atoms_moved,
            "before": self.before.to_json(),
            "after": self.after.to_json(),
            "grids": rows,
        }
