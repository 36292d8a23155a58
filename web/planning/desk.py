"""The drafts that are being worked on: plans in memory, each operation in the store before it counts."""

import logging
import threading
from collections import OrderedDict
from dataclasses import dataclass, field, replace

from flask import current_app
from gridgeo_web.errors import ConflictError, ForbiddenError, StoreDownError
from gridgeo_web.planning.archive import Archive, fingerprint
from gridgeo_web.planning.atom_shapes import tell_atoms
from gridgeo_web.planning.deltas import check_area, find_area
from gridgeo_web.planning.operations import (
    MergeReport,
    apply_operation,
    find_effective,
    mark_plan,
    new_codes,
    replay_elsewhere,
)
from gridgeo_web.service import Service, service
from gridgeo_web.service.snapshot import Snapshot
from gridgeo_web.store import Actor
from gridgeo_web.store.drafts import DraftRow, Operation, Step, add_draft, add_step, read_draft, read_steps
from gridgeo_web.store.versions import VersionRow, find_head, list_versions

from gridgeo.planning.grid_plan import GridPlan
from gridgeo.planning.opening import open_plan

__all__ = ["Desk", "Draft", "check_seen", "desk"]

LOG = logging.getLogger(__name__)

EXTENSION = "gridgeo.desk"
MOST_BASES = 3  # opened divisions kept in memory; a city takes some 200 MB
MOST_DRAFTS = 24


@dataclass(frozen=True)
class Draft:
    """A draft as it is now: its plan after so many steps."""

    row: DraftRow
    plan: GridPlan
    n_steps: int


@dataclass
class Slot:
    """The place of a draft in memory; who works on it holds its lock."""

    lock: threading.RLock = field(default_factory=threading.RLock)
    draft: Draft | None = None


class Desk:
    """Keeps drafts open; what is not in memory is made again from the store.

    Parameters
    ----------
    parts
        The service that it belongs to.
    """

    def __init__(self, parts: Service) -> None:
        self.service = parts
        self.archive = Archive(parts.config.division)
        self._lock = threading.Lock()
        self._slots: OrderedDict[str, Slot] = OrderedDict()
        self._bases: OrderedDict[str, GridPlan] = OrderedDict()
        self._opening = threading.Lock()

    def head(self, shown: Snapshot) -> tuple[str, list[VersionRow]]:
        """Return the fingerprint that the next version is saved on, and the versions that lead to it."""
        return find_head(self.served(shown), list_versions(self.service.store.database))

    def served(self, shown: Snapshot) -> str:
        """Return the fingerprint of a snapshot."""
        mark: str = shown.cache.get("fingerprint", lambda: fingerprint(shown.division))
        return mark

    def open(self, shown: Snapshot, actor: Actor) -> Draft:
        """Return a new draft of the newest version, or of the served division where there is none."""
        base, _ = self.head(shown)
        self.open_base(base, shown)
        return self.find(add_draft(self.service.store.database, base, actor), shown)

    def find(self, draft_id: str, shown: Snapshot) -> Draft:
        """Return a draft as it is now, with what other processes did in it.

        Raises
        ------
        MissingError
            There is none of this id.
        ConflictError
            What it began from is gone, or its steps no longer give the plan that they gave.
        """
        if draft_id not in self._slots:
            read_draft(self.service.store.database, draft_id)  # a wrong id pushes no draft out of memory
        slot = self._slot(draft_id)
        with slot.lock:
            row = read_draft(self.service.store.database, draft_id)
            known = slot.draft
            if known is None or known.n_steps > row.n_steps:
                known = Draft(row, self.open_base(row.base, shown), 0)
            slot.draft = self._follow(replace(known, row=row))
            return slot.draft

    def apply(
        self, draft_id: str, operation: Operation, expected: int | None, actor: Actor, area: str
    ) -> tuple[GridPlan, Draft]:
        """Do an operation in a draft and return the plan before it and the draft after it.

        Nothing is acknowledged that is not in the store. An operation that changes nothing is not kept.

        Parameters
        ----------
        draft_id
            The draft, found before.
        operation
            What to do.
        expected
            How many steps the one who asks has seen.
        actor
            Who does it.
        area
            Beginning of the area codes that the actor may change.
        """
        slot = self._slot(draft_id)
        with slot.lock:
            draft = slot.draft
            if draft is None:
                raise ConflictError("this draft was laid aside meanwhile; try again", where="draft_id")
            check_seen(draft, expected)
            after = apply_operation(draft.plan, operation)
            if after is draft.plan:
                return draft.plan, draft
            check_area(draft.plan, after, find_area(after, area))
            made = new_codes(draft.plan, after) if operation["kind"] == "split" else []
            kept = operation | ({"made": made} if made else {})
            number = draft.n_steps + 1
            add_step(self.service.store.database, draft_id, number, Step(kept, mark_plan(after)), actor)
            slot.draft = replace(draft, plan=after, n_steps=number)
            return draft.plan, slot.draft

    def merge(self, draft: Draft, shown: Snapshot, actor: Actor) -> tuple[Draft, MergeReport]:
        """Do what stands of a draft again on the newest version, as a new draft; the old one ends.

        Raises
        ------
        ConflictError
            The draft began from the newest version already.
        """
        base, _ = self.head(shown)
        if base == draft.row.base:
            raise ConflictError("nothing to merge: this draft began from the newest version", where="base")
        database, draft_id = self.service.store.database, draft.row.draft_id
        standing = find_effective(step.operation for step in read_steps(database, draft_id))
        earlier = self.open_base(draft.row.base, shown)
        report = replay_elsewhere(self.open_base(base, shown), standing, earlier)
        steps = [Step(operation, mark) for operation, mark in report.kept]
        merged = add_draft(database, base, actor, steps, draft_id)
        return self.find(merged, shown), report

    def open_base(self, base: str, shown: Snapshot) -> GridPlan:
        """Return the division of a fingerprint as a plan; kept in a file so that a draft can outlive it."""
        with self._opening:
            known = self._bases.get(base)
            if known is None:
                is_served = base == self.served(shown)
                division = shown.division if is_served else self.archive.read(base)
                if is_served:
                    self.archive.keep(division, base, shown.file_hash)
                known = self._bases[base] = open_plan(division)
            self._bases.move_to_end(base)
            while len(self._bases) > MOST_BASES:
                self._bases.popitem(last=False)
            return known

    def open_aside(self, shown: Snapshot, area: str) -> None:
        """Begin to open the newest division for a planner who has come in, so that a draft need not wait.

        ``area`` is the beginning of the area codes that the planner may change: their atoms are made ready.
        """
        base, _ = self.head(shown)
        if base not in self._bases and not self._opening.locked():
            threading.Thread(
                target=self._try_to_open, args=(base, shown, area), name="gridgeo-desk", daemon=True
            ).start()

    def _try_to_open(self, base: str, shown: Snapshot, area: str) -> None:
        """Open a division; whoever asks for a draft of it is told what is wrong, here it is only noted."""
        try:
            tell_atoms(shown, base, self.open_base(base, shown), area)
        except (ConflictError, ForbiddenError, StoreDownError) as error:
            LOG.warning("no draft can be opened", extra={"problem": str(error)})

    def _follow(self, draft: Draft) -> Draft:
        """Return a draft with the steps that the store has beyond those that it knows."""
        if draft.n_steps == draft.row.n_steps:
            return draft
        steps = read_steps(self.service.store.database, draft.row.draft_id, draft.n_steps)
        plan = draft.plan
        for number, step in enumerate(steps, draft.n_steps + 1):
            plan = apply_operation(plan, step.operation)
            if mark_plan(plan) != step.mark:
                raise ConflictError(
                    f"step {number} of this draft ({step.operation['kind']}) no longer gives the grids that "
                    "it gave when it was drawn, so another release of gridgeo made it; go on with that one",
                    where="draft_id",
                )
        return replace(draft, plan=plan, n_steps=draft.n_steps + len(steps))

    def _slot(self, draft_id: str) -> Slot:
        """Return the place of a draft; those not used for longest are forgotten, the store has them."""
        with self._lock:
            slot = self._slots.setdefault(draft_id, Slot())
            self._slots.move_to_end(draft_id)
            while len(self._slots) > MOST_DRAFTS:
                self._slots.popitem(last=False)
            return slot


def check_seen(draft: Draft, expected: int | None) -> None:
    """Refuse what is meant for a draft as it was before others changed it.

    Raises
    ------
    ConflictError
        The draft has another number of steps than expected.
    """
    if expected is not None and expected != draft.n_steps:
        raise ConflictError(
            f"this draft was changed elsewhere: it has {draft.n_steps} steps, you have seen {expected}; "
            "read it again",
            where="expected",
            extra={"n": draft.n_steps},
        )


def desk() -> Desk:
    """Return the desk of the service of this request."""
    known = current_app.extensions
    found: Desk = known.get(EXTENSION) or known.setdefault(EXTENSION, Desk(service()))
    return found
