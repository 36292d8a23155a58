"""The layers of today: what is given anew, and what is as it was in the old division."""

from collections.abc import Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from geopandas import GeoDataFrame

from gridgeo.crs import suitable_crs
from gridgeo.division import Division
from gridgeo.preparation import Prepared, on_lattice, prepare
from gridgeo.redivision.recall import Keep

__all__ = ["Today", "prepare_today"]


@dataclass(frozen=True)
class Today:
    """The layers of today, None for what is as it was, and which old atoms may be used again."""

    buildings: GeoDataFrame | None
    communities: GeoDataFrame | None
    streets: GeoDataFrame | None
    barriers: GeoDataFrame | Sequence[GeoDataFrame] | None
    compounds: GeoDataFrame | None
    dedicated: GeoDataFrame | None
    keep: Keep = Keep.ATOMS

    @property
    def given(self) -> list[str]:
        """The names of the layers that are given anew."""
        return [name for name, layer in vars(self).items() if layer is not None and name != "keep"]


def prepare_today(division: Division, today: Today) -> Prepared:
    """Return the layers of today, those of the old division where nothing else is given, in metres."""
    buildings = division.buildings.drop(columns="grid_code") if today.buildings is None else today.buildings
    barriers = division.barriers if today.barriers is None else today.barriers
    several = [barriers] if isinstance(barriers, GeoDataFrame) else list(barriers or ())
    communities = division.communities if today.communities is None else today.communities
    settled: set[str] = set()
    if suitable_crs(communities) == division.grids.crs:
        settled = {"communities", "streets", "barriers", "compounds"} - set(today.given)
        buildings, is_settled = settle_buildings(division, buildings)
        settled |= {"buildings"} if is_settled else set()
    return prepare(
        communities,
        buildings,
        division.streets if today.streets is None else today.streets,
        barriers=[layer for layer in several if len(layer)],
        compounds=division.compounds if today.compounds is None else today.compounds,
        dedicated=carved_areas(division) if today.dedicated is None else today.dedicated,
        settled=settled,
    )


def carved_areas(division: Division) -> GeoDataFrame | None:
    """Return the dedicated grids as areas to be carved out again, None where there are none."""
    carved = division.grids[(division.grids["kind"].astype("string") == "dedicated").fillna(False)]
    return carved[["name", "geometry"]] if len(carved) else None


def settle_buildings(division: Division, buildings: GeoDataFrame) -> tuple[GeoDataFrame, bool]:
    """Return buildings with new shapes on the lattice, and whether all of them lie there now.

    Most are those of the old division, which do already.
    """
    if buildings.crs != division.buildings.crs:
        return buildings, False
    shapes = buildings.geometry.to_numpy()
    known = pd.Index(shapely.to_wkb(division.buildings.geometry.to_numpy()), dtype=object)
    fresh = ~pd.Index(shapely.to_wkb(shapes), dtype=object).isin(known)
    if not shapely.is_valid(shapes[fresh]).all():
        return buildings, False
    settled = shapes.copy()
    settled[fresh] = np.asarray(on_lattice(buildings[fresh]).geometry.values)
    return buildings.set_geometry(gpd.GeoSeries(settled, index=buildings.index, crs=buildings.crs)), True
