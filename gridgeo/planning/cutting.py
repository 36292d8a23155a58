"""Cut one grid, or several together, into k: by the trees and the search that divide a community."""

from dataclasses import replace

import numpy as np

from gridgeo.partition.anneal import anneal, build_state
from gridgeo.partition.coverage import Floats, Ints
from gridgeo.partition.energy import GIANTS, PERIMETER, grid_energy
from gridgeo.partition.links import sizes
from gridgeo.partition.parts import Part, build_part
from gridgeo.partition.split import bisect
from gridgeo.partition.tree import build_bench
from gridgeo.planning.terrain import Terrain
from gridgeo.spec import GridSpec

__all__ = ["cut_atoms"]

STARTS = 6  # first cuts to choose from; each costs a millisecond for a grid of some dozen atoms
MOVES_PER_GRID = 300
SLACK = 0.15  # how far from even the shares may be where k grids cannot keep the range
HEATS = (0.5, 0.01)  # mild: the number of grids is given, only their borders are looked for


def cut_atoms(terrain: Terrain, atoms: Ints, k: int, seed: int = 0) -> Ints | None:
    """Return the number 0…k-1 of the grid of each of some connected atoms; None where there is no such cut.

    The best of several cuts by the energy of the search: grids in range first, then streets and shape.
    """
    if k == 1:
        return np.zeros(len(atoms), dtype=np.int64)
    if k > len(atoms):
        return None
    part = build_part(terrain.graph, atoms, spec_for(terrain, atoms, k))
    features = part.net.features
    n_giants = int(features[:, GIANTS].sum())
    if n_giants > k:  # more towers than grids: the towers are atoms like any other
        features[:, GIANTS:] = 0.0
        n_giants = 0
    part = replace(part, capacity=max(part.capacity, k + 1))
    best: Ints | None = None
    least = np.inf
    for start in range(STARTS):
        label = cut_once(part, k, n_giants, seed + start)
        if int(label.max()) + 1 != k:
            continue
        energy = energy_of(part, label, k)
        if energy < least - 1e-9:
            best, least = label, energy
    return best


def spec_for(terrain: Terrain, atoms: Ints, k: int) -> GridSpec:
    """Return the spec to cut by: the own one where k grids can keep it, else even shares."""
    spec = terrain.spec
    total = float(sizes(terrain.graph, spec)[atoms].sum())
    low, high = spec.size_range
    if k * low <= total <= k * high or total <= 0:
        return spec
    even = (total / k * (1 - SLACK), total / k * (1 + SLACK))
    if spec.area_m2 is not None:
        return replace(spec, people=None, area_m2=even)
    return replace(spec, people=None, households=even)


def cut_once(part: Part, k: int, n_giants: int, seed: int) -> Ints:
    """Return one cut into k, its borders searched for where that leaves their number as it is."""
    label = np.zeros(len(part.atoms), dtype=np.int64)
    bench = build_bench(part.net, seed + 500)
    bisect(part.net, bench, label, part.weights, k - n_giants, part.capacity)
    label = np.unique(label, return_inverse=True)[1].astype(np.int64)
    if int(label.max()) + 1 != k or len(part.links) == 0:
        return label
    best = label.copy()
    cooling = HEATS[0] * (HEATS[1] / HEATS[0]) ** np.linspace(0.0, 1.0, MOVES_PER_GRID * k)
    state = build_state(part.net, label.copy(), part.capacity)
    anneal(part.net, build_bench(part.net, seed), state, part.weights, part.links, cooling, best)
    best = np.unique(best, return_inverse=True)[1].astype(np.int64)
    return best if int(best.max()) + 1 == k else label


def energy_of(part: Part, label: Ints, k: int) -> float:
    """Return the energy of a cut."""
    net = part.net
    source = np.repeat(np.arange(len(label)), np.diff(net.first))
    inner = label[source] == label[net.neighbour]
    total: Floats = np.zeros((k, net.features.shape[1]))
    np.add.at(total, label, net.features)
    total[:, PERIMETER] -= np.bincount(label[source[inner]], net.length[inner], k)
    shape = sum(float(grid_energy(row, part.weights)) for row in total)
    return shape + float(net.cost[~inner].sum()) / 2
