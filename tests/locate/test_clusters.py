"""Clusters: every place in one of them, those far apart in different ones."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from gridgeo.locate.clusters import cluster_places

PLACES = st.lists(st.tuples(st.floats(-180, 180), st.floats(-85, 85)), max_size=60)


@given(PLACES, st.integers(0, 19))
def test_every_place_is_counted_in_exactly_one_cluster(places, zoom):
    lon, lat = zip(*places, strict=True) if places else ((), ())
    clusters = cluster_places(lon, lat, zoom)
    assert clusters.n.sum() == len(places)
    alone = clusters.row.dropna().astype(int).tolist()
    assert len(alone) == len(set(alone)) == int((clusters.n == 1).sum())


@given(PLACES, st.integers(0, 18))
def test_a_closer_look_never_has_fewer_clusters(places, zoom):
    lon, lat = zip(*places, strict=True) if places else ((), ())
    assert len(cluster_places(lon, lat, zoom)) <= len(cluster_places(lon, lat, zoom + 1))


def test_two_neighbours_are_one_cluster_until_the_map_is_close_enough():
    lon, lat = [111.3000, 111.3010], [30.7, 30.7]
    assert cluster_places(lon, lat, 10).n.tolist() == [2]
    assert cluster_places(lon, lat, 18).n.tolist() == [1, 1]


def test_a_cluster_lies_in_the_middle_of_its_places():
    cluster = cluster_places([10.0, 10.001], [50.0, 50.0], 8).iloc[0]
    assert np.isclose(cluster.lon, 10.0005)
    assert np.isclose(cluster.lat, 50.0)


def test_a_place_without_coordinates_is_in_no_cluster_and_rows_still_count_from_all():
    clusters = cluster_places([np.nan, 10.0], [50.0, 50.0], 5)
    assert clusters.n.tolist() == [1]
    assert clusters.row.tolist() == [1]
