"""What the benchmark of redividing works on: a divided city, and its counts of another year."""

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
import shapely.affinity

import gridgeo
from gridgeo import Division, GridSpec
from gridgeo.demo import build_demo
from gridgeo.demo.layers import Demo
from tests.benchmarks.report import OUT

NOISE = 0.12  # every count times N(1, 12 %)
COMPOUND = (0.5, 1.6)  # and one compound of each community times a factor between these


def build_city(n_communities: int, households: int, seed: int) -> Demo:
    """Return the generated city."""
    return build_demo(n_communities, households, seed)


def divide_city(demo: Demo, buildings: gpd.GeoDataFrame) -> Division:
    """Return the city divided with all its layers, default effort."""
    return gridgeo.divide(
        demo.communities,
        buildings,
        demo.streets,
        GridSpec(),
        barriers=[demo.railway, demo.water],
        compounds=demo.compounds,
        dedicated=demo.dedicated,
    )


def old_division(demo: Demo, name: str, fresh: bool) -> tuple[Division, Path]:
    """Return the city as it was divided, from a file of an earlier run unless a fresh one is asked for."""
    file = OUT / f"{name}.gpkg"
    if fresh or not file.exists():
        OUT.mkdir(parents=True, exist_ok=True)
        divide_city(demo, demo.buildings).write(file)
    return gridgeo.read_division(file), file


def shake_counts(division: Division, seed: int) -> gpd.GeoDataFrame:
    """Return the buildings with the counts of another year."""
    rng = np.random.default_rng(seed)
    buildings = division.buildings.sort_values("building_id", ignore_index=True)
    counts = buildings["households"].to_numpy() * rng.normal(1.0, NOISE, len(buildings))
    area = division.grids.set_index("grid_code")["area_code"].reindex(buildings["grid_code"])
    places = pd.DataFrame({"area": area.to_numpy(), "compound": buildings["compound"]}).dropna()
    for _, rows in places.groupby("area", sort=True):
        names = np.sort(rows["compound"].unique())
        chosen, factor = names[rng.integers(len(names))], rng.uniform(*COMPOUND)
        counts[rows.index[rows["compound"] == chosen]] *= factor
    whole = np.maximum(np.rint(counts), 0).astype(np.int64)
    return buildings.drop(columns="grid_code").assign(households=whole)


def change_buildings(division: Division, seed: int) -> gpd.GeoDataFrame:
    """Return the buildings with one gone and one new in each community, the counts as they were."""
    rng = np.random.default_rng(seed)
    buildings = division.buildings.sort_values("building_id", ignore_index=True).drop(columns="grid_code")
    shapes = buildings.geometry.to_numpy()
    tree = shapely.STRtree(shapes)
    gone, fresh = [], []
    for home in division.communities.sort_values("area_code").geometry:
        own = np.sort(tree.query(home, predicate="contains_properly"))
        gone.append(rng.choice(own))
        for row in rng.permutation(own):
            model = shapely.affinity.scale(shapes[row], 0.5, 0.5)
            away, turn = rng.uniform(15, 40), rng.uniform(0, 2 * np.pi)
            moved = shapely.affinity.translate(model, away * np.cos(turn), away * np.sin(turn))
            if home.contains(moved) and len(tree.query(moved, predicate="dwithin", distance=2.0)) == 0:
                fresh.append((row, moved))
                break
    new = buildings.iloc[[row for row, _ in fresh]].set_geometry(
        gpd.GeoSeries(
            [shape for _, shape in fresh], crs=buildings.crs, index=buildings.index[[r for r, _ in fresh]]
        )
    )
    new = new.assign(building_id=[f"new-{i}" for i in range(len(new))], compound=pd.NA)
    return pd.concat([buildings.drop(index=gone), new], ignore_index=True)


def change_streets(division: Division, seed: int, every: int = 10) -> gpd.GeoDataFrame:
    """Return the streets with one lane moved sideways by 4 m in each tenth community."""
    rng = np.random.default_rng(seed)
    streets = division.streets.reset_index(drop=True)
    shapes = streets.geometry.to_numpy().copy()
    tree = shapely.STRtree(shapes)
    for home in division.communities.sort_values("area_code").geometry.iloc[::every]:
        own = np.sort(tree.query(home, predicate="contains_properly"))
        if len(own):
            row = rng.choice(own)
            shapes[row] = shapely.affinity.translate(shapes[row], 3.0, 3.0)
    return streets.set_geometry(gpd.GeoSeries(shapes, crs=streets.crs))
