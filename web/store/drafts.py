"""Drafts and their operations in the store: what a planner did is on the disk before it is acknowledged."""

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from gridgeo_web.errors import ConflictError, MissingError
from gridgeo_web.store import tables
from gridgeo_web.store.audit import Actor, add_audit, now_text
from gridgeo_web.store.engine import Database
from sqlalchemy import Connection, func, insert, select

__all__ = [
    "DraftRow",
    "Operation",
    "Step",
    "add_draft",
    "add_step",
    "check_open",
    "end_draft",
    "list_drafts",
    "read_draft",
    "read_steps",
]

Operation = dict[str, Any]


@dataclass(frozen=True)
class DraftRow:
    """A draft as the store keeps it; ``how_ended`` is None while somebody works on it."""

    draft_id: str
    owner: str
    base: str
    opened_at: str
    origin: str | None
    n_steps: int
    updated_at: str
    how_ended: str | None


@dataclass(frozen=True)
class Step:
    """One operation of a draft and the mark of the plan that came of it."""

    operation: Operation
    mark: str


def add_draft(
    database: Database, base: str, actor: Actor, steps: Sequence[Step] = (), origin: str | None = None
) -> str:
    """Write a new draft, perhaps with steps taken over from another one that ends with it; return its id.

    Parameters
    ----------
    database
        Of the store.
    base
        The fingerprint of the division that it begins from.
    actor
        Who opens it.
    steps
        What is done in it already.
    origin
        The draft that they come from.

    Raises
    ------
    StoreDownError
        It could not be written; then nothing was.
    """
    draft_id, at = secrets.token_hex(8), now_text()
    with database.write() as connection:
        values = {"draft_id": draft_id, "owner": actor.name, "base": base, "opened_at": at, "origin": origin}
        connection.execute(insert(tables.drafts).values(**values))
        for number, step in enumerate(steps, 1):
            _insert_step(connection, draft_id, number, step, (actor.name, at))
        if origin is not None:
            connection.execute(insert(tables.draft_ends).values(draft_id=origin, at=at, how="merged"))
        what = "draft.open" if origin is None else "draft.transfer"
        add_audit(connection, actor, what, draft_id, {"base": base, "origin": origin, "steps": len(steps)})
    return draft_id


def add_step(database: Database, draft_id: str, number: int, step: Step, actor: Actor) -> None:
    """Write the next step of a draft.

    Raises
    ------
    ConflictError
        Somebody else wrote this step meanwhile, or the draft has ended.
    StoreDownError
        It could not be written.
    """
    with database.write() as connection:
        check_open(connection, draft_id, number - 1)
        _insert_step(connection, draft_id, number, step, (actor.name, now_text()))
        kind = step.operation["kind"]
        told = {key: value for key, value in step.operation.items() if key in ("grid", "other", "k", "mask")}
        told |= {"number": number, "n_atoms": len(step.operation.get("atoms", ()))}
        add_audit(connection, actor, f"draft.{kind}", draft_id, told)


def end_draft(database: Database, draft_id: str, how: str, actor: Actor) -> None:
    """Write that nobody works on a draft any more; its steps stay.

    Raises
    ------
    StoreDownError
        It could not be written.
    """
    with database.write() as connection:
        if _end_of(connection, draft_id) is None:
            connection.execute(insert(tables.draft_ends).values(draft_id=draft_id, at=now_text(), how=how))
            add_audit(connection, actor, f"draft.{how}", draft_id, {})


def read_draft(database: Database, draft_id: str) -> DraftRow:
    """Return a draft.

    Raises
    ------
    MissingError
        There is none of this id.
    StoreDownError
        The store cannot be read.
    """
    found = _read(database, tables.drafts.c.draft_id == draft_id)
    if not found:
        raise MissingError(f"there is no draft {draft_id!r} here", where="draft_id")
    return found[0]


def list_drafts(database: Database, owner: str) -> list[DraftRow]:
    """Return the drafts that somebody works on, the last changed first.

    Raises
    ------
    StoreDownError
        The store cannot be read.
    """
    found = [row for row in _read(database, tables.drafts.c.owner == owner) if row.how_ended is None]
    return sorted(found, key=lambda row: (row.updated_at, row.draft_id), reverse=True)


def read_steps(database: Database, draft_id: str, after: int = 0) -> list[Step]:
    """Return the steps of a draft after the first so many, in order.

    Raises
    ------
    StoreDownError
        The store cannot be read.
    """
    found = tables.draft_operations
    query = select(found.c.operation, found.c.mark).where(found.c.draft_id == draft_id)
    with database.read() as connection:
        rows = connection.execute(query.where(found.c.number > after).order_by(found.c.number)).all()
    return [Step(json.loads(row.operation), row.mark) for row in rows]


def _read(database: Database, condition: Any) -> list[DraftRow]:
    """Return the drafts that fulfil a condition."""
    drafts, steps, ends = tables.drafts, tables.draft_operations, tables.draft_ends
    own = select(func.max(steps.c.number)).where(steps.c.draft_id == drafts.c.draft_id)
    last = select(func.max(steps.c.at)).where(steps.c.draft_id == drafts.c.draft_id)
    joined = drafts.outerjoin(ends, ends.c.draft_id == drafts.c.draft_id)
    columns = (own.scalar_subquery().label("n"), last.scalar_subquery().label("last_at"), ends.c.how)
    query = select(drafts, *columns).select_from(joined)
    with database.read() as connection:
        rows = connection.execute(query.where(condition)).all()
    return [
        DraftRow(
            row.draft_id,
            row.owner,
            row.base,
            row.opened_at,
            row.origin,
            int(row.n or 0),
            row.last_at or row.opened_at,
            row.how,
        )
        for row in rows
    ]


def check_open(connection: Connection, draft_id: str, n_seen: int) -> None:
    """Refuse to go on with a draft that has ended, or that others changed since its author saw it.

    Raises
    ------
    ConflictError
        It is so.
    """
    how = _end_of(connection, draft_id)
    if how is not None:
        raise ConflictError(f"this draft was {how}; open another", where="draft_id", extra={"how": how})
    number = tables.draft_operations.c.number
    query = select(func.max(number)).where(tables.draft_operations.c.draft_id == draft_id)
    n_steps = int(connection.execute(query).scalar() or 0)
    if n_steps != n_seen:
        raise ConflictError(
            f"this draft was changed elsewhere: it has {n_steps} steps, you have seen {n_seen}; "
            "read it again",
            where="expected",
            extra={"n": n_steps},
        )


def _end_of(connection: Connection, draft_id: str) -> str | None:
    """Return how a draft ended, None for one that has not."""
    query = select(tables.draft_ends.c.how).where(tables.draft_ends.c.draft_id == draft_id)
    found: str | None = connection.execute(query).scalar()
    return found


def _insert_step(
    connection: Connection, draft_id: str, number: int, step: Step, written: tuple[str, str]
) -> None:
    """Add one step, by whom and when."""
    text = json.dumps(step.operation, ensure_ascii=False, allow_nan=False)
    values = {"draft_id": draft_id, "number": number, "operation": text, "mark": step.mark}
    connection.execute(insert(tables.draft_operations).values(by=written[0], at=written[1], **values))
