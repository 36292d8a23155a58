import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from plans_of_towns import strip
from towns import EXAMPLES

from gridgeo.errors import SchemaError
from gridgeo.levels.pairing import match_grids, pair_grids


def test_neighbours_are_paired_and_the_pairing_is_mutual():
    pairs = pair_grids(strip(6)).set_index("grid_code")
    assert pairs["is_mutual"].all()
    for code, partner in pairs["partner_code"].items():
        assert pairs.at[partner, "partner_code"] == code
        assert code != partner
    assert (pairs["border_m"] > 0).all()
    assert (pairs["pair_workload"] == 500).all()


def test_a_grid_left_over_has_a_stand_in_that_has_another_partner():
    pairs = pair_grids(strip(5)).set_index("grid_code")
    [alone] = pairs.index[~pairs["is_mutual"]]
    stand_in = pairs.at[alone, "partner_code"]
    assert pairs.at[stand_in, "is_mutual"]
    assert pairs.at[stand_in, "partner_code"] != alone


def test_a_grid_without_a_neighbour_has_no_partner():
    pairs = pair_grids(strip(1))
    assert pairs["partner_code"].isna().tolist() == [True]


def test_a_workload_that_is_no_number_is_refused():
    with pytest.raises(SchemaError, match="no column calls"):
        pair_grids(strip(2), workload="calls")
    with pytest.raises(SchemaError, match="not a number"):
        pair_grids(strip(2), workload="end_date")


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.integers(2, 7), st.data())
def test_there_are_as_many_pairs_as_there_can_be_and_no_pairing_is_more_even(n, data):
    every = [(a, b) for a in range(n) for b in range(a + 1, n)]
    edges = data.draw(st.lists(st.sampled_from(every), min_size=1, unique=True))
    load = np.array(data.draw(st.lists(st.integers(1, 9), min_size=n, max_size=n)), dtype=float)
    a, b = np.array(edges).T
    partner = match_grids(a, b, np.ones(len(a)), load)
    pairs = {(g, int(p)) for g, p in enumerate(partner) if p > g}
    assert pairs <= set(edges)
    assert all(partner[partner[g]] == g for g in np.flatnonzero(partner >= 0))

    def unevenness(chosen):
        return sum((load[i] + load[j] - 2 * load.mean()) ** 2 for i, j in chosen)

    matchings = [chosen for chosen in subsets(edges) if is_matching(chosen)]
    most = max(len(chosen) for chosen in matchings)
    assert len(pairs) == most == len(nx.max_weight_matching(nx.Graph(edges), maxcardinality=True))
    least = min(unevenness(chosen) for chosen in matchings if len(chosen) == most)
    assert unevenness(pairs) <= least + 1e-3 * (2 * load.mean()) ** 2


def subsets(edges):
    found = [[]]
    for edge in edges:
        found += [[*chosen, edge] for chosen in found if is_matching([*chosen, edge])]
    return found


def is_matching(chosen):
    ends = [end for edge in chosen for end in edge]
    return len(ends) == len(set(ends))
