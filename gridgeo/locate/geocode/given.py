"""Reports that bring their own coordinates: they win over the text."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from pyproj import Transformer

from gridgeo.crs import WGS84, parse_crs, to_lonlat
from gridgeo.errors import SchemaError
from gridgeo.locate.gazetteer.gazetteer import Gazetteer

__all__ = ["GivenPoints", "use_given_points"]

PHONE_UNCERTAINTY_M = 15.0  # a phone outdoors; indoors it may be more


@dataclass(frozen=True, kw_only=True)
class GivenPoints:
    """The columns of the reports with coordinates, and their system: an EPSG code, GCJ-02 or BD-09."""

    x: str
    y: str
    crs: str = "EPSG:4326"


def use_given_points(
    answers: pd.DataFrame, reports: pd.DataFrame, given: GivenPoints, gazetteer: Gazetteer
) -> pd.DataFrame:
    """Return the answers with the reports' own coordinates where a row has both; precision ``given``.

    A cell that is no number, or a point off the earth, leaves the row to its text.
    """
    missing = [column for column in (given.x, given.y) if column not in reports]
    if missing:
        raise SchemaError(
            f"no column {' and '.join(missing)}; there are {', '.join(map(str, reports.columns))}"
        )
    x, y = (
        pd.to_numeric(reports[column].astype("object"), errors="coerce").to_numpy(
            dtype=np.float64, na_value=np.nan
        )
        for column in (given.x, given.y)
    )
    here = np.flatnonzero(np.isfinite(x) & np.isfinite(y))
    lon, lat = to_lonlat(x[here], y[here], parse_crs(given.crs))
    sound = np.isfinite(lon) & np.isfinite(lat) & (np.abs(lon) <= 180) & (np.abs(lat) <= 90)
    here, lon, lat = here[sound], lon[sound], lat[sound]
    placed = answers.copy()
    at_x, at_y = Transformer.from_crs(WGS84, gazetteer.crs, always_xy=True).transform(lon, lat)
    rows = placed.index[here]
    for column, values in (("lon", np.round(lon, 6)), ("lat", np.round(lat, 6)), ("x", at_x), ("y", at_y)):
        placed.loc[rows, column] = values
    placed.loc[rows, "precision"] = "given"
    placed.loc[rows, "status"] = "ok"
    placed.loc[rows, "uncertainty_m"] = PHONE_UNCERTAINTY_M
    placed.loc[rows, "score"] = 1.0
    placed.loc[rows, "alternatives"] = pd.NA
    placed["others"] = placed["others"].where(
        ~placed.index.isin(rows), pd.Series([()] * len(placed), index=placed.index)
    )
    return placed
