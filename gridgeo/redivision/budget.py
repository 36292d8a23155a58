"""The budget: which repairs are made when only so many households may move, and what each more would bring.

Repairs are taken by the grids they bring into range for each household that they move, the best first, as
long as they fit. A plan of a part builds on the plans before it, so a dear repair may be taken for the sake
of a cheap one behind it.
"""

import heapq
from collections.abc import Sequence
from dataclasses import dataclass

from gridgeo.redivision.repair import Repair

__all__ = ["Choice", "choose_repairs"]

Rank = tuple[float, int, int]


@dataclass(frozen=True)
class Choice:
    """The number of the plan chosen for each part, and the way there.

    ``path`` lists, in the order of the choice, the part, the number of its plan, and what had been moved in
    all parts together by then.
    """

    chosen: list[int]
    path: list[tuple[int, int, int]]


def choose_repairs(chains: Sequence[Sequence[Repair]], most: float) -> Choice:
    """Return the plan of each part that brings most grids into range with at most so many moved households.

    The first plan of every part is always within the budget: it moves nothing that need not move.
    """
    chosen = [0] * len(chains)
    moved = sum(chain[0].moved for chain in chains)
    path: list[tuple[int, int, int]] = []
    heap = [rank for part in range(len(chains)) for rank in best_next(chains[part], part, 0)]
    heapq.heapify(heap)
    while heap:
        _, part, number = heapq.heappop(heap)
        chain = chains[part]
        if number <= chosen[part]:
            continue
        after = moved + chain[number].moved - chain[chosen[part]].moved
        if after > most:
            # What lies before it may still fit.
            heap_push(heap, best_next(chain, part, chosen[part], number))
            continue
        chosen[part], moved = number, after
        path.append((part, number, moved))
        heap_push(heap, best_next(chain, part, number))
    return Choice(chosen, path)


def heap_push(heap: list[Rank], ranks: list[Rank]) -> None:
    """Add entries to a heap."""
    for rank in ranks:
        heapq.heappush(heap, rank)


def best_next(chain: Sequence[Repair], part: int, now: int, before: int | None = None) -> list[Rank]:
    """Return an entry for the best plan behind ``now`` and in front of ``before``, no entry where none is.

    An entry holds the households moved for each grid that is mended, the part, and the number of its plan.
    """
    last = len(chain) if before is None else before
    costs = [
        ((chain[i].moved - chain[now].moved) / (chain[now].n_faults - chain[i].n_faults), part, i)
        for i in range(now + 1, last)
    ]
    return [min(costs)] if costs else []
