"""Plans put together: of two plans of the same ground, the better half of each.

Where the grids of one plan and those of another cover the same ground, neither knows of what the other does
elsewhere: each such *region* may be taken from either plan. Two searches seldom find the same best plan, but
often the same main borders, and then a community falls into many regions.
"""

from collections.abc import Sequence

import numpy as np

from gridgeo.partition.coverage import Floats, Ints, connected, renumbered
from gridgeo.partition.energy import PERIMETER, Weights, grid_energy
from gridgeo.partition.tree import Net, edge_sources

__all__ = ["cross_plans"]

WORTH = 1e-9  # a smaller difference of energy is rounding


def cross_plans(net: Net, weights: Weights, plans: Sequence[Ints], capacity: int) -> Ints:
    """Return the labels of the first plan, region by region exchanged for those of the others where better.

    ``plans`` are labels of atoms, the best plan first; no plan of more than ``capacity`` grids is made.
    """
    best = plans[0]
    for other in plans[1:]:
        crossed = cross_pair(net, weights, best, other)
        best = crossed if crossed.max() < capacity else best
    return best


def cross_pair(net: Net, weights: Weights, best: Ints, other: Ints) -> Ints:
    """Return the labels of one plan, with those of another in the regions where that is better."""
    n, m = int(best.max()) + 1, int(other.max()) + 1
    joined = connected(n + m, best, n + other)
    region = joined[best]
    gain = region_energies(net, weights, best, joined[:n], region)
    gain -= region_energies(net, weights, other, joined[n:], region)
    return renumbered(np.where(gain[region] > WORTH, n + other, best))


def region_energies(net: Net, weights: Weights, label: Ints, region_of_grid: Ints, region: Ints) -> Floats:
    """Return the energy of a plan inside each region; the borders between regions are those of both plans."""
    source = edge_sources(net)
    same_grid = label[source] == label[net.neighbour]
    totals = np.zeros((len(region_of_grid), net.features.shape[1]))
    np.add.at(totals, label, net.features)
    totals[:, PERIMETER] -= np.bincount(label[source[same_grid]], net.length[same_grid], len(totals))
    energies = np.array([grid_energy(total, weights) for total in totals])
    cut = ~same_grid & (region[source] == region[net.neighbour])
    n = int(region.max()) + 1
    # Every border is listed from both sides.
    borders: Floats = np.bincount(region[source[cut]], net.cost[cut], n) / 2.0
    return borders + np.bincount(region_of_grid, energies, n)
