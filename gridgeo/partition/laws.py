"""The laws that every division keeps, checked on the geometry that is written, not on the plan behind it."""

from dataclasses import dataclass

import numpy as np
import shapely

from gridgeo.errors import LawError
from gridgeo.partition.coverage import LATTICE_M, Geometries, Ints
from gridgeo.partition.site import largest_share

__all__ = ["Measures", "check_laws", "measure_laws"]

AREA_TOLERANCE = 1e-6  # share of the area that rounding to a millimetre may move
BORDER_TOLERANCE_M = LATTICE_M / 2  # a vertex put into a slanting border moves it by a part of a millimetre
UNCUT_SHARE = 0.99  # a building is cut when more than a hundredth of it lies in another grid


@dataclass(frozen=True)
class Measures:
    """What the laws look at: areas in m², counts of grids and buildings."""

    gap_area_m2: float
    overlap_area_m2: float
    leak_area_m2: float
    n_invalid: int
    n_multipart: int
    n_split: int
    n_buildings_cut: int
    n_buildings_across: int
    is_coverage: bool


def measure_laws(
    grids: Geometries, home: Ints, communities: Geometries, buildings: Geometries, building_grid: Ints
) -> Measures:
    """Return the measures of a division in metres.

    ``home`` is the community of each grid, ``building_grid`` the grid of each building (-1: outside). A
    building across the border of its community is cut by that border; only its part inside counts, and
    it is counted in ``n_buildings_across``.
    """
    area = shapely.area(grids)
    own = shapely.area(shapely.intersection(grids, communities[home]))
    covered = np.bincount(home, own, len(communities))
    is_coverage = bool(shapely.coverage_is_valid(grids))
    overlap = 0.0 if is_coverage else float(area.sum() - shapely.area(shapely.union_all(grids)))
    placed = np.flatnonzero((building_grid >= 0) & (shapely.area(buildings) > 0))
    shapes, grid = buildings[placed], building_grid[placed]
    whole = shapely.covered_by(shapes, grids[grid])
    shapes, grid = shapes[~whole], grid[~whole]
    in_grid = shapely.area(shapely.intersection(shapes, grids[grid]))
    in_home = shapely.area(shapely.intersection(shapes, communities[home[grid]]))
    across = in_home < UNCUT_SHARE * shapely.area(shapes)
    cut = in_grid < UNCUT_SHARE * in_home
    multipart = shapely.get_num_geometries(grids) > 1
    return Measures(
        gap_area_m2=float(np.maximum(shapely.area(communities) - covered, 0.0).sum()),
        overlap_area_m2=max(overlap, 0.0),
        leak_area_m2=float(np.maximum(area - own, 0.0).sum()),
        n_invalid=int((~shapely.is_valid(grids)).sum()),
        n_multipart=int(multipart.sum()),
        n_split=sum(
            not has_one_piece_for_each_part(grids[i], communities[home[i]]) for i in np.flatnonzero(multipart)
        ),
        n_buildings_cut=int((cut & ~across).sum()),
        n_buildings_across=int(across.sum()),
        is_coverage=is_coverage,
    )


def has_one_piece_for_each_part(grid: shapely.Geometry, community: shapely.Geometry) -> bool:
    """Return whether the pieces of a grid lie in different parts of its community."""
    part, _ = largest_share(shapely.get_parts(grid), shapely.get_parts(community))
    return len(np.unique(part)) == len(part)


def check_laws(measures: Measures, total_area_m2: float, border_m: float) -> None:
    """Raise when a law is broken, naming every one; ``border_m`` is the length of all communities' borders.

    Raises
    ------
    LawError
        The result must not be used; it is a fault of gridgeo.
    """
    limit = max(AREA_TOLERANCE * total_area_m2, BORDER_TOLERANCE_M * border_m)
    broken = [
        (measures.gap_area_m2 > limit, f"cover: {measures.gap_area_m2:.2f} m² belong to no grid"),
        (
            measures.overlap_area_m2 > limit,
            f"disjoint: {measures.overlap_area_m2:.2f} m² belong to two grids",
        ),
        (not measures.is_coverage, "disjoint: neighbours do not share their vertices"),
        (measures.leak_area_m2 > limit, f"nested: {measures.leak_area_m2:.2f} m² lie outside the community"),
        (measures.n_invalid > 0, f"{measures.n_invalid} grids are not valid polygons"),
        (measures.n_split > 0, f"contiguous: {measures.n_split} grids are in several pieces"),
    ]
    words = [text for is_broken, text in broken if is_broken]
    if words:
        raise LawError("the division breaks a law of its own, please report it: " + "; ".join(words))
