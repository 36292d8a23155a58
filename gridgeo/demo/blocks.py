"""What stands in each block, and the ground left after the streets have taken theirs."""

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gridgeo.demo.network import Network

__all__ = ["build_blocks"]

HALF_WIDTH_M = {
    "arterial": 23.0,
    "collector": 15.0,
    "local": 9.5,
    "lane": 4.2,
    "service": 3.6,
    "rail": 22.0,
    "outline": 5.0,
}
LEAST_BLOCK_M2 = 700.0
ROOM_FOR_TOWERS_M2 = 4_000.0


def build_blocks(network: Network) -> pd.DataFrame:
    """Return one row a face: ``kind``, ``zone``, ``estate``, the face and the ``ground`` to be built on."""
    faces = network.faces.geometry.to_numpy()
    zones = network.faces.zone.to_numpy()
    kind = network.faces.kind.to_numpy().copy()
    ground = _ground(faces, network)
    small = (shapely.area(ground) < LEAST_BLOCK_M2) & ~np.isin(zones, ("rural", "river", "lake"))
    kind[small] = "park"
    narrow = shapely.area(ground) < ROOM_FOR_TOWERS_M2
    kind[narrow & np.isin(kind, ("towers", "midrise"))] = "slabs"
    blocks = pd.DataFrame({"zone": zones, "kind": kind, "estate": network.faces.estate})
    blocks["geometry"], blocks["ground"] = faces, ground
    return blocks


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
