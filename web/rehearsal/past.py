"""What happened in the city before the rehearsal began: half a year of incidents, most long closed."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from gridgeo_web.store import IncidentStore, NewIncident, tables
from gridgeo_web.store.incidents import REPORT
from sqlalchemy import insert

from gridgeo.demo import Demo, build_incidents
from gridgeo.io import replace_file

__all__ = [
    "LIFE",
    "PEOPLE",
    "RAISED_FROM",
    "RAISED_NOTE",
    "draw_reports",
    "read_reports",
    "write_past",
    "write_reports",
]

# The way of an incident whose workflow is the default one, with the hours that each step takes on average.
LIFE = (
    ("accept", "accepted", 0.7),
    ("dispatch", "dispatched", 1.5),
    ("handle", "handled", 20.0),
    ("close", "closed", 8.0),
)
LATE_SHARE = 0.06  # of the incidents that nobody gets round to
LATE_TIMES = 6.0  # as long as the others they take
RAISED_SHARE = 0.12  # of the incidents that are dispatched go up a level, and again with the same chance
RAISED_FROM, RAISED_NOTE = "dispatched", "本级无法解决"
LEVELS = ("grid", "community", "street", "district")
PEOPLE = ("网格员07", "网格员12", "社区平台", "区指挥中心")


def draw_reports(demo: Demo, n_reports: int, seed: int) -> pd.DataFrame:
    """Return invented reports in the order of their times, in WGS 84.

    Parameters
    ----------
    demo
        The city.
    n_reports
        How many.
    seed
        Another seed, other reports.
    """
    table = build_incidents(demo, n_reports, seed).to_crs("EPSG:4326")
    number = np.arange(1, n_reports + 1)
    phone = pd.Series(number * 7919 % 10**8, table.index).map(lambda digits: f"138{digits:08d}")
    return pd.DataFrame(table.drop(columns="geometry")).assign(
        incident_id=[f"D{seed}-{k:06d}" for k in number],
        lon=table.geometry.x.round(7),
        lat=table.geometry.y.round(7),
        contact=phone.where(number % 3 == 0),
    )


def write_reports(reports: pd.DataFrame, file: Path) -> None:
    """Keep reports for the next time."""
    with replace_file(file) as fresh:
        reports.to_csv(fresh, index=False, lineterminator="\n")


def read_reports(file: Path, codes: Mapping[str, str]) -> list[NewIncident]:
    """Return reports that were kept, their categories by code.

    Parameters
    ----------
    file
        From `write_reports`.
    codes
        The code of each category's name.
    """
    table = pd.read_csv(file, dtype={"contact": "str", "address": "str"})
    table["category"] = table["category"].map(lambda name: codes.get(name, name))
    rows = table.astype(object).where(table.notna(), None).to_dict("records")
    return [NewIncident(**row) for row in rows]


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
    level = 0
    yield _event(new, at, by, (REPORT, "reported", LEVELS[level]))
    slow = LATE_TIMES if rng.random() < LATE_SHARE else 1.0
    for action, state, hours in LIFE:
        at += timedelta(hours=float(rng.gamma(3.0, hours / 3.0)) * slow)
        if at > now:
            return
        yield _event(new, at, by, (action, state, LEVELS[level]))
        while state == RAISED_FROM and level + 1 < len(LEVELS) and rng.random() < RAISED_SHARE:
            level += 1
            yield _event(new, at, by, ("escalate", state, LEVELS[level]), RAISED_NOTE)


def _event(
    new: NewIncident, at: datetime, by: str, what: tuple[str, str, str], note: str | None = None
) -> dict[str, Any]:
    """Return an event as a row; ``what`` are its action, and state and level after it."""
    action, state, level = what
    told = {"action": action, "state": state, "level": level, "note": note}
    return {"incident_id": new.incident_id, "at": _text(at), "by": by, **told}


def _text(at: datetime) -> str:
    """Return a time as the store keeps it."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
