"""``FILE`` or ``FILE:LAYER``: which file, which layer of it, and what it says of itself before it is read."""

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import fiona

from gridgeo.errors import FileReadError
from gridgeo.io.encoding import TextEncoding, find_encoding, find_shapefile_encoding
from gridgeo.io.gdal import describe_layer, read_layer_names
from gridgeo.io.integrity import HEAD_BYTES, check_file, check_head
from gridgeo.io.parquet import has_parquet_shapes, is_parquet

__all__ = ["Source", "find_source", "is_text_table", "list_layers", "split_source"]

TEXT_TABLES = (".csv", ".tsv", ".txt", ".csv.gz", ".tsv.gz")
# What may lie in a zip file: the layer's own file, beside which .dbf, .prj and so on come along.
ZIP_MEMBERS = (
    ".shp",
    ".gpkg",
    ".geojson",
    ".json",
    ".gml",
    ".kml",
    ".tab",
    ".mif",
    ".fgb",
    ".sqlite",
    ".geojsonl",
)
KEPT = "kept by the format"
RAW_TEXTS = (".shp", ".dbf", ".tab", ".mif")  # formats that hold bytes of whatever encoding
SAMPLE_ROWS = 20_000  # enough to meet every kind of character, well under a second to read


@dataclass(frozen=True, kw_only=True)
class Source:
    """One layer of one file: found and asked about, not yet read."""

    path: Path
    layer: str
    location: str
    driver: str
    encoding: TextEncoding
    crs: str | None
    n_rows: int
    types: dict[str, str]

    @property
    def name(self) -> str:
        """The file and layer as one would type them."""
        return f"{self.path}:{self.layer}"

    @property
    def is_self_encoded(self) -> bool:
        """Whether the format itself fixes how text is encoded, so that GDAL knows better than we."""
        return self.encoding.source == KEPT


def split_source(source: str | Path) -> tuple[Path, str | None]:
    """Return the file and the layer of ``FILE`` or ``FILE:LAYER``.

    A file whose own name holds a colon wins, then the longest name that exists. The colon after a single
    letter at the start is a Windows drive.

    Parameters
    ----------
    source
        What the user typed.

    Returns
    -------
    tuple
        The path, which need not exist, and the layer or None.
    """
    text = str(source)
    cuts = [k for k, letter in enumerate(text) if letter == ":" and not (k == 1 and text[2:3] in {"\\", "/"})]
    if not cuts or Path(text).exists():
        return Path(text), None
    named = [k for k in cuts if Path(text[:k]).suffix]
    for k in [*(k for k in reversed(cuts) if Path(text[:k]).exists()), *named]:
        return Path(text[:k]), text[k + 1 :] or None
    return Path(text), None


def is_text_table(path: Path) -> bool:
    """Tell whether a file is CSV or its like: text without types, read by our own rules."""
    return path.name.lower().endswith(TEXT_TABLES)


def list_layers(source: str | Path) -> dict[str, str | None]:
    """Return the layers of a file by name, each with its geometry type; None for a table without geometry.

    Parameters
    ----------
    source
        A file; a layer after a colon is left out of account. A text table is one layer, named as its file.

    Returns
    -------
    dict
        In the order of the file.

    Raises
    ------
    FileReadError
        When the file is missing, damaged or no data file.
    """
    path, layer = split_source(source)
    check_file(path)
    if is_text_table(path):
        return {path.name.split(".")[0]: None}
    if is_parquet(path):
        return {path.stem: "Unknown" if has_parquet_shapes(path) else None}
    location, _ = _locate(path, layer)
    return read_layer_names(location, str(path))


def find_source(source: str | Path, *, encoding: str | None = None) -> Source:
    """Return what a layer of a file is, without reading it: driver, encoding, CRS, rows, columns.

    CSV files are not for GDAL: read them with :func:`read_layer` or :func:`read_table`.

    Parameters
    ----------
    source
        ``FILE`` or ``FILE:LAYER``; the layer may be left out where the file has exactly one.
    encoding
        The encoding of the attributes, where the caller knows it better than the file.

    Returns
    -------
    Source
        The one layer that was meant.

    Raises
    ------
    FileReadError
        When the file or the layer is missing, damaged, ambiguous or no data file.
    """
    path, layer = split_source(source)
    check_file(path)
    location, layer = _locate(path, layer)
    layer = _pick_layer(path, layer, tuple(read_layer_names(location, str(path))))
    name = f"{path}:{layer}"
    found = _find_attribute_encoding(path, location, layer, encoding)
    info = describe_layer(location, layer, name, found.name if found else encoding)
    return Source(
        path=path,
        layer=layer,
        location=location,
        driver=str(info["driver"]),
        encoding=found or TextEncoding(str(info["encoding"]), KEPT),
        crs=info["crs"],
        n_rows=int(info["features"]),
        types={str(field): str(kind) for field, kind in zip(info["fields"], info["dtypes"], strict=True)},
    )


def _locate(path: Path, layer: str | None) -> tuple[str, str | None]:
    """Return what GDAL has to open: the file, a member of a zip file, or a shapefile of a folder."""
    if path.is_dir():
        shapefile = path / f"{layer}.shp"
        if layer and shapefile.exists():
            check_file(shapefile)
            return str(shapefile), layer
        return str(path), layer
    if path.suffix.lower() != ".zip":
        return str(path), layer
    return _locate_in_zip(path, layer)


def _locate_in_zip(path: Path, layer: str | None) -> tuple[str, str | None]:
    """Return the member of a zip file that holds the layer; several members are told apart by their stem."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = [name for name in sorted(archive.namelist()) if name.lower().endswith(ZIP_MEMBERS)]
            for member in members:
                with archive.open(member) as file:
                    check_head(file.read(HEAD_BYTES), f"{path}/{member}")
    except (zipfile.BadZipFile, RuntimeError, OSError) as error:
        raise FileReadError(f"{path}: not a whole zip file ({error}); unpack it or copy it again") from error
    if not members:
        raise FileReadError(f"{path}: no spatial file in it; it should hold one of {', '.join(ZIP_MEMBERS)}")
    named = [member for member in members if layer in {Path(member).stem, member}]
    if len(members) > 1 and len(named) != 1:
        raise FileReadError(
            f"{path}: holds {', '.join(members)}; "
            f"name one as {path}:{Path(members[0]).stem} or unpack the file"
        )
    member = named[0] if named else members[0]
    inner = None if layer in {member, Path(member).stem} else layer
    return f"/vsizip/{{{path.resolve()}}}/{member}", inner


def _pick_layer(path: Path, layer: str | None, layers: tuple[str, ...]) -> str:
    """Return the layer that was asked for, or the only one."""
    if not layers:
        raise FileReadError(f"{path}: GDAL opens it but finds no layer in it; export it again")
    listing = ", ".join(layers)
    if layer is None:
        if len(layers) > 1:
            raise FileReadError(
                f"{path}: has {len(layers)} layers, {listing}; name one as {path}:{layers[0]}"
            )
        return layers[0]
    if layer not in layers:
        raise FileReadError(f"{path}: has no layer {layer!r}; it has {listing}")
    return layer


def _find_attribute_encoding(
    path: Path, location: str, layer: str, stated: str | None
) -> TextEncoding | None:
    """Return the encoding of a shapefile or MapInfo file; None for formats that keep to one."""
    if not location.lower().endswith(RAW_TEXTS):
        return None
    if location.startswith("/vsizip/") or not location.lower().endswith((".shp", ".dbf")):
        return find_encoding(_raw_texts(location, layer), str(path), stated=stated)
    return find_shapefile_encoding(_raw_texts(location, layer), Path(location), stated=stated)


def _raw_texts(location: str, layer: str) -> Iterator[bytes]:
    """Yield the bytes of column names and text values, record by record.

    Latin-1 maps each byte to the character of the same number, so decoding by it and encoding back loses
    nothing.
    """
    with fiona.open(location, layer=layer, encoding="ISO-8859-1", ignore_geometry=True) as rows:
        texts: list[Any] = list(rows.schema["properties"])
        yield from (text.encode("latin-1") for text in texts)
        for row in islice(rows, SAMPLE_ROWS):
            for value in row.properties.values():
                if isinstance(value, str):
                    yield value.encode("latin-1", "replace")
