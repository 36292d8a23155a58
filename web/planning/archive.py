"""The folder of divisions beside the served one: what drafts began from, and the versions saved from them."""

import contextlib
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from gridgeo_web.errors import ConflictError, StoreDownError

from gridgeo import Division, read_division
from gridgeo.errors import FileWriteError
from gridgeo.io import hash_file

__all__ = ["Archive", "fingerprint"]


def fingerprint(division: Division) -> str:
    """Return 16 hexadecimal digits that change with whatever a change of the grids builds upon.

    These are the atoms, where they lie, their households and grids; the order of rows does not matter.
    """
    atoms = division.atoms.sort_values("atom_id", ignore_index=True)
    whole = hashlib.sha256()
    for name in ("atom_id", "grid_code", "households"):
        whole.update("\n".join(atoms[name].astype(str)).encode() + b"\0")
    whole.update(atoms.geometry.get_coordinates().to_numpy().tobytes())
    return whole.hexdigest()[:16]


class Archive:
    """Division files by their fingerprints; a file is written once, whole, and never changed.

    Parameters
    ----------
    served
        The division file of the service; the folder lies beside it.
    """

    def __init__(self, served: Path) -> None:
        self.served = served
        self.folder = served.with_suffix(".versions")

    def find(self, mark: str) -> Path | None:
        """Return the file of a fingerprint, None where there is none."""
        found = sorted(self.folder.glob(f"*-{mark}.gpkg"))
        return found[0] if found else None

    def keep(self, division: Division, mark: str, file_hash: str = "") -> Path:
        """Return the file of a division, written now where there is none.

        Where the served file still is the one with this SHA-256, it is copied: a city takes seconds to write.

        Raises
        ------
        StoreDownError
            It cannot be written.
        """
        return self.find(mark) or (file_hash and self._copy(mark, file_hash)) or self.write(division, mark)

    def write(self, division: Division, mark: str) -> Path:
        """Return a new file of a division, whole and on the disk.

        Raises
        ------
        StoreDownError
            It cannot be written.
        """
        path = self._name(mark)
        try:
            self.folder.mkdir(exist_ok=True)
            division.write(path)
        except (OSError, FileWriteError) as error:
            raise self._no_room(error) from error
        return path

    def read(self, mark: str) -> Division:
        """Return the division of a fingerprint.

        Raises
        ------
        ConflictError
            Its file is gone.
        """
        path = self.find(mark)
        if path is None:
            raise ConflictError(
                f"the division {mark} that this began from is no longer in {self.folder}; put it back"
            )
        return read_division(path)

    def publish(self, file: str) -> None:
        """Let the served division be a version: whole and at once, or not at all.

        Raises
        ------
        StoreDownError
            The file is gone, or the served one cannot be written.
        """
        try:
            with _copied(self.folder / file, self.served.parent) as copy:
                copy.replace(self.served)
        except OSError as error:
            raise StoreDownError(f"{self.served} cannot be replaced: {error}") from error

    def _copy(self, mark: str, file_hash: str) -> Path | None:
        """Return a copy of the served file, None where that is another one by now."""
        path = self._name(mark)
        try:
            self.folder.mkdir(exist_ok=True)
            with _copied(self.served, self.folder) as copy:
                if hash_file(copy) != file_hash:
                    return None
                copy.replace(path)
        except OSError as error:
            raise self._no_room(error) from error
        return path

    def _name(self, mark: str) -> Path:
        """Return a file name that was never used."""
        return self.folder / f"{datetime.now(UTC):%Y%m%d-%H%M%S-%f}-{mark}.gpkg"

    def _no_room(self, error: Exception) -> StoreDownError:
        """Return what is said when nothing can be written here."""
        return StoreDownError(
            f"the version cannot be written to {self.folder} ({error}); see that the folder can be written "
            "to and has room"
        )


@contextlib.contextmanager
def _copied(source: Path, folder: Path) -> Iterator[Path]:
    """Yield a copy of a file, whole and on the disk; it is gone afterwards unless it was moved away."""
    handle, name = tempfile.mkstemp(prefix=f".{source.stem}-", dir=folder)
    copy = Path(name)
    try:
        with os.fdopen(handle, "wb") as target, source.open("rb") as opened:
            shutil.copyfileobj(opened, target)
            shutil.copymode(source, copy)  # a file of mkstemp is for its owner alone
            target.flush()
            os.fsync(target.fileno())
        yield copy
    finally:
        copy.unlink(missing_ok=True)
