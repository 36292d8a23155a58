"""The hard laws, looked at anew on the file that was written, without the library's own check."""

import geopandas as gpd
import numpy as np
import shapely

from gridgeo.division import Division

SLACK = 1e-6  # share of an area that rounding to a millimetre may move
SLACK_M2 = 1.0
WHOLE = 0.99  # a building with less than this share in its community is cut by the community's border


def broken_laws(division: Division) -> dict[str, int]:
    """Return how often a division breaks each law."""
    crs = metric(division.grids)
    grids, communities = division.grids.to_crs(crs), division.communities.to_crs(crs)
    shapes = np.asarray(grids.geometry.values)
    home = homes_of(grids, communities)
    total = float(communities.area.sum())
    slack = max(SLACK * total, SLACK_M2)
    leak = shapely.area(shapely.difference(shapes, home))
    uncovered = abs(float(shapely.area(shapely.union_all(shapes))) - total)
    pieces = shapely.get_num_geometries(shapes) > shapely.get_num_geometries(home)
    buildings = division.buildings
    inside = np.isin(buildings["grid_code"].to_numpy(), grids["grid_code"].to_numpy())
    points = buildings.to_crs(crs).representative_point()
    lost = points[~inside].intersects(communities.union_all())
    counted = buildings[inside].groupby("grid_code")["households"].sum()
    recount = counted.reindex(grids["grid_code"], fill_value=0).to_numpy()
    return {
        "cover": int(uncovered > slack),
        "disjoint": int(not shapely.coverage_is_valid(shapes)),
        "nested": int((leak > np.maximum(SLACK * shapely.area(shapes), SLACK_M2)).sum()),
        "valid": int((~shapely.is_valid(shapes)).sum()),
        "contiguous": int(pieces.sum()),
        "complete": int(lost.sum()),
        "households": int((recount != grids["households"].to_numpy()).sum()),
    }


def outside_shares(division: Division) -> tuple[float, float]:
    """Return the share of buildings with more than 1 % and 5 % of their area outside their grid.

    A building that the border of its community cuts does not count: that border is given.
    """
    crs = metric(division.grids)
    table = division.buildings[division.buildings["grid_code"].notna()].to_crs(crs)
    table = table[table.area > 0]
    grids = division.grids.to_crs(crs).set_index("grid_code")
    own = grids.loc[table["grid_code"]]
    home = homes_of(own, division.communities.to_crs(crs))
    shapes = shapely.make_valid(np.asarray(table.geometry.values))
    area = shapely.area(shapes)
    whole = shapely.area(shapely.intersection(shapes, home)) >= WHOLE * area
    kept = shapely.area(shapely.intersection(shapes, np.asarray(own.geometry.values)))
    lost = np.where(whole, 1.0 - kept / area, 0.0)
    return float((lost > 0.01).mean()), float((lost > 0.05).mean())


def homes_of(grids: gpd.GeoDataFrame, communities: gpd.GeoDataFrame) -> np.ndarray:
    """Return the outline of the community of each grid."""
    by_code = communities.set_index(communities["area_code"].astype(str)).geometry
    return shapely.make_valid(np.asarray(by_code.loc[grids["area_code"].astype(str)].values))


def metric(layer: gpd.GeoDataFrame) -> object:
    """Return a reference system in metres for a layer."""
    return layer.crs if layer.crs.is_projected else layer.estimate_utm_crs()
