"""Ours and the peers on the same atoms, one community after the other, every method in turn."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace

from gridgeo.partition.atoms import build_atoms
from gridgeo.partition.graph import build_graph
from gridgeo.partition.links import link_remnants
from gridgeo.partition.plan import Plan
from gridgeo.partition.refine import refine_plan, split_graph
from gridgeo.spec import Effort, GridSpec
from tests.benchmarks.divide_cases import Case
from tests.benchmarks.divide_pieces import Method, build_pieces, plan_with
from tests.benchmarks.divide_scoring import Ground, Marks, mark_plan, score_marks, score_row
from tests.benchmarks.report import Row

Scores = dict[str, dict[str, float]]


def prepare_grounds(case: Case, spec: GridSpec) -> tuple[list[Ground], float]:
    """Return atoms and graph of every community, and the CPU seconds that they took."""
    started = time.process_time()
    grounds = []
    for site in case.prepared.sites:
        atoms = build_atoms(site)
        graph = build_graph(atoms, site, cross_barriers=spec.cross_barriers)
        grounds.append(Ground(site, atoms, link_remnants(graph, spec)))
    return grounds, time.process_time() - started


def divide_with_ours(ground: Ground, spec: GridSpec) -> Plan:
    """Return our own plan of a community."""
    return refine_plan(ground.graph, split_graph(ground.graph, spec), spec)


def compare_methods(
    grounds: Sequence[Ground], spec: GridSpec, efforts: Sequence[Effort], peers: Mapping[str, Method]
) -> tuple[list[Row], Scores]:
    """Return a row and the score of each method over all communities, in CPU seconds.

    The methods take turns at each community, so that a busy machine hits them alike.
    """
    warm_up(grounds, spec)
    names = [*(f"gridgeo {effort}" for effort in efforts), *peers]
    marks: dict[str, list[Marks]] = {name: [] for name in names}
    seconds = dict.fromkeys(names, 0.0)
    failed: dict[str, str] = {}
    specs = {f"gridgeo {effort}": replace(spec, effort=effort) for effort in efforts}
    for ground in grounds:
        for name in names:
            if name in failed:
                continue
            started = time.process_time()
            try:
                if name in specs:
                    plan = divide_with_ours(ground, specs[name])
                else:
                    plan = plan_with(peers[name], ground.graph, build_pieces(ground.graph, spec))
            except Exception as error:  # a peer may fail in any way; its row says how
                if name in specs:
                    raise
                failed[name] = f"{type(error).__name__}: {error}"[:80]
                continue
            seconds[name] += time.process_time() - started
            marks[name].append(mark_plan(ground, plan, spec))
    scores: Scores = {}
    rows: list[Row] = []
    for name in names:
        if name in failed:
            rows.append({"method": f"{name}: failed, {failed[name]}"})
            continue
        scores[name] = {**score_marks(marks[name], spec), "cpu_s": seconds[name]}
        rows.append(score_row(name, scores[name], seconds[name]))
    return rows, scores


def warm_up(grounds: Sequence[Ground], spec: GridSpec) -> None:
    """Compile what is compiled on first use: that is measured on its own, not as part of the search."""
    ordered = sorted(grounds, key=lambda ground: len(ground.atoms))
    divide_with_ours(ordered[len(ordered) // 2], replace(spec, effort="fast"))


def middle_grounds(grounds: Sequence[Ground], spec: GridSpec, n: int) -> list[Ground]:
    """Return n communities for what takes long: near the middle by atoms, in one piece, without a giant."""
    simple = [
        ground
        for ground in grounds
        if len(build_pieces(ground.graph, spec)) == 1
        and ground.graph.households.max() <= spec.households[1]
        and ground.graph.households.sum() >= 4 * spec.target
    ]
    ordered = sorted(simple, key=lambda ground: (len(ground.atoms), ground.site.area_code))
    start = max((len(ordered) - n) // 2, 0)
    return ordered[start : start + n]
