"""Land as communities see it: blocks, a few of them cut where no street runs."""

import numpy as np
import pandas as pd
import shapely

__all__ = ["build_plots"]

CUT_SHARE = 0.20  # of the larger built-up blocks
LARGE_M2 = 22_000.0
CUT_KINDS = ("slabs", "terrace", "towers", "village", "midrise")


def build_plots(blocks: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Return plots (``geometry``, ``zone``, ``block``): every block, or the two parts of a block.

    A border that leaves the streets runs from corner to corner of the block and may pass through a house.
    """
    rows: list[tuple[shapely.Polygon, str, int]] = []
    for number, (polygon, kind, zone) in enumerate(
        zip(blocks.geometry, blocks.kind, blocks.zone, strict=True)
    ):
        parts = [polygon]
        if kind in CUT_KINDS and polygon.area > LARGE_M2 and rng.random() < CUT_SHARE:
            parts = _halves(polygon)
        rows += [(part, zone, number) for part in parts]
    return pd.DataFrame(rows, columns=["geometry", "zone", "block"])


def _halves(polygon: shapely.Polygon) -> list[shapely.Polygon]:
    """Return the two most even parts that one chord between corners makes, or the polygon itself."""
    ring = shapely.get_coordinates(polygon.exterior)[:-1]
    if len(polygon.interiors) or len(ring) < 6:
        return [polygon]
    pairs = [(i, j) for i in range(len(ring)) for j in range(i + 2, len(ring)) if j - i < len(ring) - 1]
    first = np.array([shapely.Polygon(ring[i : j + 1]) for i, j in pairs])
    share = shapely.area(first) / polygon.area
    chord = np.array([np.hypot(*(ring[i] - ring[j])) for i, j in pairs])
    # even, and short: across the block, not along it
    cost = np.abs(share - 0.5) * 4 + chord / chord.max()
    for best in np.argsort(cost, kind="stable")[:5]:
        i, j = pairs[best]
        second = shapely.Polygon(np.concatenate([ring[j:], ring[: i + 1]]))
        line = shapely.LineString([ring[i], ring[j]])
        if polygon.covers(line) and first[best].is_valid and second.is_valid and 0.25 < share[best] < 0.75:
            return [first[best], second]
    return [polygon]
