"""Drafts: a planner changes which atom belongs to which grid, in the browser."""

from apiflask import APIBlueprint

__all__ = ["blueprint"]

blueprint = APIBlueprint("planning", __name__, url_prefix="/api/v1", tag="planning")
