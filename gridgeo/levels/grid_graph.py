"""The graph of whole grids: who borders on whom, as the search for groups and pairs needs it."""

from dataclasses import replace
from typing import Any

import numpy as np

from gridgeo.partition.coverage import Floats, Ints
from gridgeo.partition.graph import AtomGraph
from gridgeo.partition.links import link_remnants
from gridgeo.planning.terrain import Terrain, codes_as_numbers
from gridgeo.spec import GridSpec

__all__ = ["build_grid_graph", "link_communities"]


def build_grid_graph(terrain: Terrain) -> AtomGraph:
    """Return the graph whose atoms are the grids of a division, in the order of its grids.

    Borders of two grids are summed over their atoms; one can walk across where the sum of the contacts is
    a contact. Each dedicated grid stays what it is.
    """
    atoms, division = terrain.graph, terrain.division
    label = codes_as_numbers(division)
    n = len(division.grids)
    outer = label[atoms.a] != label[atoms.b]
    a = np.minimum(label[atoms.a[outer]], label[atoms.b[outer]])
    b = np.maximum(label[atoms.a[outer]], label[atoms.b[outer]])
    key, edge = np.unique(a * n + b, return_inverse=True)

    def per_edge(values: Floats) -> Floats:
        return np.bincount(edge, values[outer], len(key)).astype(float)

    def per_grid(values: Ints | Floats) -> Ints:
        return np.bincount(label, values, n).astype(np.int64)

    area = np.bincount(label, atoms.area_m2, n).astype(float)
    inner = ~outer
    shared = np.bincount(label[atoms.a[inner]], atoms.length_m[inner], n).astype(float)
    kinds = (division.grids["kind"].astype("string") == "dedicated").fillna(False).to_numpy(bool)
    middle = [np.bincount(label, atoms.centre[:, axis] * atoms.area_m2, n) / area for axis in (0, 1)]
    nothing = np.full(n, -1, dtype=np.int64)
    return AtomGraph(
        households=per_grid(atoms.households),
        people=per_grid(atoms.people),
        area_m2=area,
        perimeter_m=np.bincount(label, atoms.perimeter_m, n).astype(float) - 2 * shared,
        compound=nothing,
        settlement=nothing,
        block=nothing,
        dedicated=np.where(kinds, np.arange(n), -1).astype(np.int64),
        boundary_part=part_of_largest_atom(atoms, label, n),
        centre=np.stack(middle, axis=1),
        n_buildings=per_grid(atoms.n_buildings),
        a=key // n,
        b=key % n,
        length_m=per_edge(atoms.length_m),
        street_m=per_edge(atoms.street_m),
        main_m=per_edge(atoms.main_m),
        contact_m=per_edge(atoms.contact_m),
        cost_m=per_edge(atoms.cost_m),
    )


def part_of_largest_atom(atoms: AtomGraph, label: Ints, n: int) -> Ints:
    """Return for each of n grids the part of the boundary that its largest atom lies in."""
    by_area = np.argsort(atoms.area_m2, kind="stable")
    part = np.full(n, -1, dtype=np.int64)
    part[label[by_area]] = atoms.boundary_part[by_area]
    return part


OF_GRID = ("households", "people", "area_m2", "perimeter_m", "compound", "settlement", "block", "dedicated")
OF_PLACE = ("boundary_part", "centre", "n_buildings")
OF_EDGE = ("a", "b", "length_m", "street_m", "main_m", "contact_m", "cost_m")


def link_communities(graph: AtomGraph, home: Ints, spec: GridSpec) -> AtomGraph:
    """Return the graph with links for what cannot stand alone, none of them between two communities."""
    edges: dict[str, list[Ints | Floats]] = {name: [] for name in OF_EDGE}
    for number in np.unique(home):
        members = np.flatnonzero(home == number)
        place = np.full(len(graph), -1, dtype=np.int64)
        place[members] = np.arange(len(members))
        inside = (place[graph.a] >= 0) & (place[graph.b] >= 0)
        own = {name: getattr(graph, name)[members] for name in (*OF_GRID, *OF_PLACE)}
        own |= {name: getattr(graph, name)[inside] for name in OF_EDGE}
        own |= {"a": place[graph.a[inside]], "b": place[graph.b[inside]]}
        linked = link_remnants(AtomGraph(**own), spec)
        for name in OF_EDGE:
            values = getattr(linked, name)
            edges[name].append(members[values] if name in ("a", "b") else values)
    joined: dict[str, Any] = {name: np.concatenate(values) for name, values in edges.items()}
    return replace(graph, **joined)
