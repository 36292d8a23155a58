"""The lie of the land: a plan plane (u along the river, v across it) and its smooth image on the ground.

Streets, borders and water are drawn straight in the plan and bent by one smooth map, so whatever is
noded in the plan stays noded on the ground.
"""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

__all__ = ["Frame", "build_frame"]

Floats = NDArray[np.float64]

ORIGIN = (528_600.0, 3_397_400.0)  # EPSG:4546, beside the Yangtze near 111.3 E, 30.7 N
ROTATION = np.deg2rad(-14.0)  # the river runs a little to the south-east
URBAN_HOUSEHOLDS_PER_M2 = 0.0081  # gross, streets and parks included, water not
RURAL_SHARE = 0.17  # of the communities
RURAL_SIZE = 0.20  # households of a village against an urban community
RURAL_AREA_M2 = 2.7e6  # a village with its fields
RIVER_ROAD_M = 34.0  # from the bank to the centreline of the river road


@dataclass(frozen=True, kw_only=True)
class Frame:
    """The sizes of a city and the map from plan to ground."""

    households: int
    n_urban: int
    n_rural: int
    rural_households: int
    urban_area_m2: float
    rural_area_m2: float
    radius_m: float
    urban_radius_m: float
    centre: tuple[float, float]
    middle: tuple[float, float]
    river_half_width_m: float
    waves: Floats
    outline: shapely.Polygon

    def to_ground(self, points: Floats) -> Floats:
        """Return ground coordinates of plan points, rounded to 1 mm."""
        u, v = points[:, 0], points[:, 1]
        swing = 0.11 * self.radius_m * np.sin(2.3 * u / self.radius_m + self.waves[0, 4])
        x = u.copy()
        y = v + swing * np.exp(-((v / (1.3 * self.radius_m)) ** 2))
        for length, height, angle, shift, turn in self.waves:
            phase = 2 * np.pi * (u * np.cos(angle) + v * np.sin(angle)) / length
            x += height * np.sin(phase + shift)
            y += height * np.sin(phase + turn)
        cos, sin = np.cos(ROTATION), np.sin(ROTATION)
        ground = np.column_stack([cos * x - sin * y + ORIGIN[0], sin * x + cos * y + ORIGIN[1]])
        return np.round(ground, 3)

    def river(self) -> shapely.Polygon:
        """Return the river in the plan, wider here and narrower there, past both ends of the outline."""
        u = np.arange(self.outline.bounds[0] - 400, self.outline.bounds[2] + 400, 30.0)
        wide = self.river_half_width_m * (0.80 + 0.12 * np.sin(u / 410.0) + 0.07 * np.sin(u / 173.0 + 2))
        narrow = self.river_half_width_m * (0.82 + 0.11 * np.sin(u / 530.0 + 1) + 0.06 * np.sin(u / 211.0))
        return shapely.Polygon(
            np.concatenate([np.column_stack([u, wide]), np.column_stack([u, -narrow])[::-1]])
        )


def build_frame(n_communities: int, households: int, rng: np.random.Generator) -> Frame:
    """Return the frame of a city of so many communities and households."""
    n_rural = round(n_communities * RURAL_SHARE) if n_communities > 3 else 0
    n_urban = n_communities - n_rural
    per_urban = households / (n_urban + RURAL_SIZE * n_rural)
    rural_households = round(per_urban * RURAL_SIZE * n_rural)
    urban_area = (households - rural_households) / URBAN_HOUSEHOLDS_PER_M2
    # a small place has its one campus and works too, a larger share of it than of a city
    urban_area += max(0.0, 380_000 - 0.085 * urban_area) if n_urban > 5 else 0.0
    rural_area = n_rural * RURAL_AREA_M2 * min(1.0, per_urban / 1500)
    half_width = float(np.clip(0.02 * np.sqrt(urban_area), 45, 150))
    # the river takes a share of the area that nobody lives on
    radius = np.sqrt((urban_area + rural_area) / np.pi)
    radius = np.sqrt((urban_area + rural_area + 4 * radius * half_width) / np.pi)
    urban_radius = np.sqrt(urban_area / np.pi)
    middle = (0.0, 0.22 * radius)
    return Frame(
        households=households,
        n_urban=n_urban,
        n_rural=n_rural,
        rural_households=rural_households,
        urban_area_m2=urban_area,
        rural_area_m2=rural_area,
        radius_m=radius,
        urban_radius_m=urban_radius,
        centre=(-0.75 * (radius - urban_radius), 0.16 * urban_radius),
        middle=middle,
        river_half_width_m=half_width,
        waves=_waves(rng),
        outline=_outline(middle, radius, rng),
    )


def _waves(rng: np.random.Generator) -> Floats:
    """Return the bends of the map: length, height, direction and two phases of each wave."""
    lengths = np.array([5200.0, 2900.0, 1700.0, 1100.0, 620.0, 430.0])
    heights = np.array([120.0, 60.0, 26.0, 15.0, 6.5, 3.0])
    return np.column_stack([lengths, heights, rng.uniform(0, 2 * np.pi, (6, 3))])


def _outline(middle: tuple[float, float], radius: float, rng: np.random.Generator) -> shapely.Polygon:
    """Return an uneven outline with small bends, as along streams and ridges."""
    theta = np.linspace(0, 2 * np.pi, int(np.clip(radius / 12, 90, 420)), endpoint=False)
    reach = np.ones_like(theta)
    for order, height in ((2, 0.10), (3, 0.09), (5, 0.05)):
        reach += height * rng.uniform(0.5, 1.0) * np.sin(order * theta + rng.uniform(0, 2 * np.pi))
    for order in range(7, len(theta) // 5):
        reach += 0.42 * order**-1.45 * rng.normal() * np.sin(order * theta + rng.uniform(0, 2 * np.pi))
    ring = np.column_stack([1.12 * np.cos(theta), 0.90 * np.sin(theta)]) * (reach * radius)[:, None]
    return shapely.Polygon(ring + np.array(middle))
