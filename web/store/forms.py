"""The form of the store: made where there is none, brought up to date where it is old, refused if too new."""

import logging

from gridgeo_web.errors import StoreDownError
from gridgeo_web.store import tables
from gridgeo_web.tables.workflow import Workflow
from sqlalchemy import Connection, bindparam, insert, select, text, update

__all__ = ["FORM", "prepare_store"]

LOG = logging.getLogger(__name__)
FORM = "3"
KEY = tables.meta.c.key == "form"
# What an older form lacks. Nothing that was written before changes; an event without a level gets one.
LACKS = {
    "1": (
        "ALTER TABLE events ADD COLUMN level VARCHAR(64)",
        "CREATE INDEX IF NOT EXISTS ended_sessions_at ON ended_sessions (at)",
    ),
    "2": (),
}


def prepare_store(connection: Connection, name: str, workflow: Workflow) -> None:
    """Bring a store to the form that this gridgeo reads, in the transaction that looks at it.

    Parameters
    ----------
    connection
        A transaction that writes, so that of several processes one does it.
    name
        Of the store, for the error.
    workflow
        Says which steps of an old store led to another level.

    Raises
    ------
    StoreDownError
        A newer gridgeo made it.
    """
    tables.METADATA.create_all(connection)
    form = connection.execute(select(tables.meta.c.value).where(KEY)).scalar()
    if form is None:
        connection.execute(insert(tables.meta).values(key="form", value=FORM))
    elif form in LACKS:
        for statement in LACKS[form]:
            connection.execute(text(statement))
        _fill_levels(connection, workflow)
        connection.execute(update(tables.meta).where(KEY).values(value=FORM))
        LOG.info("store brought up to date", extra={"store": name, "was": form, "is": FORM})
    elif form != FORM:
        raise StoreDownError(f"the store {name} has form {form}, this gridgeo reads {FORM}; update gridgeo")


def _fill_levels(connection: Connection, workflow: Workflow) -> None:
    """Give events from before there were levels the level that the workflow leads to, from the first one on.

    A step that leads nowhere, such as an escalation from the highest level, leaves the level as it is.
    """
    events, filled = tables.events, []
    levels: dict[str, str | None] = {}
    if not workflow.levels:
        return
    columns = (events.c.event_id, events.c.incident_id, events.c.action, events.c.level)
    for row in connection.execute(select(*columns).order_by(events.c.event_id)):
        level = row.level or _next_level(workflow, row.action, levels.get(row.incident_id))
        if row.level is None:
            filled.append({"event": row.event_id, "new": level})
        levels[row.incident_id] = level
    if filled:
        change = update(events).where(events.c.event_id == bindparam("event"))
        connection.execute(change.values(level=bindparam("new")), filled)


def _next_level(workflow: Workflow, action: str, level: str | None) -> str | None:
    """Return the level after a step, also of a workflow that was in use before."""
    level, step = level or workflow.first_level, workflow.action(action)
    try:
        return level if step is None else workflow.next_level(step, level)
    except ValueError:
        return level
