"""What stands in each block: its kind, and the ground left after the streets have taken theirs."""

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gridgeo.demo.network import Network

__all__ = ["build_blocks"]

HALF_WIDTH_M = {"arterial": 23.0, "collector": 15.0, "local": 9.5, "lane": 4.2, "rail": 22.0, "outline": 5.0}
LEAST_BLOCK_M2 = 700.0

# shares of the blocks of a zone
KINDS: dict[str, dict[str, float]] = {
    "old": {
        "terrace": 0.51, "slabs": 0.30, "offices": 0.06, "school": 0.04,
        "clinic": 0.03, "park": 0.04, "market": 0.02,
    },
    "mid": {
        "slabs": 0.58, "terrace": 0.15, "towers": 0.09, "offices": 0.06, "school": 0.04,
        "park": 0.04, "market": 0.02, "clinic": 0.02,
    },
    "new": {
        "slabs": 0.34, "towers": 0.38, "midrise": 0.12, "offices": 0.06, "school": 0.04,
        "park": 0.04, "vacant": 0.02,
    },
    "village": {"village": 0.95, "market": 0.05},
    "industry": {"works": 0.8, "slabs": 0.2},
    "campus": {"campus": 1.0},
    "rural": {"fields": 1.0},
    "river": {"bank": 1.0},
    "lake": {"bank": 1.0},
}  # fmt: skip


def build_blocks(network: Network, rng: np.random.Generator) -> pd.DataFrame:
    """Return one row a face: ``kind``, ``zone``, the face and the ``ground`` that may be built on."""
    faces = network.faces.geometry.to_numpy()
    zones = network.faces.zone.to_numpy()
    kind = np.array([_draw(KINDS[zone], rng) for zone in zones], dtype=object)
    ground = _ground(faces, network)
    small = (shapely.area(ground) < LEAST_BLOCK_M2) & ~np.isin(zones, ("rural", "river", "lake"))
    kind[small] = "park"
    big = shapely.area(ground) > 34_000
    kind[big & np.isin(kind, ("park", "school", "clinic", "market", "vacant"))] = "slabs"
    blocks = pd.DataFrame({"zone": zones, "kind": kind})
    blocks["geometry"], blocks["ground"] = faces, ground
    return blocks


def _draw(shares: dict[str, float], rng: np.random.Generator) -> str:
    """Return one kind by its share."""
    return str(list(shares)[int(np.searchsorted(np.cumsum(list(shares.values())), rng.random() * 0.999))])


def _ground(faces: NDArray[np.object_], network: Network) -> NDArray[np.object_]:
    """Return the largest piece of each face that is outside the streets and the railway."""
    edges = network.edges[network.edges.kind.isin(HALF_WIDTH_M)]
    widths = edges.kind.map(HALF_WIDTH_M).to_numpy(dtype=float)
    strips = shapely.buffer(edges.geometry.to_numpy(), widths, quad_segs=2, cap_style="square")
    strips = np.concatenate([strips, [shapely.buffer(network.lake, 12.0)]])
    face, strip = shapely.STRtree(strips).query(faces, predicate="intersects")
    starts = np.searchsorted(face, np.arange(len(faces) + 1))
    ground = []
    for k, polygon in enumerate(faces):
        taken = strips[np.sort(strip[starts[k] : starts[k + 1]])]
        left = shapely.get_parts(shapely.difference(polygon, shapely.union_all(taken)))
        ground.append(max(left, key=lambda part: part.area, default=shapely.Polygon()))
    return np.array(ground, dtype=object)
