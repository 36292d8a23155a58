"""The old division in metres, as what a new one is built from: atoms that can be used again, old grids."""

from collections.abc import Collection
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from geopandas import GeoDataFrame
from numpy.typing import NDArray
from pyproj import CRS

from gridgeo.division import Division
from gridgeo.partition.coverage import Geometries, Ints
from gridgeo.planning.terrain import codes_as_numbers, find_atoms
from gridgeo.preparation import Prepared, street_ranks

__all__ = ["Past", "build_past", "find_changed_ground", "shape_keys"]

ON_LATTICE_M = 1e-7  # the noise of a trip through degrees; a vertex put into a slanting border is farther off


@dataclass(frozen=True)
class Past:
    """The layers of the old division in metres and how they belong together.

    ``atom_grid`` and ``building_grid`` are rows of the old grids (-1: none), ``building_atom`` of the old
    atoms. ``boundary_keys`` and ``building_keys`` are equal for equal shapes.
    """

    division: Division
    grids: Geometries
    atoms: Geometries
    atom_grid: Ints
    buildings: GeoDataFrame
    building_grid: Ints
    building_atom: Ints
    area_codes: Geometries
    is_dedicated: NDArray[np.bool_]
    building_keys: Geometries
    boundary_keys: Geometries


def build_past(division: Division, crs: CRS) -> Past:
    """Return the old division in a metric system.

    Raises
    ------
    SchemaError
        When atoms and grids of the division do not belong together.
    """
    atoms = tidy(np.asarray(division.atoms.geometry.to_crs(crs).values))
    buildings = division.buildings.to_crs(crs)
    shapes = tidy(np.asarray(buildings.geometry.values))
    kinds = division.grids["kind"].astype("string")
    codes = pd.Index(division.grids["grid_code"].astype(str))
    grid = codes.get_indexer(buildings["grid_code"].astype("string").fillna(""))
    return Past(
        division=division,
        grids=np.asarray(division.grids.geometry.to_crs(crs).values),
        atoms=atoms,
        atom_grid=codes_as_numbers(division),
        buildings=buildings.set_geometry(gpd.GeoSeries(shapes, index=buildings.index, crs=crs)),
        building_grid=np.asarray(grid, dtype=np.int64),
        building_atom=find_atoms(shapes, division, atoms),
        area_codes=division.grids["area_code"].astype(str).to_numpy(dtype=object),
        is_dedicated=np.asarray((kinds == "dedicated").fillna(False), dtype=bool),
        building_keys=shape_keys(shapes),
        boundary_keys=shape_keys(tidy(np.asarray(division.communities.geometry.to_crs(crs).values))),
    )


def tidy(shapes: Geometries) -> Geometries:
    """Return shapes with every coordinate on the lattice that was there before a trip through degrees."""

    def back(points: NDArray[np.float64]) -> NDArray[np.float64]:
        near = np.round(points, 3)
        return np.where(np.abs(points - near) < ON_LATTICE_M, near, points)

    moved: Geometries = shapely.transform(shapes, back)
    lone = shapely.get_num_geometries(moved) == 1
    moved[lone] = shapely.get_geometry(moved[lone], 0)
    return moved


def shape_keys(shapes: Geometries) -> Geometries:
    """Return a key for each shape that is the same for the same shape, however its rings begin."""
    plain = shapes.copy()
    lone = shapely.get_num_geometries(plain) == 1
    plain[lone] = shapely.get_geometry(plain[lone], 0)
    keys: Geometries = np.asarray(shapely.to_wkb(shapely.normalize(plain)), dtype=object)
    return keys


def find_changed_ground(past: Past, prepared: Prepared, given: Collection[str]) -> Geometries:
    """Return the streets, barriers and compounds that are in one of two divisions only.

    Only the layers ``given`` anew are looked at. A street whose class is another one has changed, too.
    """
    changed = [
        changed_shapes(getattr(past.division, name), getattr(prepared, name), with_rank=name == "streets")
        for name in ("streets", "barriers", "compounds")
        if name in given
    ]
    return np.concatenate([np.empty(0, dtype=object), *changed])


def changed_shapes(before: GeoDataFrame | None, after: GeoDataFrame | None, *, with_rank: bool) -> Geometries:
    """Return the shapes that only one of two layers has; the second one is in metres."""
    shapes, keys = [], []
    crs = next((layer.crs for layer in (after, before) if layer is not None), None)
    for layer in (before, after):
        plain = (
            np.empty(0, dtype=object)
            if layer is None
            else tidy(np.asarray(layer.geometry.to_crs(crs).values))
        )
        rank = (
            street_ranks(layer) if with_rank and layer is not None else np.zeros(len(plain), dtype=np.int64)
        )
        shapes.append(plain)
        keys.append(
            pd.Index([f"{r} {key!r}" for r, key in zip(rank, shape_keys(plain), strict=True)], dtype=object)
        )
    lost, fresh = ~keys[0].isin(keys[1]), ~keys[1].isin(keys[0])
    return np.concatenate([shapes[0][lost], shapes[1][fresh]])
