"""All incidents in memory, as columns: 100,000 are filtered in milliseconds, also without the database."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["NO_LIMIT", "Columns", "Event", "extend_columns", "to_epoch"]

Integers = NDArray[np.int64]
Positions = NDArray[np.int32]
Floats = NDArray[np.float64]
NO_LIMIT = np.iinfo(np.int64).max  # of an incident that may take as long as it likes
HOUR_S = 3600


class Event(NamedTuple):
    """One thing that happened to an incident."""

    event_id: int
    at: str
    by: str
    action: str
    state: str
    level: str | None
    note: str | None


class Moved(NamedTuple):
    """Where an incident stands after an event: positions of state and level, when, the event."""

    state: int
    level: int
    at: int
    event_id: int


@dataclass(frozen=True, kw_only=True)
class Columns:
    """Incidents as columns of equal length, one row each, in the order in which the store got them.

    A value never changes: a newer one has other arrays. The lists of text are shared with it and may already
    be longer; only the first ``n`` rows belong to this value.

    Attributes
    ----------
    n : rows.
    incident_id, reported_at, description, address, contact, chosen_grid : texts, None where missing.
    lon, lat : WGS 84, NaN without a place.
    category, state, level : positions in ``categories``, ``states`` and ``levels``; -1 for none.
    grid : position in ``Snapshot.codes``, -1 for none; filled in by ``Service.columns``.
    reported, updated : seconds since 1970.
    due : until when the present step should be done; NO_LIMIT without a limit.
    event_id : of the last event of each incident.
    events : all that happened to each incident.
    last_event_id : of the last event in all.
    """

    n: int = 0
    incident_id: list[str] = field(default_factory=list)
    reported_at: list[str] = field(default_factory=list)
    description: list[str] = field(default_factory=list)
    address: list[str | None] = field(default_factory=list)
    contact: list[str | None] = field(default_factory=list)
    chosen_grid: list[str | None] = field(default_factory=list)
    events: list[list[Event]] = field(default_factory=list)
    position_of: dict[str, int] = field(default_factory=dict)
    lon: Floats = field(default_factory=lambda: np.empty(0))
    lat: Floats = field(default_factory=lambda: np.empty(0))
    category: Positions = field(default_factory=lambda: np.empty(0, np.int32))
    state: Positions = field(default_factory=lambda: np.empty(0, np.int32))
    level: Positions = field(default_factory=lambda: np.empty(0, np.int32))
    grid: Positions = field(default_factory=lambda: np.empty(0, np.int32))
    reported: Integers = field(default_factory=lambda: np.empty(0, np.int64))
    updated: Integers = field(default_factory=lambda: np.empty(0, np.int64))
    due: Integers = field(default_factory=lambda: np.empty(0, np.int64))
    event_id: Integers = field(default_factory=lambda: np.empty(0, np.int64))
    categories: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()
    open_states: frozenset[str] = frozenset()
    hours: tuple[float | None, ...] = ()
    last_event_id: int = 0

    @cached_property
    def is_open(self) -> NDArray[np.bool_]:
        """Tell of each incident whether it is still to be worked on."""
        of_state = np.array([name in self.open_states for name in self.states], dtype=bool)
        return of_state[self.state] if self.n else np.zeros(0, bool)

    @cached_property
    def newest_first(self) -> NDArray[np.intp]:
        """The rows, the last reported first; of the same moment the last to come."""
        return np.lexsort((-np.arange(self.n), -self.reported))

    def is_overdue(self, now: float) -> NDArray[np.bool_]:
        """Tell of each incident whether it is open and its step should have been done by now."""
        return self.is_open & (self.due < now)

    def n_overdue(self, now: float) -> int:
        """Return how many incidents are overdue by now; together with the last event it tells which ones."""
        return int(np.searchsorted(self._limits, now))

    @cached_property
    def _limits(self) -> Integers:
        """Until when open incidents should be done, the earliest first."""
        return np.sort(self.due[self.is_open])

    def row_of(self, incident_id: str) -> int | None:
        """Return the row of an incident, None when there is none."""
        row = self.position_of.get(incident_id)
        return row if row is not None and row < self.n else None

    def changed_after(self, event_id: int) -> NDArray[np.intp]:
        """Return the rows of incidents with events after one, in the order of their last event."""
        rows = np.flatnonzero(self.event_id > event_id)
        return rows[np.argsort(self.event_id[rows], kind="stable")]


def extend_columns(columns: Columns, rows: Sequence[Any]) -> Columns:
    """Return the columns after further events, each row an event with what was reported of its incident.

    Parameters
    ----------
    columns
        What is known so far.
    rows
        Events in order: ``event_id, at, by, action, state, level, note`` and the columns of the incident.

    Raises
    ------
    ValueError
        A time among them cannot be read; nothing has changed then.
    """
    if not rows:
        return columns
    # first of all, so that a time that cannot be read leaves the shared lists as they were
    times = [(to_epoch(row.at), to_epoch(row.reported_at)) for row in rows]
    categories, states, levels = list(columns.categories), list(columns.states), list(columns.levels)
    hours = list(columns.hours)
    fresh: list[tuple[float, float, int, int]] = []
    changed: dict[int, Moved] = {}
    entered: dict[int, int] = {}  # when the present state was; a remark gives nobody more time
    for row, (at, reported) in zip(rows, times, strict=True):
        if row.state not in states:  # of a workflow that was in use before
            states.append(row.state)
            hours.append(None)
        position = columns.position_of.get(row.incident_id)
        if position is None:
            position = _append_texts(columns, row)
            fresh.append((_float(row.lon), _float(row.lat), _place(categories, row.category), reported))
        columns.events[position].append(Event(*(getattr(row, name) for name in Event._fields)))
        before, state = _last(columns, changed, position), states.index(row.state)
        if state != before.state:
            entered[position] = at
        # an event without a level, of a workflow that had none, leaves it where it is
        level = before.level if row.level is None else _place(levels, row.level)
        changed[position] = Moved(state, level, at, row.event_id)
    grown = _grow(columns, fresh)
    named = replace(
        grown,
        categories=tuple(categories),
        states=tuple(states),
        levels=tuple(levels),
        hours=tuple(hours),
    )
    _set_due(named, changed, entered)
    return _moved(named, changed)


def to_epoch(text: str) -> int:
    """Return the seconds since 1970 of an ISO 8601 time with an offset."""
    return int(datetime.fromisoformat(text).timestamp())


def _append_texts(columns: Columns, row: Any) -> int:
    """Add what an incident's report says to the lists that all values share; return its row."""
    position = len(columns.incident_id)
    for name in ("incident_id", "reported_at", "description", "address", "contact"):
        getattr(columns, name).append(getattr(row, name))
    columns.chosen_grid.append(row.grid_code)
    columns.events.append([])
    columns.position_of[row.incident_id] = position
    return position


def _float(value: float | None) -> float:
    """Return a number, NaN for None."""
    return float("nan") if value is None else value


def _place(names: list[str], name: str | None) -> int:
    """Return the position of a name in a list, which grows by new ones."""
    if name is None:
        return -1
    if name not in names:
        names.append(name)
    return names.index(name)


def _grow(columns: Columns, fresh: list[tuple[float, float, int, int]]) -> Columns:
    """Return the columns with rows for new incidents."""
    lon, lat, category, reported = zip(*fresh, strict=True) if fresh else ((), (), (), ())
    zeros = np.zeros(len(fresh), np.int64)
    return replace(
        columns,
        n=columns.n + len(fresh),
        lon=np.r_[columns.lon, np.array(lon, float)],
        lat=np.r_[columns.lat, np.array(lat, float)],
        category=np.r_[columns.category, np.array(category, np.int32)],
        reported=np.r_[columns.reported, np.array(reported, np.int64)],
        state=np.r_[columns.state, zeros.astype(np.int32)],
        level=np.r_[columns.level, zeros.astype(np.int32)],
        updated=np.r_[columns.updated, zeros],
        due=np.r_[columns.due, zeros],
        event_id=np.r_[columns.event_id, zeros],
    )


def _last(columns: Columns, changed: dict[int, Moved], position: int) -> Moved:
    """Return where an incident stood before an event: in no state and on the first level before its first."""
    if position in changed:
        return changed[position]
    if position >= columns.n:
        return Moved(-1, 0 if columns.levels else -1, 0, 0)
    return Moved(int(columns.state[position]), int(columns.level[position]), 0, 0)


def _set_due(columns: Columns, changed: dict[int, Moved], entered: dict[int, int]) -> None:
    """Write until when the incidents that entered a state should leave it; the array is a new one already."""
    for position, at in entered.items():
        limit = columns.hours[changed[position].state]
        columns.due[position] = NO_LIMIT if limit is None else at + int(limit * HOUR_S)


def _moved(columns: Columns, changed: dict[int, Moved]) -> Columns:
    """Return the columns with the last event of the rows that changed; the arrays are new ones already."""
    rows = np.fromiter(changed, np.int64, len(changed))
    state, level, updated, event_id = (
        np.array(part, np.int64) for part in zip(*changed.values(), strict=True)
    )
    columns.state[rows] = state
    columns.level[rows] = level
    columns.updated[rows] = updated
    columns.event_id[rows] = event_id
    return replace(columns, last_event_id=int(event_id.max()))
