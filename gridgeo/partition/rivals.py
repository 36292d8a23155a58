"""Rivals: buildings that cannot all be in range, because each needs the others' neighbours.

Of some atoms so many at most can be in range at once as disjoint connected *sets* in range can hold. That is
a problem of set packing, and the bound that its solver ends with holds for every plan. It is asked of two
kinds of atoms.

*Towers* have more than half of what a grid may hold and less than it must: no grid in range holds two, and
none is one by itself, so those that need the same neighbours go short. A *tight spot* is a grid that is out
of range with those around it that are not: if they cannot all be in range, one has to be out. A *knot* needs
no solver: an atom with all that is too little without it, and together too much for one grid.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

import numpy as np

from gridgeo.partition.coverage import Ints, connected
from gridgeo.partition.misfits import Members, Vicinity, connected_sets

__all__ = ["Rivals", "find_knot", "find_rivals", "find_tight_spot"]

MOST_STEPS = 4_000  # connected sets tried for one tower: some milliseconds
MOST_SETS = 1_000  # a tower with more ways into the range goes short of nothing
# Sets tried for a tight spot: where a grid alone has many ways into the range, others will not be in its way.
MOST_SPOT_STEPS = (500, 5_000, 5_000, 5_000)
MOST_NODES = 1_000  # of the tree of the solver; a limit of time would let the answer depend on the day


@dataclass(frozen=True)
class Rivals:
    """Atoms by their numbers, and how many of them can be in range at once."""

    atoms: Ints
    most: int


def find_rivals(vicinity: Vicinity, low: float, high: float) -> list[Rivals]:
    """Return the towers of a community, those together that need the same neighbours.

    Towers with too many ways into the range are left out, and what is returned is still a proof.
    """
    ways: dict[int, list[Members]] = {}
    for atom, size in vicinity.size.items():
        sets = smallest_sets(vicinity, atom, low, high) if high / 2.0 < size < low else None
        if sets is not None:
            ways[atom] = sets
    place: dict[int, int] = {}
    for tower, sets in ways.items():
        for atom in sorted({tower}.union(*sets)):
            place.setdefault(atom, len(place))
    ties = [(place[tower], place[atom]) for tower, sets in ways.items() for one in sets for atom in one]
    a, b = np.array(ties, dtype=np.int64).reshape(-1, 2).T
    group = connected(len(place), a, b)
    together: dict[int, list[int]] = {}
    for tower in sorted(ways):
        together.setdefault(int(group[place[tower]]), []).append(tower)
    return [
        Rivals(np.array(towers), count_most([one for tower in towers for one in ways[tower]], towers))
        for towers in together.values()
    ]


def smallest_sets(vicinity: Vicinity, tower: int, low: float, high: float) -> list[Members] | None:
    """Return the sets that bring a tower into the range, without those that hold another of them.

    None where there are too many.
    """
    found: list[Members] = []
    for step, (members, total) in enumerate(connected_sets(vicinity, tower, low, high)):
        if step >= MOST_STEPS or len(found) > MOST_SETS:
            return None
        if total >= low:
            found.append(members)
    smallest: list[Members] = []
    for members in sorted(found, key=lambda members: (len(members), sorted(members))):
        if not any(smaller <= members for smaller in smallest):
            smallest.append(members)
    return smallest


def find_tight_spot(
    vicinity: Vicinity, own: Collection[int], others: Collection[int], low: float, high: float
) -> Rivals | None:
    """Return atoms, those of ``own`` and some of ``others`` near them, that cannot all be in range, or None.

    The fewest rings around ``own`` that show it are taken. None also where there are too many sets to try.
    """
    spot = {atom for atom in own if atom in vicinity.size}
    for steps in MOST_SPOT_STEPS:
        sets = sets_that_touch(vicinity, spot, low, high, steps)
        if sets is None:
            return None
        most = count_most(sets, spot)
        if most < len(spot):
            return Rivals(np.array(sorted(spot)), most)
        spot |= {other for atom in spot for other in vicinity.neighbours[atom] if other in others}
    return None


def find_knot(
    vicinity: Vicinity, own: Collection[int], others: Collection[int], low: float, high: float
) -> Rivals | None:
    """Return an atom of ``own`` or beside it with all that hangs on it, if that is too much for one grid.

    What hangs on an atom has no way into the range but in its grid, so all of it would have to be there. None
    where no such atom is found, or where some of that is neither of ``own`` nor of ``others``.
    """
    known = frozenset(own).union(others)
    settled = [atom for atom in own if atom in vicinity.size]
    near = frozenset(settled).union(*(vicinity.neighbours[atom] for atom in settled))
    for atom in sorted(near, key=lambda atom: (-vicinity.size[atom], atom)):
        members = frozenset([atom]).union(*hanging_pieces(vicinity, atom, low))
        if sum(vicinity.size[member] for member in members) > high and members <= known:
            return Rivals(np.array(sorted(members)), len(members) - 1)
    return None


def hanging_pieces(vicinity: Vicinity, atom: int, low: float) -> list[set[int]]:
    """Return the connected pieces beside an atom that are below the range without it."""
    found: list[set[int]] = []
    met: set[int] = set()
    for start in sorted(vicinity.neighbours[atom]):
        if start in met:
            continue
        piece, waiting, total = {start}, [start], vicinity.size[start]
        while waiting and total < low:
            beside = vicinity.neighbours[waiting.pop()] - piece - {atom}
            piece |= beside
            waiting += beside
            total += sum(vicinity.size[other] for other in beside)
        met |= piece
        if total < low:
            found.append(piece)
    return found


def sets_that_touch(
    vicinity: Vicinity, spot: Iterable[int], low: float, high: float, most_steps: int
) -> list[Members] | None:
    """Return every connected set in range with an atom of a spot, once, or None where that takes too long."""
    found: list[Members] = []
    done = frozenset[int]()
    steps = 0
    for start in sorted(spot):
        for members, total in connected_sets(vicinity, start, high, high, done):
            steps += 1
            if steps > most_steps:
                return None
            if total >= low:
                found.append(members)
        done |= {start}
    return found


def count_most(sets: list[Members], wanted: Collection[int]) -> int:
    """Return a bound on how many wanted atoms disjoint sets can hold, the very number as a rule."""
    from scipy.optimize import Bounds, LinearConstraint, milp  # loaded only where buildings crowd
    from scipy.sparse import csc_array

    if not sets:
        return 0
    wanted = set(wanted)
    place = {atom: row for row, atom in enumerate(sorted(frozenset().union(*sets)))}
    rows = [place[atom] for members in sets for atom in sorted(members)]
    first = np.cumsum([0, *(len(members) for members in sets)])
    holds = csc_array((np.ones(len(rows)), rows, first), shape=(len(place), len(sets)))
    answer = milp(
        [-float(len(wanted & members)) for members in sets],
        constraints=LinearConstraint(holds, -np.inf, 1.0),
        bounds=Bounds(0.0, 1.0),
        integrality=np.ones(len(sets)),
        options={"node_limit": MOST_NODES, "presolve": False},  # it was seen to fail, see ``pool``
    )
    bound = answer.mip_dual_bound
    return len(wanted) if bound is None else min(len(wanted), int(np.floor(-bound + 1e-6)))
