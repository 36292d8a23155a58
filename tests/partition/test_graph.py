import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from towns import EXAMPLES, block, line, site_of, sites_of, town, towns

from gridgeo.partition.atoms import build_atoms
from gridgeo.partition.graph import build_graph

HOUSES = ["........", "........", ".a....b.", ".a....b.", "........", "........"]
STREET = [[(4, -1), (4, 7)]]


def graph_of_two(classes="local", cross_barriers=False, streets=STREET, **changes):
    site = site_of(town(["A" * 8] * 6, HOUSES, {"a": 120, "b": 80}, streets, classes), **changes)
    return build_graph(build_atoms(site), site, cross_barriers=cross_barriers)


def test_atoms_count_their_households_people_and_buildings():
    graph = graph_of_two()
    assert sorted(graph.households.tolist()) == [80, 120]
    assert sorted(graph.people.tolist()) == [240, 360]
    assert graph.n_buildings.tolist() == [1, 1]
    assert graph.area_m2 == pytest.approx([2_400.0, 2_400.0])
    assert graph.perimeter_m == pytest.approx([200.0, 200.0])


@pytest.mark.parametrize(
    ("kind", "on_main"), [("local", 0.0), ("lane", 0.0), ("collector", 0.0), ("main", 60.0)]
)
def test_a_border_on_a_street_is_cheap_and_counts_as_main_only_on_a_main_road(kind, on_main):
    graph = graph_of_two(kind)
    assert graph.length_m.tolist() == [60.0]
    assert graph.street_m.tolist() == [60.0]
    assert graph.main_m.tolist() == [on_main]
    assert graph.cost_m == pytest.approx([0.15 * 60])


def test_a_border_through_a_block_costs_its_length_and_through_a_compound_three_times_that():
    (through_block,) = graph_of_two(streets=[]).cost_m
    assert through_block == pytest.approx(60.0, rel=0.05)
    walls = {"compounds": np.array([block(0, 0, 8, 6)]), "compound_of_building": np.zeros(2, dtype=np.int64)}
    graph = graph_of_two(streets=[], **walls)
    assert graph.cost_m == pytest.approx([3 * through_block])
    assert graph.compound.tolist() == [0, 0]


def test_a_border_on_a_street_inside_a_compound_is_a_street():
    inside = {"compound_of_building": np.zeros(2, dtype=np.int64)}
    assert graph_of_two(**inside).cost_m == pytest.approx([0.15 * 60])


def test_nobody_walks_across_a_wall_unless_it_may_be_crossed():
    wall = {"walls": np.array([line((4, -1), (4, 7))])}
    closed = graph_of_two(streets=[], **wall)
    assert closed.contact_m.tolist() == [0.0]
    assert not closed.is_link.any()
    assert closed.street_m.tolist() == [60.0]
    assert closed.main_m.tolist() == [60.0]
    assert graph_of_two(streets=[], cross_barriers=True, **wall).is_link.all()


def test_a_gate_in_a_wall_is_a_way_through_when_it_is_wide_enough():
    for gate, is_open in ((1.5, False), (3.0, True)):
        wall = line((4, -1), (4, 6 - gate / 10))
        graph = graph_of_two(walls=np.array([wall]))
        assert graph.contact_m == pytest.approx([gate], abs=0.01)
        assert graph.is_link.tolist() == [is_open]


def test_a_river_parts_its_banks():
    graph = graph_of_two(streets=[], water=np.array([block(3.5, -1, 4.5, 7)]))
    assert graph.contact_m == pytest.approx([0.0])


@settings(max_examples=EXAMPLES, deadline=None)
@given(towns())
def test_the_graph_counts_what_the_geometry_measures(drawn):
    for site in sites_of(drawn):
        atoms = build_atoms(site)
        graph = build_graph(atoms, site)
        assert graph.households.sum() == site.households.sum()
        assert graph.people.sum() == site.people.sum()
        assert graph.n_buildings.sum() == len(site.buildings)
        assert graph.perimeter_m == pytest.approx(shapely.length(atoms.geometry), abs=1e-6)
        assert (graph.a < graph.b).all()
        assert len(np.unique(graph.a * len(graph) + graph.b)) == len(graph.a)
        shared = shapely.length(shapely.intersection(atoms.geometry[graph.a], atoms.geometry[graph.b]))
        assert graph.length_m == pytest.approx(shared, abs=0.01)
        for part in (graph.street_m, graph.contact_m):
            assert (part <= graph.length_m + 1e-9).all()
        assert (graph.main_m <= graph.street_m + 1e-9).all()
