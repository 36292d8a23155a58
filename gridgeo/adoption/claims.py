"""Which drawn grid has a claim on which atom, by the buildings in it, else by its ground."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gridgeo.partition.atoms import Atoms
from gridgeo.partition.coverage import Geometries, Ints
from gridgeo.partition.site import Site, first_cover

__all__ = ["Claims", "claim_atoms"]

TIE = 0.99  # a claim nearly as large as the largest one contests it
LEAST_SHARE = 0.01  # a pen's width over the edge of an atom is no claim


@dataclass(frozen=True)
class Claims:
    """The drawn grid that has the largest claim on each atom (-1: none), and all claims as pairs.

    ``is_contested`` tells where two claims are as good as equal, as in an overlap. ``is_cut`` tells for each
    building whether a drawn border runs through it.
    """

    best: Ints
    is_contested: NDArray[np.bool_]
    atom: Ints
    grid: Ints
    is_cut: NDArray[np.bool_]


def claim_atoms(site: Site, atoms: Atoms, drawn: Geometries) -> Claims:
    """Return the claims on the atoms of a site.

    The buildings of an atom decide: the grid that holds most of their footprint. An atom without a building,
    or with one that lies in a gap, goes by its ground.
    """
    n = len(atoms)
    by_ground = shares(atoms.geometry, drawn)
    by_building = shares(site.buildings, drawn)
    of_atom = by_building.assign(atom=atoms.building_atom[by_building["shape"].to_numpy()])
    of_atom = of_atom.groupby(["atom", "grid"], sort=True)["area"].sum().reset_index()
    has_building = np.zeros(n, dtype=bool)
    has_building[of_atom["atom"].to_numpy()] = True
    ground = by_ground.rename(columns={"shape": "atom"})[["atom", "grid", "area"]]
    table = pd.concat([of_atom, ground[~has_building[ground["atom"].to_numpy()]]], ignore_index=True)
    table = table.sort_values(["atom", "area", "grid"], ascending=[True, False, True], kind="stable")
    best = np.full(n, -1, dtype=np.int64)
    first = table.drop_duplicates("atom")
    best[first["atom"].to_numpy()] = first["grid"].to_numpy()
    most = table.groupby("atom")["area"].transform("max")
    rivals = table[table["area"] >= TIE * most]
    contested = np.bincount(rivals["atom"].to_numpy(), minlength=n) > 1
    n_grids = by_building.groupby("shape")["grid"].nunique()
    whole = by_building.groupby("shape")["share"].max()
    cut = np.zeros(len(site.buildings), dtype=bool)
    cut[n_grids.index[(n_grids > 1).to_numpy() & (whole < 1 - LEAST_SHARE).to_numpy()]] = True
    return Claims(best, contested, rivals["atom"].to_numpy(np.int64), rivals["grid"].to_numpy(np.int64), cut)


def shares(shapes: Geometries, drawn: Geometries) -> pd.DataFrame:
    """Return how much of each shape lies in each grid: ``shape``, ``grid``, ``area``, ``share``.

    Points and lines count as one square metre where a point of them lies.
    """
    size = shapely.area(shapes)
    flat = np.flatnonzero(size <= 0)
    at = first_cover(shapely.point_on_surface(shapes[flat]), drawn)
    shape, grid = shapely.STRtree(drawn).query(shapes, predicate="intersects")
    solid = size[shape] > 0
    shape, grid = shape[solid], grid[solid]
    area = shapely.area(shapely.intersection(shapes[shape], drawn[grid]))
    table = pd.DataFrame(
        {
            "shape": np.append(shape, flat[at >= 0]).astype(np.int64),
            "grid": np.append(grid, at[at >= 0]).astype(np.int64),
            "area": np.append(np.round(area, 4), np.ones(int((at >= 0).sum()))),
        }
    )
    table["share"] = table["area"] / np.where(size > 0, size, 1.0)[table["shape"]]
    return table[table["share"] > LEAST_SHARE].reset_index(drop=True)
