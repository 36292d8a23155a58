"""What a view may ask of the service: a request sees the same parts from its beginning to its end."""

import numpy as np
from flask import current_app, g, request
from gridgeo_web.auth.users import User
from gridgeo_web.service.parts import Service
from gridgeo_web.service.snapshot import Snapshot
from gridgeo_web.store import Actor, Columns
from numpy.typing import NDArray

__all__ = [
    "EXTENSION",
    "actor",
    "columns",
    "forget_pins",
    "own_grids",
    "own_incidents",
    "service",
    "snapshot",
    "user",
]

EXTENSION = "gridgeo"


def service() -> Service:
    """Return the service of this request."""
    found: Service = current_app.extensions[EXTENSION]
    return found


def snapshot() -> Snapshot:
    """Return the snapshot of this request: the same one from its beginning to its end."""
    if "snapshot" not in g:
        g.snapshot = service().snapshots.current()
    found: Snapshot = g.snapshot
    return found


def columns() -> Columns:
    """Return the incidents of this request, with their grids."""
    if "columns" not in g:
        g.columns = service().columns(snapshot())
    found: Columns = g.columns
    return found


def user() -> User | None:
    """Return who asks, None for nobody."""
    found: User | None = g.get("user")
    return found


def actor() -> Actor:
    """Return who asks, as the store writes it down."""
    who = user()
    origin = request.remote_addr or "-"
    return Actor("nobody", "-", origin) if who is None else Actor(who.name, who.role, origin)


def forget_pins() -> None:
    """Let the rest of this request see what it has just written."""
    g.pop("columns", None)


def own_grids() -> NDArray[np.bool_]:
    """Tell of each grid of the snapshot whether the one who asks may see it."""
    who = user()
    area = who.area if who is not None else ""
    made: NDArray[np.bool_] = snapshot().cache.get(("own grids", area), lambda: snapshot().in_area(area))
    return made


def own_incidents() -> NDArray[np.bool_]:
    """Tell of each incident whether the one who asks may see it; without a grid only who sees all areas."""
    found = columns()
    who = user()
    if who is None or not who.area:
        return np.ones(found.n, bool)
    return np.append(own_grids(), False)[found.grid]
