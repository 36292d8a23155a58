"""The running service: its parts in memory, and what a view may ask of them."""

from gridgeo_web.service.parts import Service
from gridgeo_web.service.request import (
    EXTENSION,
    actor,
    columns,
    forget_pins,
    own_grids,
    own_incidents,
    service,
    snapshot,
    user,
)

__all__ = [
    "EXTENSION",
    "Service",
    "actor",
    "columns",
    "forget_pins",
    "own_grids",
    "own_incidents",
    "service",
    "snapshot",
    "user",
]
