import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_graphs import energy_of, graph_of, is_connected, mesh_edges, meshes, only_part
from towns import EXAMPLES

from gridgeo.partition.coverage import renumbered
from gridgeo.partition.feasibility import Evidence
from gridgeo.partition.parts import cut_out
from gridgeo.partition.refine import find_astray, split_graph
from gridgeo.partition.windows import choose_window, redraw_windows
from gridgeo.spec import GridSpec

SPEC = GridSpec()


def out_of_range(part):
    def astray(label):
        total = np.bincount(label, part.net.features[:, 0])
        return (total < 200) | (total > 300)

    return astray


def test_towers_and_houses_in_a_row_are_paired_from_the_end():
    """Begun one house off, tower and house stay alone at the ends; no single move mends that."""
    part = only_part(graph_of([180, 60] * 5, [(i, i + 1) for i in range(9)]))
    off = np.array([0, 1, 1, 2, 2, 3, 3, 4, 4, 5])
    found = redraw_windows(part, off, out_of_range(part), 0, 2)
    assert (found[::2] == found[1::2]).all()
    assert len(set(found.tolist())) == 5


def test_a_plan_in_range_is_left_alone():
    part = only_part(graph_of([120] * 8, mesh_edges(4, 2)))
    label = np.array([0, 0, 1, 1, 2, 2, 3, 3])
    assert redraw_windows(part, label, out_of_range(part), 0, 2) is label


def test_a_window_is_the_grid_then_its_neighbours_then_theirs():
    part = only_part(graph_of([240] * 9, mesh_edges(9, 1)))
    label = np.arange(9)
    random = np.random.default_rng(0)
    assert choose_window(part, label, 4, 1, random) == [4]
    assert sorted(choose_window(part, label, 4, 3, random)) == [3, 4, 5]
    assert sorted(choose_window(part, label, 4, 5, random)) == [2, 3, 4, 5, 6]
    assert sorted(choose_window(part, label, 4, 100, random)) == list(range(9))


@settings(max_examples=EXAMPLES, deadline=None)
@given(meshes(most=16), st.data())
def test_what_is_cut_out_has_the_energy_that_it_has_inside(graph, data):
    part = only_part(graph)
    n = len(part.atoms)
    label = np.array(data.draw(st.lists(st.integers(0, 2), min_size=n, max_size=n)))
    chosen = label < 2
    if not (label == 0).any() or not (label == 1).any():
        return
    inside = cut_out(part, chosen, 2)
    now, then = label, np.where(label == 1, 0, label)
    change = energy_of(part, renumbered(then)) - energy_of(part, renumbered(now))
    assert energy_of(inside, then[chosen]) - energy_of(inside, now[chosen]) == pytest.approx(change)


@settings(max_examples=EXAMPLES, deadline=None)
@given(meshes(most=16, counts=(0, 8, 60, 110, 150, 176, 190, 330)), st.integers(0, 3))
def test_a_plan_never_gets_worse_and_every_grid_hangs_together(graph, seed):
    part = only_part(graph)
    label = split_graph(graph, SPEC).label[part.atoms]
    evidence = Evidence(graph, SPEC)
    found = redraw_windows(part, label, lambda plan: find_astray(evidence, part, plan), seed, 1)
    assert energy_of(part, found) <= energy_of(part, label) + 1e-6
    for grid in range(found.max() + 1):
        assert is_connected(np.flatnonzero(found == grid), part.links)
