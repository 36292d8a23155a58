"""Small communities, up to four grids or so: the plan found is the best there is, by CP-SAT."""

import os

import numpy as np
import pytest
from exact_plan import exact_plan
from towns import Town, block, layer, line, site_of

from gridgeo.partition.anneal import build_state, plan_energy
from gridgeo.partition.atoms import build_atoms
from gridgeo.partition.graph import build_graph
from gridgeo.partition.links import link_remnants
from gridgeo.partition.parts import build_parts
from gridgeo.partition.refine import refine_plan, split_graph
from gridgeo.spec import GridSpec

CASES = int(os.environ.get("GRIDGEO_EXACT_CASES", "100"))
HOUSEHOLDS, ODDS = (0, 20, 45, 60, 80, 110, 150, 330), (0.08, 0.12, 0.2, 0.2, 0.2, 0.12, 0.06, 0.02)


def small_town(seed):
    """Return a town of 9 to 16 houses, some streets between them, every tenth town or so with a giant."""
    rng = np.random.default_rng(seed)
    wide, high = (int(n) for n in rng.integers(3, 5, size=2))
    houses, counts = [], []
    for x in range(wide):
        for y in range(high):
            (east, north), (long, deep) = rng.uniform(0.3, 1.2, 2), rng.uniform(1.0, 2.2, 2)
            houses.append(block(4 * x + east, 4 * y + north, 4 * x + east + long, 4 * y + north + deep))
            counts.append(int(rng.choice(HOUSEHOLDS, p=ODDS)))
    ways = [line((4 * x, 0), (4 * x, 4 * high)) for x in range(1, wide) if rng.random() < 0.5]
    ways += [line((0, 4 * y), (4 * wide, 4 * y)) for y in range(1, high) if rng.random() < 0.5]
    kinds = [str(rng.choice(["main", "local", "lane"])) for _ in ways]
    return Town(
        layer([block(0, 0, 4 * wide, 4 * high)], area_code=["A"], name=["A"]),
        layer(houses, building_id=[str(i) for i in range(len(houses))], households=counts),
        layer(ways, street_class=kinds),
    )


@pytest.mark.parametrize("seed", range(CASES))
def test_no_plan_of_a_small_community_costs_less_than_the_one_found(seed):
    spec, site = GridSpec(), site_of(small_town(seed))
    graph = link_remnants(build_graph(build_atoms(site), site), spec)
    plan = refine_plan(graph, split_graph(graph, spec), spec)
    for part in build_parts(graph, spec):
        label = np.unique(plan.label[part.atoms], return_inverse=True)[1]
        found = plan_energy(part.net, build_state(part.net, label, part.capacity), part.weights)
        exact = exact_plan(part, found)
        sizes = [np.bincount(one, part.net.features[:, 0]).tolist() for one in (label, exact.label)]
        assert found <= exact.energy + 1e-5, f"found {sizes[0]}, best {sizes[1]}"
        assert found >= exact.energy - 1e-4, "the exact search missed a plan"
