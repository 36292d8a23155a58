import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_graphs import energy_of, graph_of, is_connected, mesh_edges, meshes, only_part, recounted
from towns import EXAMPLES

from gridgeo.partition.anneal import anneal, build_state, plan_energy, stays_connected, try_flip
from gridgeo.partition.split import bisect
from gridgeo.partition.tree import build_bench


def first_label(part, seed=0):
    label = np.full(len(part.atoms), -1)
    bisect(part.net, build_bench(part.net, seed), label, part.weights, part.n_ordinary, part.capacity)
    return label


def annealed(part, label, steps=400, seed=1, heats=(5.0, 0.01)):
    """Return the energy that a search finds, its best labels, and the state that it ends in."""
    state = build_state(part.net, label, part.capacity)
    best = label.copy()
    cooling = np.geomspace(*heats, steps)
    bench = build_bench(part.net, seed)
    energy = anneal(part.net, bench, state, part.weights, part.links, cooling, best)
    return energy, best, state


@settings(max_examples=EXAMPLES, deadline=None)
@given(meshes(), st.integers(0, 9))
def test_the_energy_of_a_plan_equals_a_recount(graph, seed):
    part = only_part(graph)
    label = first_label(part, seed)
    state = build_state(part.net, label, part.capacity)
    assert plan_energy(part.net, state, part.weights) == pytest.approx(energy_of(part, label), abs=1e-9)


@settings(max_examples=EXAMPLES, deadline=None)
@given(meshes(), st.integers(0, 9))
def test_a_search_returns_the_energy_of_the_plan_that_it_returns_and_every_grid_in_one_piece(graph, seed):
    part = only_part(graph)
    if len(part.links) == 0:
        return
    label = first_label(part, seed)
    energy, best, state = annealed(part, label, seed=seed)
    assert energy == pytest.approx(energy_of(part, np.unique(best, return_inverse=True)[1]), abs=1e-6)
    assert energy <= energy_of(part, label) + 1e-9
    for plan in (best, state.label):
        assert len(np.unique(plan)) <= part.capacity
        for grid in np.unique(plan):
            assert is_connected(np.flatnonzero(plan == grid), part.links)


@settings(max_examples=EXAMPLES, deadline=None)
@given(meshes(), st.integers(0, 9))
def test_the_sums_kept_during_a_search_equal_a_recount_at_its_end(graph, seed):
    part = only_part(graph)
    if len(part.links) == 0:
        return
    _, _, state = annealed(part, first_label(part, seed), seed=seed, heats=(20.0, 5.0))
    n = int(state.n_grids[0])
    assert np.unique(state.label).tolist() == list(range(n))
    assert state.n_atoms[:n].tolist() == np.bincount(state.label).tolist()
    assert state.sums[:n] == pytest.approx(recounted(part, state.label)[0], abs=1e-6)


@settings(max_examples=EXAMPLES, deadline=None)
@given(meshes(), st.integers(0, 9))
def test_whether_a_grid_holds_together_without_an_atom_is_found_exactly(graph, seed):
    part = only_part(graph)
    label, bench = first_label(part, seed), build_bench(part.net, seed)
    for atom in range(len(label)):
        rest = np.flatnonzero(label == label[atom])
        rest = rest[rest != atom]
        if len(rest):
            assert stays_connected(part.net, bench, label, atom) == is_connected(rest, part.links)
        assert (bench.place == -1).all()


def test_an_atom_that_holds_a_grid_together_is_never_taken_out_of_it():
    part = only_part(graph_of([100, 100, 100, 100], [(0, 1), (1, 2), (1, 3)]))
    state = build_state(part.net, np.array([0, 0, 0, 1]), part.capacity)
    assert try_flip(part.net, build_bench(part.net, 0), state, part.weights, 1e9, 1, 1) == 0.0
    assert state.label.tolist() == [0, 0, 0, 1]


def test_the_last_atom_of_a_grid_stays():
    part = only_part(graph_of([100, 100], [(0, 1)]))
    state = build_state(part.net, np.array([0, 1]), 2)
    assert try_flip(part.net, build_bench(part.net, 0), state, part.weights, 1e9, 0, 1) == 0.0


def test_a_search_mends_a_lopsided_plan():
    part = only_part(graph_of([125] * 8, mesh_edges(8, 1)))
    _, best, _ = annealed(part, np.array([0, 0, 0, 0, 0, 1, 2, 3]))
    assert sorted(np.bincount(best).tolist()) == [2, 2, 2, 2]


def test_the_same_seed_finds_the_same_plan():
    part = only_part(graph_of([40, 80, 60, 110] * 4, mesh_edges(4, 4)))
    label = first_label(part)
    runs = [annealed(part, label, seed=7) for _ in range(2)]
    assert runs[0][0] == runs[1][0]
    assert runs[0][1].tolist() == runs[1][1].tolist()


def test_moves_pay_for_the_borders_that_they_make():
    quiet = graph_of([125] * 4, [(0, 1), (1, 2, 20.0), (2, 3)])
    _, best, _ = annealed(only_part(quiet), np.array([0, 1, 1, 1]), steps=200)
    assert best[0] == best[1]
    assert best[2] == best[3]
    assert best[0] != best[2]
