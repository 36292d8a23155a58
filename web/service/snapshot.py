"""The division in memory: read whole, never changed, replaced by a newer one without a broken request."""

import hashlib
import logging
import os
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from geopandas import GeoDataFrame
from gridgeo_web.config import ServiceConfig
from gridgeo_web.service.cache import Cache
from numpy.typing import ArrayLike, NDArray

from gridgeo import Division, Gazetteer, GridIndex, read_division, read_gazetteer
from gridgeo.crs import NamedSystem, from_lonlat
from gridgeo.errors import FileReadError, GridgeoError
from gridgeo.io import hash_file, read_layer, split_source

__all__ = ["Snapshot", "SnapshotHolder"]

LONLAT = "EPSG:4326"
LOG = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """A division as the service shows it, with all that is made from it.

    Attributes
    ----------
    division : as in the file.
    revision : 16 hexadecimal digits that change when the content of any of the files changes.
    file_hash : the SHA-256 of the division's file.
    communities, grids, buildings, streets : in longitude and latitude (EPSG:4326); grids in order of codes.
    layers : the further layers by name, in longitude and latitude.
    index : finds the grid of a place, in the system of the division; ``index.codes`` are the grids' codes.
    gazetteer : finds addresses; None when the service has none.
    cache : what was made from this snapshot, by name.
    """

    division: Division
    revision: str
    file_hash: str
    communities: GeoDataFrame
    grids: GeoDataFrame
    buildings: GeoDataFrame
    streets: GeoDataFrame
    layers: Mapping[str, GeoDataFrame]
    index: GridIndex
    gazetteer: Gazetteer | None
    cache: Cache = field(default_factory=Cache)

    @classmethod
    def read(cls, config: ServiceConfig) -> "Snapshot":
        """Return the files of a service as they are now.

        Raises
        ------
        GridgeoError
            When a file is missing, damaged, or not what it should be.
        """
        before = [hash_file(file) for file in _files(config)]
        division = read_division(config.division)
        snapshot = cls(
            division=division,
            revision=hashlib.sha256("".join(before).encode()).hexdigest()[:16],
            file_hash=before[0],
            communities=division.communities.to_crs(LONLAT),
            grids=division.grids.sort_values("grid_code", ignore_index=True).to_crs(LONLAT),
            buildings=division.buildings.to_crs(LONLAT),
            streets=division.streets.to_crs(LONLAT),
            layers={layer.name: read_layer(layer.source).to_crs(LONLAT) for layer in config.layers},
            index=GridIndex(division.grids),
            gazetteer=None if config.gazetteer is None else read_gazetteer(config.gazetteer),
        )
        if [hash_file(file) for file in _files(config)] != before:
            raise FileReadError(
                f"{config.division} was replaced while it was read; it is read again in a moment"
            )
        return snapshot

    @cached_property
    def codes(self) -> NDArray[np.object_]:
        """The codes of the grids in order; positions in it are the service's numbers of grids."""
        return np.asarray(self.index.codes, dtype=object)

    @cached_property
    def position_of(self) -> dict[str, int]:
        """The position of each grid code."""
        return {code: position for position, code in enumerate(self.codes)}

    @cached_property
    def areas(self) -> NDArray[np.object_]:
        """The area code of each grid, in the order of ``codes``."""
        return self.grids["area_code"].to_numpy(dtype=object)  # type: ignore[no-any-return]

    @cached_property
    def bounds(self) -> tuple[float, float, float, float]:
        """West, south, east and north of the communities, in degrees."""
        west, south, east, north = (float(value) for value in self.communities.total_bounds)
        return west, south, east, north

    def locate(self, lon: ArrayLike, lat: ArrayLike, tolerance: float | None = None) -> NDArray[np.int32]:
        """Return the position in ``codes`` of the grid of each place in WGS 84, -1 for none."""
        x, y = self.to_metric(lon, lat)
        return self.index.locate(x, y, tolerance)

    def to_metric(self, lon: ArrayLike, lat: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return places in the system of the division."""
        return from_lonlat(lon, lat, self._system)

    def in_area(self, prefix: str) -> NDArray[np.bool_]:
        """Tell of each grid whether its area code begins with a prefix."""
        return np.array([str(code).startswith(prefix) for code in self.areas], dtype=bool)

    @cached_property
    def _system(self) -> NamedSystem:
        return NamedSystem(self.index.crs.name, self.index.crs)


class SnapshotHolder:
    """Keeps the newest whole snapshot; `check` looks for replaced files and reads them aside."""

    def __init__(self, config: ServiceConfig) -> None:
        self._config = config
        self._signature = _signature(config)
        self._failed: tuple[Any, ...] | None = None
        self._reading = threading.Lock()
        self._snapshot = Snapshot.read(config)
        self.problem: str | None = None
        self.read_at = time.time()

    def current(self) -> Snapshot:
        """Return the newest snapshot that was read whole; a request keeps the one it began with."""
        return self._snapshot

    def check(self) -> bool:
        """Read the files when they changed; tell whether there is a new snapshot.

        A file that is missing or damaged leaves the old snapshot in place, and ``problem`` says why.
        """
        with self._reading:
            try:
                signature = _signature(self._config)
                if signature == self._signature:
                    self._forget_problem()
                    return False
                if signature == self._failed:
                    return False
                fresh = Snapshot.read(self._config)
            except (GridgeoError, OSError, ValueError) as error:
                self._remember_problem(error)
                return False
            self._signature = signature
            is_new = fresh.revision != self._snapshot.revision
            if is_new:
                self._snapshot, self.read_at = fresh, time.time()
                LOG.info("division replaced", extra={"revision": fresh.revision})
            self._forget_problem()
            return is_new

    def _remember_problem(self, error: Exception) -> None:
        """Say once what is wrong, and do not read the same damaged file again and again."""
        file = str(self._config.division)
        said = str(error) if file in str(error) else f"{file}: {error}"
        text = f"{said}; the map shows the division as it was last read"
        if text != self.problem:
            LOG.error("division cannot be read", extra={"problem": text})
        self.problem = text
        try:
            self._failed = _signature(self._config)
        except OSError:
            self._failed = None

    def _forget_problem(self) -> None:
        """Say once that all is well again."""
        if self.problem is not None:
            LOG.info("division can be read again", extra={"revision": self._snapshot.revision})
        self.problem, self._failed = None, None


def _files(config: ServiceConfig) -> list[Path]:
    """Return the files that a snapshot is read from."""
    extra = [split_source(layer.source)[0] for layer in config.layers]
    gazetteer = [config.gazetteer] if config.gazetteer is not None else []
    return [config.division, *extra, *gazetteer]


def _signature(config: ServiceConfig) -> tuple[Any, ...]:
    """Return what changes when any of the files is replaced, without reading them."""
    try:
        stats = [os.stat(file) for file in _files(config)]  # noqa: PTH116 - one call for each file, no more
    except FileNotFoundError as error:
        is_division = Path(error.filename) == config.division
        remedy = "a division file is made with gridgeo divide … --out FILE"
        if not is_division:
            remedy = "correct --layer or --gazetteer, or put the file there"
        raise FileReadError(f"{error.filename} is not there; {remedy}") from error
    return tuple((stat.st_ino, stat.st_size, stat.st_mtime_ns) for stat in stats)
