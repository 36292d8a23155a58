"""Our atoms beside momepy's enclosed tessellation: time, validity, buildings nicked, pieces of the graph."""

import importlib.util
import time
import warnings
from collections.abc import Callable, Sequence

import geopandas as gpd
import numpy as np
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from gridgeo.partition.atoms import build_atoms
from gridgeo.partition.coverage import Geometries
from gridgeo.partition.site import Site, largest_share
from tests.benchmarks.report import Row, Table

NICKED = 0.01  # share of a building's area outside its cell from which on it counts


def our_cells(site: Site) -> Geometries:
    """Return the atoms of a site."""
    return build_atoms(site).geometry


def momepy_cells(site: Site) -> Geometries:
    """Return momepy's enclosed tessellation of a site between its streets and barriers."""
    import momepy

    crs = "EPSG:3857"  # momepy wants one; nothing here depends on which
    lines = np.concatenate([site.streets, site.walls, shapely.boundary(site.water)])
    streets = gpd.GeoSeries(shapely.get_parts(shapely.intersection(lines, site.boundary)), crs=crs)
    streets = streets[shapely.get_dimensions(streets.to_numpy()) == 1]
    limit = gpd.GeoSeries([site.boundary], crs=crs)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        enclosures = momepy.enclosures(streets, limit=limit, clip=True)
        buildings = gpd.GeoSeries(shapely.get_parts(site.buildings), crs=crs)
        cells = momepy.enclosed_tessellation(buildings, enclosures.geometry)
    return np.asarray(cells.geometry.values)


def describe_cells(cells: Geometries, site: Site) -> Row:
    """Return what is good and bad about cells that should cover a site."""
    area = shapely.area(site.boundary)
    left, right = shapely.STRtree(cells).query(cells, predicate="intersects")
    once = left < right
    left, right = left[once], right[once]
    contact = shapely.length(
        shapely.intersection(shapely.boundary(cells[left]), shapely.boundary(cells[right]))
    )
    left, right = left[contact > 0], right[contact > 0]
    links = coo_array((np.ones(len(left)), (left, right)), shape=(len(cells),) * 2)
    _, share = largest_share(site.buildings, cells)
    inside = shapely.area(shapely.intersection(site.buildings, site.boundary)) >= shapely.area(
        site.buildings
    ) * (1 - NICKED)
    return {
        "cells": len(cells),
        "valid coverage": "yes" if shapely.coverage_is_valid(cells) else "no",
        "gap m²": float(area - shapely.area(shapely.intersection(shapely.union_all(cells), site.boundary))),
        "graph pieces": int(connected_components(links, directed=False)[0]),
        "buildings nicked": int((inside & (share < 1 - NICKED)).sum()),
    }


def compare_cells(place: str, sites: Sequence[Site], rounds: int) -> Table:
    """Return the table of ours and momepy's cells; CPU seconds are medians of rounds taken in turn."""
    makers: dict[str, Callable[[Site], Geometries]] = {"gridgeo atoms": our_cells}
    if importlib.util.find_spec("momepy") is not None:
        makers["momepy enclosed tessellation"] = momepy_cells
    rows = []
    for site in sites:
        seconds: dict[str, list[float]] = {name: [] for name in makers}
        cells = {}
        for _ in range(rounds):
            for name, maker in makers.items():
                started = time.process_time()
                cells[name] = maker(site)
                seconds[name].append(time.process_time() - started)
        for name in makers:
            row = {"method": name, "community": site.area_code, "buildings": len(site.buildings)}
            rows.append(
                {**row, **describe_cells(cells[name], site), "CPU s": float(np.median(seconds[name]))}
            )
    note = "" if len(makers) > 1 else "momepy is not installed: install the extra bench"
    return Table(f"Atoms, {place}", rows, note)
