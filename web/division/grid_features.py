"""Grids and communities as features, made once for each division."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from gridgeo_web.service import user
from gridgeo_web.service.snapshot import Snapshot
from numpy.typing import NDArray

from gridgeo.maps.anchors import anchor_points
from gridgeo.maps.geojson import encode_features

__all__ = ["COMMUNITY_COLUMNS", "GRID_COLUMNS", "community_features", "grid_features", "own_communities"]

GRID_COLUMNS = (
    *("grid_code", "area_code", "name", "kind", "households", "people", "n_buildings", "area_m2"),
    *("status", "reason", "start_date", "end_date"),
)
COMMUNITY_COLUMNS = ("area_code", "name")
DIGITS = 6


def grid_features(snapshot: Snapshot) -> list[str]:
    """Return each grid as the text of a GeoJSON feature, in the order of the codes; ``lon`` and ``lat`` in
    its properties are where its label fits.
    """

    def build() -> list[str]:
        labels = anchor_points(snapshot.grids.geometry.to_numpy())
        more = pd.DataFrame(np.round(labels, DIGITS), columns=["lon", "lat"])
        return encode_features(snapshot.grids, GRID_COLUMNS, key="grid_code", more=more)

    made: list[str] = snapshot.cache.get("grid features", build)
    return made


def community_features(snapshot: Snapshot) -> list[str]:
    """Return each community as the text of a GeoJSON feature, with the sums of its grids."""

    def build() -> list[str]:
        grids = snapshot.grids.groupby("area_code")
        sums = pd.DataFrame({"n_grids": grids.size(), "households": grids["households"].sum()})
        more = sums.reindex(snapshot.communities["area_code"]).fillna(0).astype("int64")
        return encode_features(snapshot.communities, COMMUNITY_COLUMNS, key="area_code", more=more)

    made: list[str] = snapshot.cache.get("community features", build)
    return made


def own_communities(snapshot: Snapshot) -> NDArray[np.bool_]:
    """Tell of each community whether the one who asks may see it."""
    who = user()
    codes: Sequence[str] = snapshot.communities["area_code"].astype(str).tolist()
    return np.array([who is None or code.startswith(who.area) for code in codes], dtype=bool)
