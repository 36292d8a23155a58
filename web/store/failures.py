"""Wrong passwords in the store, so that all processes of a service count them together."""

from collections.abc import Callable, Iterable, Mapping

from gridgeo_web.auth.throttle import Failures
from gridgeo_web.store import tables
from gridgeo_web.store.engine import Database
from sqlalchemy import Connection, delete, insert, select

__all__ = ["StoredLedger"]

FAILURES = tables.sign_in_failures


class StoredLedger:
    """Failures by name and address; one that is changed is read in the same transaction, so none is lost.

    Parameters
    ----------
    database
        Where they lie. While it is down, both methods raise `StoreDownError`.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def read(self, keys: Iterable[str]) -> dict[str, Failures]:
        """Return the failures of those keys that have any."""
        with self._database.read() as connection:
            return _read(connection, list(keys))

    def change(
        self,
        keys: Iterable[str],
        make: Callable[[Mapping[str, Failures]], Mapping[str, Failures]],
        forget: float,
    ) -> None:
        """Put what is made of the failures of some keys in their place, and forget what was before a time."""
        wanted = list(keys)
        with self._database.write() as connection:
            fresh = make(_read(connection, wanted))
            connection.execute(
                delete(FAILURES).where(FAILURES.c.key.in_(wanted) | (FAILURES.c.last < forget))
            )
            if fresh:
                connection.execute(
                    insert(FAILURES), [{"key": key, **vars(one)} for key, one in fresh.items()]
                )


def _read(connection: Connection, keys: list[str]) -> dict[str, Failures]:
    """Return the failures of those keys that have any."""
    rows = connection.execute(select(FAILURES).where(FAILURES.c.key.in_(keys)))
    return {row.key: Failures(row.n, row.last, row.until) for row in rows}
