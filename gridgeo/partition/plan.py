"""A plan: which atom belongs to which grid."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gridgeo.partition.coverage import Ints
from gridgeo.partition.crumbs import pieces_of_areas
from gridgeo.partition.graph import AtomGraph
from gridgeo.partition.parts import Part

__all__ = ["Plan", "join_parts", "number_carved"]


@dataclass(frozen=True)
class Plan:
    """The grid of each atom: ``label`` counts the grids of the community from 0.

    ``is_dedicated`` tells for each grid whether it was carved out first; ``part`` is the connected part of
    the graph that it was drawn in (-1 for dedicated grids).
    """

    label: Ints
    is_dedicated: NDArray[np.bool_]
    part: Ints

    @property
    def n_grids(self) -> int:
        """Return the number of grids."""
        return len(self.part)


def number_carved(graph: AtomGraph) -> Ints:
    """Return the number of the dedicated grid of each atom, -1 for all others.

    A dedicated area is one grid. Where whole buildings across its border cut it in pieces, or it was given in
    several parts, each piece is one: no grid is in pieces.
    """
    carved = graph.dedicated >= 0
    pairs = np.stack([graph.dedicated, pieces_of_areas(graph)], axis=1)[carved]
    number = np.full(len(graph), -1, dtype=np.int64)
    number[carved] = np.unique(pairs, axis=0, return_inverse=True)[1].ravel()
    return number


def join_parts(graph: AtomGraph, parts: list[Part], labels: list[Ints]) -> Plan:
    """Return one plan: the plans of the parts, then a grid for each piece of a dedicated area."""
    label = np.full(len(graph), -1, dtype=np.int64)
    number: list[int] = []
    for i, (part, found) in enumerate(zip(parts, labels, strict=True)):
        label[part.atoms] = found + len(number)
        number += [i] * (int(found.max()) + 1)
    carved = graph.dedicated >= 0
    label[carved] = len(number) + number_carved(graph)[carved]
    number += [-1] * (int(label.max(initial=-1)) + 1 - len(number))
    part_of_grid = np.array(number, dtype=np.int64)
    return Plan(label, part_of_grid < 0, part_of_grid)
