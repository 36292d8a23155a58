from dataclasses import replace

import geopandas as gpd
import pandas as pd
import shapely
import shapely.ops
from independent_laws import broken_laws
from towns import CRS, Town, block, layer, streets_of

import gridgeo
from gridgeo import GridSpec
from gridgeo.partition.coverage import to_lattice
from gridgeo.redivision.redividing import redivide


def divided(drawn):
    spec = GridSpec(effort="fast")
    return gridgeo.divide(drawn.communities, drawn.buildings, drawn.streets, spec, **drawn.extras)


def slanting_town():
    """Return two communities on both sides of a slanting line, with streets that meet it on both sides."""
    whole = block(0, 0, 30, 20)
    cut = shapely.LineString([shapely.Point(block(9, 0, 10, 1).bounds[:2]), block(19, 19, 20, 20).bounds[2:]])
    west, east = sorted(shapely.ops.split(whole, cut).geoms, key=lambda side: side.centroid.x)
    communities = layer([west, east], area_code=["W", "E"], name=["W", "E"])
    communities = communities.set_geometry(
        gpd.GeoSeries(to_lattice(communities.geometry.to_numpy()), crs=CRS)
    )
    houses = layer(
        [block(x, y, x + 1, y + 1) for x in (1, 4, 23, 27) for y in (2, 7, 12, 17)],
        building_id=[f"h{i:02d}" for i in range(16)],
        households=[60] * 16,
    )
    ways = [[(-1, 4.37), (31, 6.11)], [(-1, 9.83), (31, 9.29)], [(-1, 15.1), (31, 13.77)]]
    return Town(communities, houses, streets_of(ways))


def test_a_community_cut_anew_fits_its_neighbour_on_a_slanting_border():
    drawn = slanting_town()
    old = divided(drawn)
    fresh = layer([block(7, 10, 8, 11)], building_id=["new"], households=[20])
    today = replace(drawn, buildings=pd.concat([drawn.buildings, fresh], ignore_index=True))
    new = redivide(old, today.buildings)
    assert broken_laws(new, today) == []
    again = redivide(new, drawn.buildings)
    assert broken_laws(again, drawn) == []
