"""Incidents and what happened to them: an append-only store, SQLite or PostgreSQL, mirrored in memory."""

from gridgeo_web.store.audit import Actor
from gridgeo_web.store.columns import Columns, Event
from gridgeo_web.store.incidents import IncidentStore, NewIncident

__all__ = ["Actor", "Columns", "Event", "IncidentStore", "NewIncident"]
