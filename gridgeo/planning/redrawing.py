"""What a change has to keep to, and what came of it: refusals, changes, alarms, differences."""

from collections.abc import Iterable

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gridgeo.errors import PlanError
from gridgeo.partition.coverage import Floats, Ints
from gridgeo.planning.change import Alarm, Change, Difference, Drawing, Law, Verb
from gridgeo.planning.tally import PLACE, count_grids, find_statuses, measure_plan, pieces_of
from gridgeo.planning.terrain import Terrain

__all__ = ["build_difference", "find_alarms", "lock_grids", "number_of", "redraw", "rows_of"]

SHOWN = 5  # names in a refusal; enough to find the place
Mask = NDArray[np.bool_]


def rows_of(terrain: Terrain, atoms: Iterable[str]) -> Ints:
    """Return the positions of atoms, each once, in order.

    Raises
    ------
    PlanError
        When there is no such atom.
    """
    names = list(dict.fromkeys([atoms] if isinstance(atoms, str) else atoms))
    rows = np.asarray(terrain.atom_ids.get_indexer(names), dtype=np.int64)
    unknown = [str(name) for name, row in zip(names, rows, strict=True) if row < 0]
    if unknown:
        raise PlanError(f"there is no atom {', '.join(unknown[:SHOWN])}; see atom_id of the layer atoms")
    return np.sort(rows)


def number_of(drawing: Drawing, code: str) -> int:
    """Return the number of a grid.

    Raises
    ------
    PlanError
        When the plan has no such grid, or no longer.
    """
    try:
        number = drawing.codes.index(code)
    except ValueError as error:
        raise PlanError(f"there is no grid {code!r} in this plan") from error
    if drawing.sums[number, PLACE["n_atoms"]] == 0:
        raise PlanError(f"grid {code} has no atom left, so its code is retired; undo brings it back")
    return number


def redraw(
    terrain: Terrain, drawing: Drawing, verb: Verb, rows: Ints, label: Ints, codes: tuple[str, ...]
) -> Change:
    """Return the change that gives some atoms other grids; only the grids that it touches are counted anew.

    Raises
    ------
    PlanError
        When it touches a locked grid or takes an atom out of its community.
    """
    before = drawing.label[rows]
    touched = np.unique(np.append(before, label))
    check_locks(drawing, touched)
    old = touched[touched < len(drawing.codes)]
    home = np.full(len(codes), -1, dtype=np.int64)
    there = drawing.sums[old, PLACE["n_atoms"]] > 0
    first = [int(np.argmax(drawing.label == number)) for number in old[there]]
    home[old[there]] = terrain.community[first]
    astray = (home[label] >= 0) & (home[label] != terrain.community[rows])
    if astray.any():
        names = [str(name) for name in terrain.atom_ids[rows[astray]][:SHOWN]]
        target = codes[int(label[astray][0])]
        area = terrain.area_codes[home[label[astray][0]]]
        raise PlanError(f"atoms {', '.join(names)} lie outside community {area} of grid {target}")
    after = drawing.label.copy()
    after[rows] = label
    sums_before = np.zeros((len(touched), drawing.sums.shape[1]))
    sums_before[touched < len(drawing.codes)] = drawing.sums[old]
    sums_after = count_grids(terrain, after, touched)
    gone = {codes[number] for number in touched[sums_after[:, PLACE["n_atoms"]] == 0]}
    return Change(
        verb=verb,
        atoms=rows,
        label=(before, label),
        grids=touched,
        sums=(sums_before, sums_after),
        codes=(drawing.codes, codes),
        locked=(drawing.locked, drawing.locked - gone),
    )


def check_locks(drawing: Drawing, grids: Ints) -> None:
    """Raise when one of the grids is locked."""
    locked = sorted({drawing.codes[n] for n in grids if n < len(drawing.codes)} & drawing.locked)
    if locked:
        raise PlanError(f"grid {', '.join(locked[:SHOWN])} is locked; unlock it first")


def lock_grids(drawing: Drawing, verb: Verb, locked: frozenset[str]) -> Change:
    """Return the change of which grids are locked."""
    nothing: Ints = np.empty(0, dtype=np.int64)
    sums: Floats = np.empty((0, drawing.sums.shape[1]))
    return Change(
        verb=verb,
        atoms=nothing,
        label=(nothing, nothing),
        grids=nothing,
        sums=(sums, sums),
        codes=(drawing.codes, drawing.codes),
        locked=(drawing.locked, locked),
    )


def find_alarms(terrain: Terrain, drawing: Drawing) -> list[Alarm]:
    """Return what is cut off from the rest of its grid, by grid code, the larger piece first; then cuts."""
    broken = np.flatnonzero(drawing.sums[:, PLACE["n_pieces"]] > 1)
    found = [alarm for number in broken for alarm in alarms_of(terrain, drawing, int(number))]
    found.sort(key=lambda alarm: (alarm.grid, -alarm.households, alarm.atoms))
    apart = terrain.tied[drawing.label[terrain.tied[:, 0]] != drawing.label[terrain.tied[:, 1]]]
    return [*found, *(alarm_at(terrain, drawing, "uncut", pair[1:]) for pair in apart)]


def alarms_of(terrain: Terrain, drawing: Drawing, number: int) -> list[Alarm]:
    """Return an alarm for each piece of a grid beside its main one, the one with most households."""
    atoms = np.flatnonzero(drawing.label == number)
    piece = pieces_of(terrain, drawing.label, atoms)
    households = np.bincount(piece, terrain.graph.households[atoms])
    area = np.bincount(piece, terrain.graph.area_m2[atoms])
    main = int(np.lexsort((-area, -households))[0])
    others = np.setdiff1d(np.unique(piece), [main])
    return [alarm_at(terrain, drawing, "contiguous", atoms[piece == other]) for other in others]


def alarm_at(terrain: Terrain, drawing: Drawing, law: Law, rows: Ints) -> Alarm:
    """Return an alarm for some atoms of one grid."""
    shapes = np.asarray(terrain.division.atoms.geometry.values[rows])
    west, south, east, north = (float(v) for v in shapely.total_bounds(shapes))
    return Alarm(
        law=law,
        grid=drawing.codes[int(drawing.label[rows[0]])],
        atoms=tuple(str(name) for name in terrain.atom_ids[rows]),
        households=int(terrain.graph.households[rows].sum()),
        bounds=(west, south, east, north),
    )


def build_difference(
    terrain: Terrain, before: Drawing, after: Drawing, dedicated: tuple[Mask, Mask]
) -> Difference:
    """Return what lies between two drawings of one terrain; ``dedicated`` tells for each its grids."""
    # Numbers mean the same in both only as far as the codes agree: after undo a number may be given anew.
    n = max(len(before.codes), len(after.codes))
    codes = np.full((2, n), "", dtype=object)
    codes[0, : len(before.codes)], codes[1, : len(after.codes)] = before.codes, after.codes
    moved = np.flatnonzero(codes[0, before.label] != codes[1, after.label])
    building_moved = np.isin(terrain.building_atom, moved)
    touched = np.unique(np.append(codes[0, before.label[moved]], codes[1, after.label[moved]]))
    table = pd.DataFrame({"grid_code": pd.array(touched, dtype="string")})
    for side, drawing, special in (("before", before, dedicated[0]), ("after", after, dedicated[1])):
        place = pd.Index(drawing.codes).get_indexer(touched)
        there = (place >= 0) & (drawing.sums[place, PLACE["n_atoms"]] > 0)
        status = find_statuses(terrain, drawing.sums[place], special[place])
        households = drawing.sums[place, PLACE["households"]].astype("int64")
        table[f"households_{side}"] = pd.array(households, dtype="Int64")
        table[f"status_{side}"] = pd.array(status, dtype="string")
        table.loc[~there, [f"households_{side}", f"status_{side}"]] = pd.NA
    return Difference(
        households_moved=int(terrain.graph.households[moved].sum()),
        buildings_moved=int(building_moved.sum()),
        atoms_moved=len(moved),
        before=measure_plan(terrain, before.sums, dedicated[0]),
        after=measure_plan(terrain, after.sums, dedicated[1]),
        grids=table,
    )
