"""Operations of a planner: plain values that can be kept, done on a plan, and done again on another one."""

import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from gridgeo_web.errors import UnprocessableError
from gridgeo_web.store.drafts import Operation

from gridgeo.errors import PlanError
from gridgeo.planning.advice import Suggestion
from gridgeo.planning.grid_plan import GridPlan

__all__ = [
    "KINDS",
    "MergeReport",
    "apply_operation",
    "clean_operation",
    "find_effective",
    "mark_plan",
    "new_codes",
    "replay_elsewhere",
    "to_operation",
]

# What each kind of operation is told, besides its kind.
FIELDS: dict[str, tuple[str, ...]] = {
    "move": ("atoms", "grid"),
    "erase": ("atoms",),
    "assign": ("table",),
    "swap": ("atoms", "others"),
    "merge": ("grid", "other"),
    "split": ("grid", "k"),
    "lock": ("grid",),
    "unlock": ("grid",),
    "undo": (),
    "redo": (),
}
OPTIONAL = {"move": ("mask",), "erase": ("mask",)}
KINDS = tuple(FIELDS)


@dataclass(frozen=True)
class MergeReport:
    """What became of operations that were done again elsewhere.

    ``kept`` were done, in words of the new plan; ``dropped`` no longer apply, each with the reason;
    ``overlaps`` were done although others had changed some of the same atoms, with how many.
    """

    plan: GridPlan
    kept: list[tuple[Operation, str]]
    dropped: list[dict[str, Any]]
    overlaps: list[dict[str, Any]]


def clean_operation(told: Mapping[str, Any]) -> Operation:
    """Return an operation with what its kind takes and nothing else.

    Raises
    ------
    UnprocessableError
        Something that it takes is missing.
    """
    kind = str(told["kind"])
    missing = [name for name in FIELDS[kind] if told.get(name) in (None, [], {})]
    if missing:
        raise UnprocessableError(
            f"{kind} takes {', '.join(FIELDS[kind])}; {', '.join(missing)} is missing", where=missing[0]
        )
    optional = [name for name in OPTIONAL.get(kind, ()) if told.get(name) is not None]
    return {"kind": kind, **{name: told[name] for name in (*FIELDS[kind], *optional)}}


def apply_operation(plan: GridPlan, operation: Operation) -> GridPlan:
    """Return the plan with an operation done; the plan itself where it changes nothing.

    Raises
    ------
    PlanError
        The plan refuses it, and says why.
    """
    doers: dict[str, Callable[[], GridPlan]] = {
        "move": lambda: plan.move(operation["atoms"], operation["grid"], only_from=operation.get("mask")),
        "erase": lambda: _erase(plan, operation["atoms"], operation.get("mask")),
        "assign": lambda: plan.assign(operation["table"]),
        "swap": lambda: plan.swap(operation["atoms"], operation["others"]),
        "merge": lambda: plan.merge(operation["grid"], operation["other"]),
        "split": lambda: plan.split(operation["grid"], operation["k"]),
        "lock": lambda: plan.lock(operation["grid"]),
        "unlock": lambda: plan.unlock(operation["grid"]),
        "undo": plan.undo,
        "redo": plan.redo,
    }
    return doers[operation["kind"]]()


def mark_plan(plan: GridPlan) -> str:
    """Return a short text that tells the grids of a plan from those of another one of the same division."""
    return f"{zlib.crc32(plan.drawing.label.astype('<i8').tobytes()):08x}"


def new_codes(before: GridPlan, after: GridPlan) -> list[str]:
    """Return the codes of the grids that an operation made."""
    return list(after.drawing.codes[len(before.drawing.codes) :])


def find_effective(operations: Iterable[Operation]) -> list[Operation]:
    """Return the operations that stand, in order: without those undone, and without undo and redo."""
    done: list[Operation] = []
    undone: list[Operation] = []
    for operation in operations:
        if operation["kind"] == "undo":
            undone.append(done.pop())
        elif operation["kind"] == "redo":
            done.append(undone.pop())
        else:
            done.append(operation)
            undone.clear()
    return done


def replay_elsewhere(plan: GridPlan, operations: Iterable[Operation], earlier: GridPlan) -> MergeReport:
    """Return what comes of operations on a plan of a newer division than they were made on.

    Grids that they made get new codes where the old ones are taken; what follows is read accordingly.

    Parameters
    ----------
    plan
        The newer division, opened.
    operations
        Those that stand, in order.
    earlier
        The division that they were made on, opened.
    """
    changed = _atoms_changed(earlier, plan)
    renamed: dict[str, str] = {}
    kept: list[tuple[Operation, str]] = []
    dropped: list[dict[str, Any]] = []
    overlaps: list[dict[str, Any]] = []
    for number, told in enumerate(operations, 1):
        operation = _translate(told, renamed)
        try:
            after = apply_operation(plan, operation)
        except PlanError as error:
            dropped.append({"number": number, "kind": told["kind"], "why": str(error)})
            continue
        if after is plan:
            dropped.append({"number": number, "kind": told["kind"], "why": "it changes nothing any more"})
            continue
        made = new_codes(plan, after)
        renamed |= dict(zip(told.get("made", []), made, strict=False))
        moved = set(after.terrain.atom_ids[after.past[-1].atoms]) & changed
        if moved:
            overlaps.append({"number": number, "kind": told["kind"], "n_atoms": len(moved)})
        kept.append((operation | ({"made": made} if made else {}), mark_plan(after)))
        plan = after
    return MergeReport(plan, kept, dropped, overlaps)


def to_operation(suggestion: Suggestion) -> Operation:
    """Return a suggestion as an operation that does it."""
    plan, change = suggestion.plan, suggestion.plan.past[-1]
    codes, names = plan.drawing.codes, plan.terrain.atom_ids[change.atoms]
    targets = [codes[number] for number in change.label[1]]
    if change.verb == "merge":
        kept, gone = targets[0], codes[int(change.label[0][0])]
        return {"kind": "merge", "grid": kept, "other": gone}
    if change.verb == "split":
        n_new = len(change.codes[1]) - len(change.codes[0])
        return {"kind": "split", "grid": codes[int(change.label[0][0])], "k": n_new + 1}
    if change.verb == "move":
        return {"kind": "move", "atoms": [str(name) for name in names], "grid": targets[0]}
    return {"kind": "assign", "table": {str(name): code for name, code in zip(names, targets, strict=True)}}


def _erase(plan: GridPlan, atoms: Iterable[str], mask: str | None) -> GridPlan:
    """Return the plan with atoms back in the grids that they were in when it was opened."""
    rows = plan.terrain.atom_ids.get_indexer(list(dict.fromkeys(atoms)))
    if (rows < 0).any():
        raise PlanError("there is no such atom; see atom_id of the layer atoms")
    label, codes = plan.drawing.label[rows], plan.drawing.codes
    astray = rows[label != plan.opened.label[rows]]
    if mask is not None:
        astray = astray[[codes[number] == mask for number in plan.drawing.label[astray]]]
    names = plan.terrain.atom_ids[astray]
    before = plan.opened.label[astray]
    return plan.assign({str(n): codes[number] for n, number in zip(names, before, strict=True)})


def _translate(operation: Operation, renamed: Mapping[str, str]) -> Operation:
    """Return an operation with the codes that grids have now."""
    now = {key: value for key, value in operation.items() if key != "made"}
    for name in ("grid", "other", "mask"):
        if name in now:
            now[name] = renamed.get(now[name], now[name])
    if "table" in now:
        now["table"] = {atom: renamed.get(code, code) for atom, code in now["table"].items()}
    return now


def _atoms_changed(earlier: GridPlan, later: GridPlan) -> set[str]:
    """Return the atoms that are in another grid in a newer division, or new in it."""
    place = earlier.terrain.atom_ids.get_indexer(later.terrain.atom_ids)
    before = np.array(earlier.opened.codes, dtype=object)[earlier.opened.label[place]]
    after = np.array(later.opened.codes, dtype=object)[later.opened.label]
    return set(later.terrain.atom_ids[(place < 0) | (before != after)])
