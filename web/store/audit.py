"""The audit: who wrote what into the store, when, and from where."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from gridgeo_web.store import tables
from sqlalchemy import Connection, insert

__all__ = ["Actor", "add_audit", "now_text"]


@dataclass(frozen=True)
class Actor:
    """Who writes: the name, the role, and the address that the request came from."""

    name: str
    role: str
    origin: str = "-"


def add_audit(
    connection: Connection, actor: Actor, what: str, target: str | None, detail: dict[str, Any]
) -> None:
    """Write who did what into the audit, in the transaction that does it."""
    values = {"at": now_text(), "who": actor.name, "role": actor.role, "origin": actor.origin, "what": what}
    text = json.dumps(detail, ensure_ascii=False, allow_nan=False)
    connection.execute(insert(tables.audit).values(**values, target=target, detail=text))


def now_text() -> str:
    """Return the time as the store keeps it: ISO 8601 in UTC."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
