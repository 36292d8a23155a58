"""The errors of gridgeo: one tree, each also the builtin that a notebook user would catch."""

__all__ = [
    "CRSError",
    "FileReadError",
    "FileWriteError",
    "GridgeoError",
    "InfeasibleError",
    "LawError",
    "MissingExtraError",
    "PlanError",
    "SchemaError",
]


class GridgeoError(Exception):
    """Anything that gridgeo refuses or cannot do; the message says what, where and what next."""


class SchemaError(GridgeoError, ValueError):
    """A layer does not keep its contract; the message lists every fault of the layer."""


class CRSError(GridgeoError, ValueError):
    """A layer has no coordinate reference system, the wrong one, or two layers have different ones."""


class FileReadError(GridgeoError, OSError):
    """A file or a layer of it cannot be read."""


class FileWriteError(GridgeoError, OSError):
    """A result cannot be written; what was there before is still there."""


class InfeasibleError(GridgeoError, ValueError):
    """No plan can satisfy what was asked for."""


class LawError(GridgeoError, RuntimeError):
    """A result breaks a law that always has to hold; a fault of gridgeo itself, never written to a file."""


class MissingExtraError(GridgeoError, ImportError):
    """An optional package is needed; the message names the extra to install."""


class PlanError(GridgeoError, ValueError):
    """A plan refuses a change: a locked grid, an atom of another community, a broken law on saving."""
