"""What all processes of a service share through the store: the signing key, the sessions that ended."""

import logging
import secrets

from gridgeo_web.errors import StoreDownError
from gridgeo_web.store import tables
from gridgeo_web.store.audit import to_text
from gridgeo_web.store.engine import Database
from sqlalchemy import Connection, delete, insert, select

__all__ = ["end_session", "read_ended_sessions", "read_secret", "write_probe"]

LOG = logging.getLogger(__name__)
KEY = "session key"
PROBE = "probe"
PROBE_BYTES = 8192  # more than a page, so that a full disk shows


def read_secret(database: Database) -> str | None:
    """Return the key that signs sessions, made the first time; None while the store is down."""
    fresh = secrets.token_hex(32)
    try:
        with database.write() as connection:
            kept = connection.execute(select(tables.meta.c.value).where(tables.meta.c.key == KEY)).scalar()
            if kept is None:
                connection.execute(insert(tables.meta).values(key=KEY, value=fresh))
    except StoreDownError as error:
        LOG.warning("sessions of before hold when the store is back", extra={"problem": str(error)})
        return None
    return fresh if kept is None else str(kept)


def read_ended_sessions(database: Database, since: float) -> set[str]:
    """Return the sessions that were signed out of, by this process or another, from a time on.

    Parameters
    ----------
    database
        The store.
    since
        Seconds since 1970.
    """
    ended, text = tables.ended_sessions.c, to_text(since)
    with database.read() as connection:
        return {
            row.session_id for row in connection.execute(select(ended.session_id).where(ended.at >= text))
        }


def end_session(database: Database, session_id: str, at: str) -> None:
    """Write down that a session has ended.

    Raises
    ------
    StoreDownError
        It could not be written.
    """
    with database.write() as connection:
        ended = tables.ended_sessions
        known = connection.execute(select(ended.c.at).where(ended.c.session_id == session_id)).first()
        if known is None:
            connection.execute(insert(ended).values(session_id=session_id, at=at))


def write_probe(connection: Connection) -> None:
    """Write something of no meaning, to see whether it can be done."""
    probe = tables.meta.c.key == PROBE
    connection.execute(delete(tables.meta).where(probe))
    connection.execute(insert(tables.meta).values(key=PROBE, value="x" * PROBE_BYTES))
