"""The database behind the store: SQLite in a file of its own, or PostgreSQL by address, used in one way."""

import contextlib
import logging
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from gridgeo_web.config import ConfigError
from gridgeo_web.errors import StoreDownError
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError

from gridgeo.errors import MissingExtraError

__all__ = ["Database"]

LOG = logging.getLogger(__name__)
WAIT_S = 5  # for another writer, or for a server that does not answer
WRITERS = 0x67726964  # the advisory lock that writers of one PostgreSQL database queue at
KINDS = ("sqlite", "postgresql+psycopg")


class Database:
    """Opens transactions, and says in plain words why one cannot be had.

    Writers queue, so numbers of events become visible in their order: who follows them misses none.

    Parameters
    ----------
    address
        ``sqlite:///FILE`` or ``postgresql+psycopg://USER@HOST/NAME``.

    Raises
    ------
    ConfigError
        It is neither of the two.
    """

    def __init__(self, address: str) -> None:
        self.url = _parse(address)
        self.file = (
            Path(self.url.database) if self.url.get_backend_name() == "sqlite" and self.url.database else None
        )
        self._engine = _open_engine(self.url)
        self._lock = threading.Lock()
        self._inode: int | None = None

    @property
    def name(self) -> str:
        """The address without its password."""
        return self.url.render_as_string(hide_password=True)

    @contextlib.contextmanager
    def read(self) -> Iterator[Connection]:
        """Give a transaction that reads."""
        with self._begin(write=False) as connection:
            yield connection

    @contextlib.contextmanager
    def write(self) -> Iterator[Connection]:
        """Give a transaction that writes; when it ends without an error, what it wrote is on the disk."""
        with self._begin(write=True) as connection:
            if self.file is None:
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": WRITERS})
            yield connection

    def close(self) -> None:
        """Close all connections; the next transaction opens new ones."""
        self._engine.dispose()

    def adopt(self) -> None:
        """Take the file that is there now as the store."""
        self._inode = self._current_inode()

    @contextlib.contextmanager
    def _begin(self, *, write: bool) -> Iterator[Connection]:
        """Give a transaction; errors of the database leave as `StoreDownError`."""
        self._check_file()
        try:
            open_one = self._engine.connect().execution_options(gridgeo_writes=write)
            with open_one as connection, connection.begin():
                yield connection
        except SQLAlchemyError as error:
            raise StoreDownError(self._explain(error)) from error

    def _check_file(self) -> None:
        """Refuse a file that was taken away: what is written to it now would be lost with it."""
        if self.file is None or self._inode is None:
            return
        inode = self._current_inode()
        if inode == self._inode:
            return
        self._engine.dispose()
        if inode is None:
            raise StoreDownError(
                f"the store {self.file} is gone; put it back and the service goes on, "
                "or restart to begin an empty one"
            )
        raise StoreDownError(f"the store {self.file} was replaced; it is read again in a moment")

    def reopen(self) -> None:
        """Forget the file that was the store until now, for another lies in its place."""
        self._engine.dispose()
        self._inode = None

    def was_replaced(self) -> bool:
        """Tell whether another file lies where the store was."""
        inode = self._current_inode()
        return self._inode is not None and inode is not None and inode != self._inode

    def _current_inode(self) -> int | None:
        """Return the number of the store's file, None where there is none."""
        if self.file is None:
            return None
        try:
            return os.stat(self.file).st_ino  # noqa: PTH116 - once for each transaction
        except FileNotFoundError:
            return None

    def _explain(self, error: SQLAlchemyError) -> str:
        """Return what happened and what to do."""
        cause = " ".join(str(getattr(error, "orig", None) or error).split())
        remedy = "see that the database runs and can be reached"
        if self.file is not None:
            remedy = f"see that {self.file.parent} can be written to"
            if "full" in cause:
                remedy = f"make room on the disk of {self.file.parent}"
            elif "locked" in cause:
                remedy = "another program holds the file; close it"
            elif "malformed" in cause or "not a database" in cause:
                remedy = f"put a backup of {self.file} in its place"
        return f"the store cannot be used ({cause}); {remedy}"


def _parse(address: str) -> URL:
    """Return the address as SQLAlchemy's, one of the two kinds."""
    try:
        url = make_url(address)
    except ArgumentError as error:
        raise ConfigError(
            f"--store {address!r} is no address; write sqlite:///FILE or postgresql+psycopg://USER@HOST/NAME"
        ) from error
    if url.drivername == "postgresql":
        url = url.set(drivername="postgresql+psycopg")
    if url.drivername not in KINDS or not url.database or url.database == ":memory:":
        raise ConfigError(
            f"--store {url.render_as_string(hide_password=True)!r}: write sqlite:///FILE "
            "or postgresql+psycopg://USER@HOST/NAME"
        )
    return url


def _open_engine(url: URL) -> Engine:
    """Return the engine; nothing is connected yet."""
    if url.get_backend_name() == "sqlite":
        engine = create_engine(url, connect_args={"timeout": WAIT_S, "check_same_thread": False})
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    options = f"-c statement_timeout={WAIT_S * 1000} -c lock_timeout={WAIT_S * 1000}"
    try:
        return create_engine(
            url, pool_pre_ping=True, connect_args={"connect_timeout": WAIT_S, "options": options}
        )
    except (ImportError, NoSuchModuleError) as error:
        raise MissingExtraError("PostgreSQL needs its driver: pip install 'gridgeo[postgresql]'") from error


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    """Let SQLite keep a log beside its file, and wait until the disk has what it acknowledges."""
    connection.isolation_level = None  # transactions begin when we say so, not when Python guesses
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        f"busy_timeout={WAIT_S * 1000}",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    """Begin a transaction; one that will write takes its turn at once, so it cannot fail half-way."""
    writes = connection.get_execution_options().get("gridgeo_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
