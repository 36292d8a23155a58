"""The best plan of a small part, by exhaustion: a set partition whose columns are all connected sets."""

from dataclasses import dataclass

import numpy as np
from ortools.sat.python import cp_model

from gridgeo.partition.energy import PERIMETER, grid_energy

SCALE = 1_000_000  # CP-SAT counts in whole numbers


@dataclass(frozen=True)
class Exact:
    """The lowest energy of any plan of a part, the labels of one that has it, and how many sets there are."""

    energy: float
    label: np.ndarray
    n_sets: int


def exact_plan(part, known):
    """Return the plan of least energy; only for parts of up to about 16 atoms.

    ``known`` is the energy of some plan: sets that no plan as good as that can hold are left out.
    """
    members = connected_sets(part)
    price = [set_price(part, atoms) for atoms in members]
    members, price = worth_a_try(members, price, known + 1e-6)
    model = cp_model.CpModel()
    taken = [model.new_bool_var(f"set{i}") for i in range(len(members))]
    holders = [[] for _ in part.atoms]
    for variable, atoms in zip(taken, members, strict=True):
        for atom in atoms:
            holders[atom].append(variable)
    for variables in holders:
        model.add_exactly_one(variables)
    model.minimize(sum(round(cost * SCALE) * x for cost, x in zip(price, taken, strict=True)))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    status = solver.solve(model)
    assert status == cp_model.OPTIMAL, solver.status_name(status)
    chosen = [i for i, variable in enumerate(taken) if solver.value(variable)]
    label = np.empty(len(part.atoms), dtype=np.int64)
    for number, i in enumerate(chosen):
        label[list(members[i])] = number
    return Exact(sum(price[i] for i in chosen), label, len(members))


def connected_sets(part):
    """Return every set of atoms within which one can walk from each to each, grown from its smallest atom."""
    near = [0] * len(part.atoms)
    for a, b in part.links:
        near[a] |= 1 << int(b)
        near[b] |= 1 << int(a)
    found = set()
    for root in range(len(near)):
        allowed = -1 << root
        waiting = [1 << root]
        found.add(1 << root)
        while waiting:
            now = waiting.pop()
            rim = 0
            for atom in atoms_of(now):
                rim |= near[atom]
            for atom in atoms_of(rim & ~now & allowed & ((1 << len(near)) - 1)):
                grown = now | 1 << atom
                if grown not in found:
                    found.add(grown)
                    waiting.append(grown)
    return [atoms_of(one) for one in sorted(found)]


def worth_a_try(members, price, limit):
    """Return the sets that some plan of at most this energy might hold.

    Every atom costs at least the least price per atom of the sets that hold it.
    """
    least = np.full(max(map(max, members)) + 1, np.inf)
    for atoms, cost in zip(members, price, strict=True):
        least[atoms] = np.minimum(least[atoms], cost / len(atoms))
    bound = [cost + least.sum() - least[atoms].sum() for atoms, cost in zip(members, price, strict=True)]
    kept = [i for i in range(len(members)) if bound[i] <= limit]
    return [members[i] for i in kept], [price[i] for i in kept]


def atoms_of(bits):
    """Return the numbers of the bits that are set."""
    return [i for i in range(bits.bit_length()) if bits >> i & 1]


def set_price(part, atoms):
    """Return the energy of a grid of these atoms, with half of the price of its borders."""
    net, inside = part.net, set(atoms)
    total = net.features[atoms].sum(axis=0)
    cost = 0.0
    for atom in atoms:
        for e in range(net.first[atom], net.first[atom + 1]):
            if int(net.neighbour[e]) in inside:
                total[PERIMETER] -= net.length[e]
            else:
                cost += net.cost[e] / 2.0
    return float(grid_energy(total, part.weights)) + cost
