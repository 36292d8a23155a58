"""Is this file whole, and safe to hand to GDAL? Questions to its first bytes, asked before it is opened."""

import os
import struct
from pathlib import Path

from gridgeo.errors import FileReadError

__all__ = ["check_file"]

HEAD_BYTES = 64 * 1024  # recipes that point at other files may start after a long comment

# Files that are not data but directions to data elsewhere: GDAL would follow them, whatever their name.
RECIPES = (
    b"<OGRVRTDataSource",
    b"<VRTDataset",
    b"<OGRWFSDataSource",
    b"gdal_streamed_alg",
    b"<OGRCSWDataSource",
)

SQLITE_MAGIC = b"SQLite format 3\x00"
SHAPEFILE_MAGIC = 9994


def check_file(path: Path) -> None:
    """Raise when a file is missing, unreadable, empty, cut off, or a recipe that reads other files.

    Parameters
    ----------
    path
        A file or a folder that holds a data set (``.gdb``).

    Raises
    ------
    FileReadError
        With what is wrong and what to do about it.
    """
    if not path.exists():
        raise FileReadError(f"{path}: no such file; {_near_names(path)}")
    if not os.access(path, os.R_OK):
        raise FileReadError(f"{path}: not readable by this user; change its permissions or copy it")
    if path.is_dir():
        return
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            head = file.read(HEAD_BYTES)
    except OSError as error:
        raise FileReadError(
            f"{path}: cannot be read ({error.strerror}); copy it from its source again"
        ) from error
    if size == 0:
        raise FileReadError(f"{path}: the file is empty (0 bytes); export or copy it again")
    check_head(head, str(path))
    _check_sqlite_size(path, head, size)
    if path.suffix.lower() == ".shp":
        _check_shapefile(path)


def check_head(head: bytes, name: str) -> None:
    """Raise when the first bytes of a file are those of a recipe that points to other files."""
    plain = head.replace(b"\x00", b"")  # the same words in UTF-16
    if any(recipe in plain for recipe in RECIPES):
        raise FileReadError(
            f"{name}: this is a GDAL recipe that reads other files, not data; "
            "turn it into data first: ogr2ogr data.gpkg <this file>"
        )


def _near_names(path: Path) -> str:
    """Say which files lie where the missing one was looked for."""
    folder = path.parent
    if not folder.is_dir():
        return f"the folder {folder} does not exist either"
    names = sorted(entry.name for entry in folder.iterdir() if not entry.name.startswith("."))
    if not names:
        return f"the folder {folder} is empty"
    more = f" and {len(names) - 8} more" if len(names) > 8 else ""
    return f"the folder holds {', '.join(names[:8])}{more}"


def _check_sqlite_size(path: Path, head: bytes, size: int) -> None:
    """Raise when a GeoPackage or SQLite file is shorter than its own header says."""
    if not head.startswith(SQLITE_MAGIC):
        if path.suffix.lower() == ".gpkg":
            raise FileReadError(
                f"{path}: named .gpkg but not a GeoPackage; look at what it really is, or copy it again"
            )
        return
    if len(head) < 100:
        raise FileReadError(f"{path}: cut off after {size} bytes; copy it again")
    page_size = struct.unpack(">H", head[16:18])[0]
    page_size = 65536 if page_size == 1 else page_size
    change_counter, n_pages = struct.unpack(">II", head[24:32])
    (valid_for,) = struct.unpack(">I", head[92:96])
    # The page count is only kept by writers that also keep the counter it was valid for.
    if change_counter == valid_for and size < page_size * n_pages:
        raise FileReadError(
            f"{path}: cut off, {size} of {page_size * n_pages} bytes are there; copy it again"
        )


def _check_shapefile(path: Path) -> None:
    """Raise when a part of a shapefile is missing or shorter than its header says."""
    for suffix in (".shx", ".dbf"):
        if not _sibling(path, suffix).exists():
            raise FileReadError(
                f"{path}: its {suffix} file is missing; "
                "a shapefile is .shp, .shx, .dbf (and .prj, .cpg) together"
            )
    for part in (path, _sibling(path, ".shx")):
        with part.open("rb") as file:
            head = file.read(100)
        n_bytes = part.stat().st_size
        if len(head) < 100 or struct.unpack(">I", head[:4])[0] != SHAPEFILE_MAGIC:
            raise FileReadError(f"{part}: not a shapefile, or cut off after {n_bytes} bytes; copy it again")
        stated = struct.unpack(">I", head[24:28])[0] * 2
        if n_bytes < stated:
            raise FileReadError(f"{part}: cut off, {n_bytes} of {stated} bytes are there; copy it again")
    table = _sibling(path, ".dbf")
    with table.open("rb") as file:
        head = file.read(12)
    if len(head) < 12:
        raise FileReadError(f"{table}: cut off; copy it again")
    n_rows, head_size, row_size = struct.unpack("<IHH", head[4:12])
    if table.stat().st_size < head_size + n_rows * row_size:
        raise FileReadError(f"{table}: cut off before the last of its {n_rows} rows; copy it again")


def _sibling(path: Path, suffix: str) -> Path:
    """Return a part of a shapefile in whichever case its suffix is written."""
    upper = path.with_suffix(suffix.upper())
    return upper if upper.exists() else path.with_suffix(suffix)
