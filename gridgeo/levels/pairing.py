"""Pairs of neighbouring grids whose workers stand in for one another (AB岗)."""

import networkx as nx  # type: ignore[import-untyped]
import numpy as np
import pandas as pd

from gridgeo.division import Division
from gridgeo.errors import SchemaError
from gridgeo.levels.grid_graph import build_grid_graph
from gridgeo.partition.coverage import Floats, Ints
from gridgeo.planning.terrain import build_terrain

__all__ = ["pair_grids"]

STEPS = 1_000_000  # weights are whole numbers, so that the matching is the same on every machine
BORDER_SHARE = 0.01  # of two pairings equally balanced, the one with the longer borders


def pair_grids(division: Division, *, workload: str = "households", across: bool = False) -> pd.DataFrame:
    """Return who stands in for whom: as many pairs of neighbouring grids as there can be, evenly loaded.

    Among all pairings with the most pairs it is the one whose pairs carry as even a workload as possible. A
    grid left over gets the neighbour whose pair has least to do as its stand-in, though that one already
    has another partner; a grid without a neighbour gets ``<NA>``.

    Parameters
    ----------
    division
        The grids.
    workload
        The column of the grids that says how much there is to do: ``households``, ``people``, ``area_m2`` …
    across
        Whether two grids of different communities can be a pair.

    Returns
    -------
    DataFrame
        ``grid_code``, ``partner_code``, ``is_mutual``, ``workload`` and ``pair_workload`` (of both together),
        ``border_m`` between the two; one row for each grid, sorted by code.

    Raises
    ------
    SchemaError
        When the column of the workload is missing or has no number.

    Examples
    --------
    >>> from gridgeo import GridSpec, divide
    >>> from gridgeo.demo import build_demo
    >>> demo = build_demo(n_communities=2, households=4_000)
    >>> pairs = pair_grids(divide(demo.communities, demo.buildings, demo.streets, GridSpec(effort="fast")))
    >>> bool((pairs[pairs.is_mutual].partner_code != pairs[pairs.is_mutual].grid_code).all())
    True
    """
    codes = division.grids["grid_code"].astype(str).to_numpy()
    load = read_workload(division, workload)
    graph = build_grid_graph(build_terrain(division, across=across))
    link = graph.is_link
    a, b, border = graph.a[link], graph.b[link], graph.length_m[link]
    partner = match_grids(a, b, border, load)
    mutual = partner >= 0
    length = {(int(i), int(j)): float(m) for i, j, m in zip(a, b, border, strict=True)}
    beside: dict[int, list[int]] = {g: [] for g in range(len(codes))}
    for i, j in zip(a.tolist(), b.tolist(), strict=True):
        beside[i].append(j)
        beside[j].append(i)
    together = load + np.where(mutual, load[partner], 0.0)
    for g in np.flatnonzero(~mutual):
        if beside[int(g)]:
            partner[g] = min(beside[int(g)], key=lambda other: (together[other], codes[other]))
    known = partner >= 0
    pairs = [tuple(sorted((g, int(p)))) for g, p in enumerate(partner)]
    table = pd.DataFrame(
        {
            "grid_code": pd.array(codes, dtype="string"),
            "partner_code": pd.array(codes, dtype="string").take(partner, allow_fill=True),
            "is_mutual": mutual,
            "workload": load,
            "pair_workload": np.where(known, load + load[partner], load),
            "border_m": [round(length.get((i, j), 0.0), 2) for i, j in pairs],
        }
    )
    return table.sort_values("grid_code", ignore_index=True)


def read_workload(division: Division, workload: str) -> Floats:
    """Return the workload of each grid."""
    if workload not in division.grids:
        present = ", ".join(str(name) for name in division.grids.columns if name != "geometry")
        raise SchemaError(f"grids: no column {workload} to take the workload from; there are {present}")
    load: Floats = pd.to_numeric(division.grids[workload], errors="coerce").to_numpy(float, na_value=np.nan)
    if not np.isfinite(load).all():
        raise SchemaError(
            f"grids: column {workload} is not a number in {int((~np.isfinite(load)).sum())} rows"
        )
    return load


def match_grids(a: Ints, b: Ints, border: Floats, load: Floats) -> Ints:
    """Return the partner of each grid in a maximum matching of even workload, -1 for those left over."""
    partner = np.full(len(load), -1, dtype=np.int64)
    if len(a) == 0:
        return partner
    usual = 2.0 * load.mean()
    uneven = ((load[a] + load[b] - usual) / max(usual, 1e-9)) ** 2
    worth = -uneven + BORDER_SHARE * border / border.max()
    weight = np.rint(STEPS * (worth - worth.min())).astype(np.int64) + 1
    net = nx.Graph()
    net.add_nodes_from(range(len(load)))
    net.add_weighted_edges_from(zip(a.tolist(), b.tolist(), weight.tolist(), strict=True))
    for one, other in sorted(
        tuple(sorted(pair)) for pair in nx.max_weight_matching(net, maxcardinality=True)
    ):
        partner[one], partner[other] = other, one
    return partner
