"""The terrain of a plan: all of a division that stays as it is while its grids change.

Atoms, the graph of who borders on whom, and the buildings in them, for all communities at once.
"""

from dataclasses import dataclass, replace

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from gridgeo.crs import suitable_crs
from gridgeo.division import Division
from gridgeo.errors import SchemaError
from gridgeo.partition.atoms import Atoms
from gridgeo.partition.coverage import Geometries, Ints, build_borders, connected
from gridgeo.partition.graph import CONTACT_M, AtomGraph, build_graph
from gridgeo.partition.laws import UNCUT_SHARE
from gridgeo.partition.site import Site, first_cover, largest_share
from gridgeo.preparation import compound_of_buildings, parts_of, street_ranks
from gridgeo.spec import GridSpec

__all__ = ["Terrain", "build_terrain", "link_inside", "spec_of"]


@dataclass(frozen=True, eq=False)
class Terrain:
    """What stays while a planner draws.

    ``graph`` holds the atoms of all communities, in the order of ``division.atoms``, without edges across
    the border of a community. ``community`` is the position of each atom's community, ``members`` the atoms
    of each. ``building_atom`` is the atom of each building, -1 for one in no grid. ``first``,
    ``neighbour`` and ``edge`` list the neighbours of atom i at ``first[i]:first[i + 1]``. ``site`` is the
    whole place as one site, its buildings those that lie in a grid. ``tied`` are pairs of atoms, shape
    (m, 2), in which one building lies: only together can they change their grid without cutting it.
    """

    division: Division
    spec: GridSpec
    graph: AtomGraph
    site: Site
    atom_ids: pd.Index
    community: Ints
    members: list[Ints]
    building_atom: Ints
    first: Ints
    neighbour: Ints
    edge: Ints
    tied: Ints

    @property
    def area_codes(self) -> list[str]:
        """The code of each community."""
        return [str(code) for code in self.division.communities["area_code"]]

    def around(self, atoms: Ints) -> tuple[Ints, Ints, Ints]:
        """Return each contact of some atoms: the atom, its neighbour, and the edge between them."""
        counts = self.first[atoms + 1] - self.first[atoms]
        source = np.repeat(atoms, counts)
        offset = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
        place = np.repeat(self.first[atoms], counts) + offset
        return source, self.neighbour[place], self.edge[place]


def spec_of(division: Division) -> GridSpec:
    """Return what was asked for when a division was made, the default where it does not say."""
    stated = dict(division.manifest.get("spec") or {})
    known = {name: value for name, value in stated.items() if name in GridSpec.__dataclass_fields__}
    for name in ("households", "people", "area_m2"):
        if known.get(name) is not None:
            known[name] = tuple(known[name])
    return GridSpec(**known)


def build_terrain(division: Division, spec: GridSpec | None = None, *, across: bool = False) -> Terrain:
    """Return the terrain of a division; the stages below work in metres, the division stays in its CRS.

    ``across`` keeps the edges that cross the border of a community.

    Raises
    ------
    SchemaError
        When atoms and grids of the division do not belong together.
    """
    crs = suitable_crs(division.communities, "communities")
    atoms = np.asarray(division.atoms.geometry.to_crs(crs).values)
    home = home_of_atoms(division)
    shapes = np.asarray(division.buildings.geometry.to_crs(crs).values)
    building_atom = find_atoms(shapes, division, atoms)
    placed = building_atom >= 0
    site = build_site(division, shapes[placed], placed)
    borders = build_borders(atoms)
    nothing = np.full(len(atoms), -1, dtype=np.int64)
    held = Atoms(atoms, building_atom[placed], nothing, dedicated_of_atoms(division), borders)
    graph = build_graph(held, site, cross_barriers=(spec or spec_of(division)).cross_barriers)
    graph = graph if across else within_communities(graph, home)
    graph = link_inside(replace(graph, block=blocks_of(graph)), codes_as_numbers(division))
    first, neighbour, edge = list_neighbours(graph)
    return Terrain(
        division=division,
        spec=spec or spec_of(division),
        graph=graph,
        site=site,
        atom_ids=pd.Index(division.atoms["atom_id"].astype(str)),
        community=home,
        members=[np.flatnonzero(home == i) for i in range(len(division.communities))],
        building_atom=building_atom,
        first=first,
        neighbour=neighbour,
        edge=edge,
        tied=tie_atoms(site.buildings, held.building_atom, atoms, codes_as_numbers(division)),
    )


def home_of_atoms(division: Division) -> Ints:
    """Return the position of each atom's community."""
    area_of_grid = pd.Series(
        division.grids["area_code"].astype(str).to_numpy(), index=division.grids["grid_code"].astype(str)
    )
    area = division.atoms["grid_code"].astype(str).map(area_of_grid)
    known = pd.Index(division.communities["area_code"].astype(str))
    home = np.asarray(known.get_indexer(area), dtype=np.int64)
    if (home < 0).any():
        lost = division.atoms["grid_code"][home < 0].astype(str).unique()[:5]
        raise SchemaError(
            f"atoms: {(home < 0).sum()} atoms belong to grids that the division does not have "
            f"({', '.join(lost)}); read the whole file that gridgeo wrote"
        )
    return home


def codes_as_numbers(division: Division) -> Ints:
    """Return the position of each atom's grid in the grids."""
    codes = pd.Index(division.grids["grid_code"].astype(str))
    return np.asarray(codes.get_indexer(division.atoms["grid_code"].astype(str)), dtype=np.int64)


def dedicated_of_atoms(division: Division) -> Ints:
    """Return the position of each atom's grid where that is a dedicated one, else -1."""
    grid = codes_as_numbers(division)
    is_dedicated = (division.grids["kind"].astype("string") == "dedicated").fillna(False).to_numpy(bool)
    return np.where(is_dedicated[grid], grid, -1).astype(np.int64)


def find_atoms(shapes: Geometries, division: Division, atoms: Geometries) -> Ints:
    """Return the atom of each building among those of its grid, -1 for a building in no grid.

    A building lies where a point of it lies; where that is in no atom of its grid, or the households of the
    atom say otherwise, in the atom that holds most of its largest part, or one it touches that lacks them.
    """
    codes = pd.Index(division.grids["grid_code"].astype(str))
    grid = codes.get_indexer(division.buildings["grid_code"].astype("string").fillna(""))
    grid_of_atom = codes_as_numbers(division)
    found = np.asarray(first_cover(shapely.point_on_surface(shapes), atoms), dtype=np.int64)
    found[(grid < 0) | ((found >= 0) & (grid_of_atom[found] != grid))] = -1
    households = division.buildings["households"].to_numpy(float)
    counted = np.bincount(found[found >= 0], households[found >= 0], len(atoms)).astype(float)
    told = division.atoms["households"].to_numpy(float)
    doubtful = (grid >= 0) & ((found < 0) | (counted != told)[found])
    for i in np.flatnonzero(doubtful):
        own = np.flatnonzero(grid_of_atom == grid[i])
        parts = shapely.get_parts(shapes[i])
        main = parts[np.argmax(shapely.area(parts))]
        best, _ = largest_share(np.array([main]), atoms[own])
        nearest = own[int(np.argmin(shapely.distance(main, atoms[own]))) if best[0] < 0 else int(best[0])]
        counted[found[i]] -= households[i] * (found[i] >= 0)
        # On the border of several atoms it belongs to one that lacks its households.
        lacking = told[own] - counted[own] >= max(households[i], 1.0)
        touching = own[lacking & shapely.intersects(main, atoms[own])]
        found[i] = nearest if nearest in touching or not len(touching) else touching[0]
        counted[found[i]] += households[i]
    return found


def tie_atoms(shapes: Geometries, building_atom: Ints, atoms: Geometries, grid: Ints) -> Ints:
    """Return the pairs of atoms of one grid in which a building lies, its own atom first.

    Nearly every building lies in one atom. One across the border of its community may not; and the parts of
    a building in several parts may lie apart anyway.
    """
    own = atoms[building_atom]
    single = shapely.get_type_id(shapes) == shapely.GeometryType.POLYGON
    split = np.flatnonzero(single & ~shapely.covered_by(shapes, own))
    building, atom = shapely.STRtree(atoms).query(shapes[split], predicate="intersects")
    building = split[building]
    near = (grid[atom] == grid[building_atom[building]]) & (atom != building_atom[building])
    building, atom = building[near], atom[near]
    part = shapely.area(shapely.intersection(shapes[building], atoms[atom]))
    kept = part > (1.0 - UNCUT_SHARE) * shapely.area(shapes[building])
    pairs = np.stack([building_atom[building[kept]], atom[kept]], axis=1)
    return np.unique(pairs, axis=0).reshape(-1, 2).astype(np.int64)


def build_site(division: Division, shapes: Geometries, placed: NDArray[np.bool_]) -> Site:
    """Return the whole place as one site in metres."""
    crs = suitable_crs(division.communities, "communities")
    buildings = division.buildings[placed]
    buildings = buildings.set_geometry(gpd.GeoSeries(shapes, crs=crs, index=buildings.index))
    lines, row = shapely.get_parts(
        np.asarray(division.streets.geometry.to_crs(crs).values), return_index=True
    )
    walls = parts_of(division.barriers if division.barriers is None else division.barriers.to_crs(crs))
    is_area = shapely.get_dimensions(walls) == 2
    compounds = parts_of(division.compounds if division.compounds is None else division.compounds.to_crs(crs))
    people = (
        buildings["people"].fillna(0) if "people" in buildings else pd.Series(0, index=buildings.index)
    ).to_numpy(np.int64)
    homes = np.asarray(division.communities.geometry.to_crs(crs).values)
    return Site(
        area_code="",
        boundary=shapely.multipolygons(shapely.get_parts(homes)),
        buildings=shapes,
        households=buildings["households"].to_numpy(np.int64),
        people=people,
        streets=lines,
        street_rank=street_ranks(division.streets)[row],
        walls=walls[~is_area],
        water=walls[is_area],
        compound_of_building=compound_of_buildings(buildings, compounds),
    )


def within_communities(graph: AtomGraph, home: Ints) -> AtomGraph:
    """Return the graph without the edges that cross the border of a community."""
    return with_edges(graph, home[graph.a] == home[graph.b])


def with_edges(graph: AtomGraph, kept: NDArray[np.bool_] | Ints) -> AtomGraph:
    """Return the graph with some of its edges."""
    names = ("a", "b", "length_m", "street_m", "main_m", "contact_m", "cost_m")
    return replace(graph, **{name: getattr(graph, name)[kept] for name in names})


def blocks_of(graph: AtomGraph) -> Ints:
    """Return the block of each atom: what one reaches without crossing a street."""
    inside = graph.street_m < graph.length_m / 2
    return connected(len(graph), graph.a[inside], graph.b[inside])


def link_inside(graph: AtomGraph, grid: Ints) -> AtomGraph:
    """Return the graph with a link wherever a grid of the division holds together by less than a contact.

    What the division holds together stays so: across a narrow neck where there is one, else between the
    nearest atoms of two pieces (an exclave).
    """
    contact = graph.contact_m.copy()
    within = grid[graph.a] == grid[graph.b]
    link = within & (contact >= CONTACT_M)
    piece = connected(len(graph), graph.a[link], graph.b[link])
    waiting = np.flatnonzero(within & (piece[graph.a] != piece[graph.b]) & (graph.length_m > 0))
    for edge in waiting[np.argsort(-graph.length_m[waiting], kind="stable")]:
        if piece[graph.a[edge]] != piece[graph.b[edge]]:
            contact[edge] = max(contact[edge], CONTACT_M)
            piece[piece == piece[graph.b[edge]]] = piece[graph.a[edge]]
    bridges = find_bridges(graph, grid, piece)
    graph = replace(graph, contact_m=contact)
    if not bridges:
        return graph
    ends = np.sort(np.array(bridges), axis=1)
    nothing = np.zeros(len(ends))
    return replace(
        graph,
        a=np.append(graph.a, ends[:, 0]),
        b=np.append(graph.b, ends[:, 1]),
        length_m=np.append(graph.length_m, nothing),
        street_m=np.append(graph.street_m, nothing),
        main_m=np.append(graph.main_m, nothing),
        contact_m=np.append(graph.contact_m, nothing + CONTACT_M),
        cost_m=np.append(graph.cost_m, nothing),
    )


def find_bridges(graph: AtomGraph, grid: Ints, piece: Ints) -> list[tuple[int, int]]:
    """Return pairs of atoms that tie each further piece of a grid to its largest one, the nearest pair."""
    bridges = []
    pairs = pd.DataFrame({"grid": grid, "piece": piece}).drop_duplicates()
    several = pairs["grid"].value_counts()
    for number in np.sort(several.index[several > 1].to_numpy()):
        atoms = np.flatnonzero(grid == number)
        names, counts = np.unique(piece[atoms], return_counts=True)
        main = atoms[piece[atoms] == names[np.argmax(counts)]]
        for name in names[names != names[np.argmax(counts)]]:
            other = atoms[piece[atoms] == name]
            distance, nearest = cKDTree(graph.centre[main]).query(graph.centre[other])
            best = int(np.argmin(np.round(distance, 3)))
            bridges.append((int(other[best]), int(main[nearest[best]])))
    return bridges


def list_neighbours(graph: AtomGraph) -> tuple[Ints, Ints, Ints]:
    """Return where the neighbours of each atom begin, the neighbours, and the edges to them."""
    source = np.concatenate([graph.a, graph.b])
    target = np.concatenate([graph.b, graph.a])
    order = np.lexsort((target, source))
    first = np.searchsorted(source[order], np.arange(len(graph) + 1)).astype(np.int64)
    edge = np.tile(np.arange(len(graph.a)), 2)[order]
    return first, target[order], edge
