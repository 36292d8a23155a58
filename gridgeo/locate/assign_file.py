"""A file of points, assigned batch by batch: the memory that it takes does not grow with the file."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import chain
from pathlib import Path

import numpy as np
import pandas as pd
import shapely
from geopandas import GeoDataFrame, GeoSeries
from numpy.typing import NDArray
from pyproj import CRS

from gridgeo.crs import WGS84, NamedSystem, parse_crs, to_lonlat
from gridgeo.errors import FileReadError
from gridgeo.io import check_apart, list_layers, read_batches, read_layer, split_source
from gridgeo.io.parquet import has_parquet_shapes, is_parquet, read_parquet_batches
from gridgeo.io.source import is_text_table
from gridgeo.io.table import find_place_columns
from gridgeo.io.text_batches import TextLayout, find_text_layout, read_text_batches
from gridgeo.locate.assign import build_index, describe_places
from gridgeo.locate.batch_writer import check_suffix, open_batches
from gridgeo.locate.doubts import find_doubts, find_layer_doubts
from gridgeo.locate.index import GridIndex
from gridgeo.locate.index_input import read_coordinates
from gridgeo.locate.repeats import MOST_IDS, find_id_column, find_repeats, hash_ids
from gridgeo.transform import to_system

__all__ = ["AssignJob", "AssignSummary", "assign_file", "read_grids"]

Floats = NDArray[np.float64]

BATCH = 50_000
PLAIN = "EPSG:4326"  # what longitude and latitude in a table are taken for when nobody says, and it is said
N_HELD = 20_000  # points of the first batch that are held against buildings and streets


@dataclass(frozen=True, kw_only=True)
class AssignJob:
    """Which points go to which grids, and where the answers are written."""

    points: str
    grids: str
    out: Path
    x: str | None = None
    y: str | None = None
    crs: str | None = None
    encoding: str | None = None
    tolerance: float | None = None
    with_border: bool = False
    batch: int = BATCH

    def __post_init__(self) -> None:
        if (self.x is None) != (self.y is None):
            raise ValueError("x and y go together; give both columns or none")
        if self.tolerance is not None and not 0 <= self.tolerance < float("inf"):
            raise ValueError(f"tolerance must be a number of metres, 0 or more, got {self.tolerance}")


@dataclass(frozen=True)
class AssignSummary:
    """What came of it: rows per reason, how the file was read, and what makes one wonder."""

    n_points: int
    n_by_reason: dict[str, int]
    crs: str
    encoding: str | None
    doubts: tuple[str, ...]

    def to_text(self) -> str:
        """Return the summary in words."""
        inside = self.n_points - sum(self.n_by_reason.values())
        parts = [f"{inside:,} in a grid", *(f"{n:,} {reason}" for reason, n in self.n_by_reason.items())]
        read = f", {self.encoding}" if self.encoding else ""
        return f"{self.n_points:,} points: {'; '.join(parts)} (coordinates {self.crs}{read})"


@dataclass(frozen=True)
class _Batch:
    """Rows of the input and where they are."""

    table: pd.DataFrame
    x: Floats
    y: Floats
    crs: CRS
    no_numbers: Counter[str] = field(default_factory=Counter)  # such texts as ``lon '111,2'``


@dataclass
class _Tally:
    """What is counted along the way."""

    n_points: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    doubts: tuple[str, ...] = ()
    no_numbers: Counter[str] = field(default_factory=Counter)
    ids: list[NDArray[np.uint64]] = field(default_factory=list)


def assign_file(job: AssignJob, progress: Callable[[int], object] | None = None) -> AssignSummary:
    """Write the points with their grids to a file, and return a summary.

    All columns and the order of the rows are kept; added are those of `locate_points`, with the prefix
    ``assigned_`` where the input has a column of that name.

    Parameters
    ----------
    job
        What to do.
    progress
        Called with the number of points done since the last call.

    Raises
    ------
    FileReadError
        A file or column is missing or damaged.
    FileWriteError
        The answers cannot be written; an older file is still there.
    CRSError
        A coordinate system is missing or unknown.
    SchemaError
        The grids are not fit, or the points are no points.
    """
    check_suffix(job.out)
    index = build_index(read_grids(job.grids))
    path, _ = split_source(job.points)
    layout = find_text_layout(path, encoding=job.encoding) if is_text_table(path) else None
    check_apart(job.out, [path, split_source(job.grids)[0]])
    batches = _read_batches(job, path, layout)
    tally, crs, column = _Tally(), "", None
    with open_batches(job.out) as write:
        for batch in batches:
            if not tally.n_points:
                crs = job.crs or batch.crs.to_string()
                tally.doubts = _find_doubts(job, batch, index)
            tally.no_numbers.update(batch.no_numbers)
            described = describe_places(
                index,
                batch.x,
                batch.y,
                crs=batch.crs,
                tolerance=job.tolerance,
                with_border=job.with_border,
            )
            if (column := find_id_column(batch.table.columns)) and tally.n_points < MOST_IDS:
                tally.ids.append(hash_ids(batch.table[column]))
            tally.n_points += len(described)
            tally.reasons.update(described["reason"].value_counts().to_dict())
            write(_join(batch.table, described), partial(_to_points, batch))
            if progress is not None:
                progress(len(described))
    encoding = f"text {layout.encoding.name}, {layout.encoding.source}" if layout else None
    repeats = find_repeats(column, tally.ids) if column else None
    doubts = (*_say_no_numbers(tally.no_numbers), *tally.doubts, *([repeats] if repeats else []))
    return AssignSummary(tally.n_points, dict(tally.reasons), crs, encoding, doubts)


def read_grids(source: str) -> GeoDataFrame:
    """Return a grids layer; of a division file, where only the file is named, its layer ``grids``."""
    _, layer = split_source(source)
    if layer is None and "grids" in list_layers(source):
        return read_layer(f"{source}:grids")
    return read_layer(source)


def _read_batches(job: AssignJob, path: Path, layout: TextLayout | None) -> Iterator[_Batch]:
    """Return the batches of a CSV file, a table or a layer."""
    if layout:
        return _read_tables(job, list(layout.columns), read_text_batches(layout, job.batch))
    if is_parquet(path) and not has_parquet_shapes(path):
        tables = read_parquet_batches(path, job.batch)
        first = next(tables)
        return _read_tables(job, list(map(str, first.columns)), chain([first], tables))
    return _read_layers(job)


def _read_tables(job: AssignJob, columns: list[str], tables: Iterator[pd.DataFrame]) -> Iterator[_Batch]:
    """Yield the batches of a table."""
    x, y = _find_columns(job, columns)
    system = parse_crs(job.crs or PLAIN)
    for table in tables:
        strange: Counter[str] = Counter()
        places = []
        for name in (x, y):
            numbers = pd.to_numeric(table[name], errors="coerce")
            strange.update(f"{name} {text!r}" for text in table.loc[numbers.isna(), name].dropna())
            places.append(numbers.to_numpy(float, na_value=np.nan))
        yield _Batch(table, *_take_offset_off(places[0], places[1], system), strange)


def _say_no_numbers(texts: Counter[str]) -> list[str]:
    """Return a warning of the texts that stand where coordinates should."""
    if not texts:
        return []
    some = ", ".join(text for text, _ in texts.most_common(3))
    return [
        f"{texts.total():,} coordinates are no numbers and were left out, among them {some}; write degrees "
        "as 111.2903, with a point"
    ]


def _find_columns(job: AssignJob, columns: list[str]) -> tuple[str, str]:
    """Return the columns with the coordinates, stated or by their names."""
    stated = [name for name in (job.x, job.y) if name is not None]
    missing = [name for name in stated if name not in columns]
    found = tuple(stated) or find_place_columns(columns)
    if missing or len(found) != 2:
        what = (
            f"no column {' and no column '.join(missing)}" if missing else "no columns named like lon and lat"
        )
        raise FileReadError(f"{job.points}: {what}; it has {', '.join(columns)}; name them with --x and --y")
    return found[0], found[1]


def _take_offset_off(x: Floats, y: Floats, system: NamedSystem) -> tuple[Floats, Floats, CRS]:
    """Return coordinates and a CRS that says the truth about them."""
    if system.offset:
        return (*to_lonlat(x, y, system), WGS84)
    return x, y, system.crs


def _read_layers(job: AssignJob) -> Iterator[_Batch]:
    """Yield the batches of a layer."""
    if job.x is not None:
        raise FileReadError(f"{job.points}: has shapes of its own; leave out --x and --y")
    for layer in read_batches(job.points, size=job.batch, encoding=job.encoding, crs=job.crs):
        shapes = layer.geometry.to_numpy()
        x, y = read_coordinates(shapes)
        table = pd.DataFrame(layer.drop(columns=layer.geometry.name))
        if job.out.suffix.lower() != ".gpkg" and not {"lon", "lat"} & set(table.columns):
            lon, lat = to_system(x, y, layer.crs, WGS84)  # the place would be lost with the shape
            table = table.assign(lon=lon.round(7), lat=lat.round(7))
        yield _Batch(table, x, y, layer.crs)


def _to_points(batch: _Batch) -> GeoSeries:
    """Return the places as shapes, none where they are unknown."""
    shapes = shapely.points(batch.x, batch.y)
    shapes[~(np.isfinite(batch.x) & np.isfinite(batch.y))] = None
    return GeoSeries(shapes, crs=batch.crs)


def _join(table: pd.DataFrame, described: pd.DataFrame) -> pd.DataFrame:
    """Return the table with the answers beside it."""
    rounded = described.round(3).set_axis(table.index)
    taken = {name: f"assigned_{name}" for name in rounded.columns if name in table.columns}
    return pd.concat([table, rounded.rename(columns=taken)], axis=1)


def _find_doubts(job: AssignJob, batch: _Batch, index: GridIndex) -> tuple[str, ...]:
    """Return what makes points or grids look to be in another system: beside buildings, streets."""
    texts = [doubt.to_text("points", "grids") for doubt in find_doubts(batch.x, batch.y, batch.crs, index)]
    path, _ = split_source(job.grids)
    points = _to_points(batch).iloc[:N_HELD].dropna()
    at_hand = [name for name in ("buildings", "streets") if name in list_layers(path)]
    for name in at_hand if not texts else ():
        reference = read_layer(f"{path}:{name}")
        texts = find_layer_doubts(points, "points", reference, name)
        texts += find_layer_doubts(index.to_layer(), "grids", reference, name)
        if texts:
            break
    return tuple(texts)
