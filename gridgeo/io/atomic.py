"""Replace a file so that a kill, a full disk or a power cut leaves the old one or the new one."""

import contextlib
import os
import secrets
import shutil
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO

from gridgeo.errors import FileWriteError

try:
    import fcntl

    HAS_LOCKS = True
except ImportError:  # Windows, where an open file cannot be removed: that protects a living writer as well
    HAS_LOCKS = False

__all__ = ["check_apart", "replace_file"]

LOCK_NAME = "lock"
YOUNG_S = 60.0  # a folder without a lock file may be one that another run is just making


@contextlib.contextmanager
def replace_file(path: Path) -> Iterator[Path]:
    """Give a temporary path to write to, and put what was written in the place of ``path`` at the end.

    The temporary file lies in a hidden folder beside the target, on the same disk. When the body ends well
    it is flushed to the disk, renamed over the target in one step, and the folder entry is flushed too.
    When the body raises, the target stays as it was. What killed runs left behind is removed by the next
    run; the folder of a run that is still alive is known by its lock and is left alone.

    Parameters
    ----------
    path
        The file to replace or to make.

    Yields
    ------
    Path
        Where to write; it has the suffix of ``path`` and does not exist yet.

    Raises
    ------
    FileWriteError
        When the folder cannot be written to, the disk is full, or the file is held by another program.
    """
    target = Path(os.path.realpath(path))
    _check_target(target)
    _remove_strays(target)
    folder, lock = _make_folder(target)
    try:
        fresh = folder / f"new{target.suffix}"
        yield fresh
        _flush(fresh)
        if target.exists():
            shutil.copymode(target, fresh)
        fresh.replace(target)
        _flush(target.parent)
    except FileWriteError:
        raise
    except OSError as error:
        raise FileWriteError(
            f"{target}: cannot be written ({error.strerror or error}); {_remedy(error)}"
        ) from error
    finally:
        lock.close()
        _remove_folder(folder)


def _check_target(target: Path) -> None:
    """Raise when there is no folder to write in or the target is in use as a database."""
    if target.is_dir():
        raise FileWriteError(f"{target}: is a folder; give the name of a file in it")
    if not target.parent.is_dir():
        raise FileWriteError(f"{target}: the folder {target.parent} does not exist; make it first")
    for ending in ("-wal", "-journal"):
        side = target.with_name(target.name + ending)
        # SQLite would replay this side file into the *new* database and destroy it.
        if side.exists() and side.stat().st_size > 0:
            raise FileWriteError(
                f"{target}: open in another program, or left so by one that crashed ({side.name} is there); "
                "close it there (QGIS: remove the layer), or open and close it once, or choose another name"
            )


def _make_folder(target: Path) -> tuple[Path, IO[bytes]]:
    """Return a new hidden folder beside the target and its lock, held until closed."""
    while True:
        folder = target.parent / f".{target.name}.{secrets.token_hex(6)}.tmp"
        try:
            folder.mkdir()
            lock = (folder / LOCK_NAME).open("wb")
        except FileNotFoundError:
            continue  # another run took the empty folder for a stray one
        except OSError as error:
            message = f"{target}: its folder cannot be written to ({error.strerror}); {_remedy(error)}"
            raise FileWriteError(message) from error
        if _lock(lock) and (folder / LOCK_NAME).exists():
            return folder, lock
        lock.close()


def _remove_strays(target: Path) -> None:
    """Remove the folders that killed runs left beside the target."""
    head, tail = f".{target.name}.", ".tmp"
    for folder in target.parent.iterdir():
        token = folder.name[len(head) : -len(tail)]
        if not (
            folder.name.startswith(head)
            and folder.name.endswith(tail)
            and len(token) == 12
            and folder.is_dir()
        ):
            continue
        with contextlib.suppress(OSError):
            _remove_stray(folder)


def _remove_stray(folder: Path) -> None:
    """Remove one folder unless a living run holds its lock."""
    lock_path = folder / LOCK_NAME
    if not lock_path.exists():
        if time.time() - folder.stat().st_mtime > YOUNG_S:
            _remove_folder(folder)
        return
    if not HAS_LOCKS:
        lock_path.unlink()  # refused by Windows while its owner lives
        _remove_folder(folder)
        return
    with lock_path.open("rb+") as lock:
        if _lock(lock):
            _remove_folder(folder)


def _remove_folder(folder: Path) -> None:
    """Remove a folder, its lock last: a run that is killed meanwhile leaves an empty folder at most."""
    with contextlib.suppress(OSError):  # another run may be removing the same one
        for path in folder.iterdir():
            if path.name != LOCK_NAME:
                path.unlink()
    shutil.rmtree(folder, ignore_errors=True)


def _lock(lock: IO[bytes]) -> bool:
    """Take the lock, or return False when another process holds it."""
    if not HAS_LOCKS:
        return True
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _flush(path: Path) -> None:
    """Bring a file or the entries of a folder to the disk."""
    if path.is_dir() and os.name == "nt":
        return  # Windows cannot open a folder; its rename is journalled
    descriptor = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _remedy(error: OSError) -> str:
    """Say what to do about an error of the disk."""
    name = getattr(error, "errno", None)
    if name in {28, 27, 122}:  # ENOSPC, EFBIG, EDQUOT
        return "the disk is full: make room or write elsewhere; what was there before is untouched"
    if name in {13, 1, 30}:  # EACCES, EPERM, EROFS
        return "write to a folder of your own, or close the program that holds the file"
    return "write elsewhere; what was there before is untouched"


def check_apart(out: Path, inputs: Iterable[Path]) -> None:
    """Raise where a result would be written over one of the files that it is made of.

    Raises
    ------
    FileWriteError
        The result is one of the inputs.
    """
    for path in inputs:
        if out.resolve() == path.resolve():
            raise FileWriteError(f"{out}: is read as well, and would be lost; name another file with --out")
