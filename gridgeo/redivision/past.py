"""The old division in metres, as what a new one is built from: atoms that can be used again, old grids."""

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
from gridgeo.planning.terrain import codes_as_numbers, find_atoms, home_of_atoms

__all__ = ["Past", "build_past", "shape_keys", "tidy"]

ON_LATTICE_M = 1e-7  # the noise of a trip through degrees; a vertex put into a slanting border is farther off


@dataclass(frozen=True)
class Past:
    """The layers of the old division in metres and how they belong together.

    ``atom_grid`` and ``building_grid`` are rows of the old grids (-1: none), ``building_atom`` of the old
    atoms, ``atom_community`` of the old communities, whose ``boundaries`` are in metres. ``boundary_keys``
    and ``building_keys`` are equal for equal shapes.
    """

    division: Division
    grids: Geometries
    atoms: Geometries
    atom_grid: Ints
    atom_community: Ints
    buildings: GeoDataFrame
    building_grid: Ints
    building_atom: Ints
    is_dedicated: NDArray[np.bool_]
    building_keys: Geometries
    boundaries: Geometries
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
    boundaries = tidy(np.asarray(division.communities.geometry.to_crs(crs).values))
    return Past(
        division=division,
        grids=np.asarray(division.grids.geometry.to_crs(crs).values),
        atoms=atoms,
        atom_grid=codes_as_numbers(division),
        atom_community=home_of_atoms(division),
        buildings=buildings.set_geometry(gpd.GeoSeries(shapes, index=buildings.index, crs=crs)),
        building_grid=np.asarray(grid, dtype=np.int64),
        building_atom=find_atoms(shapes, division, atoms),
        is_dedicated=np.asarray((kinds == "dedicated").fillna(False), dtype=bool),
        building_keys=shape_keys(shapes),
        boundaries=boundaries,
        boundary_keys=shape_keys(boundaries),
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
