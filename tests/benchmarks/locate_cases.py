"""A coverage of grids as a division makes it: bent borders of about sixty vertices, shared exactly."""

from dataclasses import dataclass

import numpy as np
import shapely
from geopandas import GeoDataFrame, GeoSeries
from scipy.spatial import Voronoi

SIDE_M = 188.0  # of a mean grid: the unit of a dense town
PER_BORDER = 10  # pieces of a border between two grids
CRS = "EPSG:4546"
ORIGIN = (500_000.0, 3_400_000.0)


@dataclass(frozen=True)
class Case:
    """Grids, and places all over them."""

    name: str
    grids: GeoDataFrame
    x: np.ndarray
    y: np.ndarray

    def points(self) -> GeoSeries:
        """Return the places as shapes."""
        return GeoSeries.from_xy(self.x, self.y, crs=CRS)


def build_case(n_grids: int, n_points: int, seed: int = 0) -> Case:
    """Return a case of so many grids and points."""
    grids = build_coverage(n_grids, seed)
    x0, y0, x1, y1 = grids.total_bounds
    x, y = np.random.default_rng(seed + 1).uniform((x0, y0), (x1, y1), (n_points, 2)).T.copy()
    return Case(f"{len(grids):,} grids, {n_points:,} points", grids, x, y)


def build_coverage(n: int, seed: int = 0) -> GeoDataFrame:
    """Return n grids that tile a square."""
    rng = np.random.default_rng(seed)
    side = SIDE_M * np.sqrt(n)
    per_side = int(np.ceil(np.sqrt(n)))
    lattice = np.stack(np.meshgrid(np.arange(per_side), np.arange(per_side)), axis=-1).reshape(-1, 2)
    seeds = ((lattice + rng.uniform(0.1, 0.9, lattice.shape)) * side / per_side)[:n]
    starts, ends, is_rim = _borders(seeds, side)
    lines = _bend(starts, ends, is_rim, rng)
    noded = shapely.union_all(shapely.set_precision(shapely.linestrings(lines), 0.001))
    shapes = shapely.get_parts(shapely.polygonize(shapely.get_parts(noded)))
    shapes = shapes[shapely.area(shapes) > 100]
    codes = [f"420502{i:06d}{i % 97:02d}" for i in range(len(shapes))]
    return GeoDataFrame({"grid_code": codes}, geometry=shapes, crs=CRS)


def _borders(seeds: np.ndarray, side: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the sides of the Voronoi cells within the square: starts, ends, whether on its rim."""
    mirrored = [seeds, seeds * [-1, 1], seeds * [1, -1], [2 * side, 0] + seeds * [-1, 1]]
    voronoi = Voronoi(np.vstack([*mirrored, [0, 2 * side] + seeds * [1, -1]]))
    ridges, between = np.array(voronoi.ridge_vertices), voronoi.ridge_points
    kept = (ridges >= 0).all(axis=1) & (between < len(seeds)).any(axis=1)
    corners = voronoi.vertices[ridges[kept]]
    return corners[:, 0], corners[:, 1], (between[kept] >= len(seeds)).any(axis=1)


def _bend(starts: np.ndarray, ends: np.ndarray, is_rim: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return the borders as lines that wander a little from the straight, those on the rim straight."""
    along = np.linspace(0, 1, PER_BORDER + 1)
    extent = ends - starts
    length = np.maximum(np.hypot(extent[:, 0], extent[:, 1]), 1e-9)
    wander = np.cumsum(rng.normal(0, 1, (len(starts), PER_BORDER + 1)), axis=1)
    wander -= wander[:, :1] + (wander[:, -1:] - wander[:, :1]) * along
    wander *= np.minimum(length * 0.02, 1.5)[:, None]
    wander[is_rim] = 0
    across = np.column_stack([-extent[:, 1], extent[:, 0]]) / length[:, None]
    lines = starts[:, None] + extent[:, None] * along[None, :, None] + across[:, None] * wander[..., None]
    lines[:, 0], lines[:, -1] = starts, ends
    return np.round(lines + ORIGIN, 3)
