"""A brake on guessing passwords: after a few wrong ones one has to wait, longer each time."""

import contextlib
import logging
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from gridgeo_web.errors import OverloadedError, StoreDownError, TooManyError

__all__ = ["Attempt", "Failures", "Ledger", "OwnLedger", "Throttle"]

LOG = logging.getLogger(__name__)
Found = TypeVar("Found")

FREE = 5  # wrong passwords without a wait, for one name from one address
FIRST_WAIT_S = 10.0
LONGEST_WAIT_S = 900.0
FORGET_S = 3600.0
AT_ONCE = 2  # passwords hashed at a time: each takes a core for a moment
REMEMBERED = 10_000
LONGEST_NAME = 64  # characters of a name that count


@dataclass
class Attempt:
    """One try; whoever checks the password says whether it succeeded."""

    succeeded: bool = False


@dataclass(frozen=True)
class Failures:
    """How often a name or an address was wrong, when last, and when it may try again: seconds since 1970."""

    n: int
    last: float
    until: float = 0.0


class Ledger(Protocol):
    """Where failures are kept, under names and addresses."""

    def read(self, keys: Iterable[str]) -> dict[str, Failures]:
        """Return the failures of those keys that have any."""

    def change(
        self,
        keys: Iterable[str],
        make: Callable[[Mapping[str, Failures]], Mapping[str, Failures]],
        forget: float,
    ) -> None:
        """Put what is made of the failures of some keys in their place, and forget what was before a time."""


@dataclass
class OwnLedger:
    """Failures in the memory of this process."""

    _kept: dict[str, Failures] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def read(self, keys: Iterable[str]) -> dict[str, Failures]:
        """Return the failures of those keys that have any."""
        return {key: self._kept[key] for key in keys if key in self._kept}

    def change(
        self,
        keys: Iterable[str],
        make: Callable[[Mapping[str, Failures]], Mapping[str, Failures]],
        forget: float,
    ) -> None:
        """Put what is made of the failures of some keys in their place, and forget what was before a time."""
        with self._lock:
            wanted = set(keys)
            others = {k: one for k, one in self._kept.items() if k not in wanted and one.last >= forget}
            newest = sorted(others.items(), key=lambda item: item[1].last)[-REMEMBERED:]
            self._kept = dict(newest) | dict(make(self.read(wanted)))


class Throttle:
    """Counts wrong tries by name and by address.

    Parameters
    ----------
    shared
        Where all processes of a service count together. While it is down, each one counts for itself.
    clock
        Seconds since 1970, the same in all processes.
    """

    def __init__(self, shared: Ledger, clock: Callable[[], float] = time.time) -> None:
        self._ledgers: tuple[Ledger, Ledger] = (shared, OwnLedger())
        self._clock = clock
        self._slots = threading.BoundedSemaphore(AT_ONCE)

    @contextlib.contextmanager
    def attempt(self, name: str, origin: str) -> Iterator[Attempt]:
        """Give one try to a name from an address.

        Whoever guesses from elsewhere should not keep the right one out, so a name alone has more tries than
        a name from one address; and an address has no more for many names than for one.

        Raises
        ------
        TooManyError
            One of them has to wait.
        OverloadedError
            Too many try at the same moment.
        """
        short = name[:LONGEST_NAME].replace("\0", "")  # which PostgreSQL does not keep
        keys = {f"{origin} {short}": FREE, f"{origin} *": 2 * FREE, f"* {short}": 10 * FREE}
        self._check(keys)
        if not self._slots.acquire(timeout=1.0):
            raise OverloadedError("too many sign in at this moment; try again in a few seconds")
        attempt = Attempt()
        try:
            yield attempt
        finally:
            self._slots.release()
            self._count(keys, attempt)

    def _check(self, keys: dict[str, int]) -> None:
        """Raise when one of the keys has to wait."""
        now, found = self._clock(), self._on_ledger(lambda ledger: ledger.read(keys))
        waits = [one.until - now for one in found.values()]
        wait = max(
            (wait for wait in waits if wait <= LONGEST_WAIT_S), default=0.0
        )  # else the clock was wrong
        if wait > 0:
            seconds = int(wait) + 1
            raise TooManyError(
                f"too many wrong passwords; try again in {seconds} seconds", extra={"retry_after": seconds}
            )

    def _count(self, keys: dict[str, int], attempt: Attempt) -> None:
        """Remember how a try ended."""
        now = self._clock()
        first = next(iter(keys))
        if attempt.succeeded and not self._on_ledger(lambda ledger: ledger.read([first])):
            return  # nothing to forget, so nothing to write

        def make(found: Mapping[str, Failures]) -> dict[str, Failures]:
            if attempt.succeeded:  # other names from this address stay counted
                return {key: one for key, one in found.items() if key != first}
            return {key: _one_more(found.get(key), free, now) for key, free in keys.items()}

        self._on_ledger(lambda ledger: ledger.change(keys, make, now - FORGET_S))

    def _on_ledger(self, use: Callable[[Ledger], Found]) -> Found:
        """Use the ledger of all processes, the own one while it is down."""
        shared, own = self._ledgers
        try:
            return use(shared)
        except StoreDownError as error:
            LOG.warning("wrong passwords are counted by each process", extra={"problem": str(error)})
            return use(own)


def _one_more(found: Failures | None, free: int, now: float) -> Failures:
    """Return the failures after one more; those of more than an hour ago count no longer."""
    n = 1 if found is None or now - found.last > FORGET_S else found.n + 1
    wait = min(FIRST_WAIT_S * 2.0 ** (n - free), LONGEST_WAIT_S) if n >= free else 0.0
    return Failures(n, now, now + wait if wait else 0.0)
