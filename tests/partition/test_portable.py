import pickle
from dataclasses import dataclass, fields, is_dataclass

import numpy as np
import shapely
from hypothesis import given, settings
from towns import EXAMPLES, sites_of, towns

from gridgeo.partition.atoms import build_atoms
from gridgeo.partition.portable import Portable


def assert_same(one, other):
    """Compare to the last bit, attribute by attribute."""
    if is_dataclass(one):
        for field in fields(one):
            assert_same(getattr(one, field.name), getattr(other, field.name))
    elif isinstance(one, np.ndarray) and one.dtype == object:
        assert shapely.equals_identical(one, other).all()
    elif isinstance(one, np.ndarray):
        assert one.dtype == other.dtype
        assert np.array_equal(one, other)
    elif isinstance(one, shapely.Geometry):
        assert shapely.equals_identical(one, other)
    else:
        assert one == other


@settings(max_examples=EXAMPLES // 4, deadline=None)
@given(towns())
def test_a_site_and_its_atoms_come_back_as_they_went(drawn):
    for site in sites_of(drawn):
        assert_same(site, pickle.loads(pickle.dumps(site)))
        atoms = build_atoms(site)
        assert_same(atoms, pickle.loads(pickle.dumps(atoms)))


@dataclass(frozen=True)
class Places(Portable):
    where: np.ndarray


def test_no_geometry_is_pickled_on_its_own(monkeypatch):
    places = Places(shapely.points(np.arange(6.0).reshape(3, 2)))
    monkeypatch.setattr(shapely.Point, "__reduce__", lambda _: 1 / 0)
    assert_same(places, pickle.loads(pickle.dumps(places)))
