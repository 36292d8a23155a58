"""A gazetteer: the user's own places, ready to be found by what people write."""

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from pyproj import CRS

from gridgeo.locate.geocode.engine import Engine, build_engine
from gridgeo.locate.geocode.placing import PreparedGrids
from gridgeo.locate.geocode.reverse import AddressTree, build_address_tree

__all__ = ["Gazetteer"]


@dataclass(frozen=True, kw_only=True)
class Gazetteer:
    """Places with names and numbers, areas, number ranges and other names, in one metric system.

    Attributes
    ----------
    entries
        One row a place: level, label, street, house number, compound, building, community, x, y, uncertainty.
    ranges
        Street segments with house-number ranges.
    areas
        Names of communities and of the areas above them, with the communities in each.
    aliases
        Other names of streets, compounds, POIs and communities, and corrections that people made.
    crs
        The metric system of all coordinates.
    script
        Which spelling rules hold: ``chinese`` or ``european``.
    mapping
        Which columns of which table the parts came from.
    weights
        What turns agreement into a probability; fitted on noise made from these very entries.
    """

    entries: pd.DataFrame = field(repr=False)
    ranges: gpd.GeoDataFrame = field(repr=False)
    areas: pd.DataFrame = field(repr=False)
    aliases: pd.DataFrame = field(repr=False)
    crs: CRS
    script: str
    mapping: Mapping[str, Mapping[str, str]] = field(repr=False)
    weights: Mapping[str, Any] = field(repr=False)

    @cached_property
    def engine(self) -> Engine:
        """The indexes that texts are matched with; built when first asked for."""
        return build_engine(self)

    @cached_property
    def addresses(self) -> AddressTree:
        """The tree that the nearest address is found with; built when first asked for."""
        return build_address_tree(self)

    def replace(
        self, *, weights: Mapping[str, Any] | None = None, aliases: pd.DataFrame | None = None
    ) -> "Gazetteer":
        """Return the gazetteer with other weights or aliases."""
        return dataclasses.replace(
            self,
            weights=self.weights if weights is None else weights,
            aliases=self.aliases if aliases is None else aliases,
        )

    def geocode(
        self, texts: Iterable[object], *, grids: gpd.GeoDataFrame | PreparedGrids | None = None
    ) -> pd.DataFrame:
        """Return where each text says something is; one row a text, in order, aligned to a series' index.

        Parameters
        ----------
        texts
            Reports or addresses; missing values are answered as such.
        grids
            A grids layer; adds the grid code of each place and whether it is certain. A service prepares it
            once with :func:`gridgeo.locate.geocode.placing.prepare_grids`.

        Returns
        -------
        DataFrame
            See :mod:`gridgeo.locate.geocode.batch` for the columns.

        Examples
        --------
        >>> import geopandas as gpd
        >>> from gridgeo.locate.gazetteer import build_gazetteer
        >>> places = gpd.GeoDataFrame(
        ...     {"address": ["云集路28号", "云集路30号"]},
        ...     geometry=gpd.points_from_xy([111.29, 111.291], [30.69, 30.69]), crs=4326)
        >>> gazetteer = build_gazetteer(addresses=places)
        >>> gazetteer.geocode(["雲集路２８號附近垃圾堆積"])["matched"].tolist()
        ['云集路28号']
        """
        from gridgeo.locate.geocode.batch import geocode_texts

        return geocode_texts(self, texts, grids)

    def reverse(
        self, x: ArrayLike, y: ArrayLike, *, crs: object = None, max_distance: float = 200.0
    ) -> pd.DataFrame:
        """Return the nearest addressed place of each point: label, level, distance and community.

        Parameters
        ----------
        x, y
            Coordinates in ``crs``; longitude and latitude by default.
        crs
            The system of the coordinates; WGS 84 by default.
        max_distance
            Metres; beyond it the answer is ``<NA>``.
        """
        from gridgeo.locate.geocode.reverse import nearest_entries

        return nearest_entries(self, np.atleast_1d(x), np.atleast_1d(y), crs, max_distance)
