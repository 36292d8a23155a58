"""Find every fault of the input before any work is done, mend what can be mended, and say so."""

from gridgeo.check.communities import mend_communities
from gridgeo.check.layer import mend_layer

__all__ = ["mend_communities", "mend_layer"]
