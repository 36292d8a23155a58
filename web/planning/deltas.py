"""A plan as the editor shows it: rows of grids, figures, alarms, and what a change did to them."""

from typing import Any

import numpy as np
from gridgeo_web.errors import ForbiddenError
from numpy.typing import NDArray

from gridgeo.maps.values import to_plain
from gridgeo.planning.grid_plan import GridPlan
from gridgeo.planning.tally import PLACE, find_statuses

__all__ = [
    "Area",
    "atoms_in",
    "build_grid_rows",
    "check_area",
    "check_grid",
    "describe_atoms",
    "describe_change",
    "describe_plan",
    "find_area",
]

Numbers = NDArray[np.int64]
Area = NDArray[np.bool_]  # tells of each community of a plan whether it is meant
SHOWN = 5
COUNTS = ("households", "people", "n_buildings", "n_atoms", "n_pieces")


def find_area(plan: GridPlan, own: str, asked: str = "") -> Area:
    """Return which communities somebody asks for and may see.

    Parameters
    ----------
    plan
        The plan.
    own
        Beginning of the area codes that they may see.
    asked
        The code of a community; where there is none of this code, the beginning of codes.

    Raises
    ------
    ForbiddenError
        None of those asked for is their own.
    """
    codes = plan.terrain.area_codes
    is_one = asked in codes
    found = np.array([c.startswith(own) and (c == asked if is_one else c.startswith(asked)) for c in codes])
    if not found.any():
        raise ForbiddenError(f"{asked or 'this division'} lies outside your area {own}", where="area")
    return found


def atoms_in(plan: GridPlan, area: Area) -> NDArray[np.bool_]:
    """Tell of each atom whether its community is meant."""
    return np.asarray(area[plan.terrain.community])


def build_grid_rows(plan: GridPlan, numbers: Numbers) -> list[dict[str, Any]]:
    """Return the figures of some grids by their numbers; grids without an atom are left out."""
    terrain, drawing = plan.terrain, plan.drawing
    numbers = numbers[numbers < len(drawing.codes)]
    numbers = numbers[drawing.sums[numbers, PLACE["n_atoms"]] > 0]
    sums = drawing.sums[numbers]
    present, first = np.unique(drawing.label, return_index=True)
    home = terrain.community[first[np.searchsorted(present, numbers)]]
    status = find_statuses(terrain, sums, plan.dedicated[numbers])
    perimeter = np.maximum(sums[:, PLACE["perimeter_m"]], 1e-9)
    round_ = 4 * np.pi * sums[:, PLACE["area_m2"]] / perimeter**2
    has_people = "people" in terrain.division.buildings
    reasons = _stated_reasons(plan)
    rows = []
    for at, number in enumerate(numbers):
        code = drawing.codes[number]
        row: dict[str, Any] = {"grid_code": code, "area_code": terrain.area_codes[home[at]]}
        row |= {name: int(sums[at, PLACE[name]]) for name in COUNTS}
        row["people"] = row["people"] if has_people else None
        row |= {
            "area_m2": round(float(sums[at, PLACE["area_m2"]]), 1),
            "polsby_popper": round(float(round_[at]), 3),
            "size": round(float(sums[at, PLACE[terrain.spec.measure]]), 1),
            "status": str(status[at]),
            "reason": reasons.get(code, ""),
            "is_locked": code in drawing.locked,
            "is_dedicated": bool(plan.dedicated[number]),
        }
        rows.append(row)
    return rows


def _stated_reasons(plan: GridPlan) -> dict[str, str]:
    """Return why grids that are as they were at first are not in range, as the division says."""
    grids = plan.terrain.division.grids
    if "reason" not in grids:
        return {}
    opened, now = plan.opened.label, plan.drawing.label
    moved = np.flatnonzero(opened != now)
    changed = {plan.drawing.codes[n] for n in np.unique(np.concatenate([opened[moved], now[moved]]))}
    told = grids.loc[grids["reason"].fillna("").astype(str) != "", ["grid_code", "reason"]]
    stated = zip(told["grid_code"].astype(str), told["reason"].astype(str), strict=True)
    return {code: reason for code, reason in stated if code not in changed}


def describe_plan(plan: GridPlan, area: Area) -> dict[str, Any]:
    """Return all grids of an area with their figures, and those of the whole plan.

    Parameters
    ----------
    plan
        The plan.
    area
        Its communities that are meant.
    """
    spec, mine = plan.terrain.spec, atoms_in(plan, area)
    low, high = spec.size_range
    range_ = {"measure": spec.measure, "low": low, "high": high, "target": round(spec.target, 1)}
    rows = build_grid_rows(plan, np.unique(plan.drawing.label[mine]))
    return {"range": range_, "grids": rows, **_head(plan, area)}


def describe_atoms(plan: GridPlan, area: Area) -> dict[str, Any]:
    """Return the grid of each atom of an area, now and at the beginning, as positions in ``codes``."""
    mine = atoms_in(plan, area)
    now, opened = plan.drawing.label[mine], plan.opened.label[mine]
    used, place = np.unique(np.concatenate([now, opened]), return_inverse=True)
    return {
        "codes": [plan.drawing.codes[number] for number in used],
        "grid": place[: len(now)].tolist(),
        "opened": place[len(now) :].tolist(),
    }


def describe_change(before: GridPlan, after: GridPlan, area: Area) -> dict[str, Any]:
    """Return what differs between two plans of one division, and no more.

    ``moved`` names for each grid the atoms that came to it, ``grids`` has the figures of every grid that
    changed, ``gone`` the codes of grids without an atom, ``before`` the figures as they were.
    """
    old, new = before.drawing, after.drawing
    rows = np.flatnonzero(old.label != new.label)
    touched = np.unique(np.concatenate([old.label[rows], new.label[rows], _relocked(before, after)]))
    moved: dict[str, list[str]] = {}
    for number in np.unique(new.label[rows]):
        names = after.terrain.atom_ids[rows[new.label[rows] == number]]
        moved[new.codes[number]] = [str(name) for name in names]
    told = build_grid_rows(after, touched)
    earlier = build_grid_rows(before, touched)
    there = {row["grid_code"] for row in told}
    return {
        "moved": moved,
        "grids": told,
        "before": earlier,
        "gone": [row["grid_code"] for row in earlier if row["grid_code"] not in there],
        "households_moved": int(after.terrain.graph.households[rows].sum()),
        **_head(after, area),
    }


def check_area(before: GridPlan, after: GridPlan, area: Area) -> None:
    """Refuse a change outside the area of the one who makes it.

    Raises
    ------
    ForbiddenError
        An atom or grid of it lies elsewhere.
    """
    if area.all():
        return
    changed = before.drawing.label != after.drawing.label
    changed |= np.isin(after.drawing.label, _relocked(before, after))
    if (changed & ~atoms_in(after, area)).any():
        own = [code for code, mine in zip(after.terrain.area_codes, area, strict=True) if mine]
        raise ForbiddenError(
            f"you may change {', '.join(own[:SHOWN])}{' …' if len(own) > SHOWN else ''}, no others"
        )


def check_grid(plan: GridPlan, code: str, area: Area) -> None:
    """Refuse a grid outside the area of the one who asks.

    Raises
    ------
    ForbiddenError
        It lies elsewhere.
    PlanError
        The plan has no such grid.
    """
    if not _is_mine(plan, plan.atoms_of(code)[0], area):
        raise ForbiddenError(f"grid {code} lies outside your area", where="grid")


def _relocked(before: GridPlan, after: GridPlan) -> Numbers:
    """Return the numbers of the grids that were locked or unlocked."""
    codes = sorted(before.locked ^ after.locked)
    return np.array([after.drawing.codes.index(c) for c in codes if c in after.drawing.codes], dtype=np.int64)


def _head(plan: GridPlan, area: Area) -> dict[str, Any]:
    """Return the figures of a whole plan and its alarms in an area."""
    moved = plan.opened.label != plan.drawing.label
    alarms = [
        {"law": alarm.law, "grid": alarm.grid, "atoms": list(alarm.atoms), "households": alarm.households}
        for alarm in plan.alarms
        if _is_mine(plan, alarm.atoms[0], area)
    ]
    return {
        "score": {name: to_plain(value) for name, value in plan.score.to_json().items()},
        "alarms": alarms,
        "n_undo": len(plan.past),
        "n_redo": len(plan.ahead),
        "total": {
            "n_atoms": int(moved.sum()),
            "households": int(plan.terrain.graph.households[moved].sum()),
        },
    }


def _is_mine(plan: GridPlan, atom: str, area: Area) -> bool:
    """Tell whether an atom lies in an area."""
    row = int(plan.terrain.atom_ids.get_indexer([atom])[0])
    return bool(area[plan.terrain.community[row]])
