"""The last step of whatever makes grids: stitched layers become a division in the caller's system."""

import importlib.metadata
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from geopandas import GeoDataFrame
from pyproj import CRS

from gridgeo.division import Division
from gridgeo.preparation import Prepared
from gridgeo.spec import GridSpec

__all__ = ["PACKAGES", "assemble"]

PACKAGES = ("geopandas", "gridgeo", "numba", "numpy", "pandas", "pyogrio", "pyproj", "scipy", "shapely")


def assemble(
    prepared: Prepared,
    layers: Mapping[str, GeoDataFrame | None],
    score: Mapping[str, Any],
    spec: GridSpec,
    crs: CRS,
    story: Mapping[str, Any],
) -> Division:
    """Return layers in metres as a division in ``crs``; barriers, compounds, dedicated areas as prepared.

    The manifest holds spec, score, faults, versions and the metric system; ``story`` adds to it, or says
    better, what only the caller knows.
    """
    kept = {name: getattr(prepared, name) for name in ("barriers", "compounds", "dedicated")} | dict(layers)
    manifest = {
        "spec": asdict(spec),
        "score": dict(score),
        "faults": [asdict(fault) for fault in prepared.faults],
        "versions": {name: importlib.metadata.version(name) for name in PACKAGES},
        "crs": prepared.crs.to_string(),
        **story,
    }
    return Division(
        **{name: None if layer is None else layer.to_crs(crs) for name, layer in kept.items()},
        manifest=manifest,
    )
