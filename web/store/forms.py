"""The form of the store: made where there is none, brought up to date where it is old, refused if too new."""

import logging

from gridgeo_web.errors import StoreDownError
from gridgeo_web.store import tables
from sqlalchemy import Connection, insert, select, text, update

__all__ = ["FORM", "prepare_store"]

LOG = logging.getLogger(__name__)
FORM = "2"
KEY = tables.meta.c.key == "form"
# From one form to the next: what is added. Nothing that was written before changes.
STEPS = {
    "1": (
        "ALTER TABLE events ADD COLUMN level VARCHAR(64)",
        "CREATE INDEX IF NOT EXISTS ended_sessions_at ON ended_sessions (at)",
    ),
}


def prepare_store(connection: Connection, name: str) -> None:
    """Bring a store to the form that this gridgeo reads, in the transaction that looks at it.

    Parameters
    ----------
    connection
        A transaction that writes, so that of several processes one does it.
    name
        Of the store, for the error.

    Raises
    ------
    StoreDownError
        A newer gridgeo made it.
    """
    tables.METADATA.create_all(connection)
    form = connection.execute(select(tables.meta.c.value).where(KEY)).scalar()
    if form is None:
        connection.execute(insert(tables.meta).values(key="form", value=FORM))
    elif form in STEPS:
        for statement in STEPS[form]:
            connection.execute(text(statement))
        connection.execute(update(tables.meta).where(KEY).values(value=FORM))
        LOG.info("store brought up to date", extra={"store": name, "was": form, "is": FORM})
    elif form != FORM:
        raise StoreDownError(f"the store {name} has form {form}, this gridgeo reads {FORM}; update gridgeo")
