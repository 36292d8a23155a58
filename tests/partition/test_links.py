import numpy as np
import pytest
from small_graphs import graph_of

from gridgeo.partition.coverage import connected
from gridgeo.partition.links import link_remnants, sizes
from gridgeo.spec import GridSpec

SPEC = GridSpec()


def pieces(graph):
    """Return the connected piece of each atom after linking, dedicated ones left out."""
    linked = link_remnants(graph, SPEC)
    walk = linked.is_link & (linked.dedicated[linked.a] < 0) & (linked.dedicated[linked.b] < 0)
    return connected(len(linked), linked.a[walk], linked.b[walk]).tolist()


def test_what_is_counted_is_households_or_square_metres():
    graph = graph_of([5, 7], [(0, 1)])
    assert sizes(graph, SPEC).tolist() == [5.0, 7.0]
    assert sizes(graph, GridSpec.unit_grids(10_000)).tolist() == [400.0, 400.0]


def test_a_graph_in_one_piece_stays_as_it_is():
    graph = graph_of([100, 100], [(0, 1)])
    assert link_remnants(graph, SPEC) is graph


def test_land_of_nobody_behind_a_barrier_joins_the_neighbour_with_the_longest_border():
    graph = graph_of(
        [100, 0, 150],
        [(0, 1), (1, 2)],
        length_m=np.array([5.0, 30.0]),
        contact_m=np.zeros(2),
    )
    assert pieces(graph) == [0, 1, 1]


def test_people_behind_a_barrier_stay_alone():
    assert pieces(graph_of([100, 3], [(0, 1)], contact_m=np.zeros(1))) == [0, 1]


def test_a_narrow_neck_is_walked_when_there_is_no_other_way():
    assert pieces(graph_of([100, 3], [(0, 1)], contact_m=np.array([0.5]))) == [0, 0]


def test_a_piece_that_is_large_enough_to_be_a_grid_needs_no_neck():
    assert pieces(graph_of([250, 250], [(0, 1)], contact_m=np.array([0.5]))) == [0, 1]


def test_an_exclave_joins_the_nearest_other_part_of_its_community():
    graph = graph_of(
        [300, 300, 5],
        [(0, 1)],
        contact_m=np.zeros(1),
        boundary_part=np.array([0, 0, 1]),
        centre=np.array([(0.0, 0.0), (100.0, 0.0), (130.0, 0.0)]),
    )
    assert pieces(graph) == [0, 1, 1]


def test_a_bridge_to_an_exclave_has_no_length_and_no_price():
    graph = link_remnants(graph_of([300, 5], [], boundary_part=np.array([0, 1])), SPEC)
    assert (graph.a.tolist(), graph.b.tolist()) == ([0], [1])
    for column in ("length_m", "street_m", "main_m", "cost_m"):
        assert getattr(graph, column).tolist() == [0.0], column


def test_an_exclave_does_not_tie_two_pieces_of_the_mainland_together():
    """Found by a town whose campus cut the mainland in two: one grid lay on both sides of it."""
    graph = graph_of(
        [5, 120, 7, 1],
        [(0, 1), (1, 2)],
        dedicated=np.array([-1, 0, -1, -1]),
        boundary_part=np.array([0, 0, 0, 1]),
    )
    found = pieces(graph)
    assert found[0] != found[2]
    assert found[3] in (found[0], found[2])


def test_an_islet_whose_only_neighbour_is_dedicated_stays_alone():
    graph = graph_of([100, 50, 5], [(0, 1), (1, 2)], dedicated=np.array([-1, 0, -1]))
    assert pieces(graph)[2] != pieces(graph)[0]


@pytest.mark.parametrize("order", [[0, 1, 2, 3], [3, 2, 1, 0], [2, 0, 3, 1]])
def test_several_exclaves_all_find_their_way_to_the_mainland(order):
    parts = np.array([0, 1, 2, 3])[order]
    households = np.array([400, 5, 0, 17])[parts]
    centres = np.array([(0.0, 0.0), (50.0, 0.0), (0.0, 50.0), (90.0, 0.0)])[parts]
    assert set(pieces(graph_of(households, [], boundary_part=parts, centre=centres))) == {0}
