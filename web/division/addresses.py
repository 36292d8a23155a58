"""Addresses and places by the gazetteer of the service."""

import threading
from typing import Any

import numpy as np
import pandas as pd
from gridgeo_web.errors import MissingError
from gridgeo_web.service import own_grids
from gridgeo_web.service.snapshot import Snapshot

from gridgeo import Gazetteer
from gridgeo.locate.geocode.placing import PreparedGrids, prepare_grids
from gridgeo.locate.geocode.several import find_places

__all__ = ["find_address", "find_addresses", "nearest_address", "prepare_addresses"]

# The coordinate transformers inside a gazetteer must not be used by two threads at a time.
ONE_AT_A_TIME = threading.Lock()
NAMES = {"precision": "level", "part": "used", "grid_certain": "grid_is_certain"}
COLUMNS = (
    *("lon", "lat", "level", "uncertainty_m", "score", "matched", "address", "used"),
    *("grid_code", "grid_is_certain"),
)


def find_address(shown: Snapshot, text: str, limit: int) -> list[dict[str, Any]]:
    """Return the place that a text means and those that fit as well.

    Raises
    ------
    MissingError
        The service has no gazetteer.
    """
    gazetteer = _gazetteer(shown)
    with ONE_AT_A_TIME:
        found = find_places(gazetteer, text, _prepared(shown, gazetteer), limit=limit)
    return [_own(shown, row) for row in _to_rows(found)]


def find_addresses(shown: Snapshot, texts: list[str | None]) -> list[dict[str, Any]]:
    """Return what each text says, in order; ``status`` tells of those that hold no address.

    Raises
    ------
    MissingError
        The service has no gazetteer.
    """
    gazetteer = _gazetteer(shown)
    with ONE_AT_A_TIME:
        found = gazetteer.geocode(texts, grids=_prepared(shown, gazetteer))
    rows = _to_rows(found)
    return [{**_own(shown, row), "status": status} for row, status in zip(rows, found["status"], strict=True)]


def nearest_address(shown: Snapshot, lon: float, lat: float, within: float) -> dict[str, Any]:
    """Return the nearest addressed place of a place in WGS 84, null further away than ``within`` metres.

    Raises
    ------
    MissingError
        The service has no gazetteer.
    """
    gazetteer = _gazetteer(shown)
    with ONE_AT_A_TIME:
        found = gazetteer.reverse([lon], [lat], max_distance=within)
    row = _plain(found).iloc[0]
    return {"address": row["matched"], "level": row["precision"], "distance_m": row["distance_m"]}


def prepare_addresses(shown: Snapshot) -> None:
    """Build what the first address would wait for, where the service has a gazetteer."""
    if shown.gazetteer is not None:
        with ONE_AT_A_TIME:
            find_places(shown.gazetteer, "0", _prepared(shown, shown.gazetteer), limit=1)
            shown.gazetteer.reverse([0.0], [0.0])


def _gazetteer(shown: Snapshot) -> Gazetteer:
    """Return the gazetteer, or say how to get one."""
    if shown.gazetteer is None:
        raise MissingError(
            "this service has no gazetteer, so it knows no addresses; make one with gridgeo gazetteer build "
            "and start the service with --gazetteer FILE"
        )
    return shown.gazetteer


def _prepared(shown: Snapshot, gazetteer: Gazetteer) -> PreparedGrids:
    """Return the grids in the system of the gazetteer, made once."""
    made: PreparedGrids = shown.cache.get(
        "grids for geocoding", lambda: prepare_grids(shown.division.grids, gazetteer)
    )
    return made


def _to_rows(found: pd.DataFrame) -> list[dict[str, Any]]:
    """Return answers as plain values."""
    plain = _plain(found.rename(columns=NAMES)[list(COLUMNS)])
    return [{str(name): value for name, value in row.items()} for row in plain.to_dict("records")]


def _plain(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a table with None where an answer is missing."""
    values = frame.astype(object)
    return values.where(frame.notna(), None)


def _own(shown: Snapshot, row: dict[str, Any]) -> dict[str, Any]:
    """Return an answer without a grid that lies outside the own area."""
    position = shown.position_of.get(str(row["grid_code"]), -1)
    is_own = bool(np.append(own_grids(), False)[position])
    return row if is_own else {**row, "grid_code": None, "grid_is_certain": None}
