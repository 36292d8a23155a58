"""A file of reports, placed: in pieces that survive a kill, on several processes; the doubtful for review."""

import hashlib
import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import loky
import pandas as pd
import shapely

from gridgeo.errors import SchemaError
from gridgeo.io import hash_file, replace_file, write_layers
from gridgeo.locate.doubts import warn_of_places
from gridgeo.locate.gazetteer.gazetteer import Gazetteer
from gridgeo.locate.gazetteer.store import read_gazetteer
from gridgeo.locate.geocode.batch import answer_texts, empty_answer, result_columns
from gridgeo.locate.geocode.given import GivenPoints, read_given_points, use_given_points
from gridgeo.locate.geocode.placing import add_grids, prepare_grids
from gridgeo.locate.geocode.table import type_answers
from gridgeo.locate.reports import write_reports

__all__ = ["REVIEW_COLUMNS", "GeocodeJob", "build_review", "geocode_reports", "write_answers"]

PIECE = 5_000  # distinct texts between two steps on disk: a kill costs at most this many
DOUBTFUL = 0.8  # answers less likely than this go to review
REVIEW_COLUMNS = ("row", "text", "part", "address", "score", "status", "alternatives", "correct")
Progress = Callable[[int], None]


@dataclass(frozen=True, kw_only=True)
class GeocodeJob:
    """Where the gazetteer is, where half-done work is kept, and on how many processes to work."""

    gazetteer: Path
    progress_folder: Path | None = None
    jobs: int = 1

    def __post_init__(self) -> None:
        if self.jobs < 1:
            raise ValueError(f"jobs must be at least 1, got {self.jobs}")


def geocode_reports(
    reports: pd.DataFrame,
    column: str,
    job: GeocodeJob,
    grids: gpd.GeoDataFrame | None = None,
    *,
    given: GivenPoints | None = None,
    progress: Progress | None = None,
) -> pd.DataFrame:
    """Return the reports with the answers as further columns; rows, order and input columns are kept.

    Each distinct text is answered once. What is done is kept in the job's folder, so that a second call with
    the same reports and gazetteer goes on where a killed one stopped.

    Parameters
    ----------
    reports
        Any table.
    column
        The column with the texts.
    job
        The gazetteer's file, the folder for half-done work, the number of processes.
    grids
        A grids layer, for the grid of each place.
    given
        Which columns hold coordinates that win over the text.
    progress
        Called with the number of texts done.

    Raises
    ------
    SchemaError
        When there is no such column.

    Warns
    -----
    PlacementWarning
        Grids, gazetteer or the reports' own coordinates look as if they were in another system than said.
    """
    if column not in reports:
        raise SchemaError(f"no column {column!r}; there are {', '.join(map(str, reports.columns))}")
    texts = pd.Series(reports[column].dropna().unique(), dtype="object")
    pieces = [texts.iloc[first : first + PIECE] for first in range(0, len(texts), PIECE)]
    gazetteer = read_gazetteer(job.gazetteer)
    folder = _open_folder(job, texts)
    answers = list(_answered(pieces, job, gazetteer, folder, progress))
    table = pd.concat([empty_answer(gazetteer), *answers], ignore_index=True)
    code = reports[column].map(pd.Series(range(1, len(texts) + 1), index=texts)).fillna(0).astype("int64")
    chosen = table.iloc[code.to_numpy()].set_axis(reports.index)
    if given is not None:
        chosen = use_given_points(chosen, reports, given, gazetteer)
    if grids is not None:
        prepared = prepare_grids(grids, gazetteer)
        chosen = add_grids(chosen, gazetteer, prepared)
        if given is not None:
            x, y, crs = read_given_points(reports, given)
            warn_of_places((x, y), crs, prepared.index, f"{given.x} and {given.y}")
    columns = result_columns(chosen)
    taken = {name: _free_name(reports, name) for name in columns}
    return pd.concat([reports, chosen[columns].rename(columns=taken)], axis=1)


def _open_folder(job: GeocodeJob, texts: pd.Series) -> Path | None:
    """Return the folder for half-done work, emptied where it belongs to other texts or another gazetteer."""
    if job.progress_folder is None:
        return None
    digest = hashlib.sha256()
    for text in texts:
        digest.update(str(text).encode("utf-8", "surrogatepass") + b"\0")
    key = {"texts": digest.hexdigest(), "gazetteer": hash_file(job.gazetteer), "piece": PIECE}
    note = job.progress_folder / "job.json"
    if job.progress_folder.exists() and not (note.exists() and json.loads(note.read_text()) == key):
        shutil.rmtree(job.progress_folder)
    job.progress_folder.mkdir(parents=True, exist_ok=True)
    if not note.exists():
        with replace_file(note) as fresh:
            fresh.write_text(json.dumps(key))
    return job.progress_folder


def _answered(
    pieces: Sequence[pd.Series],
    job: GeocodeJob,
    gazetteer: Gazetteer,
    folder: Path | None,
    progress: Progress | None,
) -> Iterator[pd.DataFrame]:
    """Yield the answers to each piece, those on disk first read and the others made and kept."""
    done = {
        i: path for i in range(len(pieces)) if folder is not None and (path := _piece(folder, i)).exists()
    }
    open_pieces = [i for i in range(len(pieces)) if i not in done]
    made = _made([pieces[i] for i in open_pieces], job, gazetteer, progress)
    for i, piece in enumerate(pieces):
        if i in done:
            yield type_answers(pd.read_json(done[i], orient="split", dtype=False))
            if progress is not None:
                progress(len(piece))
            continue
        answers = next(made)
        if folder is not None:
            with replace_file(_piece(folder, i)) as fresh:
                answers.to_json(fresh, orient="split", double_precision=15, force_ascii=False)
        yield answers


def _piece(folder: Path, number: int) -> Path:
    """Return the file of a piece's answers."""
    return folder / f"piece-{number:06d}.json"


def _made(
    pieces: Sequence[pd.Series], job: GeocodeJob, gazetteer: Gazetteer, progress: Progress | None
) -> Iterator[pd.DataFrame]:
    """Yield the answers to pieces of texts, in order, made here or by several processes."""
    if job.jobs == 1 or len(pieces) < 2:
        for piece in pieces:
            yield answer_texts(gazetteer, piece.tolist(), [1] * len(piece), progress)
        return
    workers = loky.get_reusable_executor(max_workers=min(job.jobs, len(pieces)), initializer=_open_worker,
                                         initargs=(str(job.gazetteer),))  # fmt: skip
    for piece, answers in zip(pieces, workers.map(_work, pieces), strict=True):
        yield answers
        if progress is not None:
            progress(len(piece))


_WORKER: dict[str, Gazetteer] = {}


def _open_worker(path: str) -> None:
    """Read the gazetteer once in each process."""
    _WORKER["gazetteer"] = read_gazetteer(path)


def _work(piece: pd.Series) -> pd.DataFrame:
    """Answer a piece of texts in a process of its own."""
    return answer_texts(_WORKER["gazetteer"], piece.tolist(), [1] * len(piece))


def build_review(reports: pd.DataFrame, column: str) -> pd.DataFrame:
    """Return the doubtful rows of geocoded reports, each distinct text once, for a person to correct.

    Into ``correct`` goes the ``entry_id`` or the label of the right place; ``gridgeo gazetteer learn`` then
    makes the text another name of it.
    """
    score = reports[_column(reports, "score")].fillna(0.0)
    doubtful = (score < DOUBTFUL) & (reports[_column(reports, "status")] != "empty")
    rows = reports[doubtful].drop_duplicates(column)
    review = pd.DataFrame({"row": rows.index + 1, "text": rows[column].to_numpy()})
    for name in ("part", "address", "score", "status", "alternatives"):
        review[name] = rows[_column(reports, name)].to_numpy()
    return review.assign(correct=pd.array([pd.NA] * len(review), dtype="string"))[list(REVIEW_COLUMNS)]


def _column(reports: pd.DataFrame, name: str) -> str:
    """Return the column of an answer, which has another name where the reports had one of that name."""
    while f"geocode_{name}" in reports:
        name = f"geocode_{name}"
    return name


def _free_name(reports: pd.DataFrame, name: str) -> str:
    """Return a name for a column of an answer that the reports, perhaps geocoded before, do not have."""
    while name in reports:
        name = f"geocode_{name}"
    return name


def write_answers(reports: pd.DataFrame, path: Path) -> None:
    """Write geocoded reports as ``.csv``, ``.parquet`` or, as points in WGS 84, ``.gpkg``."""
    if path.suffix.lower() != ".gpkg":
        write_reports(reports, path)
        return
    lon, lat = (
        reports[_column(reports, name)].to_numpy(dtype=float, na_value=float("nan"))
        for name in ("lon", "lat")
    )
    points = shapely.points(lon, lat)
    points[pd.isna(lon)] = None
    write_layers(
        path,
        {"reports": gpd.GeoDataFrame(reports, geometry=points, crs=4326)},
        {"made_by": "gridgeo geocode"},
    )
