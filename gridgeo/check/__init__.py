"""Find every fault of the input before any work is done, mend what can be mended, and say so."""

from gridgeo.check.communities import mend_communities
from gridgeo.check.files import check_files
from gridgeo.check.inputs import check_inputs
from gridgeo.check.layer import mend_layer
from gridgeo.check.placement import check_placement
from gridgeo.check.report import LayerSummary, Report
from gridgeo.check.roles import guess_columns, guess_role, name_columns

__all__ = [
    "LayerSummary",
    "Report",
    "check_files",
    "check_inputs",
    "check_placement",
    "guess_columns",
    "guess_role",
    "mend_communities",
    "mend_layer",
    "name_columns",
]
