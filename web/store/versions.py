"""Saved versions in the store: which division was saved from which, by whom, why."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gridgeo_web.errors import ConflictError, MissingError
from gridgeo_web.store import tables
from gridgeo_web.store.audit import Actor, add_audit, now_text
from gridgeo_web.store.drafts import check_open
from gridgeo_web.store.engine import Database
from sqlalchemy import func, insert, select

__all__ = ["NewVersion", "VersionRow", "add_version", "find_head", "list_versions", "read_version"]


@dataclass(frozen=True, kw_only=True)
class NewVersion:
    """A version to be saved: from which fingerprint to which, the file that holds it, what changed."""

    draft_id: str
    n_steps: int
    note: str
    base: str
    result: str
    file: str
    summary: Mapping[str, Any]


@dataclass(frozen=True)
class VersionRow:
    """A saved version."""

    version_id: int
    draft_id: str
    at: str
    author: str
    note: str
    base: str
    result: str
    file: str
    summary: dict[str, Any]


def add_version(database: Database, new: NewVersion, actor: Actor, last_seen: int) -> int:
    """Write a version and the end of its draft, and return its number.

    Parameters
    ----------
    database
        Of the store.
    new
        What is saved.
    actor
        Who saves it.
    last_seen
        The number of the last version that was looked at before, 0 for none.

    Raises
    ------
    ConflictError
        Another version was saved meanwhile, or the draft was changed or ended.
    StoreDownError
        It could not be written.
    """
    with database.write() as connection:
        check_open(connection, new.draft_id, new.n_steps)
        last = int(connection.execute(select(func.max(tables.versions.c.version_id))).scalar() or 0)
        if last != last_seen:
            raise ConflictError("another version was saved meanwhile", where="base", extra={"last": last})
        values = {
            "draft_id": new.draft_id,
            "at": now_text(),
            "author": actor.name,
            "note": new.note,
            "base": new.base,
            "result": new.result,
            "file": new.file,
            "summary": json.dumps(dict(new.summary), ensure_ascii=False, allow_nan=False),
        }
        added = connection.execute(insert(tables.versions).values(**values))
        version_id = int(added.inserted_primary_key[0])  # type: ignore[index]
        ended = {"draft_id": new.draft_id, "at": values["at"], "how": "saved"}
        connection.execute(insert(tables.draft_ends).values(**ended))
        told = {"draft_id": new.draft_id, "base": new.base, "result": new.result, "file": new.file}
        add_audit(connection, actor, "version.save", str(version_id), told)
    return version_id


def list_versions(database: Database) -> list[VersionRow]:
    """Return all versions in the order in which they were saved.

    Raises
    ------
    StoreDownError
        The store cannot be read.
    """
    query = select(tables.versions).order_by(tables.versions.c.version_id)
    with database.read() as connection:
        rows = connection.execute(query).all()
    return [
        VersionRow(
            int(row.version_id),
            row.draft_id,
            row.at,
            row.author,
            row.note,
            row.base,
            row.result,
            row.file,
            json.loads(row.summary),
        )
        for row in rows
    ]


def read_version(database: Database, version_id: int) -> VersionRow:
    """Return a version.

    Raises
    ------
    MissingError
        There is none of this number.
    """
    found = [row for row in list_versions(database) if row.version_id == version_id]
    if not found:
        raise MissingError(f"there is no version {version_id}", where="version_id")
    return found[0]


def find_head(served: str, versions: Sequence[VersionRow]) -> tuple[str, list[VersionRow]]:
    """Return the fingerprint that the next version is saved on, and the versions that lead to it.

    That is the newest version that comes, over others perhaps, from the division that is served; the served
    one itself where there is none.

    Parameters
    ----------
    served
        The fingerprint of the division that is served.
    versions
        All, in order.
    """
    head, chain = served, []
    for version in versions:
        if version.base == head:
            head = version.result
            chain.append(version)
    return head, chain
