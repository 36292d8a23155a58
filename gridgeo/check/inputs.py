"""Check all layers of one job, each by itself and all together, before any work is done."""

from collections.abc import Mapping

from geopandas import GeoDataFrame

from gridgeo.check.belonging import find_belonging_faults
from gridgeo.check.communities import mend_communities_state
from gridgeo.check.layer import mend_state
from gridgeo.check.mending import Mending, start_mending
from gridgeo.check.placement import find_offset_faults, find_placement_faults, has_place
from gridgeo.check.report import Report, summarise_layer
from gridgeo.crs import suitable_crs
from gridgeo.schema import CONTRACTS, Fault

__all__ = ["check_inputs"]


def check_inputs(
    *,
    communities: GeoDataFrame | None = None,
    buildings: GeoDataFrame | None = None,
    streets: GeoDataFrame | None = None,
    barriers: GeoDataFrame | None = None,
    compounds: GeoDataFrame | None = None,
    dedicated: GeoDataFrame | None = None,
) -> Report:
    """Return every fault of the input: of each layer, and of the layers beside one another.

    Nothing is changed and nothing raised: what ``divide`` would mend, set aside, report or refuse is said for
    each fault.

    Parameters
    ----------
    communities
        With the column ``area_code``.
    buildings
        With the columns ``building_id`` and ``households``.
    streets, barriers, compounds, dedicated
        Whatever there is of them.

    Returns
    -------
    Report
        Print it, or ask it ``is_fatal`` and ``to_json()``.
    """
    given = {
        "communities": communities,
        "buildings": buildings,
        "streets": streets,
        "barriers": barriers,
        "compounds": compounds,
        "dedicated": dedicated,
    }
    layers = {name: layer for name, layer in given.items() if layer is not None}
    faults = [_undeclared(name) for name, layer in layers.items() if layer.crs is None]
    declared = {name: layer for name, layer in layers.items() if layer.crs is not None}
    faults += find_placement_faults(declared)
    misplaced = {fault.layer for fault in faults}
    placed = {name: layer for name, layer in declared.items() if name not in misplaced}
    if placed:
        metric = _to_metric(placed)
        faults += find_offset_faults(metric)
        faults += _find_layer_faults(metric)
    summaries = tuple(summarise_layer(layer, name) for name, layer in layers.items())
    return Report(layers=summaries, faults=tuple(faults))


def _to_metric(layers: Mapping[str, GeoDataFrame]) -> dict[str, GeoDataFrame]:
    """Return the layers in the metric system that suits the first of them that has coordinates at all."""
    located = [layer[has_place(layer)] for layer in layers.values()]
    first = next((layer for layer in located if len(layer)), located[0])
    crs = suitable_crs(first)
    return {name: layer.to_crs(crs) for name, layer in layers.items()}


def _find_layer_faults(layers: Mapping[str, GeoDataFrame]) -> list[Fault]:
    """Return the faults of each layer and of buildings beside communities."""
    states = {name: _mend(name, layer) for name, layer in layers.items()}
    faults = [fault for state in states.values() for fault in state.faults]
    communities, buildings = states.get("communities"), states.get("buildings")
    if (
        communities is None
        or buildings is None
        or communities.good.empty
        or "households" not in buildings.good
    ):
        return faults
    return [*faults, *find_belonging_faults(buildings.good, communities.good)]


def _mend(name: str, layer: GeoDataFrame) -> Mending:
    """Return a layer as ``divide`` would mend it."""
    if name != "communities":
        return mend_state(layer, name)
    if "area_code" in layer.columns:
        return mend_communities_state(layer, "area_code")
    present = ", ".join(str(column) for column in layer.columns if column != layer.active_geometry_name)
    remedy = f"name the column with the codes (--area-code); there are {present or 'none'}"
    return start_mending(layer, CONTRACTS[name]).note_layer("no column area_code", remedy, "fatal")


def _undeclared(name: str) -> Fault:
    """Return the fault of a layer without a CRS."""
    meaning = "its coordinates could be anywhere; declare it: ogr2ogr -a_srs EPSG:4546 declared.gpkg FILE"
    return Fault(layer=name, fault="no CRS", meaning=meaning, action="fatal", rows=("the layer",))
