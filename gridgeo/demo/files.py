"""The generated district as plain files: a GeoPackage and a table of incidents."""

from pathlib import Path

import pandas as pd
import shapely

from gridgeo.demo.layers import Demo
from gridgeo.errors import FileWriteError
from gridgeo.io import replace_file, write_layers

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
DEGREES = "EPSG:4490"  # CGCS2000, for a map the same as WGS 84
DEGREE_DIGITS = 7  # about 1 cm
MANIFEST = {"made_by": "gridgeo demo", "note": "generated; every name, code and number is invented"}


def incident_table(demo: Demo) -> pd.DataFrame:
    """Return the incidents of a district with ``lon`` and ``lat`` in degrees of CGCS2000.

    Parameters
    ----------
    demo
        The district.

    Returns
    -------
    DataFrame
        One row an incident: its columns, then longitude and latitude to 7 digits.
    """
    points = demo.incidents.geometry.to_crs(DEGREES).to_numpy()
    return pd.DataFrame(demo.incidents.drop(columns="geometry")).assign(
        lon=shapely.get_x(points).round(DEGREE_DIGITS), lat=shapely.get_y(points).round(DEGREE_DIGITS)
    )


def write_demo(demo: Demo, folder: Path) -> tuple[Path, Path]:
    """Write a district into a folder and return the paths of its two files.

    The same district gives the same bytes. What was there stays whole when writing fails.

    Parameters
    ----------
    demo
        The district.
    folder
        Where to; made when it is not there.

    Returns
    -------
    tuple of Path
        The GeoPackage of all layers and the CSV of the incidents.

    Raises
    ------
    FileWriteError
        When the folder cannot be made or a file cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise FileWriteError(
            f"{folder}: cannot be made a folder ({error.strerror}); choose a folder you may write to"
        ) from error
    district, incidents = folder / DISTRICT_FILE, folder / INCIDENTS_FILE
    write_layers(district, {layer: getattr(demo, layer) for layer in LAYERS}, MANIFEST)
    with replace_file(incidents) as fresh:
        incident_table(demo).to_csv(fresh, index=False, lineterminator="\n", encoding="utf-8")
    return district, incidents
