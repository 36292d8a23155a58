"""Values that go to another process and back: their geometries travel as arrays, not one by one."""

from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

__all__ = ["Portable"]


class Binary:
    """Geometries as well-known binary, which keeps every bit of a coordinate."""

    def __init__(self, geometry: NDArray[np.object_]) -> None:
        self.values = shapely.to_wkb(geometry)


class Portable:
    """A dataclass that is pickled with each array of geometries as one of well-known binary.

    Pickle would call Python for each geometry, which takes six times as long.
    """

    def __getstate__(self) -> dict[str, Any]:
        return {name: Binary(value) if is_geometry(value) else value for name, value in vars(self).items()}

    def __setstate__(self, state: dict[str, Any]) -> None:
        for name, value in state.items():
            vars(self)[name] = shapely.from_wkb(value.values) if isinstance(value, Binary) else value


def is_geometry(value: object) -> bool:
    """Return whether a value is an array of geometries."""
    return isinstance(value, np.ndarray) and value.dtype == object
