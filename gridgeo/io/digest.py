"""The fingerprint of an input, so that a manifest can say what a division was made from."""

import hashlib
from pathlib import Path

from gridgeo.errors import FileReadError
from gridgeo.io.source import split_source

__all__ = ["hash_file"]


def hash_file(path: str | Path) -> str:
    """Return the SHA-256 of a file as 64 hexadecimal digits.

    A shapefile is all its parts and a ``.gdb`` all its files: there the hash runs over the sorted names and
    contents. ``FILE:LAYER`` gives the hash of the whole file.

    Parameters
    ----------
    path
        A file, a folder that is a data set, or ``FILE:LAYER``.

    Returns
    -------
    str
        For a plain file what ``sha256sum`` prints.

    Raises
    ------
    FileReadError
        When it cannot be read.
    """
    file, _ = split_source(path)
    parts = _parts(file)
    try:
        if len(parts) == 1 and parts[0] == file:
            with file.open("rb") as stream:
                return hashlib.file_digest(stream, "sha256").hexdigest()
        whole = hashlib.sha256()
        for part in parts:
            with part.open("rb") as stream:
                whole.update(f"{part.name} {hashlib.file_digest(stream, 'sha256').hexdigest()}\n".encode())
    except OSError as error:
        raise FileReadError(f"{file}: cannot be read for its fingerprint ({error.strerror})") from error
    return whole.hexdigest()


def _parts(file: Path) -> list[Path]:
    """Return the files that make up one data set, sorted by name."""
    if file.is_dir():
        return sorted(part for part in file.rglob("*") if part.is_file())
    if file.suffix.lower() == ".shp":
        suffixes = {".shp", ".shx", ".dbf", ".prj", ".cpg"}
        siblings = file.parent.glob(f"{_escape(file.stem)}.*")
        return sorted(part for part in siblings if part.suffix.lower() in suffixes)
    return [file]


def _escape(stem: str) -> str:
    """Return a file stem that glob takes literally."""
    return "".join(f"[{letter}]" if letter in "*?[" else letter for letter in stem)
