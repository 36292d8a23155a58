"""Incidents as they leave the service: rows for people, with what the one who asks may know."""

import math
import time
from datetime import UTC, datetime
from typing import Any

import numpy as np
from gridgeo_web.auth.roles import CONTACT_ROLES
from gridgeo_web.service import columns, snapshot, user
from gridgeo_web.store import Columns
from gridgeo_web.store.columns import NO_LIMIT

__all__ = ["MASK", "build_history", "build_rows", "shows_contact", "to_utc"]

MASK = "***"
DIGITS = 6  # of degrees: about 10 cm


def build_rows(rows: Any) -> list[dict[str, Any]]:
    """Return incidents as values of JSON, in the order of the rows.

    Parameters
    ----------
    rows
        Positions in ``columns()``; whether the one who asks may see them was asked before.
    """
    found, now, codes = columns(), time.time(), snapshot().codes
    overdue = found.is_overdue(now)
    plain = shows_contact()
    return [_row(found, int(row), codes, bool(overdue[row]), plain=plain) for row in rows]


def build_history(row: int) -> list[dict[str, Any]]:
    """Return what happened to an incident, first things first."""
    last = int(columns().event_id[row])
    return [event._asdict() for event in columns().events[row] if event.event_id <= last]


def shows_contact() -> bool:
    """Tell whether the one who asks needs to call back those who reported."""
    who = user()
    return who is not None and who.role in CONTACT_ROLES


def to_utc(seconds: float) -> str:
    """Return a time as text, ISO 8601 in UTC."""
    return datetime.fromtimestamp(float(seconds), UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _row(found: Columns, row: int, codes: Any, overdue: bool, *, plain: bool) -> dict[str, Any]:
    """Return one incident."""
    grid, category, due = int(found.grid[row]), int(found.category[row]), int(found.due[row])
    contact, level = found.contact[row], int(found.level[row])
    lon, lat = float(found.lon[row]), float(found.lat[row])
    return {
        "incident_id": found.incident_id[row],
        "reported_at": found.reported_at[row],
        "category": found.categories[category] if category >= 0 else None,
        "description": found.description[row],
        "address": found.address[row],
        "lon": None if math.isnan(lon) else float(np.round(lon, DIGITS)),
        "lat": None if math.isnan(lat) else float(np.round(lat, DIGITS)),
        "grid_code": str(codes[grid]) if grid >= 0 else None,
        "state": found.states[int(found.state[row])],
        "level": found.levels[level] if level >= 0 else None,
        "due_at": None if due == NO_LIMIT or not found.is_open[row] else to_utc(due),
        "overdue": overdue,
        "updated_at": to_utc(found.updated[row]),
        "event_id": int(found.event_id[row]),
        "contact": contact if contact is None or plain else MASK,
    }
