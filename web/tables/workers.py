"""Who is responsible for a grid: posts and their telephones, never residents."""

from dataclasses import dataclass
from pathlib import Path

from gridgeo_web.config import ConfigError

from gridgeo.io import read_table

__all__ = ["Worker", "find_workers", "read_workers"]

COLUMNS = ("grid_code", "area_code", "post", "phone")


@dataclass(frozen=True)
class Worker:
    """A post that is responsible for one grid, or for all grids of an area when ``grid_code`` is None."""

    post: str
    phone: str | None
    grid_code: str | None
    area_code: str | None


def read_workers(file: Path) -> tuple[Worker, ...]:
    """Return the posts of a table in its order.

    Parameters
    ----------
    file
        A CSV table with ``post``, and ``grid_code`` or ``area_code``, and perhaps ``phone``.

    Raises
    ------
    ConfigError
        A row has no post, or neither a grid nor an area.
    """
    table = read_table(file).astype("string")
    if "post" not in table:
        raise ConfigError(f"{file}: lacks the column post; it may have {', '.join(COLUMNS)}")
    table = table.reindex(columns=list(COLUMNS))
    bad = table["post"].isna() | (table["grid_code"].isna() & table["area_code"].isna())
    if bad.any():
        raise ConfigError(
            f"{file}: row {int(bad.argmax()) + 2} lacks a post, or both grid_code and area_code"
        )
    rows = table.astype(object).where(table.notna(), None).itertuples(index=False)
    return tuple(Worker(row.post, row.phone, row.grid_code, row.area_code) for row in rows)


def find_workers(workers: tuple[Worker, ...], grid_code: str, area_code: str) -> list[Worker]:
    """Return who is responsible for a grid: its own posts first, then those of its area."""
    own = [worker for worker in workers if worker.grid_code == grid_code]
    shared = [worker for worker in workers if worker.grid_code is None and worker.area_code is not None]
    return own + [worker for worker in shared if area_code.startswith(str(worker.area_code))]
