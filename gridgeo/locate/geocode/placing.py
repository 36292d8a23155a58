"""The grid of each answer, and whether it is certain."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gridgeo.crs import check_crs
from gridgeo.locate.doubts import PlacementWarning, find_doubts, find_layer_doubts
from gridgeo.locate.index import GridIndex

if TYPE_CHECKING:
    from gridgeo.locate.gazetteer.gazetteer import Gazetteer

__all__ = ["PreparedGrids", "add_grids", "prepare_grids"]

Floats = NDArray[np.float64]
# A building lies in one grid by law, so its grid is certain however near the border it stands.
INSIDE_LEVELS = ("building", "house_number")


@dataclass(frozen=True)
class PreparedGrids:
    """Grids in a gazetteer's system with their indexes, for a service that asks many times."""

    index: GridIndex
    borders: shapely.STRtree


def prepare_grids(grids: gpd.GeoDataFrame, gazetteer: Gazetteer) -> PreparedGrids:
    """Return the indexes of a grids layer in the system of the gazetteer.

    Warns
    -----
    PlacementWarning
        Grids and gazetteer sit from each other as GCJ-02 or BD-09 sits from WGS 84, or axes look exchanged.
    """
    check_crs(grids, "grids")
    metric = grids if grids.crs == gazetteer.crs else grids.to_crs(gazetteer.crs)
    index = GridIndex(metric)
    for doubt in _find_doubts(metric, index, gazetteer):
        warnings.warn(doubt, PlacementWarning, stacklevel=2)
    return PreparedGrids(index, shapely.STRtree(shapely.boundary(metric.geometry.to_numpy())))


def _find_doubts(grids: gpd.GeoDataFrame, index: GridIndex, gazetteer: Gazetteer) -> list[str]:
    """Return what makes grids or gazetteer look to be in another system than said."""
    entries = gazetteer.entries
    houses = entries[entries["level"].isin(INSIDE_LEVELS)]
    x, y = (houses[axis].to_numpy(dtype=np.float64) for axis in ("x", "y"))
    doubts = find_doubts(x, y, gazetteer.crs, index)
    texts = [doubt.to_text("the gazetteer", "grids") for doubt in doubts]
    addresses = gpd.GeoSeries(shapely.points(x, y), crs=gazetteer.crs)
    return texts or find_layer_doubts(grids, "grids", addresses, "the gazetteer")


def add_grids(
    answers: pd.DataFrame, gazetteer: Gazetteer, grids: gpd.GeoDataFrame | PreparedGrids
) -> pd.DataFrame:
    """Return the answers with ``grid_code`` and ``grid_certain``.

    The grid is certain where every place that the text may mean lies in it: all ties, and the whole circle of
    uncertainty of an answer that is no building or house number.
    """
    prepared = grids if isinstance(grids, PreparedGrids) else prepare_grids(grids, gazetteer)
    codes = np.array([*prepared.index.codes, pd.NA], dtype=object)
    placed = np.flatnonzero(answers["x"].notna().to_numpy())
    x, y = answers["x"].to_numpy()[placed], answers["y"].to_numpy()[placed]
    position = prepared.index.locate(x, y)
    grid_code = pd.Series(pd.NA, index=answers.index, dtype="string")
    grid_code.iloc[placed] = codes[position]
    certain = pd.Series(pd.NA, index=answers.index, dtype="boolean")
    certain.iloc[placed] = (
        (position >= 0)
        & _is_inside(answers.iloc[placed], prepared.borders, x, y)
        & _ties_agree(answers["others"].iloc[placed], position, gazetteer, prepared.index)
    )
    return answers.assign(grid_code=grid_code, grid_certain=certain)


def _is_inside(answers: pd.DataFrame, tree: shapely.STRtree, x: Floats, y: Floats) -> NDArray[np.bool_]:
    """Return whether no border comes nearer than the uncertainty, or none can part the place."""
    points = shapely.points(x, y)
    at, _ = tree.query(
        points, predicate="dwithin", distance=answers["uncertainty_m"].to_numpy(dtype=np.float64)
    )
    clear = np.ones(len(points), dtype=bool)
    clear[at] = False
    fine: NDArray[np.bool_] = answers["precision"].isin(INSIDE_LEVELS).to_numpy(dtype=bool)
    near = answers["uncertainty_m"].to_numpy(dtype=np.float64) <= 30.0
    certain: NDArray[np.bool_] = clear | (fine & near)
    return certain


def _ties_agree(
    others: pd.Series, position: NDArray[np.int32], gazetteer: Gazetteer, index: GridIndex
) -> NDArray[np.bool_]:
    """Return whether all alternatives lie in the grid of the answer."""
    lengths = np.array([len(o) for o in others], dtype=np.int64)
    agree = np.ones(len(others), dtype=bool)
    flat = np.array([at for o in others for at in o], dtype=np.int64)
    if len(flat):
        entries = gazetteer.entries
        found = np.asarray(index.locate(entries["x"].to_numpy()[flat], entries["y"].to_numpy()[flat]))
        rows = np.repeat(np.arange(len(others)), lengths)
        agree[rows[found != position[rows]]] = False
    return agree
