"""What has changed on the ground: the lines and areas that only one of two divisions has.

Lines are compared piece by straight piece, so that a street of which one end was moved has changed at that
end only. The class of a street is no ground: it is looked up again for every border.
"""

from collections.abc import Collection

import numpy as np
import pandas as pd
import shapely
from geopandas import GeoDataFrame
from numpy.typing import NDArray

from gridgeo.partition.coverage import LATTICE_M, Geometries, Ints
from gridgeo.preparation import Prepared
from gridgeo.redivision.past import Past, shape_keys, tidy

__all__ = ["find_touched_atoms", "matching_areas"]

TOUCH_M = 0.01  # an atom this near to a change has to do with it
HALF = 0.5  # an atom lies in the area that holds more than this share of it


def find_touched_atoms(past: Past, prepared: Prepared, given: Collection[str]) -> NDArray[np.bool_]:
    """Return which old atoms a changed street, barrier, compound or dedicated area runs along or through.

    Only the layers ``given`` anew are looked at.
    """
    changed = [np.empty(0, dtype=object)]
    for name in ("streets", "barriers", "compounds", "dedicated"):
        if name in given:
            before, after = layer_before(past, name, prepared), shapes_of(getattr(prepared, name), prepared)
            changed.append(changed_lines(before, after))
            if name in ("barriers", "dedicated"):
                changed.append(changed_areas(before, after))
    touched = np.zeros(len(past.atoms), dtype=bool)
    ground = np.concatenate(changed)
    if len(ground):
        touched[shapely.STRtree(ground).query(past.atoms, predicate="dwithin", distance=TOUCH_M)[0]] = True
    return touched


def layer_before(past: Past, name: str, prepared: Prepared) -> Geometries:
    """Return the shapes of a layer of the old division in metres.

    Files written before dedicated areas were kept have their grids instead.
    """
    layer = getattr(past.division, name)
    if layer is None and name == "dedicated":
        return past.grids[past.is_dedicated]
    return shapes_of(layer, prepared)


def shapes_of(layer: GeoDataFrame | None, prepared: Prepared) -> Geometries:
    """Return the shapes of a layer in metres, none of no layer."""
    return (
        np.empty(0, dtype=object) if layer is None else np.asarray(layer.geometry.to_crs(prepared.crs).values)
    )


def changed_lines(before: Geometries, after: Geometries) -> Geometries:
    """Return the straight pieces of line or border that only one of two layers has."""
    pieces = [straight_pieces(tidy(shapes)) for shapes in (before, after)]
    ends = np.concatenate(pieces)
    millimetres = np.rint(ends / LATTICE_M).astype(np.int64)
    turned = (millimetres[:, 0] > millimetres[:, 2]) | (
        (millimetres[:, 0] == millimetres[:, 2]) & (millimetres[:, 1] > millimetres[:, 3])
    )
    millimetres[turned] = millimetres[turned][:, [2, 3, 0, 1]]
    number = pd.MultiIndex.from_arrays(millimetres.T).factorize()[0]
    is_new = np.arange(len(ends)) >= len(pieces[0])
    lone = np.isin(number, np.setxor1d(number[~is_new], number[is_new]))
    lines: Geometries = shapely.linestrings(ends[lone].reshape(-1, 2, 2))
    return lines


def straight_pieces(shapes: NDArray[np.object_]) -> NDArray[np.float64]:
    """Return the ends (x, y, x, y) of each straight piece of lines and of the borders of areas."""
    lines = shapes.copy()
    areas = shapely.get_dimensions(lines) == 2
    lines[areas] = shapely.boundary(lines[areas])
    parts = shapely.get_parts(lines)
    points, line = shapely.get_coordinates(parts, return_index=True)
    follows = np.flatnonzero(line[1:] == line[:-1])
    return np.concatenate([points[follows], points[follows + 1]], axis=1)


def changed_areas(before: Geometries, after: Geometries) -> Geometries:
    """Return the ground that lies in the areas of only one of two layers."""
    areas = [tidy(shapes[shapely.get_dimensions(shapes) == 2]) for shapes in (before, after)]
    keys = [pd.Index(shape_keys(shapes), dtype=object) for shapes in areas]
    lost, fresh = areas[0][~keys[0].isin(keys[1])], areas[1][~keys[1].isin(keys[0])]
    ground = shapely.symmetric_difference(shapely.union_all(lost), shapely.union_all(fresh))
    parts = shapely.get_parts(np.array([ground]))
    found: Geometries = parts[shapely.area(parts) > 0]
    return found


def matching_areas(past: Past, prepared: Prepared, given: Collection[str]) -> Ints:
    """Return the dedicated area of today that each old atom lies in, -1 for none.

    A dedicated grid goes on as the area that holds most of it; where areas are as they were, as its own.
    """
    carved = np.flatnonzero(past.is_dedicated)
    own = past.is_dedicated[past.atom_grid]
    if "dedicated" not in given:
        return np.where(own, np.searchsorted(carved, past.atom_grid), -1).astype(np.int64)
    areas = shapes_of(prepared.dedicated, prepared)
    found = np.full(len(past.atoms), -1, dtype=np.int64)
    if len(areas) == 0:
        return found
    heir = np.full(len(past.grids), -1, dtype=np.int64)
    heir[carved] = most_of(past.grids[carved], areas)
    near = np.unique(shapely.STRtree(areas).query(past.atoms, predicate="intersects")[0])
    found[near] = most_of(past.atoms[near], areas)
    continued: Ints = np.where(own & (heir[past.atom_grid] >= 0), heir[past.atom_grid], found)
    return continued


def most_of(shapes: Geometries, areas: Geometries) -> Ints:
    """Return the area that holds more than half of each shape, -1 where none does."""
    shape, area = shapely.STRtree(areas).query(shapes, predicate="intersects")
    share = shapely.area(shapely.intersection(shapes[shape], areas[area])) / np.maximum(
        shapely.area(shapes[shape]), 1e-9
    )
    found = np.full(len(shapes), -1, dtype=np.int64)
    kept = share > HALF
    found[shape[kept]] = area[kept]
    return found
