"""A generated district or city: all layers, from one seed."""

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gridgeo.demo.blocks import build_blocks
from gridgeo.demo.buildings import build_buildings
from gridgeo.demo.cells import build_cells
from gridgeo.demo.communities import build_communities
from gridgeo.demo.frame import build_frame
from gridgeo.demo.hamlets import build_hamlets
from gridgeo.demo.incidents import build_incidents
from gridgeo.demo.layers import CRS, Demo
from gridgeo.demo.lots import build_lots
from gridgeo.demo.names import family_places
from gridgeo.demo.network import Network, build_network
from gridgeo.demo.numbering import address_buildings, name_streets
from gridgeo.demo.places import build_addresses, locate_codes, name_walls
from gridgeo.demo.plots import build_plots
from gridgeo.demo.pois import build_pois
from gridgeo.demo.water import lake_shore
from gridgeo.demo.ways import with_ways

__all__ = ["build_demo"]

INCIDENTS = 2_000
HOUSEHOLDS_PER_INCIDENT = 15
LEAST_HOUSEHOLDS = 1_500
LEAST_HOUSEHOLDS_EACH = 500


def build_demo(n_communities: int = 12, households: int = 30_000, seed: int = 0) -> Demo:
    """Return a generated district or city; every name, code and number in it is invented.

    Parameters
    ----------
    n_communities
        How many communities and villages; from about 100 on it is a city.
    households
        How many households live in it, exactly.
    seed
        Of the random numbers; the same seed gives the same layers.

    Returns
    -------
    Demo
        All layers, in EPSG:4546.

    Raises
    ------
    ValueError
        When there is no community, or too few households to build blocks for all of them.

    Examples
    --------
    >>> from gridgeo.demo import build_demo
    >>> int(build_demo(2, 1500).buildings.households.sum())
    1500
    """
    _check_sizes(n_communities, households)
    rng = np.random.default_rng(seed)
    frame = build_frame(n_communities, households, rng)
    lake = lake_shore(frame, rng)
    cells, lines = build_lots(*build_cells(frame, lake[0], rng), rng)
    hamlets, hamlet_lines = build_hamlets(cells, lines, frame, rng)
    lines += hamlet_lines
    network = build_network(cells, lines, frame, lake, rng)
    names = name_streets(lines, rng)
    network.edges["name"] = pd.array([names.get(s) for s in network.edges.street], dtype="string")
    blocks = build_blocks(network)
    buildings, walls = build_buildings(blocks, hamlets, network.edges, frame, rng)
    walls = name_walls(walls, blocks.estate.to_numpy(), rng)
    buildings = address_buildings(buildings, walls, family_places(len(hamlets), rng), network.edges)
    edges = with_ways(network.edges, blocks, buildings, walls, rng)
    plots = build_plots(blocks, rng)
    lived = np.bincount(
        _plot_of(buildings, plots), weights=buildings.households, minlength=len(plots)
    ).astype(float)
    communities = build_communities(plots, lived, network.all_edges, frame, rng)
    demo = _layers(buildings, walls, communities, replace(network, edges=edges), rng)
    n_incidents = min(INCIDENTS, households // HOUSEHOLDS_PER_INCIDENT)
    return replace(demo, incidents=build_incidents(demo, n_incidents, seed))


def _check_sizes(n_communities: int, households: int) -> None:
    """Raise when a place is too small to look like one."""
    least = max(LEAST_HOUSEHOLDS, LEAST_HOUSEHOLDS_EACH * n_communities)
    if n_communities < 1 or households < least:
        raise ValueError(
            f"cannot build {n_communities} communities of {households} households; "
            f"ask for at least 1 community and {least} households"
        )


def _plot_of(buildings: pd.DataFrame, plots: pd.DataFrame) -> np.ndarray:
    """Return the plot of every building."""
    inner = shapely.point_on_surface(buildings.geometry.to_numpy())
    return np.asarray(shapely.STRtree(plots.geometry.to_numpy()).nearest(inner))


def _layers(
    buildings: pd.DataFrame,
    walls: pd.DataFrame,
    communities: pd.DataFrame,
    network: Network,
    rng: np.random.Generator,
) -> Demo:
    """Return the layers with the columns of the contract; the incidents are still empty."""
    inner = shapely.point_on_surface(buildings.geometry.to_numpy())
    code = locate_codes(inner, communities)
    community = code.map(dict(zip(communities.area_code, communities.name, strict=True)))
    roots = {"community": community.str.removesuffix("社区").str.removesuffix("村")}
    pois = build_pois(buildings, network.edges, roots, rng)
    compounds = walls[walls.role == "compound"].reset_index(drop=True)
    dedicated = walls[walls.role != "compound"].reset_index(drop=True)
    return Demo(
        communities=_frame(communities),
        buildings=_buildings(buildings),
        streets=_streets(network.edges),
        railway=_frame(_railway(network)),
        water=_frame(_water(network)),
        compounds=_frame(
            compounds.assign(compound_id=_ids("C", len(compounds)))[["compound_id", "name", "geometry"]]
        ),
        dedicated=_frame(
            dedicated.assign(kind=dedicated.role.astype("string"))[["name", "kind", "geometry"]]
        ),
        pois=_frame(pois),
        addresses=_frame(build_addresses(buildings, walls, network.edges, communities)),
        incidents=_frame(pd.DataFrame({"geometry": []})),
    )


def _frame(table: pd.DataFrame) -> gpd.GeoDataFrame:
    """Return a table as a layer, coordinates rounded to 1 mm."""
    geometry = shapely.transform(table.geometry.to_numpy(dtype=object), lambda xy: np.round(xy, 3))
    return gpd.GeoDataFrame(table.drop(columns="geometry"), geometry=geometry, crs=CRS)


def _ids(letter: str, n_rows: int) -> pd.Series:
    """Return ids such as C00017."""
    return pd.Series([f"{letter}{k:05d}" for k in range(1, n_rows + 1)], dtype="string")


def _buildings(buildings: pd.DataFrame) -> gpd.GeoDataFrame:
    """Return the layer of buildings."""
    table = pd.DataFrame(
        {
            "building_id": _ids("B", len(buildings)),
            "households": buildings.households.astype("int64"),
            "people": buildings.people.astype("int64"),
            "levels": buildings.levels.astype("int64"),
            "use": buildings.use.astype("string"),
            "address": buildings.address,
            "compound": buildings.compound,
            "street": buildings.street,
            "house_number": buildings.house_number,
            "geometry": buildings.geometry,
        }
    )
    return _frame(table)


def _streets(edges: pd.DataFrame) -> gpd.GeoDataFrame:
    """Return the layer of streets."""
    roads = edges[edges.kind.isin(["arterial", "collector", "local", "lane", "service"])]
    return _frame(
        pd.DataFrame(
            {
                "street_id": _ids("S", len(roads)),
                "name": pd.array(roads.name.tolist(), dtype="string"),
                "street_class": pd.array(roads.kind.tolist(), dtype="string"),
                "geometry": roads.geometry.to_numpy(),
            }
        )
    )


def _railway(network: Network) -> pd.DataFrame:
    """Return the railway as one line."""
    track = network.all_edges.geometry[network.all_edges.kind == "rail"].to_numpy()
    return pd.DataFrame(
        {
            "name": pd.array(["鸦官铁路"], dtype="string"),
            "geometry": [shapely.line_merge(shapely.union_all(track))],
        }
    )


def _water(network: Network) -> pd.DataFrame:
    """Return the river and the lake."""
    return pd.DataFrame(
        {"name": pd.array(["峡江", "月湖"], dtype="string"), "geometry": [network.river, network.lake]}
    )
