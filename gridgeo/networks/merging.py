"""One network out of several: grids in range whose borders are those that the networks share."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
from geopandas import GeoDataFrame

from gridgeo.adoption.drawn import Drawn, read_drawn
from gridgeo.adoption.report import lineage_of
from gridgeo.assembly import assemble
from gridgeo.check import check_placement
from gridgeo.crs import check_crs, suitable_crs
from gridgeo.division import Division
from gridgeo.errors import SchemaError
from gridgeo.networks.agreement import measure_agreement, measure_kept
from gridgeo.networks.overlay import Overlay, overlay_networks
from gridgeo.partition.codes import build_codes, choose_scheme
from gridgeo.partition.coverage import Floats, dissolve
from gridgeo.partition.dividing import DividedSite
from gridgeo.partition.feasibility import judge_plan
from gridgeo.partition.graph import AtomGraph
from gridgeo.partition.refine import refine_plan, split_graph
from gridgeo.partition.score import tally_plan
from gridgeo.partition.site import Site
from gridgeo.preparation import Prepared, prepare
from gridgeo.spec import GridSpec
from gridgeo.stitching import stitch

__all__ = ["merge_networks"]

SHARED = 0.1  # what a metre of border costs that every network draws, as a share of its usual price
LONELY = 1.5  # … and one that no network draws


def merge_networks(  # noqa: PLR0913 - the layers of a place, by name
    networks: Mapping[str, GeoDataFrame],
    communities: GeoDataFrame,
    buildings: GeoDataFrame,
    streets: GeoDataFrame,
    spec: GridSpec | None = None,
    *,
    barriers: GeoDataFrame | Sequence[GeoDataFrame] | None = None,
    compounds: GeoDataFrame | None = None,
) -> Division:
    """Return one division out of several networks of grids over the same place (三网合一).

    Each network is first made valid as by ``adopt_grids``, all on the same atoms. The merged grids are in the
    range of the spec wherever they can be; among such plans the search takes one whose borders are cheap, and
    the more networks draw a border, the cheaper it is. Codes are new: none is a code of a network.

    Parameters
    ----------
    networks
        By name, two or more: polygons in any declared CRS, drawn as they may be.
    communities, buildings, streets
        As for ``divide``.
    spec
        What a good grid is; 200 to 300 households by default.
    barriers, compounds
        As for ``divide``.

    Returns
    -------
    Division
        ``atoms`` has a column ``code_NAME`` for each network; ``lineage`` leads from the grids of each
        (column ``network``) to the merged ones. The manifest's ``agreement`` says where the networks agree
        and lists each conflict, ``kept`` how far the merged grids keep to their borders.

    Raises
    ------
    SchemaError
        When there are fewer than two networks, or a layer cannot be used.
    CRSError
        When a layer does not say in which coordinate system it is.

    Examples
    --------
    >>> from gridgeo import GridSpec, divide
    >>> from gridgeo.demo import build_demo
    >>> demo = build_demo(n_communities=2, households=2_000)
    >>> layers = (demo.communities, demo.buildings, demo.streets)
    >>> police = divide(*layers, GridSpec(effort="fast")).grids
    >>> health = divide(*layers, GridSpec(effort="fast", households=(400, 600))).grids
    >>> one = merge_networks({"police": police, "health": health}, *layers, GridSpec(effort="fast"))
    >>> [pair["networks"] for pair in one.manifest["agreement"]["pairs"]]
    [['police', 'health']]
    """
    spec = GridSpec() if spec is None else spec
    if len(networks) < 2:
        raise SchemaError(f"merging takes two networks or more, got {len(networks)}")
    for name, layer in networks.items():
        check_crs(layer, name)
        check_placement({"communities": communities, "grids": layer})
    prepared = prepare(communities, buildings, streets, barriers=barriers, compounds=compounds)
    crs = suitable_crs(communities, "communities")
    drawn = {name: read_network(name, layer.to_crs(crs)) for name, layer in networks.items()}
    overlay = overlay_networks(prepared, drawn, spec)
    divided = [merge_site(overlay, own, site, spec) for own, site in enumerate(prepared.sites)]
    layers, score = stitch(prepared, divided, spec)
    layers |= with_codes(layers, prepared, overlay, drawn)
    grids, placed = layers["grids"], layers["buildings"]
    lineages = [lineage_of(one, prepared, grids, placed).assign(network=name) for name, one in drawn.items()]
    layers["lineage"] = gpd.GeoDataFrame(pd.concat(lineages, ignore_index=True), crs=prepared.crs)
    story = {
        "agreement": measure_agreement(overlay),
        "kept": measure_kept(overlay, [site.plan.label for site in divided]),
        "retired_codes": sorted({str(code) for one in drawn.values() for code in one.code.dropna()}),
    }
    return assemble(prepared, layers, score, spec, communities.crs, story)


def read_network(name: str, layer: GeoDataFrame) -> Drawn:
    """Return the drawn grids of one network.

    Raises
    ------
    SchemaError
        When they cannot be used; it says of which network.
    """
    try:
        return read_drawn(layer)
    except SchemaError as error:
        raise SchemaError(f"network {name}: {error}") from error


def merge_site(overlay: Overlay, own: int, site: Site, spec: GridSpec) -> DividedSite:
    """Return one community divided so that borders which networks share are the cheapest."""
    graph, atoms = overlay.graphs[own], overlay.atoms[own]
    priced = price_borders(graph, overlay.n_agreeing(own) / len(overlay.labels))
    plan = refine_plan(priced, split_graph(priced, spec), spec)
    verdict = judge_plan(graph, plan, spec)
    shapes = dissolve(atoms.geometry, plan.label, plan.n_grids)
    return DividedSite(atoms, graph, plan, verdict, tally_plan(graph, plan, site, shapes, spec), {})


def price_borders(graph: AtomGraph, share: Floats) -> AtomGraph:
    """Return the graph with borders priced by the share of networks that draw them."""
    factor = np.where(share > 0, 1.0 + (SHARED - 1.0) * share, LONELY)
    return replace(graph, cost_m=graph.cost_m * factor, main_m=graph.main_m * (share > 0))


def with_codes(
    layers: Mapping[str, GeoDataFrame | None],
    prepared: Prepared,
    overlay: Overlay,
    drawn: Mapping[str, Drawn],
) -> dict[str, GeoDataFrame]:
    """Return grids, atoms and buildings with codes that no network has, and the networks' codes of atoms."""
    grids, atoms, buildings = (layers[name] for name in ("grids", "atoms", "buildings"))
    assert grids is not None
    assert atoms is not None
    assert buildings is not None
    taken = {str(code) for one in drawn.values() for code in one.code.dropna()}
    n_taken = max(
        (sum(code.startswith(str(area)) for code in taken) for area in grids["area_code"]), default=0
    )
    most = int(grids["area_code"].value_counts().max()) + n_taken
    scheme = choose_scheme(prepared.communities["area_code"].astype(str), "auto", most)
    code_of: dict[str, str] = {}
    for area_code, rows in grids.groupby("area_code", sort=True):
        made = sorted(rows["grid_code"].astype(str))
        code_of |= dict(zip(made, build_codes(str(area_code), len(made), scheme, taken), strict=True))
    columns = {f"code_{name}": codes_of_atoms(overlay, name) for name in overlay.labels}

    def renamed(frame: GeoDataFrame) -> GeoDataFrame:
        return frame.assign(grid_code=frame["grid_code"].map(code_of).astype("string"))

    ordered = renamed(grids).sort_values("grid_code", ignore_index=True)
    return {"grids": ordered, "atoms": renamed(atoms).assign(**columns), "buildings": renamed(buildings)}


def codes_of_atoms(overlay: Overlay, name: str) -> pd.Series:
    """Return the code that one network gives to each atom, all communities one after the other."""
    pairs = zip(overlay.codes[name], overlay.labels[name], strict=True)
    return pd.Series(
        np.concatenate([codes.to_numpy(dtype=object)[label] for codes, label in pairs]), dtype="string"
    )
