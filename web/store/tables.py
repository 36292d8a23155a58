"""The tables of the store. Rows are added, never changed or taken away, but for counts of wrong passwords."""

from sqlalchemy import (
    BigInteger,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
)

__all__ = [
    "METADATA",
    "audit",
    "draft_ends",
    "draft_operations",
    "drafts",
    "ended_sessions",
    "events",
    "incidents",
    "meta",
    "sign_in_failures",
    "versions",
]

METADATA = MetaData()
# SQLite counts up only in a column declared INTEGER; PostgreSQL should have room for longer.
NUMBER = BigInteger().with_variant(Integer(), "sqlite")

meta = Table(
    "gridgeo_meta",
    METADATA,
    Column("key", String(64), primary_key=True),
    Column("value", Text, nullable=False),
)
"""The form of the store and what all processes of a service share, such as the key that signs sessions."""

incidents = Table(
    "incidents",
    METADATA,
    Column("incident_id", String(64), primary_key=True),
    Column("reported_at", String(40), nullable=False),
    Column("category", String(64)),
    Column("description", Text, nullable=False),
    Column("address", Text),
    Column("lon", Float(53)),
    Column("lat", Float(53)),
    Column("grid_code", String(64)),
    Column("contact", Text),
)
"""What was reported. Times are ISO 8601 with offset; ``grid_code`` only where a person chose the grid."""

events = Table(
    "events",
    METADATA,
    Column("event_id", NUMBER, primary_key=True, autoincrement=True),
    Column("incident_id", String(64), ForeignKey("incidents.incident_id"), nullable=False),
    Column("at", String(40), nullable=False),
    Column("by", String(64), nullable=False),
    Column("action", String(64), nullable=False),
    Column("state", String(64), nullable=False),
    Column("level", String(64)),
    Column("note", Text),
    Index("events_of_incident", "incident_id", "event_id"),
    sqlite_autoincrement=True,
)
"""What happened to each incident, in order; its state and level are those after its last event."""

audit = Table(
    "audit",
    METADATA,
    Column("audit_id", NUMBER, primary_key=True, autoincrement=True),
    Column("at", String(40), nullable=False),
    Column("who", String(64), nullable=False),
    Column("role", String(16), nullable=False),
    Column("origin", String(64), nullable=False),
    Column("what", String(64), nullable=False),
    Column("target", String(128)),
    Column("detail", Text),
    sqlite_autoincrement=True,
)
"""Every write: when, by whom, from which address, what."""

ended_sessions = Table(
    "ended_sessions",
    METADATA,
    Column("session_id", String(64), primary_key=True),
    Column("at", String(40), nullable=False),
    Index("ended_sessions_at", "at"),
)
"""Sessions that were signed out of before their time."""

sign_in_failures = Table(
    "sign_in_failures",
    METADATA,
    Column("key", String(160), primary_key=True),
    Column("n", Integer, nullable=False),
    Column("last", Float(53), nullable=False),
    Column("until", Float(53), nullable=False),
)
"""How often a name, an address or both were wrong lately; no record, only a brake: gone after an hour."""

drafts = Table(
    "plan_drafts",
    METADATA,
    Column("draft_id", String(32), primary_key=True),
    Column("owner", String(64), nullable=False),
    Column("base", String(16), nullable=False),
    Column("opened_at", String(40), nullable=False),
    Column("origin", String(32)),
)
"""Changes to a division that are being worked on; ``base`` is the fingerprint of what they began from,
``origin`` the draft that was merged into this one."""

draft_operations = Table(
    "plan_operations",
    METADATA,
    Column("draft_id", String(32), ForeignKey("plan_drafts.draft_id"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at", String(40), nullable=False),
    Column("by", String(64), nullable=False),
    Column("operation", Text, nullable=False),
    Column("mark", String(8), nullable=False),
)
"""What was done in each draft, in order, undo and redo too; ``mark`` tells the plan that came of it."""

draft_ends = Table(
    "plan_draft_ends",
    METADATA,
    Column("draft_id", String(32), ForeignKey("plan_drafts.draft_id"), primary_key=True),
    Column("at", String(40), nullable=False),
    Column("how", String(16), nullable=False),
)
"""Drafts that nobody works on any more: saved, merged into another, or given up."""

versions = Table(
    "plan_versions",
    METADATA,
    Column("version_id", NUMBER, primary_key=True, autoincrement=True),
    Column("draft_id", String(32), nullable=False),
    Column("at", String(40), nullable=False),
    Column("author", String(64), nullable=False),
    Column("note", Text, nullable=False),
    Column("base", String(16), nullable=False),
    Column("result", String(16), nullable=False),
    Column("file", String(200), nullable=False),
    Column("summary", Text, nullable=False),
    sqlite_autoincrement=True,
)
"""Divisions that were saved from drafts, each as a file of its own: from which fingerprint to which."""
