"""Lines midway between buildings: which open ground lies nearest to which building.

The lines are the borders of the Voronoi cells of the building outlines. Outlines are sampled, shrunk by
a hair so that touching buildings have no common sample, triangulated (Delaunay), and a line is kept only
where the two nearest samples belong to different buildings. The steps that sampling leaves in a line are
smoothed, unless the smooth line would cut a building.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import shapely
from scipy.spatial import Delaunay, QhullError

from gridgeo.partition.coverage import Floats, Geometries, Ints

__all__ = ["bank_midlines", "bridge_tips", "midlines"]

SAMPLE_M = 3.0  # spacing of samples on an outline; finer gives nicer lines, and costs in proportion
BANK_SAMPLE_M = 6.0  # spacing of samples along the rim of ground that others share
TOUCH_M = 0.01  # a sample on the rim touches the yards within a centimetre
SHRINK_M = 0.05  # keeps the samples of touching walls apart
SMOOTH_M = 1.0  # how far a smoothed line may leave the true middle
TIP_REACH_M = 20.0  # how far a dead end may be from the midline that carries on from it
FAR = 8.0  # the frame of far samples, in extents: it closes the outermost cells


def midlines(buildings: Geometries, block: Ints, blocks: Geometries) -> Geometries:
    """Return the lines midway between the buildings of each block, clipped to the block.

    ``block`` gives for each building the position of its block in ``blocks``. Buildings may be points,
    lines or polygons. Blocks with fewer than two buildings give no lines.
    """
    samples, owner = sample_outlines(buildings)
    order = np.argsort(block[owner], kind="stable")
    samples, owner = samples[order], owner[order]
    bounds = np.searchsorted(block[owner], np.arange(len(blocks) + 1))
    several = np.bincount(block, minlength=len(blocks)) > 1
    found = [
        ridges(samples[bounds[i] : bounds[i + 1]], owner[bounds[i] : bounds[i + 1]])
        for i in np.flatnonzero(several)
    ]
    if not found:
        return np.empty(0, dtype=object)
    pair = np.concatenate([f[0] for f in found])
    ends = np.concatenate([f[1] for f in found])
    chains, first, second = join_ridges(pair, ends)
    inside = clip_to_blocks(chains, blocks[block[first]])
    return smooth(outside_walls(inside, buildings[first], buildings[second]), buildings)


def bank_midlines(
    yards: Geometries,
    shared: Ints,
    banks: Sequence[Ints],
    shapes: Geometries,
    yard_of_shape: Ints,
    stands_for: Mapping[int, Ints],
) -> Geometries:
    """Return the lines that share out some yards among the yards around them and the shapes inside them.

    These are water, long empty strips, medians and the ground outside the walls of compounds. ``shared`` are
    their positions, ``banks`` lists for each of them the yards that take part. Every stretch of its border
    speaks for the nearest shape of its bank, or for the bank itself where that has none; a bank speaks for
    the yards it ``stands_for``, else for itself.
    """
    lines = []
    tree = shapely.STRtree(yards)
    for yard, sharing in zip(shared.tolist(), banks, strict=True):
        rim = shapely.get_coordinates(shapely.segmentize(shapely.boundary(yards[yard]), BANK_SAMPLE_M))
        rim = np.unique(rim, axis=0)
        sample, bank = tree.query(shapely.points(rim), predicate="dwithin", distance=TOUCH_M)
        takes_part = np.isin(bank, sharing) & (bank != yard)
        sample, bank = sample[takes_part], bank[takes_part]
        first = np.unique(sample, return_index=True)[1]
        owner = nearest_on_bank(rim[sample[first]], bank[first], shapes, yard_of_shape, stands_for)
        own = np.flatnonzero(yard_of_shape == yard)
        inner, inner_owner = sample_outlines(shapes[own])
        samples = np.concatenate([rim[sample[first]], inner])
        owner = np.concatenate([owner, own[inner_owner]])
        if len(np.unique(owner)) < 2:
            continue
        pair, ends = ridges(samples, owner)
        chains, _, _ = join_ridges(pair, ends)
        clipped = shapely.get_parts(shapely.line_merge(shapely.intersection(chains, yards[yard])))
        is_line = shapely.get_type_id(clipped) == shapely.GeometryType.LINESTRING
        lines.append(smooth(clipped[is_line], shapes[own]))
    return np.concatenate(lines) if lines else np.empty(0, dtype=object)


def nearest_on_bank(
    samples: Floats, bank: Ints, shapes: Geometries, yard_of_shape: Ints, stands_for: Mapping[int, Ints]
) -> Ints:
    """Return for each sample the nearest shape of its bank, or n_shapes + bank where it has none."""
    owner = len(shapes) + bank
    for yard in np.unique(bank).tolist():
        here = np.flatnonzero(bank == yard)
        there = np.flatnonzero(np.isin(yard_of_shape, stands_for.get(yard, [yard])))
        if len(there):
            owner[here] = there[shapely.STRtree(shapes[there]).nearest(shapely.points(samples[here]))]
    return owner


def bridge_tips(dangles: Geometries, lines: Geometries, buildings: Geometries) -> Geometries:
    """Return short lines from the tip of each dead end to the nearest midline, where no building is between.

    With them a border that comes along a midline can carry on along the dead-end street.
    """
    if len(dangles) == 0 or len(lines) == 0:
        return np.empty(0, dtype=object)
    tips = np.concatenate([shapely.get_point(dangles, 0), shapely.get_point(dangles, -1)])
    tips = tips[shapely.distance(tips, shapely.union_all(lines)) > 0.0]
    tip, line = shapely.STRtree(lines).query_nearest(tips, max_distance=TIP_REACH_M, all_matches=False)
    bridges = shapely.shortest_line(tips[tip], lines[line])
    blocked = shapely.STRtree(buildings).query(bridges, predicate="intersects")[0]
    kept: Geometries = bridges[~np.isin(np.arange(len(bridges)), blocked)]
    return kept


def sample_outlines(buildings: Geometries) -> tuple[Floats, Ints]:
    """Return points along each outline, drawn in by a hair, and the building of each."""
    dense = shapely.segmentize(buildings, SAMPLE_M)
    points, owner = shapely.get_coordinates(dense, return_index=True)
    is_last = np.append(owner[1:] != owner[:-1], True)
    is_ring = shapely.get_dimensions(buildings)[owner] == 2
    keep = ~(is_last & is_ring)
    points, owner = points[keep], owner[keep]
    centre = shapely.get_coordinates(shapely.centroid(buildings))[owner]
    inward = centre - points
    distance = np.maximum(np.hypot(*inward.T), 1e-9)
    step = np.minimum(SHRINK_M, 0.5 * distance)
    shrunk: Floats = points + inward * (step / distance)[:, None]
    return shrunk, owner


def ridges(samples: Floats, owner: Ints) -> tuple[Ints, Floats]:
    """Return the cell borders between samples of different owners: owner pairs (n, 2), ends (n, 4)."""
    low, high = samples.min(axis=0), samples.max(axis=0)
    origin, extent = (low + high) / 2, max(float((high - low).max()), 1.0)
    frame = FAR * extent * np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]], dtype=float)
    points = np.concatenate([samples - origin, frame])
    owners = np.concatenate([owner, np.full(4, -1)])
    try:
        mesh = Delaunay(points)
    except QhullError:
        return np.empty((0, 2), dtype=np.int64), np.empty((0, 4))
    centres = circumcentres(points[mesh.simplices])
    triangle, corner = np.nonzero(mesh.neighbors > np.arange(len(mesh.simplices))[:, None])
    beyond = mesh.neighbors[triangle, corner]
    a = owners[mesh.simplices[triangle, (corner + 1) % 3]]
    b = owners[mesh.simplices[triangle, (corner + 2) % 3]]
    keep = (a != b) & (a >= 0) & (b >= 0)
    pair = np.stack([np.minimum(a, b), np.maximum(a, b)], axis=1)[keep]
    ends = np.concatenate([centres[triangle] + origin, centres[beyond] + origin], axis=1)[keep]
    return pair.astype(np.int64), ends


def circumcentres(triangles: Floats) -> Floats:
    """Return the centre of the circle through the corners of each triangle, shape (n, 3, 2) to (n, 2)."""
    a, b, c = triangles[:, 0], triangles[:, 1] - triangles[:, 0], triangles[:, 2] - triangles[:, 0]
    double_area = 2.0 * (b[:, 0] * c[:, 1] - b[:, 1] * c[:, 0])
    double_area = np.where(np.abs(double_area) < 1e-12, 1e-12, double_area)
    bb, cc = (b**2).sum(axis=1), (c**2).sum(axis=1)
    x = (c[:, 1] * bb - b[:, 1] * cc) / double_area
    y = (b[:, 0] * cc - c[:, 0] * bb) / double_area
    centres: Floats = a + np.stack([x, y], axis=1)
    return centres


def join_ridges(pair: Ints, ends: Floats) -> tuple[Geometries, Ints, Ints]:
    """Return one merged line for each pair of owners, and the two owners."""
    long = np.hypot(ends[:, 2] - ends[:, 0], ends[:, 3] - ends[:, 1]) > 1e-6
    pair, ends = pair[long], np.round(ends[long], 3)
    order = np.lexsort((pair[:, 1], pair[:, 0]))
    pair, ends = pair[order], ends[order]
    is_new = np.ones(len(pair), dtype=bool)
    is_new[1:] = (pair[1:] != pair[:-1]).any(axis=1)
    group = np.cumsum(is_new) - 1
    lines = shapely.multilinestrings(shapely.linestrings(ends.reshape(-1, 2, 2)), indices=group)
    return shapely.line_merge(lines), pair[is_new, 0], pair[is_new, 1]


def clip_to_blocks(chains: Geometries, blocks: Geometries) -> Geometries:
    """Return the part of each chain inside its block."""
    shapely.prepare(blocks)
    crossing = ~shapely.contains_properly(blocks, chains)
    clipped = chains.copy()
    clipped[crossing] = shapely.intersection(chains[crossing], blocks[crossing])
    return clipped


def outside_walls(chains: Geometries, first: Geometries, second: Geometries) -> Geometries:
    """Return each chain without what runs inside one of its two buildings, as simple lines."""
    open_air = chains.copy()
    for buildings in (first, second):
        walled = shapely.intersects(open_air, buildings) & (shapely.get_dimensions(buildings) == 2)
        open_air[walled] = shapely.difference(open_air[walled], buildings[walled])
    parts = shapely.get_parts(shapely.line_merge(open_air))
    lines: Geometries = parts[shapely.get_type_id(parts) == shapely.GeometryType.LINESTRING]
    return lines


def smooth(lines: Geometries, buildings: Geometries) -> Geometries:
    """Return the lines without the steps of sampling, except where that would cut a building."""
    smoothed: Geometries = shapely.simplify(lines, SMOOTH_M)
    tree = shapely.STRtree(buildings)
    for tolerance in (SMOOTH_M / 4, 0.0):
        cutting = np.unique(tree.query(smoothed, predicate="crosses")[0])
        smoothed[cutting] = shapely.simplify(lines[cutting], tolerance)
    return smoothed
