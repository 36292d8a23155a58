"""gridgeo: divide administrative areas into grids, find the grid of every place, show it on a map."""

from gridgeo.division import Division, read_division
from gridgeo.pipeline import divide
from gridgeo.schema import check_layer
from gridgeo.spec import GridSpec

__all__ = ["Division", "GridSpec", "check_layer", "divide", "read_division"]
