"""`IncidentStore`: report an incident, move it along its workflow, follow what other processes wrote."""

import logging
import secrets
import threading
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from gridgeo_web.errors import ConflictError, ForbiddenError, MissingError, StoreDownError, UnprocessableError
from gridgeo_web.store import tables
from gridgeo_web.store.audit import Actor, add_audit, now_text
from gridgeo_web.store.columns import Columns, extend_columns
from gridgeo_web.store.engine import Database
from gridgeo_web.store.forms import prepare_store
from gridgeo_web.store.writing import Writer
from gridgeo_web.tables.workflow import Workflow
from sqlalchemy import Connection, insert, select

__all__ = ["REPORT", "Actor", "IncidentStore", "NewIncident", "add_audit", "now_text"]

LOG = logging.getLogger(__name__)
REPORT = "report"  # the action of the first event of every incident
BATCH = 20_000  # events read at a time


@dataclass(frozen=True, kw_only=True)
class NewIncident:
    """What is reported: where, what kind, in which words; ``grid_code`` where a person chose the grid."""

    description: str
    category: str | None = None
    lon: float | None = None
    lat: float | None = None
    address: str | None = None
    contact: str | None = None
    grid_code: str | None = None
    incident_id: str | None = None
    reported_at: str | None = None


class IncidentStore:
    """Incidents and their events: the database is the truth, ``columns`` mirror it in memory.

    Parameters
    ----------
    database
        Where the truth lies.
    workflow
        The states of incidents and the steps between them.
    """

    def __init__(self, database: Database, workflow: Workflow) -> None:
        self.database = database
        self.workflow = workflow
        self._read_problem: str | None = None
        self._writer = Writer(database)
        self._lock = threading.Lock()
        self._columns = self._empty()
        self._ready = False

    @property
    def columns(self) -> Columns:
        """All incidents as last read; never touches the database."""
        return self._columns

    @property
    def problem(self) -> str | None:
        """Why the store cannot be read or written at the moment, None while all is well."""
        return self._read_problem or self._writer.problem

    def refresh(self) -> bool:
        """Read what was written since the last time; tell whether the store could be reached.

        Raises nothing: when it cannot be reached, ``problem`` says why, and ``columns`` stay as they were.
        """
        with self._lock:
            try:
                if self.database.was_replaced():
                    self.database.reopen()
                    self._ready, self._columns = False, self._empty()
                if not self._ready:
                    self._prepare()
                self._follow()
            except StoreDownError as error:
                if self._read_problem != str(error):
                    LOG.error("store cannot be used", extra={"problem": str(error)})
                self._read_problem = str(error)
                return False
            if self._read_problem is not None:
                LOG.info("store can be used again", extra={"store": self.database.name})
            self._read_problem = None
        self._writer.try_again()
        return True

    def report(self, new: NewIncident, actor: Actor) -> str:
        """Take a new incident into the store and return its id, once it is on the disk.

        Raises
        ------
        ConflictError
            An incident with this id is there already.
        StoreDownError
            It could not be written.
        """
        incident_id = new.incident_id or _new_id()
        with self._writer.begin() as connection:
            if self._state_of(connection, incident_id) is not None:
                raise ConflictError(f"an incident {incident_id} is there already", where="incident_id")
            self._insert(connection, [(incident_id, new)], actor)
            add_audit(connection, actor, "incident.report", incident_id, {"category": new.category})
        self.refresh()
        return incident_id

    def act(
        self,
        incident_id: str,
        action: str,
        actor: Actor,
        note: str | None = None,
        expected: int | None = None,
    ) -> int:
        """Take one step of the workflow with an incident and return the number of the event.

        Parameters
        ----------
        incident_id
            Of which incident.
        action
            The step, by its name in the workflow.
        actor
            Who takes it.
        note
            What to remember of it.
        expected
            The last event that the actor has seen; a later one is a conflict.

        Raises
        ------
        MissingError
            There is no such incident.
        ConflictError
            The step does not start in the incident's state, there is no level where it leads to, or somebody
            else was faster; the error names the steps that are allowed.
        ForbiddenError
            The actor's role may not take it.
        StoreDownError
            It could not be written.
        """
        with self._writer.begin() as connection:
            last = self._state_of(connection, incident_id)
            if last is None:
                raise MissingError(f"there is no incident {incident_id!r}")
            after = self._after_step(last, action, actor, note, expected)
            values = {"incident_id": incident_id, "at": now_text(), "by": actor.name, "action": action}
            added = connection.execute(insert(tables.events).values(**values, **after, note=note))
            event_id = int(added.inserted_primary_key[0])  # type: ignore[index]
            add_audit(connection, actor, f"incident.{action}", incident_id, {"event_id": event_id} | after)
        self.refresh()
        return event_id

    def take_in(self, news: Sequence[NewIncident], actor: Actor) -> int:
        """Take in many incidents, leave those that are there already, and return how many were new.

        Raises
        ------
        StoreDownError
            They could not be written; then none was.
        """
        with self._writer.begin() as connection:
            known = {row.incident_id for row in connection.execute(select(tables.incidents.c.incident_id))}
            fresh = [(new.incident_id or _new_id(), new) for new in news if new.incident_id not in known]
            self._insert(connection, fresh, actor)
            add_audit(connection, actor, "incident.import", None, {"given": len(news), "new": len(fresh)})
        self.refresh()
        return len(fresh)

    def add_audit(self, actor: Actor, what: str, target: str | None = None) -> None:
        """Write into the audit what is no incident: a sign-in, a saved version.

        Raises
        ------
        StoreDownError
            It could not be written.
        """
        with self._writer.begin() as connection:
            add_audit(connection, actor, what, target, {})

    def _after_step(
        self, last: Any, action: str, actor: Actor, note: str | None, expected: int | None
    ) -> dict[str, str | None]:
        """Return the state and the level that a step leads to, or raise why it may not be taken."""
        level = last.level or self.workflow.first_level
        allowed = self.workflow.allowed(last.state, level, actor.role)
        extra = {"state": last.state, "level": level, "event_id": int(last.event_id), "allowed": allowed}
        if expected is not None and expected != last.event_id:
            raise ConflictError(
                f"somebody else changed this incident meanwhile ({last.by}: {last.state}); look at it again",
                where="expected_event_id",
                extra=extra,
            )
        step = self.workflow.action(action)
        if step is None:
            raise UnprocessableError(f"no step is called {action!r}", where="action", extra=extra)
        if last.state not in step.start:
            raise ConflictError(
                f"{action} is no step from {last.state}; allowed: {', '.join(allowed) or 'none'}",
                where="action",
                extra=extra,
            )
        if actor.role not in step.roles:
            raise ForbiddenError(
                f"the role {actor.role} may not {action}; allowed: {', '.join(step.roles)}",
                where="action",
                extra=extra,
            )
        if step.note and not (note or "").strip():
            raise UnprocessableError(f"{action} needs a note that says why", where="note", extra=extra)
        try:
            return {"state": step.to or str(last.state), "level": self.workflow.next_level(step, level)}
        except ValueError as error:
            raise ConflictError(f"{action} leads nowhere: {error}", where="action", extra=extra) from error

    def _insert(self, connection: Connection, news: list[tuple[str, NewIncident]], actor: Actor) -> None:
        """Add incidents, each with its first event."""
        if not news:
            return
        at = now_text()
        rows = [
            {**asdict(new), "incident_id": key, "reported_at": new.reported_at or at} for key, new in news
        ]
        connection.execute(insert(tables.incidents), rows)
        first = {"by": actor.name, "action": REPORT, "note": None}
        first |= {"state": self.workflow.first, "level": self.workflow.first_level}
        found = [{**first, "incident_id": row["incident_id"], "at": row["reported_at"]} for row in rows]
        connection.execute(insert(tables.events), found)

    def _state_of(self, connection: Connection, incident_id: str) -> Any:
        """Return the last event of an incident, None when there is no such incident."""
        query = select(tables.events).where(tables.events.c.incident_id == incident_id)
        return connection.execute(query.order_by(tables.events.c.event_id.desc()).limit(1)).first()

    def _prepare(self) -> None:
        """Make the tables where they are missing, and see that the store is of a form that we know."""
        with self.database.write() as connection:
            prepare_store(connection, self.database.name, self.workflow)
        self.database.adopt()
        self._ready = True

    def _follow(self) -> None:
        """Read the events after the last one that is known."""
        joined = tables.events.join(tables.incidents)
        wanted = [
            c for c in (*tables.events.c, *tables.incidents.c) if c is not tables.incidents.c.incident_id
        ]
        query = select(*wanted).select_from(joined).order_by(tables.events.c.event_id).limit(BATCH)
        while True:
            with self.database.read() as connection:
                after = tables.events.c.event_id > self._columns.last_event_id
                rows = connection.execute(query.where(after)).all()
            try:
                self._columns = extend_columns(self._columns, rows)
            except ValueError as error:
                raise StoreDownError(
                    f"the store has an event after {self._columns.last_event_id} that cannot be read "
                    f"({error}); something else wrote it: mend it there"
                ) from error
            if len(rows) < BATCH:
                return

    def _empty(self) -> Columns:
        """Return columns without rows that know the workflow."""
        flow = self.workflow
        return Columns(
            states=flow.names,
            levels=flow.level_names,
            hours=tuple(state.hours for state in flow.states),
            open_states=frozenset(state.name for state in flow.states if state.open),
        )


def _new_id() -> str:
    """Return an id that no other process makes: the day, then chance."""
    return f"R{datetime.now(UTC):%Y%m%d}-{secrets.token_hex(4).upper()}"
