"""Graphs of atoms without geometry: what the search and the proofs work on, small enough to count by hand."""

import numpy as np
from hypothesis import strategies as st

from gridgeo.partition.energy import grid_energy
from gridgeo.partition.graph import AtomGraph
from gridgeo.partition.misfits import build_vicinity
from gridgeo.partition.parts import build_parts
from gridgeo.spec import GridSpec

AREA_M2, SIDE_M = 400.0, 20.0


def graph_of(households, edges, **changes):
    """Return a graph of atoms 20 m square; an edge is (a, b) or (a, b, metres on a street)."""
    n = len(households)
    ends = np.array([(min(edge[:2]), max(edge[:2])) for edge in edges], dtype=np.int64).reshape(-1, 2)
    street = np.array([edge[2] if len(edge) > 2 else 0.0 for edge in edges], dtype=float)
    length = np.full(len(edges), SIDE_M)
    columns = {
        "households": np.array(households, dtype=np.int64),
        "people": 3 * np.array(households, dtype=np.int64),
        "area_m2": np.full(n, AREA_M2),
        "perimeter_m": np.full(n, 4 * SIDE_M),
        "compound": np.full(n, -1),
        "settlement": np.full(n, -1),
        "block": np.arange(n),
        "dedicated": np.full(n, -1),
        "boundary_part": np.zeros(n, dtype=np.int64),
        "centre": np.stack([SIDE_M * np.arange(n), np.zeros(n)], axis=1),
        "n_buildings": np.ones(n, dtype=np.int64),
        "a": ends[:, 0],
        "b": ends[:, 1],
        "length_m": length,
        "street_m": street,
        "main_m": np.zeros(len(edges)),
        "contact_m": length.copy(),
        "cost_m": 0.15 * street + (length - street),
    }
    arrays = {name: np.asarray(value) for name, value in {**columns, **changes}.items()}
    return AtomGraph(**arrays)


def mesh_edges(wide, high):
    """Return the edges of a mesh of squares numbered row by row."""
    across = [(y * wide + x, y * wide + x + 1) for y in range(high) for x in range(wide - 1)]
    return across + [(y * wide + x, (y + 1) * wide + x) for y in range(high - 1) for x in range(wide)]


@st.composite
def meshes(draw, most=16, counts=(0, 10, 40, 60, 80, 110, 150, 330)):
    """Draw a connected graph: a mesh of squares, some of the borders on a street."""
    wide = draw(st.integers(2, 4))
    high = draw(st.integers(1, most // wide))
    n = wide * high
    households = draw(st.lists(st.sampled_from(counts), min_size=n, max_size=n))
    edges = mesh_edges(wide, high)
    streets = draw(st.lists(st.sampled_from([0.0, 12.0, SIDE_M]), min_size=len(edges), max_size=len(edges)))
    return graph_of(
        households,
        [(*edge, street) for edge, street in zip(edges, streets, strict=True)],
        centre=np.array([(SIDE_M * (i % wide), SIDE_M * (i // wide)) for i in range(n)]),
        block=np.array([i % wide // 2 for i in range(n)]),
    )


def vicinity_of(households, edges):
    """Return who of these atoms can be put together with whom."""
    ends = np.array(edges, dtype=np.int64).reshape(-1, 2)
    return build_vicinity(np.array(households), ends[:, 0], ends[:, 1])


def only_part(graph, spec=None):
    """Return the one connected part of a graph."""
    parts = build_parts(graph, spec or GridSpec())
    assert len(parts) == 1
    return parts[0]


def is_connected(atoms, pairs):
    """Return whether one can walk between all of these atoms along the pairs, by a plain search."""
    atoms = {int(atom) for atom in atoms}
    reached, waiting = set(), [min(atoms)]
    while waiting:
        here = waiting.pop()
        if here in reached:
            continue
        reached.add(here)
        waiting += [int(b) for a, b in pairs if a == here and int(b) in atoms]
        waiting += [int(a) for a, b in pairs if b == here and int(a) in atoms]
    return reached == atoms


def recounted(part, label):
    """Return the sums over each grid of a plan of a part, and the price of its borders, one by one."""
    net = part.net
    sums = np.zeros((int(label.max()) + 1, net.features.shape[1]))
    price = 0.0
    for i in range(len(label)):
        sums[label[i]] += net.features[i]
        for e in range(net.first[i], net.first[i + 1]):
            j = net.neighbour[e]
            if label[j] == label[i]:
                sums[label[i], 3] -= net.length[e]
            elif i < j:
                price += net.cost[e]
    return sums, price


def energy_of(part, label):
    """Return the energy of a plan of a part, summed up one by one."""
    sums, price = recounted(part, label)
    return price + sum(grid_energy(total, part.weights) for total in sums)
