"""PMTiles files written by the letter of the specification, for the tests of what reads them."""

import gzip
import struct


def varint(value):
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes([*out, value])


def directory(entries, pack):
    """Return entries (first, run, length, offset) as a directory."""
    firsts = [entry[0] for entry in entries]
    steps = [b - a for a, b in zip([0, *firsts], firsts, strict=False)]
    columns = [steps, *([entry[k] for entry in entries] for k in (1, 2))]
    offsets, expected = [], None
    for _, _, length, offset in entries:
        offsets.append(0 if offset == expected else offset + 1)
        expected = offset + length
    data = varint(len(entries)) + b"".join(varint(v) for column in [*columns, offsets] for v in column)
    return gzip.compress(data) if pack == 2 else data


def write_tiles(file, tiles, *, pack=2, kind=2, leaf_size=None, runs=None, zooms=(0, 6)):
    """Write tiles by number; ``leaf_size`` entries go into each leaf directory."""
    content, entries = b"", []
    for number in sorted(tiles):
        entries.append((number, (runs or {}).get(number, 1), len(tiles[number]), len(content)))
        content += tiles[number]
    leaves = b""
    if leaf_size is not None:
        parts = [entries[k : k + leaf_size] for k in range(0, len(entries), leaf_size)]
        entries = []
        for part in parts:
            packed = directory(part, pack)
            entries.append((part[0][0], 0, len(packed), len(leaves)))
            leaves += packed
    root = directory(entries, pack)
    leaves_at = 127 + len(root)
    tiles_at = leaves_at + len(leaves)
    head = struct.pack(
        "<7sB11Q6B4iBii", b"PMTiles", 3, 127, len(root), 0, 0, leaves_at, len(leaves), tiles_at, len(content),
        len(tiles), len(tiles), len(tiles), 1, pack, 1, kind, *zooms, 0, 0, 0, 0, 0, 0, 0,
    )  # fmt: skip
    assert len(head) == 127
    file.write_bytes(head + root + leaves + content)
    return file
