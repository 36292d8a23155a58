import numpy as np
import pytest
from small_graphs import graph_of
from towns import line, site_of, town

from gridgeo.partition.atoms import build_atoms
from gridgeo.partition.dividing import divide_site
from gridgeo.partition.graph import build_graph
from gridgeo.partition.parts import build_parts
from gridgeo.partition.score import count_whole
from gridgeo.partition.settlements import is_hamlet
from gridgeo.spec import GridSpec

# Three hamlets of six farms in the fields, 70 m apart (a letter is 10 m); a lane through the middle of each.
GAP = ["." * 7] * 7
FIELDS = [
    ".a.b.c.",
    ".......",
    ".d.e.f.",
    *GAP,
    ".g.h.i.",
    ".......",
    ".j.k.l.",
    *GAP,
    ".m.n.o.",
    ".......",
    ".p.q.r.",
]
LANES = [[(0, y), (7, y)] for y in (1.5, 11.5, 21.5)]


def village(households, lanes=LANES, **changes):
    return site_of(town(["A" * 7] * len(FIELDS), FIELDS, households, lanes), **changes)


def settlements_of(site):
    atoms = build_atoms(site)
    return build_graph(atoms, site).settlement[atoms.building_atom]


def test_farms_near_each_other_are_one_settlement_whatever_lane_runs_between():
    found = settlements_of(village(10))
    assert np.unique(found, return_counts=True)[1].tolist() == [6, 6, 6]


def test_houses_on_two_banks_are_two_settlements():
    found = settlements_of(village(10, lanes=[], walls=np.array([line(*LANES[0])])))
    assert sorted(np.unique(found, return_counts=True)[1].tolist()) == [3, 3, 6, 6]


def test_a_block_of_a_town_that_fills_its_ground_is_none():
    site = site_of(town(["A" * 7] * 3, FIELDS[:3], 10, LANES[:1]))
    assert (settlements_of(site) == -1).all()


def test_land_without_buildings_is_in_no_settlement():
    site = village(10)
    atoms = build_atoms(site)
    settlement = build_graph(atoms, site).settlement
    built = np.isin(np.arange(len(atoms)), atoms.building_atom)
    assert (settlement[~built] == -1).all()


@pytest.mark.parametrize(
    ("size", "most", "expected"),
    [([10, 10, 10], 300, True), ([10, 10, 10], 29, False), ([0, 0, 0], 300, False), ([10, 10], 300, False)],
)
def test_a_hamlet_is_several_inhabited_buildings_that_fit_into_a_grid(size, most, expected):
    settlement = np.zeros(len(size), dtype=np.int64)
    assert is_hamlet(settlement, np.array(size), most).tolist() == [expected] * len(size)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("effort", ["fast", "default"])
def test_hamlets_stay_whole_where_the_range_allows(seed, effort):
    spec = GridSpec(households=(50, 130), effort=effort, seed=seed)
    divided = divide_site(village(10), spec)
    whole, n_hamlets = count_whole(divided.graph, divided.plan, spec, divided.graph.settlement)
    assert (whole, n_hamlets) == (3, 3)
    assert (divided.tally.n_hamlets_whole, divided.tally.n_hamlets) == (3, 3)


def test_a_hamlet_above_the_range_is_divided():
    divided = divide_site(village(40), GridSpec(households=(100, 140)))
    assert divided.verdict.status.tolist() == ["in_range"] * divided.plan.n_grids
    assert divided.tally.n_hamlets == 0


def test_a_border_through_a_hamlet_is_dear_even_on_its_lane():
    settlement = np.array([0, 0, 0, 3])
    edges = [(0, 1, 20.0), (1, 2, 20.0), (2, 3, 20.0)]
    (part,) = build_parts(graph_of([60, 60, 60, 200], edges, settlement=settlement), GridSpec())
    net = part.net
    price = {
        (int(i), int(net.neighbour[e])): net.cost[e]
        for i in range(4)
        for e in range(net.first[i], net.first[i + 1])
    }
    assert price[0, 1] > 10 * price[2, 3]
