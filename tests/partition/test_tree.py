import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_graphs import graph_of, is_connected, mesh_edges, meshes, only_part, recounted
from towns import EXAMPLES

from gridgeo.partition.energy import grid_energy
from gridgeo.partition.tree import (
    build_bench,
    clear_tree,
    draw,
    grow_tree,
    relabel_below,
    score_cuts,
    weigh_tree,
)


def grown(part, label, first, second, seed=0):
    """Return the bench with a tree over two grids of a plan, and its size."""
    bench = build_bench(part.net, seed)
    root = int(np.flatnonzero(label == first)[0])
    return bench, grow_tree(part.net, bench, label, first, second, root, 0.2)


def test_random_numbers_fill_the_unit_interval_and_depend_on_the_seed_alone():
    part = only_part(graph_of([1, 1], [(0, 1)]))
    one, same, other = (build_bench(part.net, seed).random for seed in (3, 3, 4))
    drawn = np.array([draw(one) for _ in range(4_000)])
    assert drawn.min() >= 0.0
    assert drawn.max() < 1.0
    assert np.histogram(drawn, bins=8, range=(0, 1))[0].min() > 400
    assert [draw(same) for _ in range(3)] == drawn[:3].tolist()
    assert draw(other) != drawn[0]


def test_a_tree_holds_the_atoms_of_both_grids_and_no_other():
    part = only_part(graph_of([100] * 6, mesh_edges(6, 1)))
    label = np.array([0, 0, 1, 1, 2, 2])
    bench, size = grown(part, label, 0, 1)
    assert sorted(bench.atom[:size].tolist()) == [0, 1, 2, 3]
    clear_tree(bench, size)
    assert (bench.place == -1).all()


def test_streets_are_crossed_only_when_nothing_else_is_left():
    streets = [(0, 1), (1, 2), (3, 4), (4, 5), (0, 3, 20.0), (1, 4, 20.0), (2, 5, 20.0)]
    part = only_part(graph_of([100] * 6, streets, block=np.array([0, 0, 0, 1, 1, 1])))
    label = np.zeros(6, dtype=np.int64)
    for seed in range(10):
        bench = build_bench(part.net, seed)
        size = grow_tree(part.net, bench, label, 0, -1, 0, 0.0)
        sides = bench.atom[:size] // 3
        parents = sides[bench.parent[1:size]]
        assert (sides[1:] != parents).sum() == 1


@settings(max_examples=EXAMPLES, deadline=None)
@given(meshes(), st.integers(0, 9))
def test_the_score_of_every_cut_equals_a_recount(graph, seed):
    part = only_part(graph)
    label = np.zeros(len(part.atoms), dtype=np.int64)
    bench, size = grown(part, label, 0, -1, seed)
    assert size == len(part.atoms)
    assert (bench.parent[1:size] < np.arange(1, size)).all()
    assert weigh_tree(part.net, bench, label, size) == 0.0
    work = np.empty((2, part.net.features.shape[1]))
    best = score_cuts(bench, size, part.weights, work[0], work[1])
    scores = bench.scores[1:size].copy()
    assert best == scores.min()
    for cut in range(1, size):
        relabel_below(bench, label, size, cut, 1, 0)
        assert is_connected(np.flatnonzero(label == 1), part.links)
        assert is_connected(np.flatnonzero(label == 0), part.links)
        sums, price = recounted(part, label)
        energy = price + sum(grid_energy(total, part.weights) for total in sums)
        assert scores[cut - 1] == pytest.approx(energy, abs=1e-9)
