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
from gridgeo.partition.feasibility import Evidence, judge_plan
from gridgeo.partition.graph import AtomGraph
from gridgeo.partition.parts import Part, build_parts
from gridgeo.partition.plan import Plan, join_parts
from gridgeo.partition.pool import GridPool, cross_plans
from gridgeo.partition.search import FINE_FLIPS, first_labels, search, search_groups
from gridgeo.partition.tree import edge_sources
from gridgeo.partition.windows import FindAstray, redraw_windows, search_often
from gridgeo.spec import EFFORTS, GridSpec, SearchEffort

__all__ = ["refine_plan", "split_graph"]

FINE_HEATS = (0.4, 0.01)
# In the coarse search compounds, hamlets and blocks are one piece up to a whole grid. Where that leaves no
# way into the range, blocks only up to this share of the smallest grid.
LOOSE_SHARE = 0.25
RINGS = (1, 2)  # how far around a grid that is out of range blocks are loosened, in grids
# A part that is small enough is searched until the best plan there is has been found: from many starts, and
# so hot that a grid may leave its range on the way.
SMALL_ATOMS, SMALL_GRIDS = 48, 6
SMALL_HEATS = (5.0, 20.0, 60.0)
SMALL_STARTS = 18
SEEDS = 1_000  # that one search may use; the next seed of a spec begins behind them
SMALL_MOVES = 9_600  # of one search, whatever the effort: a small part costs milliseconds


def split_graph(graph: AtomGraph, spec: GridSpec) -> Plan:
    """Return a first plan: dedicated grids, then each connected part halved until every piece is one grid."""
    parts = build_parts(graph, spec)
    return join_parts(graph, parts, [first_labels(part, spec.seed) for part in parts])


def refine_plan(graph: AtomGraph, plan: Plan, spec: GridSpec) -> Plan:
    """Return the best plan that a search finds, at least as good as ``plan``.

    The effort of the spec tells how long, and how often the search begins anew while a grid is out of range
    that might not be.
    """
    parts = build_parts(graph, spec)
    evidence = Evidence(graph, spec)
    found = []
    for part in parts:
        pool = GridPool(part)
        pool.add(renumbered(plan.label[part.atoms]))
        search_part(part, pool, spec, partial(find_astray, evidence, part))
        found.append(pool.best)
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


def search_part(part: Part, pool: GridPool, spec: GridSpec, astray: FindAstray) -> None:
    """Add to a pool the plans that the searches of one part find, and what can be made of their grids."""
    effort, seed = EFFORTS[spec.effort], spec.seed * SEEDS
    if is_single(part):
        pool.add(np.zeros(len(part.atoms), dtype=np.int64))
    elif is_small(part):
        seeds, moves = range(seed, seed + SMALL_STARTS), SMALL_MOVES // len(part.atoms)
        pool.add(search_often(part, seeds, SMALL_HEATS, moves, agreed=SMALL_STARTS)[1])
    else:
        for turn in range(effort.searches):
            pool.add(search_once(part, effort, seed + turn * SEEDS // effort.searches, astray))
        if effort.searches > 1:
            pool.cross()


def search_once(part: Part, effort: SearchEffort, seed: int, astray: FindAstray) -> Ints:
    """Return the labels of the best plan that one search from the large to the small finds."""
    best = search_groups(part, part.groups(part.weights.high), seed, effort.coarse_moves, effort.starts)
    for rings in RINGS:
        bad = astray(best)
        if not bad.any():
            break
        group = loosen(part, best, bad, rings, part.groups(LOOSE_SHARE * part.weights.low))
        found = search_groups(part, group, seed, effort.coarse_moves, effort.starts)
        best = cross_plans(part, [best, found])
    best = polish(part, best, seed, effort)
    redrawn = redraw_windows(part, best, astray, seed, effort.rounds)
    return redrawn if redrawn is best else polish(part, redrawn, seed, effort)


def polish(part: Part, label: Ints, seed: int, effort: SearchEffort) -> Ints:
    """Return the labels of the best plan that moves of single atoms make of one."""
    pool = GridPool(part)
    pool.add(label)
    for turn in range(effort.polishes):
        pool.add(search(part, label, seed + turn, effort.fine_moves, FINE_HEATS, FINE_FLIPS)[1])
    if effort.polishes > 1:
        pool.cross()
    return pool.best


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
