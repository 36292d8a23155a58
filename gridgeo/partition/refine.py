"""From the graph of a community to its plan: a first one, then the best that a search finds.

The search goes from the large to the small. First whole compounds, hamlets and blocks are moved, from many
first plans. Where that leaves a grid out of range that might not be, blocks are loosened around it, and
farther around if need be, while all grids beyond stay as they are. Then single atoms are moved, and around
a grid that is still out of range windows are drawn anew.
"""

from functools import partial

import numpy as np
from numpy.typing import NDArray

from gridgeo.partition.coverage import Ints, connected, renumbered
from gridgeo.partition.crossing import cross_plans
from gridgeo.partition.feasibility import Evidence, judge_plan
from gridgeo.partition.graph import AtomGraph
from gridgeo.partition.parts import Part, build_parts
from gridgeo.partition.plan import Plan, join_parts
from gridgeo.partition.search import first_labels, search, search_groups
from gridgeo.partition.tree import edge_sources
from gridgeo.partition.windows import FindAstray, redraw_windows, search_often
from gridgeo.spec import EFFORTS, GridSpec

__all__ = ["refine_plan", "split_graph"]

FINE_HEATS = (0.15, 0.01)
RINGS = (1, 2)  # how far around a grid that is out of range blocks are loosened, in grids
# A part that is small enough is searched until the best plan there is has been found: from many starts, and
# so hot that a grid may leave its range on the way.
SMALL_ATOMS, SMALL_GRIDS = 48, 6
SMALL_HEATS = (5.0, 20.0, 60.0)
SMALL_STARTS = 18
SMALL_MOVES = 800  # for each atom, whatever the effort: a small part costs milliseconds


def split_graph(graph: AtomGraph, spec: GridSpec) -> Plan:
    """Return a first plan: dedicated grids, then each connected part halved until every piece is one grid."""
    parts = build_parts(graph, spec)
    return join_parts(graph, parts, [first_labels(part, spec.seed) for part in parts])


def refine_plan(graph: AtomGraph, plan: Plan, spec: GridSpec) -> Plan:
    """Return the best plan that a search finds which begins with ``plan``.

    The effort of the spec tells how long, and how often the search begins anew while a grid is out of range
    that might not be.
    """
    parts = build_parts(graph, spec)
    evidence = Evidence(graph, spec)
    found = [
        refine_part(part, renumbered(plan.label[part.atoms]), spec, partial(find_astray, evidence, part))
        for part in parts
    ]
    return join_parts(graph, parts, found)


def find_astray(evidence: Evidence, part: Part, label: Ints) -> NDArray[np.bool_]:
    """Return which grids of a plan of one part are out of range without a proof."""
    n = int(label.max()) + 1
    everywhere = np.full(len(evidence.graph), n)
    everywhere[part.atoms] = label
    # The rest of the community counts as a dedicated grid: nobody asks for its range.
    plan = Plan(everywhere, np.arange(n + 1) == n, np.zeros(n + 1, dtype=np.int64))
    verdict = judge_plan(evidence.graph, plan, evidence.spec, evidence=evidence)
    is_settled: NDArray[np.bool_] = np.isin(verdict.status, ["in_range", "dedicated"]) | verdict.is_proved
    return ~is_settled[:n]


def refine_part(part: Part, label: Ints, spec: GridSpec, astray: FindAstray) -> Ints:
    """Return the best labels found for one part from a first plan."""
    effort = EFFORTS[spec.effort]
    if is_single(part):
        return np.zeros_like(label)
    if is_small(part):
        seeds = range(spec.seed * 1_000, spec.seed * 1_000 + SMALL_STARTS)
        return search_often(part, seeds, SMALL_HEATS, SMALL_MOVES)[1]
    seed = spec.seed * 1_000
    starts = range(seed, seed + effort.starts)
    by_block, loose = part.groups
    best = search_groups(part, by_block, starts, effort.coarse_moves)
    for rings in RINGS:
        bad = astray(best)
        if not bad.any():
            break
        group = loosen(part, best, bad, rings, loose)
        found = search_groups(part, group, starts[: 1 + effort.starts // 3], effort.coarse_moves)
        best = better(part, best, found)
    best = better(part, best, search(part, best, seed, effort.fine_moves, FINE_HEATS)[1])
    redrawn = redraw_windows(part, best, astray, seed, effort.rounds)
    return redrawn if redrawn is best else search(part, redrawn, seed, effort.fine_moves, FINE_HEATS)[1]


def better(part: Part, best: Ints, found: Ints) -> Ints:
    """Return the labels of one plan with what is better in another."""
    return cross_plans(part.net, part.weights, [best, found], part.capacity)


def loosen(part: Part, label: Ints, bad: NDArray[np.bool_], rings: int, group: Ints) -> Ints:
    """Return groups of atoms: those given around the bad grids of a plan, every grid farther off as one."""
    source = edge_sources(part.net)
    near = bad.copy()
    for _ in range(rings):
        if near.all():
            break
        near[label[part.net.neighbour[near[label][source] & part.net.link]]] = True
    kept = np.where(near[label], group, len(label) + label)
    same = kept[part.links[:, 0]] == kept[part.links[:, 1]]
    return connected(len(label), part.links[same, 0], part.links[same, 1])


def is_single(part: Part) -> bool:
    """Return whether a part should hold one grid, or cannot hold two."""
    return part.n_grids <= 1 or len(part.links) == 0


def is_small(part: Part) -> bool:
    """Return whether a part is one that a search from many starts goes through in no time."""
    return len(part.atoms) <= SMALL_ATOMS and part.n_grids <= SMALL_GRIDS
