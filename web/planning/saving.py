"""Saving a draft as a version: refused where others were faster, never over the division that is served."""

import zoneinfo
from datetime import datetime
from pathlib import Path
from typing import Any

from gridgeo_web.errors import ConflictError, UnprocessableError
from gridgeo_web.planning.archive import fingerprint
from gridgeo_web.planning.desk import Desk, Draft
from gridgeo_web.service.snapshot import Snapshot
from gridgeo_web.store import Actor
from gridgeo_web.store.versions import NewVersion, VersionRow, add_version, find_head, list_versions

from gridgeo.maps.values import to_plain

__all__ = ["describe_version", "publish_version", "save_draft"]


def save_draft(desk: Desk, draft: Draft, note: str, shown: Snapshot, actor: Actor) -> int:
    """Write a draft as a division of its own beside the served one and return the number of the version.

    Parameters
    ----------
    desk
        Where the draft lies.
    draft
        What to save; it ends with it.
    note
        Why it was made.
    shown
        The division that is served.
    actor
        The author.

    Raises
    ------
    ConflictError
        The draft began from another division than the newest; ``since`` lists what was saved meanwhile.
    PlanError
        The plan has alarms; all are named.
    UnprocessableError
        Nothing was changed.
    """
    check_newest(desk, draft, shown)
    moved = draft.plan.opened.label != draft.plan.drawing.label
    if not moved.any():
        raise UnprocessableError(
            "nothing to save: every atom is in the grid that it was in", where="draft_id"
        )
    zone = zoneinfo.ZoneInfo(desk.service.config.timezone)
    today = datetime.now(zone).date().isoformat()
    division = draft.plan.to_division(author=actor.name, note=note, start_date=today)
    result = fingerprint(division)
    database = desk.service.store.database
    last_seen = max((row.version_id for row in list_versions(database)), default=0)
    check_newest(desk, draft, shown)
    path = desk.archive.write(division, result)
    new = NewVersion(
        draft_id=draft.row.draft_id,
        n_steps=draft.n_steps,
        note=note,
        base=draft.row.base,
        result=result,
        file=path.name,
        summary={
            "n_grids": len(division.grids),
            "n_atoms_moved": int(moved.sum()),
            "households_moved": int(draft.plan.terrain.graph.households[moved].sum()),
            "score": to_plain(division.score),
        },
    )
    try:
        return add_version(database, new, actor, last_seen)
    except ConflictError:
        path.unlink(missing_ok=True)
        check_newest(desk, draft, shown)
        raise


def check_newest(desk: Desk, draft: Draft, shown: Snapshot) -> None:
    """Refuse a draft that began from another division than the newest, and tell what came since.

    Raises
    ------
    ConflictError
        ``since`` lists the versions from its beginning to the newest; none where the division was replaced.
    """
    versions = list_versions(desk.service.store.database)
    head, _ = find_head(desk.served(shown), versions)
    if head == draft.row.base:
        return
    reached, since = find_head(draft.row.base, versions)
    told = [
        {"version_id": row.version_id, "author": row.author, "at": row.at, "note": row.note}
        for row in since
        if reached == head
    ]
    raise ConflictError(
        f"this draft began from {draft.row.base}, and the newest is {head}; merge it and save again",
        where="base",
        extra={"base": draft.row.base, "head": head, "since": told},
    )


def publish_version(desk: Desk, version: VersionRow, shown: Snapshot, actor: Actor) -> None:
    """Let the service show a version from now on; the file is replaced at once or not at all.

    Raises
    ------
    ConflictError
        It is shown already, or the division that is served is not what it was made from.
    StoreDownError
        The file cannot be replaced, or the audit not be written.
    """
    served = desk.served(shown)
    if version.result == served:
        raise ConflictError(f"version {version.version_id} is what the service shows", where="version_id")
    _, chain = find_head(served, list_versions(desk.service.store.database))
    if version.version_id not in {row.version_id for row in chain}:
        raise ConflictError(
            f"version {version.version_id} does not come from the division that is served, so what that has "
            "would be lost; open a draft of the newest and save again",
            where="version_id",
        )
    desk.service.store.add_audit(actor, "version.publish", str(version.version_id))
    desk.archive.publish(version.file)
    desk.service.snapshots.check()


def describe_version(version: VersionRow, served: str, folder: Path) -> dict[str, Any]:
    """Return a version as plain values."""
    return {
        "version_id": version.version_id,
        "at": version.at,
        "author": version.author,
        "note": version.note,
        "base": version.base,
        "result": version.result,
        "file": version.file,
        "is_there": (folder / version.file).is_file(),
        "is_served": version.result == served,
        **version.summary,
    }
