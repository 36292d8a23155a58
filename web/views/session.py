"""Signing in and out."""

from apiflask import APIBlueprint

__all__ = ["blueprint"]

blueprint = APIBlueprint("session", __name__, enable_openapi=False)
