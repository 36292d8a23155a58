import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_graphs import graph_of, is_connected, mesh_edges, meshes, only_part
from towns import EXAMPLES

from gridgeo.partition.split import bisect, count_grids, fits_some_number
from gridgeo.partition.tree import build_bench


@settings(deadline=None)
@given(st.integers(0, 3_000), st.integers(1, 400), st.integers(0, 300))
def test_a_size_fits_when_some_number_of_grids_can_hold_it(size, low, extra):
    high = low + extra
    fits = any(k * low <= size <= k * high for k in range(1, size + 2))
    assert fits_some_number(size, low, high) == fits


@settings(deadline=None)
@given(st.integers(0, 3_000), st.integers(1, 400), st.integers(0, 300))
def test_the_number_of_grids_is_one_that_fits_if_there_is_one(size, low, extra):
    high = low + extra
    k = count_grids(float(size), float(low), float(high))
    assert k >= 1
    if fits_some_number(size, low, high):
        assert k * low <= size <= k * high


@pytest.mark.parametrize(
    ("size", "k"), [(0, 1), (150, 1), (310, 1), (390, 2), (500, 2), (750, 3), (5_000, 20)]
)
def test_the_number_of_grids_is_near_the_middle_of_the_range_or_the_smaller_fault(size, k):
    assert count_grids(float(size), 200.0, 300.0) == k


def first_plan(part, k, seed=0):
    label = np.full(len(part.atoms), -1)
    n = bisect(part.net, build_bench(part.net, seed), label, part.weights, k, part.capacity)
    return label, n


def test_an_even_row_is_cut_into_even_grids():
    part = only_part(graph_of([125] * 8, mesh_edges(8, 1)))
    label, n = first_plan(part, 4)
    assert n == 4
    assert np.bincount(label, minlength=4).tolist() == [2, 2, 2, 2]


def test_a_giant_gets_a_grid_beside_the_ordinary_ones():
    part = only_part(graph_of([125, 125, 900, 125, 125], mesh_edges(5, 1)))
    label, n = first_plan(part, part.n_ordinary)
    assert n == 3
    assert np.bincount(label, part.net.features[:, 0]).max() == 900


@settings(max_examples=EXAMPLES, deadline=None)
@given(meshes(), st.integers(0, 5))
def test_a_first_plan_has_connected_grids_numbered_without_gaps(graph, seed):
    part = only_part(graph)
    label, n = first_plan(part, part.n_ordinary, seed)
    assert np.unique(label).tolist() == list(range(n))
    assert n <= part.capacity
    for grid in range(n):
        assert is_connected(np.flatnonzero(label == grid), part.links)
