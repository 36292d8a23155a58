"""A gazetteer: the user's own places under one schema."""

from gridgeo.locate.gazetteer.build import build_gazetteer
from gridgeo.locate.gazetteer.corrections import learn_corrections
from gridgeo.locate.gazetteer.gazetteer import Gazetteer
from gridgeo.locate.gazetteer.quality import check_quality
from gridgeo.locate.gazetteer.store import read_gazetteer, write_gazetteer

__all__ = [
    "Gazetteer",
    "build_gazetteer",
    "check_quality",
    "learn_corrections",
    "read_gazetteer",
    "write_gazetteer",
]
