"""Points of interest in the ground floors of the city, and bus stops along its main streets."""

import numpy as np
import pandas as pd
import shapely

from gridgeo.demo.names import CHAINS, SINGLES, draw_distinct, place_roots

__all__ = ["build_pois"]

HOUSEHOLDS_PER_POI = 46
BUS_STOP_SPACING_M = 420.0
CHAIN_SHARES = {
    "convenience": 0.26, "restaurant": 0.30, "pharmacy": 0.12, "bank": 0.06,
    "barber": 0.10, "hotel": 0.04, "repair": 0.06, "parcel": 0.06,
}  # fmt: skip
PUBLIC = {"kindergarten": 0.30, "toilet": 0.28, "police": 0.06, "market": 0.12, "park": 0.24}


def build_pois(
    buildings: pd.DataFrame, edges: pd.DataFrame, places: dict[str, pd.Series], rng: np.random.Generator
) -> pd.DataFrame:
    """Return shops, schools, services and bus stops with names that repeat as branches of chains do."""
    parts = [
        _shops(buildings, rng),
        _public(buildings, places, rng),
        _houses(buildings, places, rng),
        _bus_stops(edges, rng),
    ]
    pois = pd.concat(parts, ignore_index=True)
    pois.insert(0, "poi_id", pd.array([f"P{k:06d}" for k in range(1, len(pois) + 1)], dtype="string"))
    for column in ("name", "category", "address"):
        pois[column] = pois[column].astype("string")
    return pois


def _shops(buildings: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Return branches of chains in houses on a street."""
    fronts = np.flatnonzero(buildings.use.isin(["commercial", "mixed"]) & buildings.address.notna())
    n_shops = min(int(0.74 * buildings.households.sum() / HOUSEHOLDS_PER_POI), 2 * len(fronts))
    chosen = np.sort(rng.choice(fronts, n_shops, replace=n_shops > len(fronts))) if len(fronts) else fronts
    rows = []
    kinds = rng.choice(list(CHAIN_SHARES), len(chosen), p=list(CHAIN_SHARES.values()))
    streets = buildings.street.to_numpy(dtype=object)
    for k, kind in zip(chosen, kinds, strict=True):
        brand = CHAINS[kind][rng.integers(len(CHAINS[kind]))]
        tail = "支行" if kind == "bank" else "店"
        rows.append((f"{brand}({streets[k]}{tail})" if rng.random() < 0.72 else brand, kind))
    points = _inside(buildings, chosen, rng)
    return _frame(rows, buildings.address.to_numpy(dtype=object)[chosen], points)


def _public(buildings: pd.DataFrame, places: dict[str, pd.Series], rng: np.random.Generator) -> pd.DataFrame:
    """Return kindergartens, police posts and the like, named after the community they stand in."""
    homes = np.flatnonzero(buildings.use.isin(["residential", "commercial"]) & buildings.address.notna())
    n_public = min(int(0.12 * buildings.households.sum() / HOUSEHOLDS_PER_POI), len(homes))
    chosen = np.sort(rng.choice(homes, n_public, replace=False))
    kinds = rng.choice(list(PUBLIC), n_public, p=list(PUBLIC.values()))
    roots = places["community"].to_numpy(dtype=object)[chosen]
    rows = [(SINGLES[kind].format(root=root), kind) for kind, root in zip(kinds, roots, strict=True)]
    return _frame(rows, buildings.address.to_numpy(dtype=object)[chosen], _inside(buildings, chosen, rng))


def _houses(buildings: pd.DataFrame, places: dict[str, pd.Series], rng: np.random.Generator) -> pd.DataFrame:
    """Return one entry for every school and clinic, and the service centre of every community."""
    rows, chosen = [], []
    public = buildings[buildings.use.isin(["school", "clinic"])].groupby("block", sort=True)
    roots = place_roots(max(public.ngroups, 1) + 40, rng)[40:]
    for root, (_, group) in zip(roots, public, strict=False):
        use = group.use.iloc[0]
        level = ["小学", "中学", "实验小学", "外国语学校"][rng.integers(4)]
        name = f"{root}{level}" if use == "school" else SINGLES["clinic"].format(root=root)
        rows.append((name, use))
        chosen.append(group.index[0])
    addressed = buildings[buildings.address.notna()]
    for root, group in addressed.groupby(places["community"].loc[addressed.index], sort=True):
        rows.append((SINGLES["community"].format(root=root), "community"))
        chosen.append(group.index[rng.integers(len(group))])
    kept = np.array(chosen, dtype=np.int64)
    return _frame(rows, buildings.address.to_numpy(dtype=object)[kept], _inside(buildings, kept, rng))


def _bus_stops(edges: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Return bus stops beside arterials and collectors, two poles of one name across the road."""
    roads = edges[edges.kind.isin(["arterial", "collector"]) & edges.name.notna() & edges.town]
    lengths = shapely.length(roads.geometry.to_numpy())
    stops = roads[rng.random(len(roads)) < np.minimum(lengths / BUS_STOP_SPACING_M, 0.8)]
    around = draw_distinct(["路口站", "站", "北站", "南站", "小区站", "医院站", "市场站"], len(stops), rng)
    rows, points = [], []
    for line, name, tail in zip(stops.geometry, stops.name, around, strict=True):
        middle = rng.uniform(0.25, 0.75)
        for side in (9.0, -9.0):
            spot = shapely.get_coordinates(line.interpolate(middle, normalized=True))[0]
            ahead = shapely.get_coordinates(line.interpolate(min(middle + 0.02, 1), normalized=True))[0]
            along = (ahead - spot) / max(np.hypot(*(ahead - spot)), 0.01)
            points.append(np.round(spot + side * np.array([-along[1], along[0]]), 3))
            rows.append((name + tail, "bus stop"))
    return _frame(rows, np.full(len(rows), None, dtype=object), shapely.points(points) if points else [])


def _inside(buildings: pd.DataFrame, chosen: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return a point in each chosen building, not two on one spot."""
    middles = shapely.get_coordinates(shapely.centroid(buildings.geometry.to_numpy()[chosen]))
    return np.asarray(shapely.points(np.round(middles + rng.uniform(-2.5, 2.5, middles.shape), 3)))


def _frame(rows: list[tuple[str, str]], address: object, points: object) -> pd.DataFrame:
    """Return rows of name and category with address and point."""
    frame = pd.DataFrame(rows, columns=["name", "category"])
    return frame.assign(address=address, geometry=points)
