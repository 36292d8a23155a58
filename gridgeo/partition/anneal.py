"""The search: simulated annealing over plans of one connected graph of atoms, compiled.

Some moves take one atom across a border, after an exact test that what stays is connected. The others
are *recombinations*: two neighbouring grids (or one that could be two) are covered by a random
tree, every cut of it and the union are scored, and one is drawn in proportion to exp(-energy / heat).
"""

from typing import NamedTuple

import numpy as np

from gridgeo.partition.compiled import compiled
from gridgeo.partition.coverage import Floats, Ints
from gridgeo.partition.energy import N_FEATURES, PERIMETER, SIZE, Weights, grid_energy
from gridgeo.partition.tree import (
    NOTHING,
    Bench,
    Net,
    choose_cut,
    clear_tree,
    copy_labels,
    copy_sums,
    draw,
    grow_tree,
    relabel_below,
    score_cuts,
    sides,
    weigh_tree,
)

__all__ = ["State", "anneal", "build_state", "plan_energy"]

STRAY = 0.05  # share of borders whose kind is forgotten when a tree grows
SPLIT_SHARE = 0.06  # share of recombinations that try to split a single grid


class State(NamedTuple):
    """A plan in work: the label of each atom; for each label, the sums over its atoms, the energy of these
    as a grid, and the number of atoms.
    """

    label: Ints
    sums: Floats
    energy: Floats
    n_atoms: Ints
    n_grids: Ints  # one number, in an array so that it can change


def build_state(net: Net, label: Ints, capacity: int) -> State:
    """Return the state of a plan with room for ``capacity`` grids."""
    n_features = net.features.shape[1]
    state = State(
        label.astype(np.int64).copy(),
        np.zeros((capacity, n_features)),
        np.zeros(capacity),
        np.zeros(capacity, dtype=np.int64),
        np.array([int(label.max()) + 1], dtype=np.int64),
    )
    recount(net, state)
    return state


@compiled
def recount(net: Net, state: State) -> None:
    """Sum up the grids afresh."""
    for g in range(len(state.n_atoms)):
        state.n_atoms[g] = 0
        for column in range(N_FEATURES):
            state.sums[g, column] = 0.0
    for i in range(len(state.label)):
        g = state.label[i]
        state.n_atoms[g] += 1
        for column in range(N_FEATURES):
            state.sums[g, column] += net.features[i, column]
        for e in range(net.first[i], net.first[i + 1]):
            if state.label[net.neighbour[e]] == g:
                state.sums[g, PERIMETER] -= net.length[e]


@compiled
def plan_energy(net: Net, state: State, weights: Weights) -> float:
    """Return the energy of the whole plan; note that of each grid."""
    energy = 0.0
    for g in range(state.n_grids[0]):
        state.energy[g] = grid_energy(state.sums[g], weights)
        energy += state.energy[g]
    for i in range(len(state.label)):
        for e in range(net.first[i], net.first[i + 1]):
            if net.neighbour[e] > i and state.label[net.neighbour[e]] != state.label[i]:
                energy += net.cost[e]
    return energy


@compiled
def stays_connected(net: Net, bench: Bench, label: Ints, atom: int) -> bool:
    """Return whether the grid of an atom is still in one piece without it."""
    g, wanted, start = label[atom], 0, NOTHING
    for e in range(net.first[atom], net.first[atom + 1]):
        if net.link[e] and label[net.neighbour[e]] == g:
            wanted += 1
            start = net.neighbour[e]
            bench.place[start] = -2
    found, size = 0, 0
    if start >= 0:
        found, size = 1, 1
        bench.atom[0] = start
        bench.place[start] = 0
    i = 0
    while i < size and found < wanted:
        here = bench.atom[i]
        i += 1
        for e in range(net.first[here], net.first[here + 1]):
            other = net.neighbour[e]
            if net.link[e] and other != atom and label[other] == g and bench.place[other] < 0:
                found += bench.place[other] == -2
                bench.place[other] = size
                bench.atom[size] = other
                size += 1
    for e in range(net.first[atom], net.first[atom + 1]):
        bench.place[net.neighbour[e]] = -1
    for i in range(size):
        bench.place[bench.atom[i]] = -1
    return found == wanted


@compiled
def is_accepted(change: float, heat: float, bench: Bench) -> bool:
    """Return whether a change of energy is taken at this heat (Metropolis)."""
    return change <= 0.0 or draw(bench.random) < np.exp(-change / heat)


@compiled
def try_flip(
    net: Net, bench: Bench, state: State, weights: Weights, heat: float, atom: int, target: int
) -> float:
    """Take one atom over to a neighbouring grid if that pays; return the change of energy."""
    source = state.label[atom]
    if state.n_atoms[source] < 2:
        return 0.0
    cost, length_source, length_target = 0.0, 0.0, 0.0
    for e in range(net.first[atom], net.first[atom + 1]):
        g = state.label[net.neighbour[e]]
        if g == source:
            cost += net.cost[e]
            length_source += net.length[e]
        elif g == target:
            cost -= net.cost[e]
            length_target += net.length[e]
    left, right = bench.sums[0], bench.sums[1]
    for column in range(N_FEATURES):
        left[column] = state.sums[source, column] - net.features[atom, column]
        right[column] = state.sums[target, column] + net.features[atom, column]
    left[PERIMETER] += 2.0 * length_source
    right[PERIMETER] -= 2.0 * length_target
    energy_left, energy_right = grid_energy(left, weights), grid_energy(right, weights)
    change = float(cost + energy_left + energy_right - state.energy[source] - state.energy[target])
    if not is_accepted(change, heat, bench) or not stays_connected(net, bench, state.label, atom):
        return 0.0
    state.label[atom] = target
    copy_sums(left, state.sums[source])
    copy_sums(right, state.sums[target])
    state.energy[source] = energy_left
    state.energy[target] = energy_right
    state.n_atoms[source] -= 1
    state.n_atoms[target] += 1
    return change


@compiled
def drop_label(state: State, gone: int) -> None:
    """Close the gap that a grid without atoms leaves in the numbering."""
    last = state.n_grids[0] - 1
    if gone != last:
        for i in range(len(state.label)):
            if state.label[i] == last:
                state.label[i] = gone
        copy_sums(state.sums[last], state.sums[gone])
        state.energy[gone] = state.energy[last]
        state.n_atoms[gone] = state.n_atoms[last]
    for column in range(N_FEATURES):
        state.sums[last, column] = 0.0
    state.n_atoms[last] = 0
    state.n_grids[0] = last


@compiled
def try_recombine(
    net: Net, bench: Bench, state: State, weights: Weights, heat: float, atom: int, second: int
) -> float:
    """Cut two grids (or, with ``second`` = -1, one) anew if that pays; return the change of energy."""
    first = state.label[atom]
    size = grow_tree(net, bench, state.label, first, second, atom, STRAY)
    if size < 2:
        clear_tree(bench, size)
        return 0.0
    now = weigh_tree(net, bench, state.label, size) + state.energy[first]
    below, above = bench.sums[0], bench.sums[1]
    best = score_cuts(bench, size, weights, below, above)
    if second >= 0:
        now += state.energy[second]
        copy_sums(bench.total[0], above)
        above[PERIMETER] -= 2.0 * bench.crossed[0, 2]
        union = grid_energy(above, weights)
    else:
        union = np.inf
    if union < best and is_accepted(union - now, heat, bench):
        for i in range(size):
            state.label[bench.atom[i]] = first
        copy_sums(above, state.sums[first])
        state.energy[first] = union
        state.n_atoms[first] = size
        clear_tree(bench, size)
        drop_label(state, second)
        return float(union - now)
    cut = choose_cut(bench, size, heat, best)
    change = bench.scores[cut] - now
    if is_accepted(change, heat, bench):
        if second < 0:
            second = state.n_grids[0]
            state.n_grids[0] += 1
        relabel_below(bench, state.label, size, cut, first, second)
        sides(bench, cut, below, above)
        copy_sums(below, state.sums[first])
        copy_sums(above, state.sums[second])
        state.energy[first] = grid_energy(below, weights)
        state.energy[second] = grid_energy(above, weights)
        recount_atoms(bench, state, size, first, second)
    else:
        change = 0.0
    clear_tree(bench, size)
    return float(change)


@compiled
def recount_atoms(bench: Bench, state: State, size: int, first: int, second: int) -> None:
    """Count the atoms of two grids after a tree was cut."""
    state.n_atoms[first] = 0
    state.n_atoms[second] = 0
    for i in range(size):
        state.n_atoms[state.label[bench.atom[i]]] += 1


def anneal(
    net: Net,
    bench: Bench,
    state: State,
    weights: Weights,
    edges: Ints,
    heats: Floats,
    best_label: Ints,
    flip_share: float = 0.5,
) -> float:
    """Search for a better plan, one move for each heat; fill in the best labels, return their energy.

    ``edges`` lists the pairs of atoms between which one can walk, shape (m, 2); ``flip_share`` is the share
    of moves that take a single atom.
    """
    return float(cool(net, bench, state, weights, edges, heats, flip_share, best_label))


@compiled
def cool(
    net: Net,
    bench: Bench,
    state: State,
    weights: Weights,
    edges: Ints,
    heats: Floats,
    flip_share: float,
    best_label: Ints,
) -> float:
    """Make one move for each heat."""
    energy = plan_energy(net, state, weights)
    best = energy
    copy_labels(state.label, best_label)
    capacity = len(state.n_atoms)
    for step in range(len(heats)):
        heat = heats[step]
        a, b = edges[0, 0], edges[0, 1]
        for _ in range(60):
            pick = int(len(edges) * draw(bench.random))
            side = int(2 * draw(bench.random))
            a, b = edges[pick, side], edges[pick, 1 - side]
            if state.label[a] != state.label[b]:
                break
        if draw(bench.random) < flip_share:
            if state.label[a] != state.label[b]:
                energy += try_flip(net, bench, state, weights, heat, a, state.label[b])
        elif draw(bench.random) < SPLIT_SHARE:
            if state.n_grids[0] < capacity and state.sums[state.label[a], SIZE] >= 2.0 * weights.low:
                energy += try_recombine(net, bench, state, weights, heat, a, NOTHING)
        elif state.label[a] != state.label[b]:
            energy += try_recombine(net, bench, state, weights, heat, a, state.label[b])
        if energy < best - 1e-9:
            best = energy
            copy_labels(state.label, best_label)
    return best
