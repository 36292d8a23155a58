"""Incidents from tables: rows of any origin become reports, every fault of them named."""

import hashlib
import json
import zoneinfo
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pandas as pd
from gridgeo_web.config import ConfigError
from gridgeo_web.errors import UnprocessableError
from gridgeo_web.service.snapshot import Snapshot
from gridgeo_web.store import NewIncident

from gridgeo.crs import parse_crs, to_lonlat
from gridgeo.io import read_layer, read_table, split_source
from gridgeo.io.source import is_text_table
from gridgeo.io.table import find_place_columns

__all__ = ["build_news", "read_incident_file"]

TEXTS = ("description", "address", "contact", "grid_code", "incident_id")
MOST_FAULTS = 20  # that an error lists; more are counted
LIMITS = {"incident_id": 64, "description": 4000, "address": 200, "contact": 200, "grid_code": 64}


def build_news(
    rows: Iterable[Mapping[str, Any]], crs: str, timezone: str, category_of: Callable[[str], str | None]
) -> list[NewIncident]:
    """Return the reports of rows with texts and perhaps ``lon`` and ``lat``.

    A row without an id gets one from what it says, so the same row has the same id the next time.

    Parameters
    ----------
    rows
        Columns by name; those that are missing or None are unknown.
    crs
        The system of ``lon`` and ``lat``.
    timezone
        Of times without an offset.
    category_of
        Returns the code of a category's name, None when there is none such.

    Raises
    ------
    UnprocessableError
        Rows are not as they should be; ``extra["faults"]`` lists the first of them.
    """
    zone, system = zoneinfo.ZoneInfo(timezone), parse_crs(crs)
    news: list[NewIncident] = []
    faults: list[str] = []
    for number, row in enumerate(rows, 1):
        try:
            news.append(_build_new(row, zone, category_of))
        except (ValueError, OverflowError) as error:
            faults.append(f"row {number}: {error}")
    doubles = pd.Series([new.incident_id for new in news], dtype="string")
    faults += [f"the id {name} stands twice" for name in doubles[doubles.duplicated()].unique()]
    if faults:
        more = f" and {len(faults) - MOST_FAULTS} more" if len(faults) > MOST_FAULTS else ""
        text = "; ".join(faults[:MOST_FAULTS])
        raise UnprocessableError(
            f"{len(faults)} faults: {text}{more}", extra={"faults": faults[:MOST_FAULTS]}
        )
    return _to_wgs84(news, system)


def read_incident_file(
    source: str, snapshot: Snapshot, timezone: str, codes: Mapping[str, str]
) -> list[NewIncident]:
    """Return the incidents of the operator's file; rows without a place are placed by their address.

    Parameters
    ----------
    source
        ``FILE`` or ``FILE:LAYER``: CSV with lon and lat in WGS 84, or any layer of points.
    snapshot
        Its gazetteer finds addresses.
    timezone
        Of times without an offset.
    codes
        The code of each name of a category; other names stay as they are.

    Raises
    ------
    GridgeoError
        It cannot be read, or rows of it are not as they should be.
    """
    path, _ = split_source(source)
    if is_text_table(path):
        table = pd.DataFrame(read_table(source))
        if not find_place_columns(list(table.columns)) and "address" not in table:
            raise ConfigError(
                f"{source}: has neither lon and lat nor address; nobody knows where its rows are"
            )
    else:
        layer = read_layer(source).to_crs("EPSG:4326")
        places = layer.geometry.representative_point()
        table = pd.DataFrame(layer.drop(columns=layer.geometry.name)).assign(lon=places.x, lat=places.y)
    if "description" not in table:
        raise ConfigError(
            f"{source}: lacks the column description; it has {', '.join(map(str, table.columns))}"
        )
    table = _with_addresses(table, snapshot)
    rows = table.astype(object).where(table.notna(), None).to_dict("records")
    try:
        return build_news(rows, "WGS84", timezone, lambda name: codes.get(name, name))
    except UnprocessableError as error:
        raise ConfigError(f"{source}: {error}") from error


def _build_new(
    row: Mapping[str, Any], zone: zoneinfo.ZoneInfo, category_of: Callable[[str], str | None]
) -> NewIncident:
    """Return one report, its place still in the system of the table."""
    texts = {name: _text(row.get(name), name) for name in TEXTS}
    if texts["description"] is None:
        raise ValueError("description is empty")
    told = _text(row.get("category"), "category")
    category = None if told is None else category_of(told)
    if told is not None and category is None:
        raise ValueError(f"no category is called {told!r}")
    lon, lat = (_number(row.get(name), name) for name in ("lon", "lat"))
    if (lon is None) != (lat is None):
        raise ValueError("lon and lat belong together")
    texts["incident_id"] = texts["incident_id"] or _id_of(row)
    return NewIncident(category=category, lon=lon, lat=lat, reported_at=_moment(row, zone), **texts)  # type: ignore[arg-type]


def _text(value: Any, name: str) -> str | None:
    """Return a cell as text, None when it is empty."""
    if value is None or (isinstance(value, float) and np.isnan(value)):
        return None
    text = str(value).strip().replace("\x00", "")
    if len(text) > LIMITS.get(name, 64):
        raise ValueError(f"{name} has {len(text)} characters, {LIMITS.get(name, 64)} are the most")
    return text or None


def _number(value: Any, name: str) -> float | None:
    """Return a cell as a finite number, None when it is empty."""
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    number = float(value)
    if np.isnan(number) and not isinstance(value, str):
        return None
    if not np.isfinite(number):
        raise ValueError(f"{name} is {value}")
    return number


def _moment(row: Mapping[str, Any], zone: zoneinfo.ZoneInfo) -> str:
    """Return when a row was reported, now when it does not say."""
    told = row.get("reported_at")
    if told is None or not str(told).strip():
        return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    moment = datetime.fromisoformat(str(told).strip())
    moment = moment if moment.tzinfo is not None else moment.replace(tzinfo=zone)
    if not 1970 <= moment.year <= 2200:
        raise ValueError(f"reported_at {told} is not in our time")
    return moment.isoformat()


def _id_of(row: Mapping[str, Any]) -> str:
    """Return an id made of what a row says."""
    said = json.dumps({key: str(value) for key, value in row.items()}, sort_keys=True, ensure_ascii=False)
    return "F" + hashlib.sha256(said.encode()).hexdigest()[:15].upper()


def _to_wgs84(news: list[NewIncident], system: Any) -> list[NewIncident]:
    """Return the reports with their places in WGS 84, all at once."""
    placed = [row for row, new in enumerate(news) if new.lon is not None]
    told = np.array([(news[row].lon, news[row].lat) for row in placed], dtype=float).reshape(-1, 2)
    lon, lat = to_lonlat(told[:, 0], told[:, 1], system)
    ok = np.isfinite(lon) & np.isfinite(lat) & (np.abs(lon) <= 180) & (np.abs(lat) <= 90)
    if not ok.all():
        row = placed[int(np.argmin(ok))]
        raise UnprocessableError(
            f"row {row + 1}: {news[row].lon}, {news[row].lat} is no place on earth", where="lon"
        )
    moved = list(news)
    for row, x, y in zip(placed, lon.tolist(), lat.tolist(), strict=True):
        moved[row] = NewIncident(**{**vars(news[row]), "lon": x, "lat": y})
    return moved


def _with_addresses(table: pd.DataFrame, snapshot: Snapshot) -> pd.DataFrame:
    """Return the table with the places of addresses where a row has none of its own."""
    table = table.assign(**{name: table.get(name, np.nan) for name in ("lon", "lat")})
    if "address" not in table or snapshot.gazetteer is None:
        return table
    rows = table.index[table["lon"].isna() & table["address"].notna()]
    if len(rows) == 0:
        return table
    found = snapshot.gazetteer.geocode(table.loc[rows, "address"])
    for name in ("lon", "lat"):
        table[name] = table[name].astype(float)
        table.loc[rows, name] = found[name].astype(float).to_numpy()
    return table
