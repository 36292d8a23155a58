"""Misfits: atoms that no connected set of atoms can bring into the range, each shown by trying every set.

Four towers of 176 households side by side are an example for 200 to 300: one is too little, two are too many.
Two steps tell whether an atom is one. If the totals that can be put together from all atoms within reach miss
the range, connected or not, it is. If not, every connected set that holds the atom is made, as long as there
are not too many of them; then it is one if all miss the range.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from heapq import heappop, heappush

import numpy as np

from gridgeo.partition.coverage import Ints, connected

__all__ = ["Members", "Vicinity", "build_vicinity", "connected_sets", "find_total", "join_smallest"]

MOST_SETS = 3_000  # connected sets tried for one atom: some milliseconds

Members = frozenset[int]


@dataclass(frozen=True)
class Vicinity:
    """Who can be put together with whom: the neighbours of each inhabited atom, and its households.

    Atoms where nobody lives add nothing, so whoever meets across them counts as neighbours.
    """

    neighbours: dict[int, frozenset[int]]
    size: dict[int, int]


def build_vicinity(size: Ints, a: Ints, b: Ints) -> Vicinity:
    """Return the neighbours of atoms of whole sizes, where atoms ``a[i]`` and ``b[i]`` can be joined."""
    n = len(size)
    empty = size == 0
    both = empty[a] & empty[b]
    land = connected(n, a[both], b[both])
    beside: dict[int, set[int]] = {}
    near: dict[int, set[int]] = {int(atom): set() for atom in np.flatnonzero(~empty)}
    for one, other in zip(a.tolist(), b.tolist(), strict=True):
        if empty[one] and empty[other]:
            continue
        if empty[one] or empty[other]:
            settled, open_land = (other, one) if empty[one] else (one, other)
            beside.setdefault(int(land[open_land]), set()).add(settled)
        else:
            near[one].add(other)
            near[other].add(one)
    for around in beside.values():
        for atom in around:
            near[atom] |= around - {atom}
    return Vicinity(
        {atom: frozenset(others) for atom, others in near.items()},
        {atom: int(size[atom]) for atom in near},
    )


def find_total(vicinity: Vicinity, atom: int, low: float, high: float) -> int | None:
    """Return the largest total below ``low`` of a connected set with this atom if it is a misfit, else None.

    None also where there are too many sets to try: what is returned is a proof.
    """
    within = reach(vicinity, atom, high)
    totals = 1 << vicinity.size[atom]
    for other in within - {atom}:
        totals |= totals << vicinity.size[other]
    if not any(totals >> total & 1 for total in whole_numbers(low, high)):
        return max(total for total in range(int(np.ceil(low))) if totals >> total & 1)
    return largest_of_sets(vicinity, atom, low, high)


def join_smallest(vicinity: Vicinity, atom: int, low: float, high: float) -> Members:
    """Return an atom and who gets it into the range when always its smallest neighbour joins, else nobody.

    Nearly all get there: whoever lives among small houses needs no trying of sets, nor does who joined.
    """
    total, met = vicinity.size[atom], {atom}
    waiting: list[tuple[int, int]] = []
    here, joined = atom, [atom]
    while total < low:
        for other in vicinity.neighbours[here] - met:
            met.add(other)
            heappush(waiting, (vicinity.size[other], other))
        if not waiting:
            return frozenset()
        size, here = heappop(waiting)
        joined.append(here)
        total += size
    return frozenset(joined) if total <= high else frozenset()


def whole_numbers(low: float, high: float) -> Iterable[int]:
    """Return the whole numbers from low to high."""
    return range(int(np.ceil(low)), int(np.floor(high)) + 1)


def reach(vicinity: Vicinity, atom: int, high: float) -> set[int]:
    """Return the atoms that a connected set of at most ``high`` with this atom may hold."""
    done: set[int] = set()
    waiting = [(vicinity.size[atom], atom)]
    while waiting:
        total, here = heappop(waiting)
        if here in done:
            continue
        done.add(here)
        for other in vicinity.neighbours[here] - done:
            if total + vicinity.size[other] <= high:
                heappush(waiting, (total + vicinity.size[other], other))
    return done


def largest_of_sets(vicinity: Vicinity, atom: int, low: float, high: float) -> int | None:
    """Return the largest total below ``low`` of all connected sets with an atom, None if one is in range."""
    best = vicinity.size[atom]
    for step, (_, total) in enumerate(connected_sets(vicinity, atom, low, high)):
        if total >= low or step >= MOST_SETS:
            return None
        best = max(best, total)
    return best


def connected_sets(
    vicinity: Vicinity, start: int, enough: float, most: float, without: Members = frozenset()
) -> Iterator[tuple[Members, int]]:
    """Yield the connected sets of at most ``most`` that hold an atom and none of others, with their totals.

    A set of ``enough`` is not made larger. Each set is made once: an atom that was passed over for one set
    stays out of all that come after it.
    """
    waiting = [(frozenset([start]), vicinity.neighbours[start], without, vicinity.size[start])]
    while waiting:
        members, front, passed, total = waiting.pop()
        yield members, total
        if total >= enough:
            continue
        for other in sorted(front - passed):
            larger, joined = total + vicinity.size[other], members | {other}
            if larger <= most:
                waiting.append((joined, (front | vicinity.neighbours[other]) - joined, passed, larger))
            passed = passed | {other}
