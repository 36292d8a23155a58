"""A brake on guessing passwords: after a few wrong ones one has to wait, longer each time."""

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from gridgeo_web.errors import OverloadedError, TooManyError

__all__ = ["Attempt", "Throttle"]

FREE = 5  # wrong passwords without a wait, for one name from one address
FIRST_WAIT_S = 10.0
LONGEST_WAIT_S = 900.0
FORGET_S = 3600.0
AT_ONCE = 2  # passwords hashed at a time: each takes a core for a moment
REMEMBERED = 10_000


@dataclass
class Attempt:
    """One try; whoever checks the password says whether it succeeded."""

    succeeded: bool = False


@dataclass
class _Failures:
    """How often a name or an address was wrong, and when it may try again."""

    n: int = 0
    last: float = 0.0
    until: float = 0.0


class Throttle:
    """Counts wrong tries by name and by address.

    Parameters
    ----------
    clock
        Seconds that only go forward.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._failures: dict[str, _Failures] = {}
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
        keys = {f"{origin} {name}": FREE, f"{origin} *": 2 * FREE, f"* {name}": 10 * FREE}
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
        now = self._clock()
        with self._lock:
            wait = max(
                (self._failures[key].until - now for key in keys if key in self._failures), default=0.0
            )
        if wait > 0:
            seconds = int(wait) + 1
            raise TooManyError(
                f"too many wrong passwords; try again in {seconds} seconds", extra={"retry_after": seconds}
            )

    def _count(self, keys: dict[str, int], attempt: Attempt) -> None:
        """Remember how a try ended."""
        now = self._clock()
        with self._lock:
            if attempt.succeeded:
                self._failures.pop(next(iter(keys)), None)  # other names from this address stay counted
                return
            for key, free in keys.items():
                found = self._failures.setdefault(key, _Failures())
                found.n = 1 if now - found.last > FORGET_S else found.n + 1
                found.last = now
                if found.n >= free:
                    found.until = now + min(FIRST_WAIT_S * 2.0 ** (found.n - free), LONGEST_WAIT_S)
            if len(self._failures) > REMEMBERED:
                kept = sorted(self._failures.items(), key=lambda item: item[1].last)
                self._failures = dict(kept[len(kept) // 2 :])
