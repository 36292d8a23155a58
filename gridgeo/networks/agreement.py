"""How far networks agree: common borders, equal grids, and the grids that no other network holds together."""

from itertools import combinations, permutations
from typing import Any

import numpy as np
import pandas as pd

from gridgeo.networks.overlay import Overlay
from gridgeo.partition.coverage import Ints

__all__ = ["measure_agreement", "measure_kept"]

WHOLE = 0.9  # a grid with nine tenths of its households in one grid of the other network is no conflict


def measure_agreement(overlay: Overlay) -> dict[str, Any]:
    """Return the report on networks that lie over one another, as plain values.

    ``borders`` are kilometres by the number of networks that draw them; ``pairs`` compare each two networks:
    common border as a share of all border of both, grids that are the same, households that the grids of
    the second leave together with most of their grid in the first; ``conflicts`` list each grid whose
    households lie scattered over several grids of another network, the largest first.
    """
    names = list(overlay.labels)
    kilometres = np.zeros(len(names) + 1)
    for site, graph in enumerate(overlay.graphs):
        count = overlay.n_agreeing(site)
        kilometres += np.bincount(count, graph.length_m, len(names) + 1) / 1000
    conflicts = [row for one, other in permutations(names, 2) for row in find_conflicts(overlay, one, other)]
    return {
        "networks": {name: sum(len(codes) for codes in overlay.codes[name]) for name in names},
        "borders": [
            {"n_networks": n, "km": round(float(kilometres[n]), 3)} for n in range(1, len(names) + 1)
        ],
        "pairs": [compare_pair(overlay, one, other) for one, other in combinations(names, 2)],
        "conflicts": sorted(
            conflicts,
            key=lambda row: (-row["households_apart"], row["network"], row["grid_code"], row["against"]),
        ),
    }


def compare_pair(overlay: Overlay, one: str, other: str) -> dict[str, Any]:
    """Return the figures of two networks."""
    common, either, n_same, held, total = 0.0, 0.0, 0, 0, 0
    for site, graph in enumerate(overlay.graphs):
        here, there = overlay.is_border(one, site), overlay.is_border(other, site)
        common += float(graph.length_m[here & there].sum())
        either += float(graph.length_m[here | there].sum())
        table = cross_table(overlay, one, other, site)
        whole = table.groupby("a")["n_atoms"].transform("size").eq(1)
        whole &= table.groupby("b")["n_atoms"].transform("size").eq(1)
        n_same += int(whole.sum())
        held += int(table.groupby("a")["households"].max().sum())
        total += int(table["households"].sum())
    return {
        "networks": [one, other],
        "common_border_km": round(common / 1000, 3),
        "border_agreement": round(common / either, 4) if either else 1.0,
        "n_same_grids": n_same,
        "households_together_share": round(held / total, 4) if total else None,
    }


def cross_table(overlay: Overlay, one: str, other: str, site: int) -> pd.DataFrame:
    """Return atoms and households of each pair of grids of two networks in one community."""
    graph = overlay.graphs[site]
    table = pd.DataFrame(
        {
            "a": overlay.labels[one][site],
            "b": overlay.labels[other][site],
            "households": graph.households,
            "n_atoms": 1,
        }
    )
    return table.groupby(["a", "b"], sort=True).sum().reset_index()


def find_conflicts(overlay: Overlay, one: str, other: str) -> list[dict[str, Any]]:
    """Return the grids of one network whose households lie in several grids of another."""
    rows = []
    for site in range(len(overlay.graphs)):
        table = cross_table(overlay, one, other, site)
        mine, theirs = overlay.codes[one][site], overlay.codes[other][site]
        for grid, part in table.groupby("a", sort=True):
            held = part[part["households"] > 0].sort_values(["households", "b"], ascending=[False, True])
            total = int(held["households"].sum())
            if total == 0 or held["households"].iloc[0] >= WHOLE * total:
                continue
            rows.append(
                {
                    "network": one,
                    "grid_code": text(mine.iloc[int(grid)]),
                    "against": other,
                    "households": total,
                    "households_apart": total - int(held["households"].iloc[0]),
                    "parts": {
                        text(theirs.iloc[int(b)]): int(h)
                        for b, h in zip(held["b"], held["households"], strict=True)
                    },
                }
            )
    return rows


def text(code: Any) -> str:
    """Return a code as text; a grid that no network drew has none."""
    return "" if pd.isna(code) else str(code)


def measure_kept(overlay: Overlay, merged: list[Ints]) -> dict[str, float | None]:
    """Return how far merged grids keep to the borders of the networks.

    ``on_any_share`` and ``on_all_share`` are shares of the merged border; ``common_kept_share`` tells how
    much of the border that all networks have in common is a border still.
    """
    total, on_any, on_all, common = 0.0, 0.0, 0.0, 0.0
    for site, graph in enumerate(overlay.graphs):
        border = merged[site][graph.a] != merged[site][graph.b]
        count, length = overlay.n_agreeing(site), graph.length_m
        total += float(length[border].sum())
        on_any += float(length[border & (count > 0)].sum())
        on_all += float(length[border & (count == len(overlay.labels))].sum())
        common += float(length[count == len(overlay.labels)].sum())
    return {
        "on_any_share": round(on_any / total, 4) if total else None,
        "on_all_share": round(on_all / total, 4) if total else None,
        "common_kept_share": round(on_all / common, 4) if common else None,
    }
