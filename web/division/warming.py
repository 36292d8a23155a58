"""What first requests would wait for, made beforehand: tiles, texts of the grids, names, addresses."""

import logging
import threading
import time

import numpy as np
from gridgeo_web.division.addresses import prepare_addresses
from gridgeo_web.division.finder import list_names
from gridgeo_web.division.grid_features import community_features, grid_features
from gridgeo_web.division.tile_layers import list_tile_layers, tile_source
from gridgeo_web.service.snapshot import Snapshot

from gridgeo.locate.neighbours import find_grids_near

__all__ = ["warm_aside", "warm_snapshot"]

LOG = logging.getLogger(__name__)


def warm_snapshot(snapshot: Snapshot) -> None:
    """Make what a snapshot keeps for those who may see everything; requests wait for it, none makes it twice.

    Parameters
    ----------
    snapshot
        A division just read.
    """
    began = time.perf_counter()
    grid_features(snapshot)
    community_features(snapshot)
    for name in list_tile_layers(snapshot):
        tile_source(snapshot, name, "")
    list_names(snapshot)
    _load_machine_code(snapshot)
    prepare_addresses(snapshot)
    LOG.info("division ready", extra={"seconds": round(time.perf_counter() - began, 2)})


def _load_machine_code(snapshot: Snapshot) -> None:
    """Find a place among the grids and one beside them, so that nobody waits for the code that does it."""
    west, south, east, north = snapshot.bounds
    lon, lat = np.array([(west + east) / 2, west - 1.0]), np.array([(south + north) / 2, south - 1.0])
    snapshot.locate(lon, lat, 1.0)
    x, y = snapshot.to_metric(lon, lat)
    snapshot.index.border_distance(x[:1], y[:1], np.zeros(1, np.int32))
    find_grids_near(snapshot.index, float(x[0]), float(y[0]), 30.0)


def warm_aside(snapshot: Snapshot) -> threading.Thread:
    """Return a thread that warms a snapshot, already at work.

    Parameters
    ----------
    snapshot
        A division just read.
    """
    thread = threading.Thread(target=warm_snapshot, args=(snapshot,), name="gridgeo-warmer", daemon=True)
    thread.start()
    return thread
