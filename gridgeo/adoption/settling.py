"""From claims to a plan of one community: contests settled, stray pieces given away, gaps closed."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from gridgeo.adoption.claims import Claims
from gridgeo.partition.coverage import Ints, connected
from gridgeo.partition.graph import AtomGraph

__all__ = ["Settled", "settle_claims"]

NOBODY = -1


@dataclass(frozen=True)
class Settled:
    """The grid of each atom, counted from 0; ``origin`` the drawn grid of each (-1: a new one).

    ``moves`` lists what was done: ``change``, ``grid`` (the drawn one concerned, -1 for none),
    ``households``, ``area_m2``, ``n_atoms``.
    """

    label: Ints
    origin: Ints
    moves: pd.DataFrame


@dataclass
class Ledger:
    """What was done so far, one entry for each change."""

    graph: AtomGraph
    entries: list[dict[str, Any]] = field(default_factory=list)

    def add(self, change: str, grid: int, atoms: Ints) -> None:
        """Note a change of some atoms."""
        entry = {
            "change": change,
            "grid": grid,
            "households": int(self.graph.households[atoms].sum()),
            "area_m2": round(float(self.graph.area_m2[atoms].sum()), 2),
            "n_atoms": len(atoms),
        }
        self.entries.append(entry)


def settle_claims(graph: AtomGraph, claims: Claims, home: Ints, own: int, low: float) -> Settled:
    """Return the grids of a community from the claims on its atoms.

    1. Land that two grids claim alike goes to the one of them with the longer border.
    2. A grid belongs to one community (``home``); what it claims of this one (``own``) beside becomes a grid
       of its own if it has ``low`` households, else nobody's.
    3. Of a grid in pieces the largest stays; another becomes a grid of its own if it has ``low``
       households, else nobody's. An exclave without a neighbour stays with its grid.
    4. What is nobody's becomes a grid of its own if it has ``low`` households, else it goes to the
       neighbours, atom by atom to the one with the longest border.
    """
    ledger = Ledger(graph)
    label = grow(graph, np.where(claims.is_contested, NOBODY, claims.best), claims)
    left = claims.is_contested & (label == NOBODY)
    label[left] = claims.best[left]
    for grid in np.unique(label[claims.is_contested]):
        ledger.add("overlap settled", int(grid), np.flatnonzero(claims.is_contested & (label == grid)))
    n_drawn = len(home)
    fresh = n_drawn
    for grid, piece, stays in stray_pieces(graph, label, home, own):
        if graph.households[piece].sum() >= low and not stays:
            label[piece], fresh = fresh, fresh + 1
            words = "land in no grid becomes a grid" if grid == NOBODY else "piece becomes a grid of its own"
            ledger.add(words, grid, piece)
        elif grid != NOBODY and not stays:
            label[piece] = NOBODY
            ledger.add("stray piece given to its neighbours", grid, piece)
    gap = (label == NOBODY) & (claims.best == NOBODY)
    label = grow(graph, label, None)
    for grid in np.unique(label[gap & (label != NOBODY)]):
        ledger.add("gap closed", int(grid), np.flatnonzero(gap & (label == grid)))
    for piece in pieces_of(graph, label == NOBODY):
        label[piece], fresh = fresh, fresh + 1
        ledger.add("land without a neighbour becomes a grid", NOBODY, piece)
    numbers, compact = np.unique(label, return_inverse=True)
    columns = ["change", "grid", "households", "area_m2", "n_atoms"]
    origin = np.where(numbers < n_drawn, numbers, NOBODY).astype(np.int64)
    return Settled(compact.astype(np.int64), origin, pd.DataFrame(ledger.entries, columns=columns))


def grow(graph: AtomGraph, label: Ints, claims: Claims | None) -> Ints:
    """Return the labels with those of nobody given to a neighbour's grid, wave by wave, as far as links go.

    Each atom goes to the grid with the longest common border, of equal ones to the first. With claims, only
    a grid that claims an atom can get it.
    """
    label = label.copy()
    link = graph.is_link
    source = np.concatenate([graph.a[link], graph.b[link]])
    target = np.concatenate([graph.b[link], graph.a[link]])
    length = np.tile(np.round(graph.length_m[link], 3), 2)
    size = int(max(label.max(initial=0), 0)) + 1
    if claims is not None:
        size = max(size, int(claims.grid.max(initial=0)) + 1)
        allowed = np.unique(claims.atom * size + claims.grid)
    while True:
        open_ = (label[source] == NOBODY) & (label[target] != NOBODY)
        key = source[open_] * size + label[target[open_]]
        metres = length[open_]
        if claims is not None:
            kept = np.isin(key, allowed)
            key, metres = key[kept], metres[kept]
        if len(key) == 0:
            return label
        keys, inverse = np.unique(key, return_inverse=True)
        total = np.bincount(inverse, metres)
        order = np.lexsort((keys, -np.round(total, 3), keys // size))
        atoms, first = np.unique(keys[order] // size, return_index=True)
        label[atoms] = keys[order][first] % size


def pieces_of(graph: AtomGraph, member: np.ndarray[Any, np.dtype[np.bool_]]) -> list[Ints]:
    """Return the connected pieces of some atoms, by their first atom."""
    link = graph.is_link & member[graph.a] & member[graph.b]
    piece = connected(len(graph), graph.a[link], graph.b[link])
    atoms = np.flatnonzero(member)
    _, first = np.unique(piece[atoms], return_index=True)
    return [atoms[piece[atoms] == piece[atoms[i]]] for i in np.sort(first)]


def stray_pieces(graph: AtomGraph, label: Ints, home: Ints, own: int) -> list[tuple[int, Ints, bool]]:
    """Return each piece that cannot stay as it is: its grid, its atoms, and whether it stays all the same.

    Of a grid of this community the piece with most households, then most ground, is not astray. A piece in
    another part of the community that nothing borders on stays with its grid.
    """
    found = []
    for grid in np.unique(label):
        pieces = pieces_of(graph, label == grid)
        if grid != NOBODY and home[grid] == own:
            weight = [(-graph.households[p].sum(), -graph.area_m2[p].sum(), p[0]) for p in pieces]
            main = pieces.pop(weight.index(min(weight)))
            parts = set(graph.boundary_part[main].tolist())
            for piece in pieces:
                here = set(graph.boundary_part[piece].tolist())
                stays = is_alone(graph, piece) and not here & parts
                parts |= here if stays else set()
                found.append((int(grid), piece, stays))
        else:
            found += [(int(grid), piece, False) for piece in pieces]
    return found


def is_alone(graph: AtomGraph, piece: Ints) -> bool:
    """Return whether no link leaves a piece."""
    inside = np.isin(np.arange(len(graph)), piece)
    return not bool((graph.is_link & (inside[graph.a] != inside[graph.b])).any())
