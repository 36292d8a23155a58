"""What was promised for dividing, beside what was measured."""

from dataclasses import dataclass
from typing import Any

from tests.benchmarks.divide_peers import METIS_BEST
from tests.benchmarks.divide_quality import Scores
from tests.benchmarks.divide_speed import WholeRun, same_grids
from tests.benchmarks.report import Row, Table, Target

OURS, FAST = "gridgeo default", "gridgeo fast"
ONE, TWO = "1 process", "2 processes"


@dataclass(frozen=True)
class Figures:
    """What was measured in one place: every method, the slow peers, and whole runs by processes.

    ``atoms_s`` is the CPU seconds of atoms and graph.
    """

    scores: Scores
    slow: Scores
    whole: dict[str, WholeRun]
    atoms_s: float
    n_buildings: int

    @property
    def score(self) -> dict[str, Any]:
        """The score of the whole run on one process."""
        return self.whole[ONE].figures

    def against_metis(self, figure: str, ours: str = OURS) -> float | None:
        """Return a figure of ours as a multiple of what the best METIS has."""
        metis = self.scores.get(METIS_BEST)
        return None if metis is None else self.scores[ours][figure] / max(metis[figure], 1e-9)

    def laws_broken(self) -> int:
        """Return how often a hard law is broken; one too that two processes give another result than one."""
        differs = not same_grids(self.whole[ONE].grids, self.whole[TWO].grids)
        return sum(sum(whole.laws.values()) for whole in self.whole.values()) + differs

    def speed_up(self, whole: bool) -> float:
        """Return how many times faster two processes are than one, in all or in the part they share."""
        one, two = self.whole[ONE], self.whole[TWO]
        if whole:
            return one.seconds["total"] / two.seconds["total"]
        return one.parallel_s / two.parallel_s


def ratio_rows(rows: list[Row], scores: Scores) -> list[Row]:
    """Return the rows of methods with each cut cost as a share of the best METIS."""
    metis = scores.get(METIS_BEST)
    if metis is None:
        return rows
    return [
        {**row, "cut / METIS": scores[row["method"]]["cut_cost_km"] / metis["cut_cost_km"]}
        if row["method"] in scores
        else row
        for row in rows
    ]


def promise_table(place: str, targets: list[Target]) -> Table:
    """Return the table of promises."""
    return Table(f"Promised and measured, {place}", [target.row() for target in targets])


def city_promises(found: Figures) -> list[Target]:
    """Return the promises for the generated city."""
    score, maxp = found.score, found.slow.get("PySAL MaxP")
    faster = None if maxp is None else maxp["cpu_s"] / max(found.slow[OURS]["cpu_s"], 1e-9)
    return [
        Target("hard laws violated, one process or two", float(found.laws_broken()), 0, 0, less=True),
        Target("buildings > 1 % outside their grid", found.whole[ONE].outside[0], 0, 0, less=True),
        Target("feasible grids in range", score["feasible_in_range_share"], 0.999, 1.0),
        Target("border on streets", score["street_share"], 0.88, 0.91),
        Target("mean Polsby–Popper", score["mean_polsby_popper"], 0.63, 0.66),
        Target("compounds whole", score["compounds_whole_share"], 0.97, 0.995),
        Target("cut cost / METIS best of 20", found.against_metis("cut_cost_km"), 0.85, 0.70, less=True),
        Target("CPU / METIS best of 20", found.against_metis("cpu_s"), 1.0, 1.0, less=True, unit=" ×"),
        Target("cut cost, fast / METIS", found.against_metis("cut_cost_km", FAST), 0.85, 0.70, less=True),
        Target("CPU, fast / METIS", found.against_metis("cpu_s", FAST), 1.0, 1.0, less=True, unit=" ×"),
        Target("atoms + graph, CPU", found.atoms_s, 60, 10, less=True, unit=" s"),
        Target("partition, default effort, CPU", found.scores[OURS]["cpu_s"], 40, 5, less=True, unit=" s"),
        Target("faster than PySAL MaxP", faster, 30, 100, unit=" ×"),
        Target("peak memory", found.whole[ONE].run.peak_gb, 3, 1.5, less=True, unit=" GB"),
        Target("two processes, shared part", found.speed_up(whole=False), 1.7, 1.9, unit=" ×"),
        Target("two processes, whole divide", found.speed_up(whole=True), 1.7, 1.9, unit=" ×"),
    ]


def cambridge_promises(found: Figures) -> list[Target]:
    """Return the promises for Cambridge."""
    score, outside = found.score, found.whole[ONE].outside
    per_building = 1000 * found.atoms_s / found.n_buildings
    return [
        Target("hard laws violated, one process or two", float(found.laws_broken()), 0, 0, less=True),
        Target("feasible grids in range", score["feasible_in_range_share"], 1.0, 1.0),
        Target("border on streets", score["street_share"], 0.96, 0.98),
        Target("mean Polsby–Popper", score["mean_polsby_popper"], 0.60, 0.66),
        Target("Polsby–Popper below .3", score["thin_share"], 0.03, 0.01, less=True),
        Target("cut cost / METIS best of 20", found.against_metis("cut_cost_km"), 0.80, 0.70, less=True),
        Target("main road and rail inside", score["main_road_inside_share"], 0.50, 0.35, less=True),
        Target("buildings > 1 % outside their grid", outside[0], 0.001, 0, less=True),
        Target("buildings > 5 % outside their grid", outside[1], 0, 0, less=True),
        Target("atoms + graph per building, CPU", per_building, 2, 0.7, less=True, unit=" ms"),
        Target(
            "whole divide, two processes, wall", found.whole[TWO].run.wall_s, 40, 10, less=True, unit=" s"
        ),
    ]


def community_promises(seconds: dict[str, float]) -> list[Target]:
    """Return the promises for one community."""
    return [
        Target("whole divide, warm, CPU", seconds["warm_s"], 2, 0.5, less=True, unit=" s"),
        Target("first call ever, over a later one, CPU", seconds["compile_s"], 15, 0, less=True, unit=" s"),
    ]
