"""One way to compile: to machine code, kept on disk, running beside other threads."""

from collections.abc import Callable
from typing import Any, TypeVar

from numba import njit

__all__ = ["compiled"]

Function = TypeVar("Function", bound=Callable[..., Any])


def compiled(function: Function) -> Function:
    """Return the function compiled on its first call; later processes take it from the disk.

    A compiled function makes no arrays of its own. So it needs no count of references to them, which would
    take most of the time of a short loop, and half of that of compiling it.
    """
    machine_code: Function = njit(cache=True, nogil=True, _nrt=False, error_model="numpy")(function)
    return machine_code
