"""Who works where: one worker for many grids, many workers for one grid, as a table that is checked.

People appear as ids and posts only. The table holds no names, no telephone numbers, no identity numbers.
"""

import numpy as np
import pandas as pd

from gridgeo.division import Division
from gridgeo.errors import SchemaError
from gridgeo.schema import Fault, label_rows

__all__ = ["check_workers", "count_workload", "find_worker_faults"]

COLUMNS = ("worker_id", "grid_code")
ALLOWED = (*COLUMNS, "post", "is_deputy", "since", "until")


def check_workers(workers: pd.DataFrame, division: Division) -> None:
    """Return nothing when every grid has a worker and every row a known grid; else raise with every fault.

    Parameters
    ----------
    workers
        One row for each worker and grid: ``worker_id``, ``grid_code``; optional ``post``, ``is_deputy``,
        ``since``, ``until``.
    division
        The grids.

    Raises
    ------
    SchemaError
        With each fault and the rows or grids that have it.

    Examples
    --------
    >>> import pandas
    >>> from gridgeo import GridSpec, divide
    >>> from gridgeo.demo import build_demo
    >>> demo = build_demo(n_communities=2, households=2_000)
    >>> division = divide(demo.communities, demo.buildings, demo.streets, GridSpec(effort="fast"))
    >>> codes = division.grids["grid_code"]
    >>> check_workers(pandas.DataFrame({"worker_id": "W1", "grid_code": codes}), division)
    """
    faults = find_worker_faults(workers, division)
    if faults:
        raise SchemaError("\n".join(str(fault) for fault in faults))


def find_worker_faults(workers: pd.DataFrame, division: Division) -> list[Fault]:
    """Return every fault of a table of workers: columns, unknown codes, grids without a worker, doubles."""
    missing = [name for name in COLUMNS if name not in workers]
    if missing:
        present = ", ".join(str(name) for name in workers.columns) or "none"
        return [fault("no column " + ", ".join(missing), f"it has {present}", ("the table",))]
    faults = []
    strange = [str(name) for name in workers.columns if name not in ALLOWED]
    if strange:
        meaning = f"people appear as ids and posts only; keep {', '.join(ALLOWED)} and remove the others"
        faults.append(fault("columns that do not belong here", meaning, tuple(strange)))
    worker, code = (workers[name].astype("string").str.strip() for name in COLUMNS)
    known = set(division.grids["grid_code"].astype(str))
    blank = (worker.isna() | (worker == "") | code.isna() | (code == "")).to_numpy(bool, na_value=True)
    unknown = ~blank & ~code.isin(known).to_numpy(bool)
    double = ~blank & pd.DataFrame({"worker": worker, "code": code}).duplicated().to_numpy()
    checks = (
        ("worker_id or grid_code missing", blank, "every row needs both"),
        ("unknown grid", unknown, "the division has no grid of this code; retired, or a slip"),
        ("the same worker and grid twice", double, "keep one of the rows"),
    )
    for words, bad, meaning in checks:
        if bad.any():
            rows = label_rows(workers, bad) if words.startswith("worker") else names_of(worker, code, bad)
            faults.append(fault(words, meaning, rows, int(bad.sum())))
    alone = sorted(known - set(code.dropna()))
    if alone:
        faults.append(fault("grid without a worker", "give each at least one", tuple(alone[:5]), len(alone)))
    return faults


def names_of(worker: pd.Series, code: pd.Series, bad: np.ndarray) -> tuple[str, ...]:
    """Return the first bad rows as worker and grid."""
    rows = np.flatnonzero(bad)[:5]
    return tuple(f"{worker.iloc[row]} in {code.iloc[row]}" for row in rows)


def fault(words: str, meaning: str, rows: tuple[str, ...], n_rows: int | None = None) -> Fault:
    """Return a fault of the table of workers."""
    count = len(rows) if n_rows is None else n_rows
    return Fault(layer="workers", fault=words, meaning=meaning, action="fatal", n_rows=count, rows=rows)


def count_workload(workers: pd.DataFrame, division: Division) -> pd.DataFrame:
    """Return what each worker has to do: grids, households and buildings, shared grids by equal parts.

    Parameters
    ----------
    workers
        A table that keeps to :func:`check_workers`.
    division
        The grids.

    Returns
    -------
    DataFrame
        ``worker_id``, ``n_grids``, ``households``, ``n_buildings``; sorted by worker. The households add up
        to those of the grids.

    Raises
    ------
    SchemaError
        When the table has a fault.
    """
    check_workers(workers, division)
    grids = division.grids.set_index(division.grids["grid_code"].astype(str))
    table = pd.DataFrame({name: workers[name].astype(str).str.strip() for name in COLUMNS})
    share = 1.0 / table.groupby("grid_code")["worker_id"].transform("size")
    for name in ("households", "n_buildings"):
        table[name] = grids[name].astype(float).reindex(table["grid_code"]).to_numpy() * share.to_numpy()
    counted = table.groupby("worker_id", sort=True).agg(
        n_grids=("grid_code", "size"), households=("households", "sum"), n_buildings=("n_buildings", "sum")
    )
    return counted.round(2).reset_index()
