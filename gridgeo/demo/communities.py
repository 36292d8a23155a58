"""Communities and street offices: plots merged, the smallest first, over the weakest border."""

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from gridgeo.demo.frame import Frame
from gridgeo.demo.merging import Borders, merge_units, shared_borders
from gridgeo.demo.names import family_places, place_roots

__all__ = ["build_communities"]

COUNTY = "420590"  # no such county
COMMUNITIES_PER_OFFICE = 11
EXCLAVE_FROM = 40  # communities; a small district has none
HOUSEHOLDS_PER_M2 = {False: 0.0006, True: 0.00008}  # weight of empty land in town and country
POCKET_SHARE = 0.33  # of the mean village: country smaller than this belongs to the town beside it
WATER = ("river", "lake")


def build_communities(
    plots: pd.DataFrame,
    households: NDArray[np.float64],
    edges: pd.DataFrame,
    frame: Frame,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Return the communities with code, name, street office and kind, west to east inside each office."""
    shapes = plots.geometry.to_numpy()
    borders = shared_borders(shapes, (plots.zone == "rural").to_numpy(), edges)
    label = _group_plots(plots, households, borders, frame)
    if frame.n_urban + frame.n_rural >= EXCLAVE_FROM:
        label = _with_exclaves(label, plots, households, borders)
    merged = [shapely.coverage_union_all(shapes[label == k]) for k in range(int(label.max()) + 1)]
    rural = _is_rural(label, plots)
    table = pd.DataFrame({"geometry": merged, "rural": rural, "office": _offices(label, borders, rural)})
    return _coded(table, rng)


def _group_plots(
    plots: pd.DataFrame, households: NDArray[np.float64], borders: Borders, frame: Frame
) -> NDArray[np.int64]:
    """Return the community number of every plot: town and country apart, then put together."""
    area = shapely.area(plots.geometry.to_numpy())
    rural = _goes_with_country(plots, borders, POCKET_SHARE * frame.rural_area_m2 / max(frame.n_rural, 1))
    n_communities = frame.n_urban + frame.n_rural
    label = np.zeros(len(plots), dtype=np.int64)
    weight = np.zeros(len(plots))
    start = 0
    # the country first: what it has no room for goes to the town
    for country, n_groups in ((True, frame.n_rural), (False, n_communities)):
        units = np.flatnonzero(rural == country)
        weight[units] = households[units] + area[units] * HOUSEHOLDS_PER_M2[country]
        if len(units):
            wanted = max(n_groups - (0 if country else start), 1)
            label[units] = merge_units(weight[units], _within(borders, units), wanted) + start
            start = int(label[units].max()) + 1
    # country cut off by the town has no neighbours of its own kind
    sizes = np.bincount(label, weights=weight).astype(float)
    joined = merge_units(sizes, _between(borders, label), n_communities)
    return np.asarray(joined[label])


def _within(borders: Borders, units: NDArray[np.int64]) -> Borders:
    """Return the borders among some units, renumbered in their order."""
    place = {int(k): i for i, k in enumerate(units)}
    return {i: {place[j]: w for j, w in borders[k].items() if j in place} for k, i in place.items()}


def _between(borders: Borders, label: NDArray[np.int64]) -> Borders:
    """Return the borders between groups."""
    between: Borders = {k: {} for k in range(int(label.max()) + 1)}
    for a, around in borders.items():
        for b, weight in around.items():
            first, second = int(label[a]), int(label[b])
            if first != second:
                between[first][second] = between[first].get(second, 0.0) + weight + 1e-6
    return between


def _goes_with_country(plots: pd.DataFrame, borders: Borders, pocket_m2: float) -> NDArray[np.bool_]:
    """Return which plots go with the country; water goes where its longest border is."""
    zone = plots.zone.to_numpy()
    rural = zone == "rural"
    urban = ~np.isin(zone, ("rural", *WATER))
    for _ in range(3):
        for k in np.flatnonzero(~rural & ~urban):
            pull = sum(w if rural[j] else -w if urban[j] else 0.0 for j, w in sorted(borders[int(k)].items()))
            rural[k], urban[k] = pull > 0, pull < 0
    return np.asarray(rural & ~_is_pocket(rural, plots, borders, pocket_m2))


def _is_pocket(
    rural: NDArray[np.bool_], plots: pd.DataFrame, borders: Borders, pocket_m2: float
) -> NDArray[np.bool_]:
    """Return which country plots lie in a pocket between town and outline, too small for a village."""
    pairs = np.array([(a, b) for a in borders for b in borders[a] if rural[a] and rural[b]], dtype=np.int64)
    pairs = pairs.reshape(-1, 2)
    graph = coo_array((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(len(plots),) * 2)
    part = connected_components(graph, directed=False)[1]
    size = np.bincount(part, weights=shapely.area(plots.geometry.to_numpy()))
    return np.asarray(rural & (size[part] < pocket_m2))


def _is_rural(label: NDArray[np.int64], plots: pd.DataFrame) -> NDArray[np.bool_]:
    """Return which communities are villages: most of their dry land is country."""
    area = shapely.area(plots.geometry.to_numpy())
    zone = plots.zone.to_numpy()
    country = np.bincount(label, weights=area * (zone == "rural"))
    dry = np.bincount(label, weights=area * ~np.isin(zone, WATER))
    return np.asarray(country > 0.5 * dry)


def _with_exclaves(
    label: NDArray[np.int64], plots: pd.DataFrame, households: NDArray[np.float64], borders: Borders
) -> NDArray[np.int64]:
    """Return the labels with one inner plot of a community given to another nearby, as history leaves them.

    The giver gets a hole, the taker a second part; the first plot by size of its households is taken.
    """
    shapes = plots.geometry.to_numpy()
    urban = ~plots.zone.isin(("rural", *WATER)).to_numpy()
    for k in np.argsort(-np.where(urban & (households < 900), households, 0), kind="stable"):
        own = label[k]
        touching = shapely.STRtree(shapes).query(shapes[k], predicate="intersects")
        if (label[touching] != own).any():
            continue
        others = np.flatnonzero((label != own) & urban)
        taker = label[others[np.argmin(shapely.distance(shapes[others], shapes[k]))]]
        result = label.copy()
        result[k] = taker
        rest = shapely.coverage_union_all(shapes[result == own])
        if isinstance(rest, shapely.Polygon) and len(rest.interiors):
            return result
    return label


def _offices(label: NDArray[np.int64], borders: Borders, rural: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return the street office or town of each community: neighbours of one kind, strays with the nearest."""
    between = _between(borders, label)
    office = np.zeros(len(rural), dtype=np.int64)
    start = n_asked = 0
    for country in (False, True):
        units = np.flatnonzero(rural == country)
        if not len(units):
            continue
        n_offices = max(round(len(units) / COMMUNITIES_PER_OFFICE), 2 if len(units) > 5 else 1)
        office[units] = merge_units(np.ones(len(units)), _within(between, units), n_offices) + start
        start = int(office[units].max()) + 1
        n_asked += n_offices
    sizes = np.bincount(office).astype(float)
    joined = merge_units(sizes, _between(between, office), n_asked)
    return np.asarray(joined[office])


def _coded(table: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Return the communities in the order of their codes."""
    middles = shapely.centroid(table.geometry.to_numpy())
    table = table.assign(x=shapely.get_x(middles), y=-shapely.get_y(middles))
    table["office_x"] = table.groupby("office").x.transform("mean")
    table["town"] = table.groupby("office").rural.transform("mean") > 0.5
    table = table.sort_values(["town", "office_x", "office", "x", "y"]).reset_index(drop=True)
    town = table.groupby("town").office.transform(lambda office: pd.factorize(office)[0])
    number = table.groupby("office", sort=False).cumcount() + 1
    part = town + np.where(table.town, 100, 1)
    codes = [f"{COUNTY}{int(p):03d}{int(n):03d}" for p, n in zip(part, number, strict=True)]
    roots, places = place_roots(len(table) + 60, rng), family_places(len(table), rng)
    names = [p + "村" if r else t + "社区" for r, t, p in zip(table.rural, roots[60:], places, strict=True)]
    offices = table.office.unique()
    called = dict(zip(offices, roots[:60] * (len(offices) // 60 + 1), strict=False))
    tails = np.where(table.town, "镇", "街道")
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
