"""Picture tiles out of one PMTiles file (version 3), so that a basemap needs no server of its own."""

import gzip
import os
import struct
import threading
import zlib
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Iterator
from itertools import accumulate, islice
from pathlib import Path
from typing import NamedTuple

from gridgeo.errors import FileReadError

__all__ = ["PictureTiles", "tile_number"]

MAGIC = b"PMTiles\x03"
HEADER = struct.Struct("<8s11Q6B4i")
PLAIN, GZIP = 1, 2
PICTURES = {2: "image/png", 3: "image/jpeg", 4: "image/webp", 5: "image/avif"}
MOST_STEPS = 4  # directories on the way to a tile; files in use have two
MOST_DIRECTORY = 16 * 1024 * 1024  # bytes, unpacked
MOST_TILE = 8 * 1024 * 1024
REMEMBERED = 64  # leaf directories


class Entry(NamedTuple):
    """A run of tiles with one content, or (run 0) a further directory."""

    first: int
    run: int
    length: int
    offset: int


class PictureTiles:
    """The tiles of a file; many threads may ask at a time.

    Parameters
    ----------
    path
        A ``.pmtiles`` file of PNG, JPEG, WebP or AVIF tiles.

    Raises
    ------
    FileReadError
        It cannot be read, is no PMTiles file of version 3, or holds no pictures.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        try:
            self._file = os.open(self.path, os.O_RDONLY)
        except OSError as error:
            raise FileReadError(f"{path}: cannot be opened ({error.strerror})") from error
        self._lock = threading.Lock()
        self._leaves: OrderedDict[int, list[Entry]] = OrderedDict()
        try:
            self._read_header(os.pread(self._file, HEADER.size, 0))
            self._root = self._directory(self._root_at, self._root_length)
        except FileReadError:
            self.close()
            raise

    def close(self) -> None:
        """Close the file."""
        os.close(self._file)

    def tile(self, z: int, x: int, y: int) -> bytes | None:
        """Return the picture of a tile, None where the file has none.

        Raises
        ------
        FileReadError
            The file is damaged there.
        """
        if not (self.min_zoom <= z <= self.max_zoom and 0 <= x < 2**z and 0 <= y < 2**z):
            return None
        number = tile_number(z, x, y)
        entries = self._root
        for _ in range(MOST_STEPS):
            position = bisect_right(entries, number, key=lambda entry: entry.first) - 1
            if position < 0:
                return None
            entry = entries[position]
            if entry.run > 0:
                found = number < entry.first + entry.run
                return self._content(self._tiles_at + entry.offset, entry.length) if found else None
            entries = self._leaf(entry)
        raise FileReadError(f"{self.path}: its directories have no end; make it again")

    def _read_header(self, head: bytes) -> None:
        """Take over what the header says."""
        if len(head) < HEADER.size or head[:8] != MAGIC:
            raise FileReadError(
                f"{self.path}: is no PMTiles file of version 3; make one with pmtiles convert"
            )
        values = HEADER.unpack(head)
        _, self._root_at, self._root_length, *_rest = values
        self._leaves_at, self._tiles_at = values[5], values[7]
        _, self._packing, self._tile_packing, kind, self.min_zoom, self.max_zoom = values[12:18]
        if kind not in PICTURES:
            raise FileReadError(f"{self.path}: holds no pictures (tile type {kind}); give raster tiles")
        if self._packing not in (PLAIN, GZIP) or self._tile_packing not in (PLAIN, GZIP):
            raise FileReadError(f"{self.path}: is packed in a way that is not read here; use gzip or none")
        self.media_type = PICTURES[kind]

    def _leaf(self, entry: Entry) -> list[Entry]:
        """Return a further directory, remembered for the next time."""
        with self._lock:
            if entry.offset in self._leaves:
                self._leaves.move_to_end(entry.offset)
                return self._leaves[entry.offset]
        found = self._directory(self._leaves_at + entry.offset, entry.length)
        with self._lock:
            self._leaves[entry.offset] = found
            while len(self._leaves) > REMEMBERED:
                self._leaves.popitem(last=False)
        return found

    def _directory(self, offset: int, length: int) -> list[Entry]:
        """Return the entries of a directory."""
        data = self._unpack(self._read(offset, length, MOST_DIRECTORY), self._packing, MOST_DIRECTORY)
        try:
            return _parse_directory(data)
        except IndexError as error:
            raise FileReadError(f"{self.path}: a directory is cut off; copy the file again") from error

    def _content(self, offset: int, length: int) -> bytes:
        """Return the bytes of a tile."""
        return self._unpack(self._read(offset, length, MOST_TILE), self._tile_packing, MOST_TILE)

    def _read(self, offset: int, length: int, most: int) -> bytes:
        """Return a part of the file, all of it or an error."""
        data = os.pread(self._file, length, offset) if length <= most and offset < 2**62 else b""
        if len(data) < length or length == 0:
            raise FileReadError(f"{self.path}: ends before {offset + length:,} bytes; copy the file again")
        return data

    def _unpack(self, data: bytes, packing: int, most: int) -> bytes:
        """Return what was packed, never more than a stated size."""
        if packing == PLAIN:
            return data
        try:
            unpacked = zlib.decompressobj(wbits=31).decompress(data, most)
        except (zlib.error, gzip.BadGzipFile) as error:
            raise FileReadError(f"{self.path}: is damaged ({error}); copy the file again") from error
        return unpacked


def tile_number(z: int, x: int, y: int) -> int:
    """Return the number of a tile: all of the zooms before it, then its place on the Hilbert curve.

    Parameters
    ----------
    z, x, y
        Zoom, column, line, as web maps count them.

    Examples
    --------
    >>> from gridgeo.maps.pmtiles import tile_number
    >>> [tile_number(1, x, y) for x, y in ((0, 0), (0, 1), (1, 1), (1, 0))]
    [1, 2, 3, 4]
    """
    number: int = (4**z - 1) // 3
    for level in range(z - 1, -1, -1):
        side = 1 << level
        right, lower = int(bool(x & side)), int(bool(y & side))
        number += side * side * ((3 * right) ^ lower)
        if lower == 0:
            if right == 1:
                x, y = (side - 1) - (x & (side - 1)), (side - 1) - (y & (side - 1))
            x, y = y, x
    return number


def _parse_directory(data: bytes) -> list[Entry]:
    """Return the entries of an unpacked directory: four columns of numbers, one after the other."""
    numbers = _read_numbers(data)
    n_entries = next(numbers)
    if n_entries > len(data):  # each takes four bytes at least
        raise IndexError("more entries than bytes")
    firsts = list(accumulate(islice(numbers, n_entries)))
    runs, lengths, told = (list(islice(numbers, n_entries)) for _ in range(3))
    offsets: list[int] = []
    for number, offset in enumerate(told):
        follows = offset == 0 and number > 0
        offsets.append(offsets[-1] + lengths[number - 1] if follows else offset - 1)
    return [Entry(*row) for row in zip(firsts, runs, lengths, offsets, strict=True)]


def _read_numbers(data: bytes) -> Iterator[int]:
    """Yield whole numbers of seven bits a byte, the lowest first; past the end is an error."""
    position = 0
    while True:
        value = shift = 0
        while True:
            byte = data[position]
            position += 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                break
        yield value
