"""Hand-drawn grids become a valid division; what had to change is listed, nothing changes in silence."""

from collections.abc import Sequence
from dataclasses import asdict

import geopandas as gpd
import numpy as np
import pandas as pd
from geopandas import GeoDataFrame

from gridgeo.adoption.drawn import Drawn, list_conflicts, read_drawn
from gridgeo.adoption.naming import rename_grids
from gridgeo.adoption.report import build_report, lineage_of
from gridgeo.adoption.sites import adopt_sites
from gridgeo.assembly import assemble
from gridgeo.check import check_placement
from gridgeo.crs import check_crs, suitable_crs
from gridgeo.division import Division
from gridgeo.preparation import prepare
from gridgeo.spec import GridSpec
from gridgeo.stitching import stitch

__all__ = ["adopt_grids"]


def adopt_grids(  # noqa: PLR0913 - the layers of a place, by name
    grids: GeoDataFrame,
    communities: GeoDataFrame,
    buildings: GeoDataFrame,
    streets: GeoDataFrame,
    spec: GridSpec | None = None,
    *,
    grid_code: str | None = None,
    barriers: GeoDataFrame | Sequence[GeoDataFrame] | None = None,
    compounds: GeoDataFrame | None = None,
) -> Division:
    """Return grids that somebody drew by hand as a valid division, with all that had to change for it.

    The drawn lines become the nearest borders of atoms: no building is cut, gaps are closed, overlaps
    settled, stray pieces given to their neighbours, all inside the communities. A building goes whole to the
    grid that holds most of it. Codes and names are kept; pieces that become grids of their own get new
    ones. Rows whose ``kind`` is ``dedicated`` stay grids of their own.

    Parameters
    ----------
    grids
        The drawing: polygons in any declared CRS, broken, overlapping or with holes as they may be.
    communities, buildings, streets
        As for ``divide``.
    spec
        What a good grid is; only to say which grids are in range, and how large a piece must be to become a
        grid of its own. 200 to 300 households by default.
    grid_code
        The column with the codes; by default the first that is called so. Without one all codes are new.
    barriers, compounds
        As for ``divide``.

    Returns
    -------
    Division
        ``rejected`` holds gaps, overlaps and land outside all communities as polygons; ``lineage`` leads from
        the drawn to the adopted grids. The manifest's ``adoption`` lists the same with their areas, every
        ``change``, the buildings that a drawn line cut, and codes that no land was left for.

    Raises
    ------
    CRSError
        When a layer does not say in which coordinate system it is.
    SchemaError
        When a layer has a fault that can neither be mended nor set aside.

    Examples
    --------
    >>> import geopandas, shapely
    >>> from gridgeo.demo import build_demo
    >>> demo = build_demo(n_communities=2, households=2_000)
    >>> west, south, east, north = demo.communities.total_bounds
    >>> halves = [shapely.box(west, south, 0.5 * (west + east) - 3, north), shapely.box(
    ...     0.5 * (west + east) + 3, south, east, north)]
    >>> drawn = geopandas.GeoDataFrame({"grid_code": ["W", "E"]}, geometry=halves, crs=demo.communities.crs)
    >>> division = adopt_grids(drawn, demo.communities, demo.buildings, demo.streets)
    >>> bool(division.grids.households.sum() == demo.buildings.households.sum())
    True
    """
    spec = GridSpec() if spec is None else spec
    check_crs(grids, "grids")
    check_placement({"communities": communities, "grids": grids})
    drawn = read_drawn(grids.to_crs(suitable_crs(communities, "communities")), grid_code)
    prepared = prepare(
        communities,
        buildings,
        streets,
        barriers=barriers,
        compounds=compounds,
        dedicated=dedicated_layer(drawn),
    )
    sites = adopt_sites(prepared, drawn, spec)
    layers, score = stitch(prepared, [site.divided for site in sites], spec)
    named = rename_grids(layers, prepared, drawn, sites)
    conflicts = list_conflicts(drawn, prepared.communities)
    found = [conflicts.assign(layer="grids"), drawn.rejected, prepared.rejected]
    aside = [frame for frame in found if frame is not None and len(frame)]
    lineage = lineage_of(drawn, prepared, named["grids"], named["buildings"])
    layers |= {
        **named,
        "rejected": pd.concat(aside, ignore_index=True) if aside else None,
        "lineage": lineage,
    }
    story = {
        "faults": [asdict(fault) for fault in (*prepared.faults, *drawn.faults)],
        "adoption": build_report(prepared, drawn, sites, conflicts),
    }
    return assemble(prepared, layers, score, spec, communities.crs, story)


def dedicated_layer(drawn: Drawn) -> GeoDataFrame | None:
    """Return the drawn grids that are dedicated to one enterprise, park or campus; None where none is."""
    rows = np.flatnonzero((drawn.kind == "dedicated").fillna(False).to_numpy(bool))
    if len(rows) == 0:
        return None
    columns = {"name": drawn.name.iloc[rows].to_numpy(), "drawn": rows}
    return gpd.GeoDataFrame(columns, geometry=drawn.shapes[rows], crs=drawn.crs)
