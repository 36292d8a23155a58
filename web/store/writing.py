"""Writing to the store, and what is wrong with it at the moment."""

import contextlib
import logging
import time
from collections.abc import Iterator

from gridgeo_web.errors import StoreDownError
from gridgeo_web.store.engine import Database
from gridgeo_web.store.shared import write_probe
from sqlalchemy import Connection

__all__ = ["Writer"]

LOG = logging.getLogger(__name__)
TRY_S = 5.0  # from one try to write to the next, while writes are refused


class Writer:
    """Gives transactions that write, and remembers when the store refuses them.

    Parameters
    ----------
    database
        Where to.
    """

    def __init__(self, database: Database) -> None:
        self.problem: str | None = None
        self._database = database
        self._tried = 0.0

    @contextlib.contextmanager
    def begin(self) -> Iterator[Connection]:
        """Give a transaction; what it wrote is on the disk when it ends without an error.

        Raises
        ------
        StoreDownError
            The store refuses it; the log says so once.
        """
        try:
            with self._database.write() as connection:
                yield connection
        except StoreDownError as error:
            if self.problem != str(error):
                LOG.error("store cannot be written", extra={"problem": str(error)})
            self.problem = str(error)
            raise
        if self.problem is not None:
            LOG.info("store can be written again", extra={"store": self._database.name})
        self.problem = None

    def try_again(self) -> None:
        """While writes are refused, try one now and then, so that the page learns when it is over."""
        if self.problem is None or time.monotonic() - self._tried < TRY_S:
            return
        self._tried = time.monotonic()
        with contextlib.suppress(StoreDownError), self.begin() as connection:
            write_probe(connection)
