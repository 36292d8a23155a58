"""Communities and street offices: blocks merged, the smallest first, over the weakest border."""

import heapq

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gridgeo.demo.frame import Frame
from gridgeo.demo.names import family_places, place_roots
from gridgeo.demo.network import Network

__all__ = ["build_communities", "merge_units"]

COUNTY = "420590"  # no such county
COMMUNITIES_PER_OFFICE = 11
# how readily two blocks on both sides of such a line become one community
TIE = {
    "lane": 2.0, "local": 1.4, "collector": 0.6, "ridge": 0.5, "strip": 6.0,
    "arterial": 0.22, "rail": 0.12, "river": 0.004,
}  # fmt: skip
Borders = dict[int, dict[int, float]]


def _shared_borders(blocks: pd.DataFrame, network: Network) -> Borders:
    """Return for each block its neighbours and the length of the border, weighted by what runs on it."""
    inner = network.faces.geometry.to_numpy()
    edges = network.all_edges
    geometries = edges.geometry.to_numpy()
    middles = shapely.line_interpolate_point(geometries, 0.5, normalized=True)
    tree = shapely.STRtree(inner)
    edge, face = tree.query(middles, predicate="dwithin", distance=0.02)
    order = np.argsort(edge, kind="stable")
    edge, face = edge[order], face[order]
    twice = np.flatnonzero((edge[:-1] == edge[1:]) & (face[:-1] != face[1:]))
    lengths = shapely.length(geometries)
    kinds = edges.kind.to_numpy()
    rural = (blocks.zone == "rural").to_numpy()
    borders: Borders = {k: {} for k in range(len(blocks))}
    for k in twice:
        a, b, e = int(face[k]), int(face[k + 1]), edge[k]
        weight = lengths[e] * TIE[kinds[e]] * (0.02 if rural[a] != rural[b] else 1)
        borders[a][b] = borders[a].get(b, 0.0) + weight
        borders[b][a] = borders[b].get(a, 0.0) + weight
    return borders


def merge_units(sizes: NDArray[np.float64], borders: Borders, n_groups: int) -> NDArray[np.int64]:
    """Return a group for every unit: the smallest group joins its best neighbour until enough are left.

    Ties go to the smaller number.
    """
    size = dict(enumerate(sizes.tolist()))
    around = {k: dict(v) for k, v in borders.items()}
    label = np.arange(len(sizes))
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
    for number, k in enumerate(sorted(members)):
        label[members[k]] = number
    return label


def _group_blocks(
    blocks: pd.DataFrame, households: NDArray[np.float64], borders: Borders, n_urban: int, n_rural: int
) -> NDArray[np.int64]:
    """Return the community number of every block: town and country apart, then put together."""
    area = shapely.area(blocks.geometry.to_numpy())
    rural = _rural(blocks, borders)
    label = np.zeros(len(blocks), dtype=np.int64)
    start = 0
    for chosen, n_groups in ((~rural, n_urban), (rural, n_rural)):
        units = np.flatnonzero(chosen)
        if not len(units) or not n_groups:
            continue
        place = {int(k): i for i, k in enumerate(units)}
        inner = {i: {place[j]: w for j, w in borders[k].items() if j in place} for k, i in place.items()}
        weight = households[units] + area[units] * (0.0006 if chosen is not rural else 0.00012)
        label[units] = merge_units(weight, inner, n_groups) + start
        start = int(label[units].max()) + 1
    return label


def _rural(blocks: pd.DataFrame, borders: Borders) -> NDArray[np.bool_]:
    """Return which blocks go with the country; water goes where its longest border is."""
    zone = blocks.zone.to_numpy()
    rural = zone == "rural"
    urban = ~np.isin(zone, ("rural", "river", "lake"))
    for _ in range(3):
        for k in np.flatnonzero(~rural & ~urban):
            pull = sum(w if rural[j] else -w if urban[j] else 0.0 for j, w in sorted(borders[int(k)].items()))
            rural[k], urban[k] = pull > 0, pull < 0
    return np.asarray(rural)


def build_communities(
    blocks: pd.DataFrame,
    households: NDArray[np.float64],
    network: Network,
    frame: Frame,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Return the communities with code, name, street office and kind, west to east inside each office."""
    borders = _shared_borders(blocks, network)
    label = _group_blocks(blocks, households, borders, frame.n_urban, frame.n_rural)
    n_communities = int(label.max()) + 1
    shapes = np.array(
        [shapely.coverage_union_all(blocks.geometry.to_numpy()[label == k]) for k in range(n_communities)]
    )
    rural = np.array([(blocks.zone.to_numpy()[label == k] == "rural").any() for k in range(n_communities)])
    office = _offices(label, borders, rural)
    table = pd.DataFrame({"geometry": shapes, "rural": rural, "office": office})
    return _coded(table, rng)


def _offices(label: NDArray[np.int64], borders: Borders, rural: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return the street office of each community: towns for the country, street offices for the town."""
    between: Borders = {k: {} for k in range(len(rural))}
    for a, around in borders.items():
        for b, weight in around.items():
            first, second = int(label[a]), int(label[b])
            if first != second and rural[first] == rural[second]:
                between[first][second] = between[first].get(second, 0.0) + weight + 1e-6
    office = np.zeros(len(rural), dtype=np.int64)
    for chosen in (~rural, rural):
        units = np.flatnonzero(chosen)
        if not len(units):
            continue
        place = {int(k): i for i, k in enumerate(units)}
        inner = {i: {place[j]: w for j, w in between[k].items()} for k, i in place.items()}
        n_offices = max(round(len(units) / COMMUNITIES_PER_OFFICE), 2 if len(units) > 5 else 1)
        office[units] = merge_units(np.ones(len(units)), inner, n_offices) + (1000 if chosen is rural else 0)
    return office


def _coded(table: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Return the communities in the order of their codes."""
    middles = shapely.centroid(table.geometry.to_numpy())
    table = table.assign(x=shapely.get_x(middles), y=-shapely.get_y(middles))
    table["office_x"] = table.groupby("office").x.transform("mean")
    table = table.sort_values(["rural", "office_x", "office", "x", "y"]).reset_index(drop=True)
    town = table.groupby("rural").office.transform(lambda office: pd.factorize(office)[0])
    number = table.groupby("office", sort=False).cumcount() + 1
    part = town + np.where(table.rural, 100, 1)
    codes = [f"{COUNTY}{int(p):03d}{int(n):03d}" for p, n in zip(part, number, strict=True)]
    roots, places = place_roots(len(table) + 60, rng), family_places(len(table), rng)
    names = [p + "村" if r else t + "社区" for r, t, p in zip(table.rural, roots[60:], places, strict=True)]
    offices = table.office.unique()
    called = dict(zip(offices, roots[:60] * (len(offices) // 60 + 1), strict=False))
    tails = np.where(table.rural, "镇", "街道")
    return pd.DataFrame(
        {
            "area_code": pd.array(codes, dtype="string"),
            "name": pd.array(names, dtype="string"),
            "street_office": pd.array(
                [called[o] + t for o, t in zip(table.office, tails, strict=True)], dtype="string"
            ),
            "kind": pd.array(np.where(table.rural, "rural", "urban"), dtype="string"),
            "geometry": table.geometry,
        }
    )
