"""gridgeo: divide administrative areas into grids, find the grid of every place, show it on a map."""

import lazy_loader

# The names stand in ``__init__.pyi``. Each is loaded when it is asked for: who divides needs no geocoder.
__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
