"""The folder of divisions beside the served one: what drafts began from, and the versions saved from them."""

import contextlib
import hashlib
import os
import shutil
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from gridgeo_web.errors import ConflictError, StoreDownError

from gridgeo import Division, read_division
from gridgeo.errors import FileWriteError

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

    def keep(self, division: Division, mark: str) -> Path:
        """Return the file of a division, written now where there is none.

        Raises
        ------
        StoreDownError
            It cannot be written.
        """
        return self.find(mark) or self.write(division, mark)

    def write(self, division: Division, mark: str) -> Path:
        """Return a new file of a division, whole and on the disk.

        Raises
        ------
        StoreDownError
            It cannot be written.
        """
        path = self.folder / f"{datetime.now(UTC):%Y%m%d-%H%M%S-%f}-{mark}.gpkg"
        try:
            self.folder.mkdir(exist_ok=True)
            division.write(path)
        except (OSError, FileWriteError) as error:
            raise StoreDownError(
                f"the version cannot be written to {self.folder} ({error}); see that the folder can be "
                "written to and has room"
            ) from error
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
        handle, temporary = -1, ""
        try:
            handle, temporary = tempfile.mkstemp(prefix=f".{self.served.stem}-", dir=self.served.parent)
            with os.fdopen(handle, "wb") as target, (self.folder / file).open("rb") as source:
                shutil.copyfileobj(source, target)
                target.flush()
                os.fsync(target.fileno())
            Path(temporary).replace(self.served)
        except OSError as error:
            with contextlib.suppress(FileNotFoundError):
                Path(temporary).unlink()
            raise StoreDownError(f"{self.served} cannot be replaced: {error}") from error
