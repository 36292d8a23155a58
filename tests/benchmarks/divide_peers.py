"""The peers that divide a graph: METIS, KaHIP, PySAL's MaxP, GerryChain's recursive tree.

Each is given what suits it best as far as we could find out; what was tried is said beside the constant.
"""

import importlib.util
import random
import warnings
from collections.abc import Callable, Sequence
from functools import partial

import numpy as np

from tests.benchmarks.divide_pieces import Ints, Method, Piece

SEEDS = 20
METIS_BEST = f"METIS, best of {SEEDS} seeds"
GERRYCHAIN_ATTEMPTS = 20_000
# How much of the way from the mean grid to the upper limit METIS and KaHIP may use. No one value is best:
# little room costs border, much costs grids in range, so the seeds take turns (.2 to 1.2 was tried).
ROOMS = (0.5, 0.8, 1.0, 1.2)
PACKAGES = {
    "METIS": "pymetis",
    "KaHIP": "kahip",
    "MaxP": "spopt",
    "GerryChain": "gerrychain",
    "tessellation": "momepy",
}


def imbalance(piece: Piece, seed: int) -> float:
    """Return by how much a grid may exceed the mean, as a share of it."""
    mean = piece.capped.sum() / piece.n_grids
    return max(ROOMS[seed % len(ROOMS)] * (piece.high / max(mean, 1.0) - 1.0), 0.01)


def best_of(once: Sequence[Callable[..., Ints]], seeds: int, piece: Piece) -> Ints:
    """Return the plan with the fewest faults, then the cheapest border, of several seeds and variants."""
    tried = [method(piece, seed=seed) for method in once for seed in range(seeds)]
    plans = [np.unique(label, return_inverse=True)[1].astype(np.int64) for label in tried]
    return min(plans, key=lambda label: (piece.faults(label), piece.price(label)))


def metis_once(piece: Piece, *, recursive: bool, seed: int) -> Ints:
    """Return METIS's labels: k-way with contiguous parts, or recursive bisection, which may tear them."""
    import pymetis

    first, neighbour, cost = piece.rows()
    options = pymetis.Options(seed=seed, ufactor=max(round(1000 * imbalance(piece, seed)), 1))
    _, label = pymetis.part_graph(
        piece.n_grids,
        xadj=first,
        adjncy=neighbour,
        vweights=piece.capped,
        eweights=cost,
        recursive=recursive,
        contiguous=None if recursive else True,
        options=options,
    )
    return np.asarray(label, dtype=np.int64)


def kahip_once(piece: Piece, *, seed: int) -> Ints:
    """Return KaHIP's labels in its mode ``strong``; it may tear grids."""
    import kahip

    first, neighbour, cost = piece.rows()
    rows = [values.astype(np.int32) for values in (piece.capped, first, cost, neighbour)]
    _, label = kahip.kaffpa(*rows, piece.n_grids, imbalance(piece, seed), True, seed, kahip.STRONG)
    return np.asarray(label, dtype=np.int64)


def maxp(piece: Piece) -> Ints:
    """Return the labels of PySAL's MaxP: as many grids above the lower limit as it finds, near in place."""
    import geopandas as gpd
    from libpysal.weights import W
    from spopt.region import MaxPHeuristic

    first, neighbour, _ = piece.rows()
    rows = {i: neighbour[first[i] : first[i + 1]].tolist() for i in range(len(piece))}
    table = gpd.GeoDataFrame(
        {"x": piece.centre[:, 0], "y": piece.centre[:, 1], "households": piece.size},
        geometry=gpd.points_from_xy(*piece.centre.T),
    )
    np.random.seed(0)  # noqa: NPY002 - the peer draws from the global state
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = MaxPHeuristic(table, W(rows, silence_warnings=True), ["x", "y"], "households", piece.low)
        model.solve()
    return np.asarray(model.labels_, dtype=np.int64)


def gerrychain(piece: Piece) -> Ints:
    """Return the labels of GerryChain's recursive tree, blocks and compounds kept whole where it can."""
    import networkx as nx
    from gerrychain import Graph
    from gerrychain.partition import recursive_tree_part
    from gerrychain.tree import bipartition_tree

    plain = nx.Graph()
    for i in range(len(piece)):
        block, compound = int(piece.block[i]), int(piece.compound[i])
        plain.add_node(
            i,
            households=int(piece.capped[i]),
            block=f"b{block}" if block >= 0 else f"alone{i}",
            compound=f"c{compound}" if compound >= 0 else f"alone{i}",
        )
    plain.add_edges_from(zip(piece.a.tolist(), piece.b.tolist(), strict=True))
    halve = partial(
        bipartition_tree,
        max_attempts=GERRYCHAIN_ATTEMPTS,
        warn_attempts=GERRYCHAIN_ATTEMPTS + 1,
        region_surcharge={"block": 1.0, "compound": 2.0},
    )
    mean = piece.capped.sum() / piece.n_grids
    epsilon = min(piece.high / mean - 1.0, 1.0 - piece.low / mean)
    found = recursive_tree_part(
        Graph.from_networkx(plain),
        parts=range(piece.n_grids),
        pop_target=mean,
        pop_col="households",
        epsilon=max(epsilon, 0.01),
        bipartition_tree_fn=halve,
        rng=random.Random(0),
    )
    return np.array([found[i] for i in range(len(piece))], dtype=np.int64)


def fast_peers() -> dict[str, Method]:
    """Return the peers that divide a whole city in reasonable time, those that are installed."""
    found: dict[str, Method] = {}
    if is_installed("pymetis"):
        kway, recursive = partial(metis_once, recursive=False), partial(metis_once, recursive=True)
        found["METIS k-way, one seed"] = partial(kway, seed=0)
        found[f"METIS k-way contiguous, best of {SEEDS}"] = partial(best_of, (kway,), SEEDS)
        found[f"METIS recursive, best of {SEEDS}"] = partial(best_of, (recursive,), SEEDS)
        found[METIS_BEST] = partial(best_of, (kway, recursive), SEEDS)
    if is_installed("kahip"):
        found["KaHIP strong, one seed"] = partial(kahip_once, seed=1)
    return found


def slow_peers() -> dict[str, Method]:
    """Return the peers that take long for one community, those that are installed."""
    found: dict[str, Method] = {}
    if is_installed("spopt"):
        found["PySAL MaxP"] = maxp
    if is_installed("gerrychain"):
        found["GerryChain recursive tree"] = gerrychain
    return found


def missing_peers() -> list[str]:
    """Return the peers that are not installed."""
    return [f"{peer} ({package})" for peer, package in PACKAGES.items() if not is_installed(package)]


def is_installed(package: str) -> bool:
    """Return whether a package can be imported."""
    return importlib.util.find_spec(package) is not None
