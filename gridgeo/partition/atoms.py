"""Atoms: the smallest pieces of a community, which grids are put together from.

Streets, barriers and the boundary enclose *blocks*; compound walls and dedicated areas cut blocks into
*yards*. Inside a yard the open ground goes to the nearest building. What remains without a building is
merged into a neighbour, unless it is a whole block of a size of its own (a park, a square). A long empty
strip, such as a river bank, is cut where the blocks beside it end.
"""

from dataclasses import dataclass

import numpy as np
import shapely

from gridgeo.partition.coverage import (
    LATTICE_M,
    Borders,
    Geometries,
    Ints,
    build_borders,
    build_faces,
    dissolve,
    find_dangles,
)
from gridgeo.partition.ground import Ground, claim_faces, is_first, join_shapes, merge_scraps
from gridgeo.partition.portable import Portable
from gridgeo.partition.site import Site, first_cover, largest_share
from gridgeo.partition.tessellation import bridge_tips
from gridgeo.partition.yards import build_yards, find_medians, find_strips, sharing_lines

__all__ = ["Atoms", "build_atoms"]


@dataclass(frozen=True)
class Atoms(Portable):
    """The atoms of one community: a valid coverage of its boundary, no building cut.

    ``building_atom`` is the atom of each building. ``block`` and ``dedicated`` tell for each atom the
    street block and the dedicated area (-1: none) that it lies in. ``borders`` lists every straight piece of
    border between two atoms and along the boundary.
    """

    geometry: Geometries
    building_atom: Ints
    block: Ints
    dedicated: Ints
    borders: Borders

    def __len__(self) -> int:
        return len(self.geometry)


def build_atoms(site: Site) -> Atoms:
    """Return the atoms of a site.

    A building that straddles a street or a wall goes whole to the side that holds most of it, and the
    border goes round it. Several buildings share an atom only where they overlap or lie on one spot.
    """
    every, every_building = shapely.get_parts(site.buildings, return_index=True)
    first, same = first_of_equals(every)
    shapes, shape_building = every[first], every_building[first]
    parts = shapely.get_parts(site.boundary)
    rim = shapely.boundary(parts)
    hard = np.concatenate([rim, site.streets, site.walls, shapely.boundary(site.water)])
    soft = np.concatenate([shapely.boundary(site.compounds), shapely.boundary(site.dedicated)])
    blocks = inside(build_faces(hard), parts)
    pieces = inside(build_faces(np.concatenate([hard, soft])), parts) if len(soft) else blocks
    yards = build_yards(pieces, blocks, site)
    yard_of_shape, _ = largest_share(shapes, yards.shapes)
    medians = find_medians(yards, yard_of_shape)
    is_strip = find_strips(yards, yard_of_shape)
    is_strip[medians.yards] = False
    dangles = find_dangles(hard)
    middle = sharing_lines(yards, is_strip, medians, shapes, yard_of_shape)
    outlines = shapely.boundary(shapes[shapely.get_dimensions(shapes) == 2])
    lines = np.concatenate([hard, soft, outlines, middle, bridge_tips(dangles, middle, shapes)])
    faces = inside(build_faces(lines), parts)
    ground = survey(faces, site, (blocks, yards.shapes), dangles)
    owner = claim_faces(ground, shapes, yard_of_shape, yards.is_open)
    group = join_shapes(owner, ground, shapes, shape_building)
    is_shared = is_strip[ground.yard] | np.isin(ground.yard, medians.yards)
    place = np.where(is_shared, len(yards) + np.arange(len(faces)), ground.yard)
    label = np.where(owner >= 0, np.append(group, -1)[owner], len(shapes) + place)
    label = merge_scraps(label, len(shapes), ground, medians)
    return gather(label, ground, main_shape_label(label, group[same], ground, every, every_building))


def first_of_equals(shapes: Geometries) -> tuple[Ints, Ints]:
    """Return the first of each kind of equal shapes, and for each shape which of these it equals.

    A tower with a record for each of its dwellings is thousands of shapes on one spot.
    """
    _, first, kind = np.unique(shapely.to_wkb(shapes), return_index=True, return_inverse=True)
    order = np.argsort(first)
    rank = np.empty(len(first), dtype=np.int64)
    rank[order] = np.arange(len(first))
    return first[order].astype(np.int64), rank[kind]


def inside(faces: Geometries, parts: Geometries) -> Geometries:
    """Return the faces that lie inside the boundary, sorted by place so that row order changes nothing."""
    points = shapely.point_on_surface(faces)
    kept = faces[first_cover(points, parts) >= 0]
    bounds = shapely.bounds(kept)
    kept = shapely.normalize(kept)
    ordered: Geometries = kept[
        np.lexsort((shapely.area(kept), bounds[:, 3], bounds[:, 2], bounds[:, 1], bounds[:, 0]))
    ]
    return ordered


def survey(
    faces: Geometries, site: Site, zones: tuple[Geometries, Geometries], dangles: Geometries
) -> Ground:
    """Return what each face belongs to: its block and yard (``zones``), and which borders are dead ends."""
    points = shapely.point_on_surface(faces)
    block, yard = (first_cover(points, zone) for zone in zones)
    borders = build_borders(faces)
    on_dangle = np.zeros(len(borders.left), dtype=bool)
    if len(dangles):
        within = np.flatnonzero(borders.is_shared & (block[borders.left] == block[borders.right]))
        middle = shapely.points((borders.start[within] + borders.end[within]) / 2.0)
        found = shapely.STRtree(dangles).query(middle, predicate="dwithin", distance=5 * LATTICE_M)[0]
        on_dangle[within[found]] = True
    return Ground(
        faces,
        block,
        yard,
        first_cover(points, site.dedicated),
        first_cover(points, site.water) >= 0,
        borders,
        on_dangle,
    )


def main_shape_label(
    label: Ints, group: Ints, ground: Ground, shapes: Geometries, shape_building: Ints
) -> Ints:
    """Return the label under the largest shape of each building; of one outside, the nearest."""
    order = np.lexsort((-shapely.area(shapes), shape_building))
    main = order[is_first(shape_building[order])]
    wanted = group[main]
    missing = np.flatnonzero(~np.isin(wanted, label))
    if len(missing):
        face = shapely.STRtree(ground.faces).nearest(shapely.point_on_surface(shapes[main[missing]]))
        wanted[missing] = label[face]
    return wanted


def gather(label: Ints, ground: Ground, building_label: Ints) -> Atoms:
    """Return the faces of each label dissolved into one atom, in the order of place."""
    first_face = np.sort(np.unique(label, return_index=True)[1])
    number = np.full(max(int(label.max()), int(building_label.max(initial=0))) + 2, -1, dtype=np.int64)
    number[label[first_face]] = np.arange(len(first_face))
    atom = number[label]
    order = np.lexsort((-shapely.area(ground.faces), atom))
    biggest = order[is_first(atom[order])]
    return Atoms(
        dissolve(ground.faces, atom, len(first_face)),
        number[building_label],
        ground.block[biggest],
        ground.dedicated[biggest],
        ground.borders.relabelled(atom),
    )
