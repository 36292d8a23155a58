"""Incidents: list, points, changes, one with its history, report, act."""

from apiflask import APIBlueprint

__all__ = ["blueprint"]

blueprint = APIBlueprint("incidents", __name__, url_prefix="/api/v1", tag="incidents")
