"""The audit: who wrote what into the store, when, and from where."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from gridgeo_web.store import tables
from sqlalchemy import Connection, insert

__all__ = ["Actor", "add_audit", "now_text", "to_text"]


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
    return to_text(datetime.now(UTC).timestamp())


def to_text(seconds: float) -> str:
    """Return a time, seconds since 1970, as the store keeps it; later ones stand later in the alphabet."""
    at = datetime.fromtimestamp(seconds, UTC)
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
