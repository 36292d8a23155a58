"""What stands on each cell of the plan, and the lanes that run between its compounds and rows of houses."""

from dataclasses import replace

import numpy as np

from gridgeo.demo.cells import Cell, Line, split_cell

__all__ = ["build_lots"]

# shares of the cells of a zone
KINDS: dict[str, dict[str, float]] = {
    "old": {
        "terrace": 0.51, "slabs": 0.30, "offices": 0.06, "school": 0.04,
        "clinic": 0.03, "park": 0.04, "market": 0.02,
    },
    "mid": {
        "slabs": 0.58, "terrace": 0.15, "towers": 0.09, "offices": 0.06, "school": 0.04,
        "park": 0.04, "market": 0.02, "clinic": 0.02,
    },
    "new": {
        "slabs": 0.34, "towers": 0.38, "midrise": 0.12, "offices": 0.06, "school": 0.04,
        "park": 0.04, "vacant": 0.02,
    },
    "village": {"village": 0.95, "market": 0.05},
    "industry": {"works": 0.8, "slabs": 0.2},
    "campus": {"campus": 1.0},
    "rural": {"fields": 1.0},
}  # fmt: skip
TOO_LARGE_M2 = 34_000.0  # for a park, a school, a market: people live there
# ground between lanes that holds about 150 households
LOT_M2 = {
    "slabs": 16_500.0,
    "midrise": 15_000.0,
    "terrace": 12_500.0,
    "towers": 10_500.0,
    "village": 13_000.0,
}
SUPER_SHARE = 0.10  # of the cells to live in: super-compounds, several lots behind one wall
SUPER_LOTS = 3.0
SERVICE_SHARE = 0.2  # of the lanes; they belong to the compounds beside them and have no name


def build_lots(
    cells: list[Cell], lines: list[Line], rng: np.random.Generator
) -> tuple[list[Cell], list[Line]]:
    """Return the cells with their ``kind``, those to live in divided by lanes, and the lines with the lanes.

    The lots of one cell follow one another and share its kind and its ``estate``.
    """
    known, lots = list(lines), []
    for estate, cell in enumerate(cells):
        kind = _draw(KINDS[cell.zone], rng)
        if cell.area_m2() > TOO_LARGE_M2 and kind in ("park", "school", "clinic", "market", "vacant"):
            kind = "slabs"
        whole = replace(cell, kind=kind, estate=estate)
        if kind not in LOT_M2:
            lots.append(whole)
            continue
        first = len(known)
        size = SUPER_LOTS if rng.random() < SUPER_SHARE else rng.uniform(0.8, 1.2)
        lots += split_cell(whole, LOT_M2[kind] * size, known, rng)
        for line in known[first:]:
            line.quarter = max(known[side].quarter for side in cell.sides)
            if rng.random() < SERVICE_SHARE:
                line.street_class = "service"
    return lots, known


def _draw(shares: dict[str, float], rng: np.random.Generator) -> str:
    """Return one kind by its share."""
    return str(list(shares)[int(np.searchsorted(np.cumsum(list(shares.values())), rng.random() * 0.999))])
