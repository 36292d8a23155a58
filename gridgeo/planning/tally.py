"""What each grid of a plan adds up to, and what the whole plan is worth: counted anew where atoms moved."""

from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from gridgeo.partition.coverage import Floats, Ints, connected
from gridgeo.partition.feasibility import compare
from gridgeo.partition.links import sizes
from gridgeo.planning.terrain import Terrain

__all__ = ["COLUMNS", "PlanScore", "count_grids", "find_statuses", "measure_plan", "pieces_of"]

# What is summed for each grid, in this order.
COLUMNS = (
    "households",
    "people",
    "n_buildings",
    "n_atoms",
    "n_pieces",
    "n_giants",
    "area_m2",
    "perimeter_m",
    "border_m",
    "street_m",
    "cost_m",
)
PLACE = {name: i for i, name in enumerate(COLUMNS)}


@dataclass(frozen=True, kw_only=True)
class PlanScore:
    """How good a plan is, by the definitions of ``gridgeo.partition.score``.

    Shares are of grids that are not dedicated; ``n_pieces_too_many`` counts the pieces of grids beyond the
    first of each. None where there is nothing to measure.
    """

    n_grids: int
    n_in_range: int
    in_range_share: float | None
    mean_deviation: float | None
    mean_polsby_popper: float | None
    street_share: float | None
    cut_cost_km: float
    n_pieces_too_many: int

    def to_json(self) -> dict[str, float | int | None]:
        """Return the figures by name."""
        return asdict(self)


def count_grids(terrain: Terrain, label: Ints, grids: Ints) -> Floats:
    """Return the sums (``COLUMNS``) of some grids, each counted from its atoms in their order.

    The same atoms give the same sums to the last bit, whatever was counted before.
    """
    graph = terrain.graph
    wanted = np.full(int(max(label.max(initial=0), grids.max(initial=0))) + 1, -1, dtype=np.int64)
    wanted[grids] = np.arange(len(grids))
    atoms = np.flatnonzero(wanted[label] >= 0)
    place = wanted[label[atoms]]
    source, other, edge = terrain.around(atoms)
    inner = label[source] == label[other]
    at = wanted[label[source]]
    size = sizes(graph, terrain.spec) if terrain.spec.area_m2 else graph.households

    def of_atoms(values: NDArray[np.generic]) -> Floats:
        return np.bincount(place, values[atoms], len(grids)).astype(float)

    def of_edges(values: Floats, chosen: NDArray[np.bool_]) -> Floats:
        return np.bincount(at[chosen], values[edge[chosen]], len(grids)).astype(float)

    columns = {
        "households": of_atoms(graph.households),
        "people": of_atoms(graph.people),
        "n_buildings": of_atoms(graph.n_buildings),
        "n_atoms": np.bincount(place, minlength=len(grids)).astype(float),
        "n_pieces": count_pieces(terrain, label, atoms, place, len(grids)),
        "n_giants": of_atoms(size > terrain.spec.size_range[1]),
        "area_m2": of_atoms(graph.area_m2),
        "perimeter_m": of_atoms(graph.perimeter_m) - of_edges(graph.length_m, inner),
        "border_m": of_edges(graph.length_m, ~inner),
        "street_m": of_edges(graph.street_m, ~inner),
        "cost_m": of_edges(graph.cost_m, ~inner),
    }
    return np.stack([columns[name] for name in COLUMNS], axis=1)


def count_pieces(terrain: Terrain, label: Ints, atoms: Ints, place: Ints, n_grids: int) -> Floats:
    """Return how many pieces each grid is in; ``place`` is the grid of each of its ``atoms``."""
    piece = pieces_of(terrain, label, atoms)
    _, first = np.unique(piece, return_index=True)
    return np.bincount(place[first], minlength=n_grids).astype(float)


def pieces_of(terrain: Terrain, label: Ints, atoms: Ints) -> Ints:
    """Return the piece of each atom of some grids: atoms between which one can walk inside their grid."""
    graph = terrain.graph
    source, other, edge = terrain.around(atoms)
    kept = (label[other] == label[source]) & (source < other) & graph.is_link[edge]
    place = np.searchsorted(atoms, np.stack([source[kept], other[kept]]))
    return connected(len(atoms), place[0], place[1])


def find_statuses(terrain: Terrain, sums: Floats, is_dedicated: NDArray[np.bool_]) -> NDArray[np.object_]:
    """Return the status of each grid by its sums: the words of the column ``status`` of a division."""
    spec = terrain.spec
    size = sums[:, PLACE[spec.measure]]
    status = np.where(is_dedicated, "dedicated", compare(size, spec.size_range)).astype(object)
    if spec.people is not None:
        by_people = compare(sums[:, PLACE["people"]], spec.people)
        astray = (status == "in_range") & (by_people != "in_range")
        status[astray] = [f"people_{word}" for word in by_people[astray]]
    return status


def measure_plan(terrain: Terrain, sums: Floats, is_dedicated: NDArray[np.bool_]) -> PlanScore:
    """Return the score of a plan from the sums of its grids; grids without an atom do not count."""
    there = sums[:, PLACE["n_atoms"]] > 0
    kept, dedicated = sums[there], is_dedicated[there]
    in_range = find_statuses(terrain, kept, dedicated) == "in_range"
    ordinary = ~dedicated & (kept[:, PLACE["n_giants"]] == 0)
    target = terrain.spec.target
    deviation = np.abs(kept[ordinary, PLACE[terrain.spec.measure]] - target) / target
    perimeter = np.maximum(kept[:, PLACE["perimeter_m"]], 1e-9)
    round_ = 4 * np.pi * kept[:, PLACE["area_m2"]] / perimeter**2
    border, street, cost = kept[:, [PLACE["border_m"], PLACE["street_m"], PLACE["cost_m"]]].sum(axis=0) / 2
    n_base = int((~dedicated).sum())
    return PlanScore(
        n_grids=int(there.sum()),
        n_in_range=int(in_range.sum()),
        in_range_share=round(float(in_range.sum() / n_base), 4) if n_base else None,
        mean_deviation=round(float(deviation.mean()), 4) if len(deviation) else None,
        mean_polsby_popper=round(float(round_.mean()), 4) if len(round_) else None,
        street_share=round(float(street / border), 4) if border > 0 else None,
        cut_cost_km=round(float(cost) / 1000, 3),
        n_pieces_too_many=int((kept[:, PLACE["n_pieces"]] - 1).sum()),
    )
