"""All places that one text may mean, for somebody who looks at a list."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from gridgeo.locate.geocode.batch import answer_texts, empty_answer
from gridgeo.locate.geocode.placing import PreparedGrids, add_grids

if TYPE_CHECKING:
    from gridgeo.locate.gazetteer.gazetteer import Gazetteer

__all__ = ["find_places"]

COLUMNS = (
    *("lon", "lat", "precision", "uncertainty_m", "score", "matched", "address", "part"),
    *("grid_code", "grid_certain"),
)


def find_places(gazetteer: Gazetteer, text: str, grids: PreparedGrids, *, limit: int = 5) -> pd.DataFrame:
    """Return the place that a text means, then those that fit it as well but lie elsewhere; none without one.

    Columns: ``lon, lat, precision, uncertainty_m, score, matched, address, part, grid_code, grid_certain``,
    as of `geocode_texts`; places that fit as well have no score of their own.

    Parameters
    ----------
    gazetteer
        The places.
    text
        An address, or a report that holds one.
    grids
        From `prepare_grids`.
    limit
        How many rows at most.
    """
    found = answer_texts(gazetteer, [text], [1]) if text.strip() else empty_answer(gazetteer)
    if found["lon"].isna().iloc[0]:
        return add_grids(found, gazetteer, grids)[list(COLUMNS)].iloc[:0]
    others = gazetteer.entries.iloc[list(found["others"].iloc[0])[: limit - 1]]
    lon, lat = gazetteer.engine.to_wgs84(others["x"].to_numpy(float), others["y"].to_numpy(float))
    alike = pd.DataFrame(
        {
            "lon": pd.array(lon, dtype="Float64"),
            "lat": pd.array(lat, dtype="Float64"),
            "precision": others["level"].to_numpy(),
            "uncertainty_m": pd.array(others["uncertainty_m"].to_numpy(float), dtype="Float64"),
            "score": pd.array([pd.NA] * len(others), dtype="Float64"),
            "matched": others["label"].to_numpy(),
            "address": others["label"].to_numpy(),
            "part": found["part"].iloc[0],
            "x": others["x"].to_numpy(float),
            "y": others["y"].to_numpy(float),
            "others": [()] * len(others),
        }
    )
    rows = pd.concat([found[alike.columns], alike], ignore_index=True) if len(alike) else found
    return add_grids(rows, gazetteer, grids)[list(COLUMNS)].iloc[:limit]
