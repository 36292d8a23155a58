"""A division: the grids of a place with everything they were made of, and the file that holds it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from geopandas import GeoDataFrame

from gridgeo.errors import FileReadError
from gridgeo.io import list_layers, read_layer, read_manifest, write_layers

if TYPE_CHECKING:
    from gridgeo.maps import MapFrame

__all__ = ["Division", "read_division"]

LAYERS = ("communities", "grids", "atoms", "buildings", "streets")
OPTIONAL_LAYERS = ("barriers", "compounds", "dedicated", "rejected", "lineage")


@dataclass(frozen=True, kw_only=True)
class Division:
    """The grids of a place, the atoms they consist of, and what they were made from.

    Attributes
    ----------
    communities : polygons with ``area_code`` and ``name``.
    grids : polygons, one row for each grid: ``grid_code``, ``area_code``, ``name``, ``kind``, ``households``,
        ``people`` (``<NA>`` where nobody counted them), ``n_buildings``, ``area_m2``, ``status``, ``reason``,
        ``start_date``, ``end_date``.
    atoms : polygons with ``atom_id``, ``grid_code``, ``households``.
    buildings : the caller's rows with ``building_id``, ``households``, ``grid_code`` (``<NA>`` outside).
    streets : the caller's rows.
    barriers : what no grid crosses, so that a later change keeps to it; None when there are none.
    compounds : compounds that are kept whole where possible; None when there are none.
    dedicated : areas that were carved out as grids of their own, as they were given; None where none are.
    rejected : rows that could not be used, with ``layer`` and ``fault``; None when there are none.
    lineage : which grid came from which, for a division made from another; else None.
    manifest : spec, seed, input hashes, versions, score, faults.
    """

    communities: GeoDataFrame
    grids: GeoDataFrame
    atoms: GeoDataFrame
    buildings: GeoDataFrame
    streets: GeoDataFrame
    barriers: GeoDataFrame | None = None
    compounds: GeoDataFrame | None = None
    dedicated: GeoDataFrame | None = None
    rejected: GeoDataFrame | None = None
    lineage: GeoDataFrame | None = None
    manifest: Mapping[str, Any] = field(default_factory=dict)

    @property
    def score(self) -> dict[str, Any]:
        """The figures of the division by name; see ``gridgeo.partition.score``."""
        return dict(self.manifest["score"])

    @property
    def exceptions(self) -> GeoDataFrame:
        """The grids that are not in range, each with its reason; dedicated grids are no exceptions."""
        return self.grids[~self.grids["status"].isin(["in_range", "dedicated"])]

    def write(self, path: str | Path) -> None:
        """Write one GeoPackage that QGIS opens; an old file is replaced at once or not at all.

        Raises
        ------
        FileWriteError
            When it cannot be written; the old file is then still there.
        """
        layers = {name: getattr(self, name) for name in (*LAYERS, *OPTIONAL_LAYERS)}
        write_layers(
            path, {name: layer for name, layer in layers.items() if layer is not None}, self.manifest
        )

    def map(self, incidents: GeoDataFrame | None = None, *, lang: str | None = None) -> "MapFrame":
        """Return a map that shows in a notebook without a network; ``write`` saves it as a page.

        Parameters
        ----------
        incidents
            Points to show above the grids.
        lang
            ``"zh"`` or ``"en"``; by default what the browser prefers.
        """
        from gridgeo.maps import MapExtras, MapFrame, to_html

        return MapFrame(to_html(self, MapExtras(incidents=incidents), lang=lang))

    def _repr_html_(self) -> str:
        """Return score, exceptions and a small map for a notebook."""
        from gridgeo.maps import summary_html

        return summary_html(self)


def read_division(path: str | Path) -> Division:
    """Return the division that a file holds.

    Raises
    ------
    FileReadError
        When the file is not one that gridgeo has written.

    Examples
    --------
    >>> read_division("nowhere.gpkg")
    Traceback (most recent call last):
        ...
    gridgeo.errors.FileReadError: ...
    """
    present = list_layers(path)
    missing = [name for name in LAYERS if name not in present]
    if missing:
        raise FileReadError(
            f"{path} is no division file: it lacks the layers {', '.join(missing)} "
            f"and has {', '.join(present)}; "
            "make one with gridgeo divide … --out FILE"
        )
    layers = {name: read_layer(f"{path}:{name}") for name in (*LAYERS, *OPTIONAL_LAYERS) if name in present}
    layers["grids"] = with_types(layers["grids"])
    return Division(**layers, manifest=read_manifest(path))


def with_types(grids: GeoDataFrame) -> GeoDataFrame:
    """Return grids with ``<NA>`` in columns of the right type: a file knows no type of an empty column."""
    types = {"people": "Int64", **dict.fromkeys(("reason", "start_date", "end_date"), "string")}
    return grids.astype({name: kind for name, kind in types.items() if name in grids})
