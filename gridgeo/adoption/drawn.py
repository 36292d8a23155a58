"""Grids as they were drawn: mended one by one, and what is wrong between them listed with its area."""

from collections.abc import Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from geopandas import GeoDataFrame
from pyproj import CRS

from gridgeo.check.attributes import mend_codes
from gridgeo.check.mending import start_mending
from gridgeo.check.shapes import mend_shapes, set_aside_duplicates
from gridgeo.errors import SchemaError
from gridgeo.partition.coverage import Geometries
from gridgeo.schema import CONTRACTS, Fault, raise_fatal

__all__ = ["CODE_COLUMNS", "Drawn", "list_conflicts", "read_drawn"]

# Names of the column with the code in use; the first that is there is taken.
CODE_COLUMNS = ("grid_code", "gridcode", "grid_id", "code", "网格编码", "网格代码", "网格编号", "编码", "id")
NAME_COLUMNS = ("name", "grid_name", "网格名称", "名称")
LEAST_AREA_M2 = 0.5  # less than a sheet of cardboard is rounding of the drawing


@dataclass(frozen=True)
class Drawn:
    """The drawn grids in metres, one row for each code, sorted; ``code`` is ``<NA>`` where none was given.

    ``name`` and ``kind`` are ``<NA>`` where the drawing does not say.
    """

    shapes: Geometries
    code: pd.Series
    name: pd.Series
    kind: pd.Series
    crs: CRS
    rejected: GeoDataFrame
    faults: list[Fault]

    def __len__(self) -> int:
        return len(self.shapes)

    def label(self, grid: int) -> str:
        """Return what a drawn grid is called in the report."""
        return str(self.code[grid]) if pd.notna(self.code[grid]) else f"drawn grid {grid + 1} without code"


def read_drawn(grids: GeoDataFrame, grid_code: str | None = None) -> Drawn:
    """Return drawn grids mended: valid, rows of one code as one grid, exact duplicates set aside.

    Raises
    ------
    SchemaError
        When there is no column of codes by the name given, codes are spoilt, or no polygon is left.
    """
    state = start_mending(name_code(grids, grid_code), CONTRACTS["grids"])
    state = set_aside_duplicates(mend_shapes(state))
    state = mend_codes(state, "grid_code")
    raise_fatal(state.faults)
    good = state.good
    if good.empty:
        lines = int((grids.geometry.geom_type.isin(["LineString", "MultiLineString"])).sum())
        remedy = (
            f"it has {lines:,} lines; make areas of them first (QGIS: Polygonize) and give each its code"
            if lines
            else "look at the layer with gridgeo check"
        )
        raise SchemaError(f"grids: no polygon is left to adopt; {remedy}")
    shapes = shapely.normalize(np.asarray(good.geometry.values))
    table = pd.DataFrame(
        {
            "code": good["grid_code"].astype("string").to_numpy(),
            "name": text_of(good, NAME_COLUMNS),
            "kind": text_of(good, ("kind",)),
            "shape": shapely.to_wkb(shapes),
        }
    )
    order = table.sort_values(["code", "shape"], na_position="last", kind="stable").index
    table, shapes = table.loc[order].reset_index(drop=True), shapes[order]
    key = (
        table["code"].astype(object).where(table["code"].notna(), table.index.to_series().map(lambda i: (i,)))
    )
    group, first = pd.factorize(key)[0], ~key.duplicated()
    joined = [shapely.union_all(shapes[group == g]) for g in range(int(group.max()) + 1)]
    several = [
        str(code) for code in table["code"][table["code"].duplicated() & table["code"].notna()].unique()
    ]
    faults = list(state.faults)
    if several:
        meaning = "rows with one code are one grid in several parts"
        fault = Fault(layer="grids", fault="several rows of one grid", meaning=meaning, action="mended")
        rows = np.isin(table["code"].fillna("").to_numpy(), several)
        faults.append(fault.at(table.rename(columns={"code": "grid_code"}), rows, "grid_code"))
    kept = table[first].reset_index(drop=True)
    return Drawn(as_array(joined), kept["code"], kept["name"], kept["kind"], good.crs, state.rejected, faults)


def name_code(grids: GeoDataFrame, grid_code: str | None) -> GeoDataFrame:
    """Return the drawing with its codes in ``grid_code``, all ``<NA>`` where it has none."""
    by_name = {str(column).lower(): str(column) for column in reversed(grids.columns)}
    if grid_code is not None and grid_code not in grids.columns:
        present = ", ".join(str(column) for column in grids.columns if column != grids.active_geometry_name)
        raise SchemaError(f"grids: no column {grid_code}; there are {present or 'none'}")
    column = grid_code or next((by_name[name] for name in CODE_COLUMNS if name in by_name), None)
    if column is None:
        return grids.assign(grid_code=pd.Series(pd.NA, index=grids.index, dtype="string"))
    return grids.assign(grid_code=grids[column])


def text_of(frame: GeoDataFrame, names: Sequence[str]) -> pd.Series:
    """Return the first of some columns as text, ``<NA>`` where there is none of them."""
    column = next((name for name in names if name in frame.columns), None)
    if column is None:
        return pd.Series(pd.NA, index=range(len(frame)), dtype="string")
    return frame[column].astype("string").reset_index(drop=True)


def as_array(shapes: Sequence[shapely.Geometry]) -> Geometries:
    """Return geometries as an array."""
    array = np.empty(len(shapes), dtype=object)
    array[:] = shapes
    return array


def list_conflicts(drawn: Drawn, communities: GeoDataFrame) -> GeoDataFrame:
    """Return gaps, overlaps and land outside all communities: kind, who is meant, area and place.

    Columns ``fault`` (``gap``, ``overlap``, ``outside``), ``grid_code`` (the grids concerned),
    ``area_code``, ``area_m2``; the largest of each kind first.
    """
    homes = np.asarray(communities.geometry.values)
    codes = communities["area_code"].astype(str).to_numpy()
    union = shapely.union_all(drawn.shapes)
    found: list[tuple[str, str, str, Geometries]] = [
        ("gap", "", str(code), polygons_of(shapely.difference(home, union)))
        for code, home in zip(codes, homes, strict=True)
    ]
    one, other = shapely.STRtree(drawn.shapes).query(drawn.shapes, predicate="intersects")
    for a, b in sorted((int(a), int(b)) for a, b in zip(one, other, strict=True) if a < b):
        pair = f"{drawn.label(a)}, {drawn.label(b)}"
        common = shapely.intersection(drawn.shapes[a], drawn.shapes[b])
        found.append(("overlap", pair, "", polygons_of(common)))
    whole = shapely.union_all(homes)
    found += [
        ("outside", drawn.label(g), "", polygons_of(shapely.difference(shape, whole)))
        for g, shape in enumerate(drawn.shapes)
    ]
    rows = [(*words, shape) for *words, shapes in found for shape in shapes]
    columns = ["fault", "grid_code", "area_code", "geometry"]
    table = gpd.GeoDataFrame(pd.DataFrame(rows, columns=columns), geometry="geometry", crs=communities.crs)
    table["area_m2"] = np.round(table.area, 2)
    return table.sort_values(["fault", "area_m2"], ascending=[True, False], kind="stable", ignore_index=True)


def polygons_of(shape: shapely.Geometry) -> Geometries:
    """Return the polygons of a geometry that are more than rounding."""
    parts = shapely.get_parts(shapely.get_parts(shape))
    kept: Geometries = parts[shapely.area(parts) >= LEAST_AREA_M2]
    return kept
