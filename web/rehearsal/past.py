"""What happened in the city before the rehearsal began: half a year of incidents, most long closed."""

from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
from gridgeo_web.store import IncidentStore, NewIncident, tables
from gridgeo_web.store.incidents import REPORT
from sqlalchemy import insert

from gridgeo.demo import Demo, build_incidents

__all__ = ["LIFE", "draw_reports", "write_past"]

# The way of an incident whose workflow is the default one, with the hours that each step takes on average.
LIFE = (
    ("accept", "accepted", 0.7),
    ("dispatch", "dispatched", 1.5),
    ("handle", "handled", 20.0),
    ("close", "closed", 8.0),
)
LATE_SHARE = 0.06  # of the incidents that nobody gets round to
LATE_TIMES = 6.0  # as long as the others they take
TEXTS = ("reported_at", "category", "description", "address")
PEOPLE = ("网格员07", "网格员12", "社区平台", "区指挥中心")


def draw_reports(demo: Demo, n_reports: int, codes: dict[str, str], seed: int) -> list[NewIncident]:
    """Return invented reports in the order of their times, in WGS 84.

    Parameters
    ----------
    demo
        The city.
    n_reports
        How many.
    codes
        The code of each category's name.
    seed
        Another seed, other reports.
    """
    table = build_incidents(demo, n_reports, seed).to_crs("EPSG:4326")
    texts = [table[name].astype(object).where(table[name].notna(), None) for name in TEXTS]
    rows = zip(table.geometry.x.tolist(), table.geometry.y.tolist(), *texts, strict=True)
    return [
        NewIncident(
            incident_id=f"D{seed}-{number:06d}",
            lon=round(lon, 7),
            lat=round(lat, 7),
            reported_at=reported_at,
            category=codes.get(category, category),
            description=description,
            address=address,
            contact=None if number % 3 else f"138{number * 7919 % 10**8:08d}",
        )
        for number, (lon, lat, reported_at, category, description, address) in enumerate(rows, 1)
    ]


def write_past(store: IncidentStore, reports: list[NewIncident], now: datetime, seed: int) -> int:
    """Write reports with their histories, the last one of just now; return how many events they had.

    Parameters
    ----------
    store
        An empty store.
    reports
        In the order of their times.
    now
        The end of the past.
    seed
        Of who was slow.
    """
    rng = np.random.default_rng(seed)
    last = datetime.fromisoformat(str(reports[-1].reported_at))
    moved = [_moved(new, now - last) for new in reports]
    events = [event for new in moved for event in _history(new, now, rng)]
    events.sort(key=lambda event: str(event["at"]))
    with store.database.write() as connection:
        connection.execute(insert(tables.incidents), [asdict(new) for new in moved])
        connection.execute(insert(tables.events), events)
    store.refresh()
    return len(events)


def _moved(new: NewIncident, by: timedelta) -> NewIncident:
    """Return a report of another time."""
    at = datetime.fromisoformat(str(new.reported_at)) + by
    return NewIncident(**{**asdict(new), "reported_at": _text(at)})


def _history(new: NewIncident, now: datetime, rng: np.random.Generator) -> Iterator[dict[str, Any]]:
    """Yield what happened to an incident until now."""
    at = datetime.fromisoformat(str(new.reported_at))
    by = PEOPLE[int(rng.integers(len(PEOPLE)))]
    yield _event(new, at, by, REPORT, "reported")
    slow = LATE_TIMES if rng.random() < LATE_SHARE else 1.0
    for action, state, hours in LIFE:
        at += timedelta(hours=float(rng.gamma(3.0, hours / 3.0)) * slow)
        if at > now:
            return
        yield _event(new, at, by, action, state)


def _event(new: NewIncident, at: datetime, by: str, action: str, state: str) -> dict[str, Any]:
    """Return an event as a row."""
    return {
        "incident_id": new.incident_id,
        "at": _text(at),
        "by": by,
        "action": action,
        "state": state,
        "note": None,
    }


def _text(at: datetime) -> str:
    """Return a time as the store keeps it."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
