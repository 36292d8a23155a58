"""Answers that cost something to make, kept until what they were made from changes."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

__all__ = ["Cache"]

MOST_BYTES = 256 * 1024 * 1024


class Cache:
    """Things by their names, the least used ones forgotten first; each made once, however many ask at a time.

    Parameters
    ----------
    most_bytes
        How much to keep; things that are no bytes count as nothing.
    """

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._lock = threading.Lock()
        self._things: OrderedDict[Any, Any] = OrderedDict()
        self._making: dict[Any, threading.Lock] = {}
        self._size = 0
        self._most = most_bytes

    def get(self, name: Any, build: Callable[[], Any]) -> Any:
        """Return the thing of a name; ``build`` makes it when it is not there.

        Two that ask for one name at a time wait for one another; other names do not wait.
        """
        with self._lock:
            if name in self._things:
                self._things.move_to_end(name)
                return self._things[name]
            own = self._making.setdefault(name, threading.Lock())
        with own:
            with self._lock:
                if name in self._things:
                    return self._things[name]
            try:
                thing = build()
                self._keep(name, thing)
            finally:
                with self._lock:
                    self._making.pop(name, None)
        return thing

    def __len__(self) -> int:
        return len(self._things)

    def _keep(self, name: Any, thing: Any) -> None:
        """Remember a thing and forget the least used ones beyond the limit."""
        with self._lock:
            self._things[name] = thing
            self._size += _size(thing)
            while self._size > self._most and len(self._things) > 1:
                _, old = self._things.popitem(last=False)
                self._size -= _size(old)


def _size(thing: Any) -> int:
    """Return how many bytes a thing counts."""
    return len(thing) if isinstance(thing, bytes) else 0
