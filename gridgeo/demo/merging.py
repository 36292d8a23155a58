"""Which pieces of land touch, over what, and how they merge into larger ones."""

import heapq

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

__all__ = ["Borders", "merge_units", "shared_borders"]

# for each piece its neighbours and how strongly the two hang together
Borders = dict[int, dict[int, float]]

# per metre of border, by what runs on it: people on both sides of a lane are one community, of a river two
TIE = {
    "plot": 0.5, "lane": 2.0, "service": 2.0, "local": 1.4, "collector": 0.6, "ridge": 0.5, "strip": 0.02,
    "arterial": 0.22, "rail": 0.12, "river": 0.004,
}  # fmt: skip
ACROSS_TOWN_EDGE = 0.02  # town and country seldom share a community


def _segments(lines: NDArray[np.object_]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the segments of lines as millimetres, the smaller end first, and the line of each."""
    coordinates, line = shapely.get_coordinates(lines, return_index=True)
    points = np.round(coordinates * 1000).astype(np.int64)
    inner = line[1:] == line[:-1]
    first, second = points[:-1][inner], points[1:][inner]
    swap = (first[:, 0] > second[:, 0]) | ((first[:, 0] == second[:, 0]) & (first[:, 1] > second[:, 1]))
    first, second = np.where(swap[:, None], second, first), np.where(swap[:, None], first, second)
    return np.hstack([first, second]), line[1:][inner]


def shared_borders(polygons: NDArray[np.object_], rural: NDArray[np.bool_], edges: pd.DataFrame) -> Borders:
    """Return the borders between the polygons of a coverage, weighted by the edge that runs on each."""
    rings, ring_of = shapely.get_rings(polygons, return_index=True)
    ring_segments, ring = _segments(rings)
    edge_segments, edge = _segments(edges.geometry.to_numpy())
    together = np.vstack([ring_segments, edge_segments])
    _, key = np.unique(together, axis=0, return_inverse=True)
    ring_key, edge_key = key[: len(ring_segments)], key[len(ring_segments) :]
    tie = np.full(key.max() + 1, TIE["plot"])
    tie[edge_key] = edges.kind.map(TIE).fillna(0.0).to_numpy()[edge]
    order = np.argsort(ring_key, kind="stable")
    owner, sorted_key = ring_of[ring[order]], ring_key[order]
    pairs = np.flatnonzero(sorted_key[1:] == sorted_key[:-1])
    ends = ring_segments[order][pairs]
    lengths = np.hypot(ends[:, 2] - ends[:, 0], ends[:, 3] - ends[:, 1]) / 1000
    borders: Borders = {k: {} for k in range(len(polygons))}
    for a, b, length, weight in zip(
        owner[pairs].tolist(), owner[pairs + 1].tolist(), lengths, tie[sorted_key[pairs]], strict=True
    ):
        if a != b:
            strength = float(length * weight * (ACROSS_TOWN_EDGE if rural[a] != rural[b] else 1.0))
            borders[a][b] = borders[a].get(b, 0.0) + strength
            borders[b][a] = borders[b].get(a, 0.0) + strength
    return borders


def merge_units(sizes: NDArray[np.float64], borders: Borders, n_groups: int) -> NDArray[np.int64]:
    """Return a group for every unit: the smallest group joins its best neighbour until enough are left.

    Ties go to the smaller number. A group without neighbours stays, so there may be more groups than asked.
    """
    size = dict(enumerate(sizes.tolist()))
    around = {k: dict(v) for k, v in borders.items()}
    members = {k: [k] for k in size}
    heap = [(s, k) for k, s in size.items()]
    heapq.heapify(heap)
    mean = sizes.sum() / n_groups
    while len(size) > n_groups and heap:
        s, k = heapq.heappop(heap)
        if size.get(k) != s or not around[k]:
            continue
        other = max(around[k], key=lambda j: (around[k][j] / (size[j] + s + 0.15 * mean), -j))
        for j, weight in around.pop(k).items():
            del around[j][k]
            if j != other:
                around[other][j] = around[other].get(j, 0.0) + weight
                around[j][other] = around[other][j]
        size[other] += size.pop(k)
        members[other] += members.pop(k)
        heapq.heappush(heap, (size[other], other))
    label = np.zeros(len(sizes), dtype=np.int64)
    for number, k in enumerate(sorted(members)):
        label[members[k]] = number
    return label
