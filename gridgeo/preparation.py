"""From the caller's layers to sites: metric, mended, every building in one community."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import pairwise

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from geopandas import GeoDataFrame
from pyproj import CRS

from gridgeo.check import check_placement, mend_communities, mend_layer
from gridgeo.crs import check_crs, suitable_crs
from gridgeo.errors import SchemaError
from gridgeo.partition.coverage import Geometries, Ints, as_plain, to_lattice
from gridgeo.partition.site import STREET_RANKS, Site, first_cover, largest_share
from gridgeo.schema import Fault

__all__ = ["Prepared", "on_lattice", "prepare", "site_order", "site_orders", "street_ranks"]

CLIP_M = 5.0  # lines are cut off this far outside the box of a community
# Words for a street's rank in customary tables (ours, OpenStreetMap, Chinese road grades).
RANK_WORDS = {
    "main": "main major arterial motorway trunk primary secondary expressway 快速路 主干路 主干道",
    "collector": "collector tertiary 次干路 次干道",
    "lane": "lane alley service footway path pedestrian living_street track cycleway steps 巷 弄 小区路",
}
CLASS_COLUMNS = ("street_class", "class", "road_class", "highway", "fclass", "kind", "道路等级", "等级")
MAIN_FLAG_COLUMNS = ("majorroad", "major_road", "main_road", "is_main")


@dataclass(frozen=True)
class Prepared:
    """The layers in metres on the lattice, the sites made of them, and what was found wrong.

    ``building_site`` is the position of each building's community, -1 outside all.
    """

    crs: CRS
    communities: GeoDataFrame
    buildings: GeoDataFrame
    streets: GeoDataFrame
    barriers: GeoDataFrame | None
    compounds: GeoDataFrame | None
    dedicated: GeoDataFrame | None
    building_site: Ints
    sites: list[Site]
    rejected: GeoDataFrame | None
    faults: list[Fault]


def prepare(  # noqa: PLR0913 - the layers of a place, by name
    communities: GeoDataFrame,
    buildings: GeoDataFrame,
    streets: GeoDataFrame,
    *,
    barriers: GeoDataFrame | Sequence[GeoDataFrame] | None = None,
    compounds: GeoDataFrame | None = None,
    dedicated: GeoDataFrame | None = None,
    area_code: str = "area_code",
    settled: Collection[str] = (),
) -> Prepared:
    """Return the layers ready to be divided.

    Layers named in ``settled`` come from an earlier preparation in the same system, so that their coordinates
    lie on the lattice already.

    Raises
    ------
    CRSError
        When a layer has no CRS.
    SchemaError
        When a layer has a fault that can neither be mended nor set aside.
    """
    given = {
        "communities": communities,
        "buildings": buildings,
        "streets": streets,
        "barriers": joined(barriers),
        "compounds": compounds,
        "dedicated": dedicated,
    }
    layers = {name: layer for name, layer in given.items() if layer is not None}
    for name, layer in layers.items():
        check_crs(layer, name)
    crs = suitable_crs(communities, "communities")
    check_placement({name: layer for name, layer in layers.items() if name != "streets" or len(streets)})
    mended, rejected, faults = mend_communities(communities.to_crs(crs), area_code)
    mended = mended.sort_values("area_code", kind="stable")
    mended = mended if "communities" in settled else on_lattice(mended)
    good: dict[str, GeoDataFrame] = {}
    for name in list(layers)[1:]:
        good[name], aside, found = mend_usable(layers[name].to_crs(crs), name)
        rejected = pd.concat([rejected, aside.to_crs(crs)]) if len(aside) else rejected
        faults += found
        good[name] = good[name] if name in settled else on_lattice(good[name])
    homes = np.asarray(mended.geometry.values)
    building_site, _ = largest_share(np.asarray(good["buildings"].geometry.values), homes)
    if len(good["buildings"]) and (building_site < 0).all():
        raise SchemaError(
            "no building lies in any community; check that both layers declare their true CRS (gridgeo check)"
        )
    sites = build_sites(mended, good, building_site)
    return Prepared(
        crs,
        mended,
        good["buildings"],
        good["streets"],
        good.get("barriers"),
        good.get("compounds"),
        good.get("dedicated"),
        building_site,
        sites,
        rejected if len(rejected) else None,
        faults,
    )


def mend_usable(layer: GeoDataFrame, name: str) -> tuple[GeoDataFrame, GeoDataFrame, list[Fault]]:
    """Return the good rows of a layer, those set aside, and the faults.

    Raises
    ------
    SchemaError
        When it has rows but not one that can be used: it is another layer than it should be.
    """
    good, aside, found = mend_layer(layer, name)
    if len(aside) and not len(good):
        fault = aside["fault"].value_counts().index[0]
        raise SchemaError(
            f"{name}: none of its {len(aside):,} rows can be used ({fault}); is it the right layer?"
        )
    return good, aside, found


def joined(barriers: GeoDataFrame | Sequence[GeoDataFrame] | None) -> GeoDataFrame | None:
    """Return one layer or several as one in the CRS of the first, None of none."""
    layers = [barriers] if isinstance(barriers, GeoDataFrame) else list(barriers or ())
    if not layers:
        return None
    for layer in layers:
        check_crs(layer, "barriers")
    shapes = [layer.geometry.to_crs(layers[0].crs) for layer in layers]
    return gpd.GeoDataFrame(geometry=pd.concat(shapes, ignore_index=True), crs=layers[0].crs)


def on_lattice(layer: GeoDataFrame) -> GeoDataFrame:
    """Return the layer with its coordinates on the millimetre lattice; what would vanish stays as it was."""
    before = np.asarray(layer.geometry.values)
    after = to_lattice(before)
    lost = shapely.is_empty(after)
    after[lost] = as_plain(before[lost])
    return layer.set_geometry(gpd.GeoSeries(after, index=layer.index, crs=layer.crs))


def build_sites(
    communities: GeoDataFrame, layers: dict[str, GeoDataFrame], building_site: Ints
) -> list[Site]:
    """Return one site for each community, buildings in the order of their place."""
    buildings, streets = layers["buildings"], layers["streets"]
    shapes = np.asarray(buildings.geometry.values)
    order = place_order(shapes)
    lines, line_row = shapely.get_parts(np.asarray(streets.geometry.values), return_index=True)
    rank = street_ranks(streets)[line_row]
    barriers = parts_of(layers.get("barriers"))
    areas = shapely.get_dimensions(barriers) == 2
    compounds, dedicated = parts_of(layers.get("compounds")), shapes_of(layers.get("dedicated"))
    compound = compound_of_buildings(buildings, compounds)
    people = (
        buildings["people"].fillna(0).to_numpy(np.int64)
        if "people" in buildings
        else np.zeros(len(shapes), int)
    )
    households = buildings["households"].to_numpy(np.int64)
    walls, water = barriers[~areas], barriers[areas]
    trees = [shapely.STRtree(layer) for layer in (lines, walls, water, compounds)]
    found = []
    for i, (code, boundary) in enumerate(zip(communities["area_code"], communities.geometry, strict=True)):
        own = order[building_site[order] == i]
        near, beside, wet, closed = (pick(layer, boundary) for layer in trees)
        found.append(
            Site(
                area_code=str(code),
                boundary=boundary,
                buildings=shapes[own],
                households=households[own],
                people=people[own],
                streets=clip(lines[near], boundary),
                street_rank=rank[near],
                walls=clip(walls[beside], boundary),
                water=water[wet],
                compounds=compounds[closed],
                dedicated=dedicated,
                compound_of_building=compound[own],
            )
        )
    return found


def site_order(prepared: Prepared, site: int) -> Ints:
    """Return the rows of the buildings of one site in the order in which the site holds them."""
    return site_orders(prepared)[site]


def site_orders(prepared: Prepared) -> list[Ints]:
    """Return the rows of the buildings of each site in the order in which the site holds them."""
    order = place_order(np.asarray(prepared.buildings.geometry.values))
    home = prepared.building_site[order]
    by_site = np.argsort(home, kind="stable")
    bounds = np.searchsorted(home[by_site], np.arange(len(prepared.sites) + 1))
    return [order[by_site[start:end]] for start, end in pairwise(bounds)]


def place_order(shapes: Geometries) -> Ints:
    """Return the order of shapes by their boxes, so that the order of rows changes nothing."""
    boxes = np.nan_to_num(shapely.bounds(shapes))
    return np.lexsort((shapely.area(shapes), boxes[:, 3], boxes[:, 2], boxes[:, 1], boxes[:, 0])).astype(
        np.int64
    )


def pick(shapes: shapely.STRtree, boundary: shapely.Geometry) -> Ints:
    """Return the positions of the shapes that meet the boundary's area, in order of place."""
    found = np.sort(shapes.query(boundary, predicate="intersects"))
    return found[place_order(shapes.geometries[found])]


def clip(lines: Geometries, boundary: shapely.Geometry) -> Geometries:
    """Return lines without what lies far outside the boundary's box."""
    x0, y0, x1, y1 = boundary.bounds
    clipped: Geometries = shapely.clip_by_rect(lines, x0 - CLIP_M, y0 - CLIP_M, x1 + CLIP_M, y1 + CLIP_M)
    return clipped


def parts_of(layer: GeoDataFrame | None) -> Geometries:
    """Return the single parts of a layer's geometries, none of no layer."""
    return (
        np.empty(0, dtype=object) if layer is None else shapely.get_parts(np.asarray(layer.geometry.values))
    )


def shapes_of(layer: GeoDataFrame | None) -> Geometries:
    """Return a layer's geometries, none of no layer."""
    return np.empty(0, dtype=object) if layer is None else np.asarray(layer.geometry.values)


def compound_of_buildings(buildings: GeoDataFrame, compounds: Geometries) -> Ints:
    """Return the number of each building's compound: the polygon that holds it, else the name in its row."""
    number = first_cover(shapely.point_on_surface(np.asarray(buildings.geometry.values)), compounds)
    if len(compounds) == 0 and "compound" in buildings:
        names = buildings["compound"].astype("string")
        number = np.where(names.isna(), -1, pd.factorize(names, sort=True)[0])
    return number.astype(np.int64)


def street_ranks(streets: GeoDataFrame) -> Ints:
    """Return the rank of each street (position in ``STREET_RANKS``) by its class, else by a main-road flag.

    A street without a class that says otherwise is local.
    """
    rank = np.full(len(streets), STREET_RANKS.index("local"), dtype=np.int64)
    by_name = {str(column).lower(): column for column in reversed(streets.columns)}
    column = next((by_name[name] for name in CLASS_COLUMNS if name in by_name), None)
    if column is not None:
        words = streets[column].astype("string").str.lower().str.removesuffix("_link")
        for name, customary in RANK_WORDS.items():
            rank[words.isin(customary.split()).to_numpy(dtype=bool, na_value=False)] = STREET_RANKS.index(
                name
            )
        return rank
    flag = next((by_name[name] for name in MAIN_FLAG_COLUMNS if name in by_name), None)
    if flag is not None:
        rank[(pd.to_numeric(streets[flag], errors="coerce").fillna(0) > 0).to_numpy()] = STREET_RANKS.index(
            "main"
        )
    return rank
