"""`Service`: the parts of one running service, and what it does by itself to stay fresh."""

import logging
import os
import secrets
import threading
import time
import zlib
from collections.abc import Callable
from dataclasses import replace

import numpy as np
from gridgeo_web.auth.identity import Identifier
from gridgeo_web.auth.sessions import SessionSigner
from gridgeo_web.auth.throttle import Throttle
from gridgeo_web.auth.users import DISPLAY_S, User
from gridgeo_web.auth.watching import UsersFile
from gridgeo_web.config import ServiceConfig
from gridgeo_web.errors import StoreDownError
from gridgeo_web.service.nearby import OpenIncidents
from gridgeo_web.service.snapshot import Snapshot, SnapshotHolder
from gridgeo_web.store import Actor, Columns, IncidentStore, NewIncident
from gridgeo_web.store.engine import Database
from gridgeo_web.store.failures import StoredLedger
from gridgeo_web.store.shared import read_ended_sessions, read_secret
from gridgeo_web.tables import find_table, read_categories, read_workers, read_workflow
from numpy.typing import NDArray

from gridgeo.maps.pmtiles import PictureTiles

__all__ = ["Service"]

LOG = logging.getLogger(__name__)
SKEW_S = 600.0  # that the clocks of two processes of one service may differ


class Service:
    """Snapshot, store, users and tables of a service; each request takes what is newest and keeps it.

    Parameters
    ----------
    config
        All choices.

    Raises
    ------
    GridgeoError
        The division, a table or the users cannot be read. A store that is down is no reason not to start.
    """

    def __init__(self, config: ServiceConfig) -> None:
        self.config = config
        self.workflow = read_workflow(find_table("workflow.toml", config.tables))
        self.categories = read_categories(find_table("categories.csv", config.tables))
        self.workers = read_workers(find_table("workers.csv", config.tables))
        self.snapshots = SnapshotHolder(config)
        self.store = IncidentStore(Database(config.store_url), self.workflow)
        self.store.refresh()
        self._pending: list[NewIncident] = []
        self.users_file = UsersFile(config.users)
        local = User(name="local", role=config.local_role)
        # until the store is there: who signs in meanwhile signs in again then
        self.identifier = Identifier(self.users_file.users, local, SessionSigner(secrets.token_hex(32)))
        self._has_key = False
        self._ended_since = time.time() - DISPLAY_S  # older sessions are over anyhow
        self._share_key()
        self.open_incidents = OpenIncidents()
        self.basemap = _open_basemap(config.basemap)
        self.throttle = Throttle(StoredLedger(self.store.database))
        self._placed: tuple[str, int, Columns] | None = None
        self._placing = threading.Lock()
        self._keeper: tuple[int, threading.Thread] | None = None
        self._keeping = threading.Lock()
        self._closed = threading.Event()
        self.warm: Callable[[Snapshot], object] = lambda _: None  # what is made of a division beforehand

    @property
    def problems(self) -> dict[str, str]:
        """What is wrong at the moment, with what: division, store or users."""
        found = {
            "division": self.snapshots.problem,
            "store": self.store.problem,
            "users": self.users_file.problem,
        }
        return {name: problem for name, problem in found.items() if problem is not None}

    def columns(self, snapshot: Snapshot) -> Columns:
        """Return all incidents with the grids that a snapshot gives them.

        A grid that a person chose stands as long as there is one of that code.
        """
        raw = self.store.columns
        kept = self._placed
        if kept is not None and kept[0] == snapshot.revision and kept[1] == raw.last_event_id:
            return kept[2]
        with self._placing:
            kept = self._placed
            known = np.empty(0, np.int32)
            if kept is not None and kept[0] == snapshot.revision and kept[2].position_of is raw.position_of:
                known = kept[2].grid
            placed = replace(raw, grid=np.r_[known, _place(raw, snapshot, len(known))])
            self._placed = (snapshot.revision, raw.last_event_id, placed)
            return placed

    def stamp(
        self, depends: tuple[str, ...], shown: Snapshot | None = None, seen: Columns | None = None
    ) -> str:
        """Return a text that changes when any of the named things changes: division, incidents, problems.

        Parameters
        ----------
        depends
            The names.
        shown, seen
            Of which division and incidents; the newest by default.
        """
        parts = []
        for name in depends:
            if name == "division":
                parts.append((shown or self.snapshots.current()).revision)
            elif name == "incidents":
                # an incident becomes overdue although nothing happens
                found = seen or self.store.columns
                parts.append(f"{found.last_event_id}.{found.n_overdue(time.time())}")
            elif self.problems:
                parts.append(f"{zlib.crc32(chr(10).join(self.problems.values()).encode()):08x}")
        return "-".join(parts)

    def refresh(self) -> None:
        """Look once for replaced files, for changed users, and for what other processes wrote."""
        self.snapshots.check()
        self.users_file.check(self.identifier)
        self._follow_store()

    def keep_fresh(self) -> None:
        """See that a thread of this process refreshes now and then; cheap to call at every request."""
        if not self.config.background or (self._keeper is not None and self._keeper[0] == os.getpid()):
            return
        with self._keeping:
            if self._keeper is None or self._keeper[0] != os.getpid():
                thread = threading.Thread(target=self._keep, name="gridgeo-keeper", daemon=True)
                self._keeper = (os.getpid(), thread)
                thread.start()

    def _keep(self) -> None:
        """Refresh until the service is closed; whatever goes wrong is logged and tried again."""
        last = 0.0
        self.warm(self.snapshots.current())
        while not self._closed.wait(self.config.follow_s):
            try:
                self._follow_store()
                if time.monotonic() - last >= self.config.reload_s:
                    last = time.monotonic()
                    if self.snapshots.check():
                        self.warm(self.snapshots.current())
                    self.users_file.check(self.identifier)
            except Exception:
                LOG.exception("refreshing failed")

    def _follow_store(self) -> None:
        """Take over incidents, and sessions that ended, from other processes."""
        if self.store.problem is None and self._pending:
            self._take_in_pending()
        began = time.time()
        if self.store.refresh() and self.identifier.users is not None:
            self._share_key()
            ended = read_ended_sessions(self.store.database, self._ended_since)
            for session_id in ended - self.identifier.ended:
                self.identifier.end(session_id)
            self._ended_since = began - SKEW_S

    def _share_key(self) -> None:
        """Sign sessions with the key of all processes, as soon as the store tells it."""
        if self._has_key:
            return
        key = read_secret(self.store.database)
        if key is not None:
            self.identifier.signer, self._has_key = SessionSigner(key), True
            self.identifier.forget()

    def take_in(self, news: list[NewIncident]) -> None:
        """Take the operator's incidents into the store, those that are new to it; while it is down, later."""
        self._pending = news
        self._take_in_pending()

    def close(self) -> None:
        """Close what is open; the service is at its end."""
        self._closed.set()
        self.store.database.close()
        if self.basemap is not None:
            self.basemap.close()

    def log_problem(self, message: str, error: Exception) -> None:
        """Log what went wrong where the request goes on all the same."""
        LOG.warning(message, extra={"problem": str(error)})

    def _take_in_pending(self) -> None:
        """Take in what waits for it."""
        if not self._pending:
            return
        try:
            n_new = self.store.take_in(self._pending, Actor("gridgeo serve", "admin"))
        except StoreDownError as error:
            self.log_problem("incidents not yet taken in", error)
            return
        LOG.info("incidents taken in", extra={"given": len(self._pending), "new": n_new})
        self._pending = []


def _open_basemap(told: str | None) -> PictureTiles | None:
    """Return the file of picture tiles, None where the basemap is an address or there is none."""
    return None if told is None or "://" in told else PictureTiles(told)


def _place(raw: Columns, snapshot: Snapshot, start: int) -> NDArray[np.int32]:
    """Return the grids of the incidents from a row on."""
    grid = snapshot.locate(raw.lon[start : raw.n], raw.lat[start : raw.n])
    for row in range(start, raw.n):
        chosen = raw.chosen_grid[row]
        if chosen is not None:
            grid[row - start] = snapshot.position_of.get(chosen, grid[row - start])
    return grid
