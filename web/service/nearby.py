"""The open incidents in an index that changes in place: the nearest ones to a caller, as of this second."""

import threading

import numpy as np
from gridgeo_web.service.snapshot import Snapshot
from gridgeo_web.store import Columns

from gridgeo.locate.live import LiveIndex

__all__ = ["OpenIncidents"]


class OpenIncidents:
    """Follows the columns of the store: an incident enters when it is reported and leaves when it is done."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._index: LiveIndex[int] = LiveIndex()
        self._system = ""
        self._seen = 0
        self._rows: dict[str, int] | None = None

    def nearest(
        self, place: tuple[float, float], k: int, wanted: np.ndarray, now: tuple[Columns, Snapshot]
    ) -> list[tuple[int, float]]:
        """Return the rows of the nearest open incidents with their metres, nearest first.

        Parameters
        ----------
        place
            Longitude and latitude in WGS 84.
        k
            How many at most.
        wanted
            Which rows may be among them.
        now
            The incidents and the division of the request.
        """
        columns, snapshot = now
        with self._lock:
            self._follow(columns, snapshot)
            x, y = snapshot.to_metric(*place)
            ask = k
            while True:
                near = self._index.nearest(float(x), float(y), ask)
                found = [(row, away) for row, away in near if row < columns.n and wanted[row]]
                if len(found) >= k or len(near) < ask:
                    return found[:k]
                ask *= 4

    def _follow(self, columns: Columns, snapshot: Snapshot) -> None:
        """Bring the index to the state of the columns."""
        system = snapshot.index.crs.to_wkt()
        if self._system != system or self._rows is not columns.position_of or len(self._index) == 0:
            rows = np.flatnonzero(columns.is_open & np.isfinite(columns.lon))
            x, y = snapshot.to_metric(columns.lon[rows], columns.lat[rows])
            self._index = LiveIndex(zip(rows.tolist(), x.tolist(), y.tolist(), strict=True))
            self._system, self._rows, self._seen = system, columns.position_of, columns.last_event_id
            return
        rows = columns.changed_after(self._seen)
        rows = rows[np.isfinite(columns.lon[rows])]
        x, y = snapshot.to_metric(columns.lon[rows], columns.lat[rows])
        for row, at_x, at_y in zip(rows.tolist(), x.tolist(), y.tolist(), strict=True):
            if columns.is_open[row] and row not in self._index:
                self._index.insert(row, at_x, at_y)
            elif not columns.is_open[row] and row in self._index:
                self._index.delete(row)
        self._seen = max(self._seen, columns.last_event_id)
