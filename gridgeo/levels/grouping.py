"""Service grids (health, police) made of whole base grids: nested, connected, a valid coverage."""

from dataclasses import replace

import numpy as np
import pandas as pd

from gridgeo.division import Division
from gridgeo.errors import PlanError, SchemaError
from gridgeo.levels.grid_graph import build_grid_graph, link_communities
from gridgeo.levels.level import Size, build_level
from gridgeo.partition.coverage import Floats, Ints, connected
from gridgeo.partition.graph import AtomGraph
from gridgeo.partition.plan import Plan
from gridgeo.partition.refine import refine_plan, split_graph
from gridgeo.planning.cutting import cut_atoms
from gridgeo.planning.terrain import Terrain, build_terrain, spec_of
from gridgeo.spec import GridSpec

__all__ = ["group_grids"]

SLACK = 0.2  # a service grid may be a fifth larger or smaller than the target


def group_grids(  # noqa: PLR0913 - one of three ways to say how large, and what it is called
    division: Division,
    *,
    target: float | None = None,
    target_people: float | None = None,
    per_group: tuple[int, int] | None = None,
    n: int | None = None,
    across: bool = False,
    prefix: str = "S",
    seed: int = 0,
) -> Division:
    """Return the division one level up: service grids, each made of whole neighbouring base grids.

    Each lies inside one community, unless ``across`` allows it to lie in several, and is connected. Its
    atoms and buildings are those of its base grids; ``lineage`` tells which base grid is in which service
    grid. A dedicated grid stays alone. Say how large with exactly one of a target, ``per_group``, ``n``.

    Parameters
    ----------
    division
        The base grids.
    target
        Households of a service grid; a fifth more or less is in range (health: 500).
    target_people
        People of a service grid (health: 1,500), likewise. Beside ``target`` both have to be in range.
    per_group
        The least and the most base grids of a service grid, such as ``(2, 3)``.
    n
        How many service grids in all, dedicated ones apart; each community gets a number by its
        households, at least one.
    across
        Whether a service grid may lie in several communities.
    prefix
        What the codes of this level have before their number, so that no two levels share a code.
    seed
        The seed of the search.

    Raises
    ------
    SchemaError
        When not exactly one size is given or it cannot be.
    PlanError
        When there is no connected plan of ``n`` service grids.

    Examples
    --------
    >>> from gridgeo import GridSpec, divide
    >>> from gridgeo.demo import build_demo
    >>> demo = build_demo(n_communities=2, households=4_000)
    >>> base = divide(demo.communities, demo.buildings, demo.streets, GridSpec(effort="fast"))
    >>> health = group_grids(base, target=500)
    >>> bool(health.grids.households.sum() == base.grids.households.sum())
    True
    """
    check_size(division, (target, target_people), per_group, n)
    terrain = build_terrain(division, across=across)
    graph = build_grid_graph(terrain)
    home = np.zeros(len(graph), dtype=np.int64) if across else home_of_grids(division)
    if n is not None:
        spec = GridSpec(households=band(graph.households.sum() / n), seed=seed, effort="fast")
        size = Size(spec)
        plan = plan_of_number(terrain, link_communities(graph, home, spec), spec, n)
    elif per_group is not None:
        low, high = spec_of(division).households
        size = Size(GridSpec(households=(per_group[0] * low, per_group[1] * high), seed=seed, effort="fast"))
        counting = GridSpec(households=per_group, seed=seed, effort="fast")
        ones = replace(graph, households=np.ones(len(graph), dtype=np.int64))
        plan = plan_of_size(link_communities(ones, home, counting), counting)
    else:
        size = size_of(target, target_people, int(graph.households.sum()), seed)
        plan = plan_of_size(link_communities(size.counted(graph), home, size.counting), size.counting)
    return build_level(terrain, graph, plan, size, prefix, across=across)


def size_of(target: float | None, target_people: float | None, households: int, seed: int) -> Size:
    """Return the size that targets ask for; ``households`` are those of the whole place."""
    people = None if target_people is None else band(target_people)
    if target is not None:
        return Size(GridSpec(households=band(target), people=people, seed=seed, effort="fast"))
    anything = (1, max(households, 1))
    return Size(GridSpec(households=anything, people=people, seed=seed, effort="fast"), "people")


def plan_of_size(graph: AtomGraph, spec: GridSpec) -> Plan:
    """Return the plan of service grids of a size that the search for grids finds, base grids as its atoms."""
    return refine_plan(graph, split_graph(graph, spec), spec)


def home_of_grids(division: Division) -> Ints:
    """Return the position of the community of each grid."""
    known = pd.Index(division.communities["area_code"].astype(str))
    return np.asarray(known.get_indexer(division.grids["area_code"].astype(str)), dtype=np.int64)


def check_size(
    division: Division,
    targets: tuple[float | None, float | None],
    per_group: tuple[int, int] | None,
    n: int | None,
) -> None:
    """Raise unless exactly one size is given, and one that can be; targets are of households and people."""
    has_target = any(value is not None for value in targets)
    if sum([has_target, per_group is not None, n is not None]) != 1:
        raise SchemaError(
            "say how large a service grid is with one of target (target_people), per_group and n"
        )
    for name, unit, value in zip(("target", "target_people"), ("households", "people"), targets, strict=True):
        if value is not None and value <= 0:
            raise SchemaError(f"{name} must be a positive number of {unit}, got {value!r}")
    if targets[1] is not None and "people" not in division.buildings:
        raise SchemaError(
            "target_people: nobody counted the people of these buildings; ask for households, or divide anew "
            "with a column people"
        )
    if per_group is not None and not 1 <= per_group[0] <= per_group[1]:
        raise SchemaError(f"per_group must be two numbers of grids, the smaller first, got {per_group!r}")
    if n is not None and not 1 <= n <= len(division.grids):
        raise SchemaError(f"n must be from 1 to {len(division.grids)}, the number of grids, got {n!r}")


def band(target: float) -> tuple[float, float]:
    """Return the range around a target."""
    return (max(round(target * (1 - SLACK)), 1), max(round(target * (1 + SLACK)), 1))


def plan_of_number(terrain: Terrain, graph: AtomGraph, spec: GridSpec, n: int) -> Plan:
    """Return a plan of exactly n service grids, the number of each connected part by its households."""
    held = replace(terrain, graph=graph, spec=spec)
    free = graph.dedicated < 0
    part = parts_of(graph)
    names = np.unique(part[free])
    if len(names) > n:
        raise PlanError(
            f"{n} service grids are too few: {len(names)} parts of the place do not hang together"
        )
    weight = np.array([graph.households[part == name].sum() for name in names], dtype=float)
    most = np.array([int(((part == name) & free).sum()) for name in names])
    label = np.full(len(graph), -1, dtype=np.int64)
    count = 0
    for name, k in zip(names, shares_of(weight, most, n), strict=True):
        members = np.flatnonzero((part == name) & free)
        cut = cut_atoms(held, members, int(k), spec.seed)
        if cut is None:
            raise PlanError(f"no connected plan cuts {len(members)} grids into {k}; ask for another n")
        label[members] = count + cut
        count += int(k)
    carved = np.flatnonzero(~free)
    label[carved] = count + np.arange(len(carved))
    dedicated = np.arange(count + len(carved)) >= count
    return Plan(label, dedicated, np.where(dedicated, -1, 0).astype(np.int64))


def parts_of(graph: AtomGraph) -> Ints:
    """Return the connected part of each grid, dedicated ones apart."""
    free = graph.dedicated < 0
    link = graph.is_link & free[graph.a] & free[graph.b]
    return connected(len(graph), graph.a[link], graph.b[link])


def shares_of(weight: Floats, most: Ints, n: int) -> Ints:
    """Return n shared out by weight: at least one each, at most as many as there are grids."""
    given = np.ones(len(weight), dtype=np.int64)
    while given.sum() < n:
        room = given < most
        if not room.any():
            raise PlanError(
                f"{n} service grids are too many: there are only {int(most.sum())} grids to group"
            )
        need = np.where(room, weight / given, -1.0)
        given[int(np.argmax(need))] += 1
    return given
