"""OGC API – Features, Part 1: Core, over grids, communities and incidents, for QGIS, GDAL and their like."""
