"""One way to compile: to machine code, kept on disk, running beside other threads."""

import hashlib
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

from numba import njit

__all__ = ["compiled"]

Function = TypeVar("Function", bound=Callable[..., Any])


def compiled(function: Function) -> Function:
    """Return the function compiled on its first call; later processes take it from the disk.

    A compiled function makes no arrays of its own. So it needs no count of references to them, which would
    take most of the time of a short loop, and half of that of compiling it.
    """
    options = {"nogil": True, "_nrt": False, "error_model": "numpy", "forceinline": True}
    machine_code: Any = njit(cache=True, **options)(function)
    kept: Any = getattr(getattr(machine_code, "_cache", None), "_cache_file", None)
    if not hasattr(kept, "_source_stamp"):  # a numba that keeps its files otherwise: better slow than stale
        return njit(**options)(function)  # type: ignore[no-any-return]
    kept._source_stamp = fingerprint(Path(function.__code__.co_filename).parent)
    return machine_code  # type: ignore[no-any-return]


@lru_cache(maxsize=1)
def fingerprint(folder: Path) -> str:
    """Return the digest of all code in a folder.

    Numba takes what it kept for good as long as the file of a function is as it was. But machine code holds
    that of the functions which it calls, too, and these lie in other files: after a change of the energy
    alone the search would go on with the old one.
    """
    digest = hashlib.sha256()
    for path in sorted(folder.glob("*.py")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()
