"""Places that come and go, such as open incidents or grid workers: nearest, and within a window.

The index is an R-tree that changes in place. For places that stay, `GridIndex` and shapely's STRtree are
faster.
"""

import math
import threading
from collections.abc import Hashable, Iterable
from typing import Generic, TypeVar

from rtree.index import Index

__all__ = ["LiveIndex"]

Key = TypeVar("Key", bound=Hashable)


class LiveIndex(Generic[Key]):
    """Places by their keys, to be inserted, moved, deleted and searched at any time, by any thread.

    Parameters
    ----------
    places
        ``(key, x, y)`` of the first places, in one metric system; many at once load faster than one by one.

    Raises
    ------
    ValueError
        A key stands twice, or a coordinate is missing or infinite.

    Examples
    --------
    >>> from gridgeo.locate.live import LiveIndex
    >>> index = LiveIndex([("a", 0, 0), ("b", 30, 40)])
    >>> index.insert("c", 3, 4)
    >>> index.nearest(0, 0, k=2)
    [('a', 0.0), ('c', 5.0)]
    >>> index.delete("a")
    >>> index.within(0, 0, 10, 10)
    ['c']
    """

    def __init__(self, places: Iterable[tuple[Key, float, float]] = ()) -> None:
        self._lock = threading.RLock()
        self._next = 0
        self._number: dict[Key, int] = {}
        self._place: dict[int, tuple[Key, float, float]] = {}
        for key, x, y in places:
            self._remember(key, x, y)
        stream = [(number, (x, y, x, y), None) for number, (_, x, y) in self._place.items()]
        self._tree = Index(stream) if stream else Index()

    def __len__(self) -> int:
        return len(self._number)

    def __contains__(self, key: object) -> bool:
        return key in self._number

    def insert(self, key: Key, x: float, y: float) -> None:
        """Add a place; a key that is there already is an error, `move` is for that."""
        with self._lock:
            number = self._remember(key, x, y)
            self._tree.insert(number, (x, y, x, y))

    def delete(self, key: Key) -> None:
        """Take a place out.

        Raises
        ------
        KeyError
            There is none with this key.
        """
        with self._lock:
            if key not in self._number:
                raise KeyError(f"no place with the key {key!r} is in the index")
            number = self._number.pop(key)
            _, x, y = self._place.pop(number)
            self._tree.delete(number, (x, y, x, y))

    def move(self, key: Key, x: float, y: float) -> None:
        """Give a place that is there other coordinates."""
        with self._lock:
            _check_place(key, x, y)
            self.delete(key)
            self.insert(key, x, y)

    def nearest(self, x: float, y: float, k: int = 1) -> list[tuple[Key, float]]:
        """Return the k nearest places with their distances, nearest first; of equally near ones the first
        inserted.

        Parameters
        ----------
        x, y
            From where.
        k
            How many; fewer come back where there are not so many.
        """
        if k < 1:
            raise ValueError(f"k must be at least 1, got {k}")
        _check_place("the place to search from", x, y)
        with self._lock:
            found = list(self._tree.nearest((x, y, x, y), k)) if self._number else []
            away = sorted((math.dist((x, y), self._place[number][1:]), number) for number in found)
            return [(self._place[number][0], distance) for distance, number in away[:k]]

    def within(self, west: float, south: float, east: float, north: float) -> list[Key]:
        """Return the places in a window, its border included, in the order in which they were inserted.

        Parameters
        ----------
        west, south, east, north
            The window.
        """
        if not (west <= east and south <= north):
            raise ValueError(f"the window {(west, south, east, north)} has its sides exchanged")
        with self._lock:
            found = sorted(self._tree.intersection((west, south, east, north)))
            return [self._place[number][0] for number in found]

    def _remember(self, key: Key, x: float, y: float) -> int:
        """Return the number of a new place, kept with its coordinates."""
        _check_place(key, x, y)
        if key in self._number:
            raise ValueError(f"a place with the key {key!r} is in the index already; use move to change it")
        number = self._number[key] = self._next
        self._next += 1
        self._place[number] = (key, float(x), float(y))
        return number


def _check_place(key: object, x: float, y: float) -> None:
    """Raise when a coordinate is missing or infinite."""
    if not (math.isfinite(x) and math.isfinite(y)):
        raise ValueError(f"{key!r} has no place: x is {x}, y is {y}")
