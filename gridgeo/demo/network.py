"""The street network on the ground and the faces between streets, water and railway."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from gridgeo.demo.cells import Cell, Line
from gridgeo.demo.frame import RIVER_ROAD_M, Frame
from gridgeo.demo.water import Lake, railway_line

__all__ = ["Network", "build_network"]

Geometries = NDArray[np.object_]

VERTEX_SPACING_M = 45.0
GRID_M = 0.01  # of the noding in the plan, far under what a map shows
MISSING_SHARE = 0.045  # of the pieces of side streets: not every plot has a street on each side
BLIND_SHARE = 0.5  # of the missing pieces of lanes; these end half way
RAIL_CLEARANCE_M = 22.0  # a side street ends this far from the track


@dataclass(frozen=True)
class Network:
    """Edges (``kind``, ``street``), faces (``zone``, ``kind``, ``estate``) and water, all on the ground.

    ``all_edges`` bound the faces; in ``edges`` side streets end short of the railway.
    """

    edges: pd.DataFrame
    all_edges: pd.DataFrame
    faces: pd.DataFrame
    river: shapely.Geometry
    lake: shapely.Geometry


def build_network(
    cells: list[Cell], lines: list[Line], frame: Frame, water: Lake, rng: np.random.Generator
) -> Network:
    """Return the noded network of a plan, bent onto the ground."""
    shore, lake = water
    sources = _sources(lines, shore, frame, rng)
    edges = _noded(sources)
    edges = _kept(edges, frame, shore, rng)
    edges["geometry"] = shapely.segmentize(edges.geometry.to_numpy(), VERTEX_SPACING_M)
    faces = _faces(edges, cells, frame, shore)
    ground = {}
    for name, geometries in (
        ("edges", edges.geometry.to_numpy()),
        ("faces", faces.geometry.to_numpy()),
        ("water", np.array([frame.river().intersection(frame.outline), lake.intersection(frame.outline)])),
    ):
        ground[name] = shapely.transform(geometries, frame.to_ground)
    edges["geometry"], faces["geometry"] = ground["edges"], ground["faces"]
    return Network(_trimmed(edges), edges, faces, ground["water"][0], ground["water"][1])


def _sources(
    lines: list[Line], shore: shapely.Polygon, frame: Frame, rng: np.random.Generator
) -> pd.DataFrame:
    """Return every line of the plan before noding, with its kind and street."""
    rows = [
        (shapely.LineString([line.start, line.end]), line.street_class, line.street, line.town)
        for line in lines
    ]
    left, _, right, _ = frame.outline.bounds
    bank = frame.river_half_width_m + RIVER_ROAD_M
    rows.append((frame.outline.exterior, "outline", ("", 0), False))
    rows.append((shapely.LineString([(left - 50, 0.0), (right + 50, 0.0)]), "river", ("", 0), False))
    # land between the river road and the middle of the river, cut where streets come down to the river
    feet = np.unique([end for line in lines for end in (line.start, line.end)], axis=0)
    for u, v in feet[np.abs(np.abs(feet[:, 1]) - bank) < 0.01]:
        side = np.sign(v)
        cut = shapely.LineString([(u, side * (bank + 0.5)), (u, -side * 0.5)])
        rows.append((cut, "strip", ("", 0), False))
    if not shore.is_empty:
        rows.append((shore.exterior, "local", ("shore", 0), False))
    rows.append((railway_line(frame, rng), "rail", ("", 0), False))
    return pd.DataFrame(rows, columns=["geometry", "kind", "street", "town"])


def _noded(sources: pd.DataFrame) -> pd.DataFrame:
    """Return the pieces of all lines between their crossings, each with its source's kind and street."""
    geometries = sources.geometry.to_numpy()
    pieces = shapely.get_parts(shapely.union_all(geometries, grid_size=GRID_M))
    middles = shapely.line_interpolate_point(pieces, 0.5, normalized=True)
    piece, source = shapely.STRtree(geometries).query_nearest(middles)
    nearest = pd.Series(source).groupby(piece).min().to_numpy()
    edges = sources.iloc[nearest].reset_index(drop=True)
    edges["geometry"] = pieces
    return edges


def _kept(
    edges: pd.DataFrame, frame: Frame, shore: shapely.Polygon, rng: np.random.Generator
) -> pd.DataFrame:
    """Return the edges that exist: inside the outline, not in water, some side streets left out."""
    middles = shapely.line_interpolate_point(edges.geometry.to_numpy(), 0.5, normalized=True)
    kind = edges.kind.to_numpy()
    u, v = shapely.get_x(middles), shapely.get_y(middles)
    keep = shapely.contains_xy(frame.outline, u, v) | (kind == "outline")
    if not shore.is_empty:
        keep &= ~shapely.contains_xy(shore.buffer(-0.1), u, v)
    in_river = np.abs(v) < frame.river_half_width_m + RIVER_ROAD_M - 1
    lattice = np.array([street[0] in ("along", "across") for street in edges.street])
    keep &= ~(in_river & np.isin(kind, ("local", "lane", "service", "collector", "ridge")) & ~lattice)
    missing = (
        np.isin(kind, ("local", "lane", "service"))
        & edges.town.to_numpy()
        & (rng.random(len(edges)) < MISSING_SHARE)
    )
    missing &= ~in_river
    blind = missing & (kind != "local") & (rng.random(len(edges)) < BLIND_SHARE)
    edges["geometry"] = _blind(edges.geometry.to_numpy(), blind, rng)
    return _connected(edges[keep & ~(missing & ~blind)].reset_index(drop=True))


def _blind(lines: Geometries, chosen: NDArray[np.bool_], rng: np.random.Generator) -> Geometries:
    """Return the lines, the chosen ones ending half way."""
    shares = rng.uniform(0.4, 0.75, int(chosen.sum()))
    ends = shapely.get_coordinates(shapely.get_point(lines[chosen], 0))
    tips = shapely.get_coordinates(shapely.line_interpolate_point(lines[chosen], shares, normalized=True))
    shortened = lines.copy()
    shortened[chosen] = shapely.linestrings(np.stack([ends, np.round(tips, 2)], axis=1))
    return shortened


def _connected(edges: pd.DataFrame) -> pd.DataFrame:
    """Return the edges without street pieces that hang together with nothing."""
    ends = shapely.get_coordinates(
        np.concatenate([shapely.get_point(edges.geometry.to_numpy(), k) for k in (0, -1)])
    )
    nodes, inverse = np.unique(np.round(ends, 2), axis=0, return_inverse=True)
    start, end = inverse[: len(edges)], inverse[len(edges) :]
    street = ~edges.kind.isin(["outline", "river", "strip", "rail", "ridge"]).to_numpy()
    graph = coo_array((np.ones(street.sum()), (start[street], end[street])), shape=(len(nodes),) * 2)
    label = connected_components(graph, directed=False)[1]
    sizes = np.bincount(label[start[street]])
    hamlet = np.array([street[0] == "hamlet" for street in edges.street])
    loose = street & ~hamlet & (label[start] != sizes.argmax())
    country = loose & edges.kind.isin(["arterial", "collector"]).to_numpy()
    edges = edges.assign(kind=np.where(country, "ridge", edges.kind))
    return edges[~loose | country].reset_index(drop=True)


def _faces(edges: pd.DataFrame, cells: list[Cell], frame: Frame, shore: shapely.Polygon) -> pd.DataFrame:
    """Return the faces of the plan, with zone, kind and estate of their cells, one estate after another."""
    polygons = np.array(shapely.get_parts(shapely.polygonize(edges.geometry.to_numpy())))
    inner = shapely.point_on_surface(polygons)
    shapes = shapely.polygons([cell.corners for cell in cells])
    face, cell = shapely.STRtree(shapes).query(inner, predicate="within")
    zone = np.full(len(polygons), "rural", dtype=object)
    kind, estate = np.full(len(polygons), "fields", dtype=object), np.full(len(polygons), -1)
    zone[face] = np.array([c.zone for c in cells], dtype=object)[cell]
    kind[face] = np.array([c.kind for c in cells], dtype=object)[cell]
    estate[face] = np.array([c.estate for c in cells])[cell]
    v = shapely.get_y(inner)
    zone[np.abs(v) < frame.river_half_width_m + RIVER_ROAD_M] = "river"
    if not shore.is_empty:
        zone[shapely.contains(shore, inner)] = "lake"
    kind[np.isin(zone, ("river", "lake"))] = "bank"
    faces = pd.DataFrame({"geometry": polygons, "zone": zone, "kind": kind, "estate": estate})
    return faces.sort_values("estate", kind="stable").reset_index(drop=True)


def _trimmed(edges: pd.DataFrame) -> pd.DataFrame:
    """Return the edges with side streets ending short of the railway instead of crossing it."""
    rail = edges.geometry[edges.kind == "rail"].to_numpy()
    side = np.flatnonzero(edges.kind.isin(["local", "lane", "service"]).to_numpy())
    if not len(rail) or not len(side):
        return edges
    track = shapely.union_all(rail)
    near = side[shapely.dwithin(edges.geometry.to_numpy()[side], track, RAIL_CLEARANCE_M)]
    geometries = edges.geometry.to_numpy().copy()
    cut = shapely.difference(geometries[near], track.buffer(RAIL_CLEARANCE_M))
    longest = [max(shapely.get_parts(part), key=lambda piece: piece.length, default=part) for part in cut]
    geometries[near] = shapely.transform(longest, lambda xy: np.round(xy, 3))
    kept = np.ones(len(edges), dtype=bool)
    kept[near] = shapely.length(geometries[near]) > 15
    return edges.assign(geometry=geometries)[kept].reset_index(drop=True)
