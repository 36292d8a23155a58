"""Files: layers and tables of any format and encoding in, a GeoPackage that survives a kill out."""

import os

# Drivers are registered when GDAL is imported, so this comes first. A VRT is a recipe that makes GDAL open
# *other* files, whatever its own name ends in; GPSBabel starts another program. A layer file needs neither.
os.environ.setdefault("OGR_SKIP", "OGR_VRT,GPSBabel")
os.environ.setdefault("GML_DOWNLOAD_SCHEMA", "NO")

from gridgeo.io.atomic import check_apart, replace_file
from gridgeo.io.batch import read_batches
from gridgeo.io.digest import hash_file
from gridgeo.io.geopackage import read_manifest, write_layers
from gridgeo.io.layer import declares_crs, read_layer, read_table
from gridgeo.io.source import Source, find_source, list_layers, split_source

__all__ = [
    "Source",
    "check_apart",
    "declares_crs",
    "find_source",
    "hash_file",
    "list_layers",
    "read_batches",
    "read_layer",
    "read_manifest",
    "read_table",
    "replace_file",
    "split_source",
    "write_layers",
]
