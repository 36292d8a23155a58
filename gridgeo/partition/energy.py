"""What a plan costs: the one quantity that the search makes small, compiled.

The energy of a plan is the sum over its grids of shape, balance and violations, plus the borders between
them. Every term is without unit: lengths are divided by a typical side of the community (see ``parts``), so
nothing depends on the scale of the place.
"""

from typing import NamedTuple

import numpy as np

from gridgeo.partition.compiled import compiled
from gridgeo.partition.coverage import Floats

__all__ = ["FEATURES", "Weights", "grid_energy", "is_in_range"]

# The columns of a sum over atoms, in this order.
FEATURES = ("size", "people", "area", "perimeter", "giants", "giant_size")
SIZE, PEOPLE, AREA, PERIMETER, GIANTS, GIANT_SIZE = range(6)
N_FEATURES = 6
THIN = 1 / 0.35 - 1.0  # where the inverse of the compactness begins to be a corridor


class Weights(NamedTuple):
    """The range of a grid and the price of leaving the ideal."""

    low: float
    high: float
    people_low: float
    people_high: float
    max_area: float
    shape: float
    thin: float
    balance: float
    violation: float
    absorbed: float


@compiled
def outside(value: float, low: float, high: float) -> float:
    """Return how far a value lies outside its range, as a share of the nearer limit."""
    if value < low:
        return (low - value) / low
    if value > high:
        return (value - high) / high
    return 0.0


@compiled
def grid_energy(total: Floats, weights: Weights) -> float:
    """Return the energy of one grid from the sums over its atoms (``FEATURES``).

    A giant is an atom above the range: its grid cannot be in range, so only what it takes beside the
    giant counts. As much as would make a grid of its own counts as a violation, and so do two giants.
    """
    length = total[PERIMETER] ** 2 / (4.0 * np.pi * max(total[AREA], 1.0)) - 1.0
    energy = weights.shape * (length + weights.thin * max(length - THIN, 0.0))
    if total[AREA] > weights.max_area:
        energy += weights.balance * (total[AREA] / weights.max_area - 1.0)
    if total[GIANTS] > 0:
        extra = total[SIZE] - total[GIANT_SIZE]
        energy += weights.absorbed * extra / weights.low + weights.violation * (total[GIANTS] - 1.0)
        energy += weights.violation * (extra / weights.low if extra >= weights.low else 0.0)
        return float(energy)
    middle, half = (weights.low + weights.high) / 2.0, max((weights.high - weights.low) / 2.0, 0.5)
    energy += weights.balance * min(((total[SIZE] - middle) / half) ** 2, 1.0)
    energy += weights.violation * fault(outside(total[SIZE], weights.low, weights.high))
    energy += weights.violation * fault(outside(total[PEOPLE], weights.people_low, weights.people_high))
    return float(energy)


@compiled
def fault(missed: float) -> float:
    """Return how bad it is to be out of range by so many limits: by little, about as bad as one such grid.

    It grows with the square, or one grid of thousands of households would take in all that fits nowhere.
    """
    return 1.0 + missed + missed * missed if missed > 0.0 else 0.0


@compiled
def is_in_range(total: Floats, weights: Weights) -> bool:
    """Return whether a grid keeps its range of households and of people."""
    inside = weights.low <= total[SIZE] <= weights.high
    return bool(inside and weights.people_low <= total[PEOPLE] <= weights.people_high)
