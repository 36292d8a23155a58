"""A part of a community with a price on every household that changes its grid.

Every old grid gets an *anchor*: a point without size, tied to its largest building. Each atom is tied to the
anchor of its old grid by a border that costs as much as the households that would move. The search that draws
new grids then redraws old ones: an atom that leaves its anchor pays, one that stays does not. Two grids that
become one would leave no anchor; so the anchors of neighbours repel each other by the households of the
smaller one.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gridgeo.partition.coverage import Floats, Ints
from gridgeo.partition.energy import GIANT_SIZE, GIANTS, PEOPLE, SIZE, Weights
from gridgeo.partition.parts import Part, build_net
from gridgeo.partition.tree import Net

__all__ = ["AnchoredPart", "build_anchored", "count_moved", "find_faults"]

# The price of a grid of the target size that moves as a whole. A grid out of range costs 40 and more, a
# crooked border about one: grids move for their range, never for beauty.
PRICE = 25.0


@dataclass(frozen=True)
class AnchoredPart:
    """A part whose net has an anchor behind its atoms for each old grid that carries households.

    ``carried`` holds the households of each atom that its old grid knew, ``origin`` the number of the anchor
    of that grid (-1: of no grid here), ``weight`` the households that each old grid carries in all.
    ``start`` is the plan as it was carried over: the labels of the atoms, then those of the anchors.
    """

    part: Part
    net: Net
    carried: Ints
    origin: Ints
    weight: Ints
    start: Ints

    @property
    def n_atoms(self) -> int:
        """Return the number of atoms, anchors left out."""
        return len(self.part.atoms)


def build_anchored(part: Part, label: Ints, origin: Ints, carried: Ints, target: float) -> AnchoredPart:
    """Return a part with anchors, its atoms labelled as they were carried over.

    ``origin`` is the label of each atom's old grid, -1 where that has no label here.
    """
    price = PRICE / target
    stays = (origin == label) & (carried > 0)
    grids = np.unique(label[stays])
    number = np.full(max(int(label.max()), int(origin.max(initial=0))) + 1, -1, dtype=np.int64)
    number[grids] = np.arange(len(grids))
    own = np.where(origin >= 0, number[np.maximum(origin, 0)], -1)
    order = np.lexsort((np.arange(len(label)), -carried, label))
    order = order[stays[order]]
    core = order[np.unique(label[order], return_index=True)[1]]
    known = own >= 0
    weight = np.bincount(own[known], carried[known], len(grids)).astype(np.int64)
    place = len(label) + np.arange(len(grids))
    tied = np.flatnonzero(known & (carried > 0))
    repelled = neighbours_of(part, number[label])
    ends = np.concatenate(
        [
            edges_of(part.net),
            np.stack([tied, place[own[tied]]], axis=1),
            place[repelled],
        ]
    )
    extra = len(tied) + len(repelled)
    is_core = np.zeros(len(label), dtype=bool)
    is_core[core] = True
    kept = np.repeat(np.arange(len(label)), np.diff(part.net.first)) < part.net.neighbour
    net = build_net(
        ends,
        np.append(part.net.length[kept], np.zeros(extra)),
        np.concatenate(
            [
                part.net.cost[kept],
                price * carried[tied],
                -price * np.minimum(weight[repelled[:, 0]], weight[repelled[:, 1]]),
            ]
        ),
        np.concatenate([part.net.link[kept], is_core[tied], np.zeros(len(repelled), dtype=bool)]),
        np.append(part.net.kind[kept], np.zeros(extra, dtype=np.int64)),
        np.concatenate([part.net.features, np.zeros((len(grids), part.net.features.shape[1]))]),
    )
    return AnchoredPart(part, net, carried, own, weight, np.append(label, grids).astype(np.int64))


def edges_of(net: Net) -> Ints:
    """Return the pairs of neighbours of a net, each once, in its order."""
    source = np.repeat(np.arange(len(net.first) - 1), np.diff(net.first))
    once = source < net.neighbour
    return np.stack([source[once], net.neighbour[once]], axis=1)


def neighbours_of(part: Part, number: Ints) -> Ints:
    """Return the pairs of grids that one can walk between; ``number`` is that of each atom's grid."""
    pairs = np.sort(number[part.links], axis=1)
    pairs = pairs[(pairs[:, 0] >= 0) & (pairs[:, 0] < pairs[:, 1])]
    return np.unique(pairs, axis=0).reshape(-1, 2)


def find_faults(features: Floats, label: Ints, weights: Weights) -> NDArray[np.bool_]:
    """Return which grids are out of range and need not be.

    A grid with a building above the range cannot be in it; it is at fault where what it holds beside that
    building would make a grid of its own, or where it holds two.
    """
    n = int(label.max()) + 1
    sums = {name: np.bincount(label, features[:, name], n) for name in (SIZE, PEOPLE, GIANTS, GIANT_SIZE)}
    in_range = (sums[SIZE] >= weights.low) & (sums[SIZE] <= weights.high)
    in_range &= (sums[PEOPLE] >= weights.people_low) & (sums[PEOPLE] <= weights.people_high)
    crowded = (sums[GIANTS] > 1) | (sums[SIZE] - sums[GIANT_SIZE] >= weights.low)
    there = np.bincount(label, minlength=n) > 0
    found: NDArray[np.bool_] = there & np.where(sums[GIANTS] > 0, crowded, ~in_range)
    return found


def count_moved(anchored: AnchoredPart, label: Ints) -> int:
    """Return how many carried households are not in the heir of their old grid.

    The heir holds at least half of them; of several old grids in one the heaviest is followed.
    """
    n_old, n_new = len(anchored.weight), int(label.max()) + 1
    known = anchored.origin >= 0
    carried = anchored.carried[known]
    if n_old == 0:
        return 0
    pair = anchored.origin[known] * n_new + label[: anchored.n_atoms][known]
    share = np.bincount(pair, carried, n_old * n_new).reshape(n_old, n_new)
    best = share.argmax(axis=1)
    held = share[np.arange(n_old), best]
    held[2 * held < anchored.weight] = 0
    followed = np.zeros(n_new)
    np.maximum.at(followed, best, held)
    return int(carried.sum() - followed.sum())
