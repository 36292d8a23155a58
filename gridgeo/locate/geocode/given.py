"""Reports that bring their own coordinates: they win over the text."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pyproj import CRS

from gridgeo.crs import WGS84, parse_crs, to_lonlat
from gridgeo.errors import SchemaError
from gridgeo.locate.gazetteer.gazetteer import Gazetteer
from gridgeo.transform import to_system

__all__ = ["GivenPoints", "read_given_points", "use_given_points"]

Floats = NDArray[np.float64]

PHONE_UNCERTAINTY_M = 15.0  # a phone outdoors; indoors it may be more


@dataclass(frozen=True, kw_only=True)
class GivenPoints:
    """The columns of the reports with coordinates, and their system: an EPSG code, GCJ-02 or BD-09."""

    x: str
    y: str
    crs: str = "EPSG:4326"


def read_given_points(reports: pd.DataFrame, given: GivenPoints) -> tuple[Floats, Floats, CRS]:
    """Return the reports' own coordinates, NaN where a cell holds no number, in a system that says the truth.

    Raises
    ------
    SchemaError
        When there are no such columns.
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
    system = parse_crs(given.crs)
    return (*to_lonlat(x, y, system), WGS84) if system.offset else (x, y, system.crs)


def use_given_points(
    answers: pd.DataFrame, reports: pd.DataFrame, given: GivenPoints, gazetteer: Gazetteer
) -> pd.DataFrame:
    """Return the answers with the reports' own coordinates where a row has both; precision ``given``.

    A cell that is no number, or a point off the earth, leaves the row to its text.
    """
    x, y, crs = read_given_points(reports, given)
    here = np.flatnonzero(np.isfinite(x) & np.isfinite(y))
    lon, lat = to_system(x[here], y[here], crs, WGS84)
    sound = np.isfinite(lon) & np.isfinite(lat) & (np.abs(lon) <= 180) & (np.abs(lat) <= 90)
    here, lon, lat = here[sound], lon[sound], lat[sound]
    placed = answers.copy()
    at_x, at_y = to_system(lon, lat, WGS84, gazetteer.crs)
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
