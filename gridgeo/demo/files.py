"""The generated district as plain files: a GeoPackage and a table of incidents."""

from pathlib import Path

import pandas as pd
import pyogrio
import shapely

from gridgeo.demo.layers import Demo
from gridgeo.errors import FileWriteError

__all__ = ["DISTRICT_FILE", "INCIDENTS_FILE", "LAYERS", "incident_table", "write_demo"]

DISTRICT_FILE = "district.gpkg"
INCIDENTS_FILE = "incidents.csv"
LAYERS = (
    "communities",
    "buildings",
    "streets",
    "railway",
    "water",
    "compounds",
    "dedicated",
    "pois",
    "addresses",
)
# the same layers give the same bytes: GDAL would write the time of day
CHANGED = "2026-01-01T00:00:00.000Z"
DEGREES = "EPSG:4490"  # CGCS2000, for a map the same as WGS 84
DEGREE_DIGITS = 7  # about 1 cm


def incident_table(demo: Demo) -> pd.DataFrame:
    """Return the incidents of a district with ``lon`` and ``lat`` in degrees of CGCS2000."""
    points = demo.incidents.geometry.to_crs(DEGREES).to_numpy()
    return pd.DataFrame(demo.incidents.drop(columns="geometry")).assign(
        lon=shapely.get_x(points).round(DEGREE_DIGITS), lat=shapely.get_y(points).round(DEGREE_DIGITS)
    )


def write_demo(demo: Demo, folder: Path) -> tuple[Path, Path]:
    """Write a district into a folder and return the paths of its two files.

    Each file is written beside its place first, so that what was there stays whole when writing fails.

    Raises
    ------
    FileWriteError
        When the folder cannot be made or a file cannot be written.
    """
    district, incidents = folder / DISTRICT_FILE, folder / INCIDENTS_FILE
    fresh = folder / f".new-{DISTRICT_FILE}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        fresh.unlink(missing_ok=True)
        _write_layers(demo, fresh)
        fresh.replace(district)
        fresh = folder / f".new-{INCIDENTS_FILE}"
        incident_table(demo).to_csv(fresh, index=False, lineterminator="\n", encoding="utf-8")
        fresh.replace(incidents)
    except (OSError, pyogrio.errors.DataSourceError) as error:
        fresh.unlink(missing_ok=True)
        raise FileWriteError(
            f"cannot write the demo to {folder}: {error}; choose a folder you may write to"
        ) from error
    return district, incidents


def _write_layers(demo: Demo, path: Path) -> None:
    """Write all layers to a new GeoPackage."""
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": CHANGED})
    try:
        for layer in LAYERS:
            getattr(demo, layer).to_file(path, layer=layer, driver="GPKG", engine="pyogrio")
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None})
