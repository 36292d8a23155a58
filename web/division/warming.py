"""What first requests would wait for, made beforehand: tiles, texts of the grids, names, addresses."""

import logging
import threading
import time

from gridgeo_web.division.addresses import prepare_addresses
from gridgeo_web.division.finder import list_names
from gridgeo_web.division.grid_features import community_features, grid_features
from gridgeo_web.division.tile_layers import list_tile_layers, tile_source
from gridgeo_web.service.snapshot import Snapshot

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
    prepare_addresses(snapshot)
    LOG.info("division ready", extra={"seconds": round(time.perf_counter() - began, 2)})


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
