"""Health: is the process alive, is all that it needs there?"""

import platform
from importlib.metadata import version
from typing import Any

import shapely
from apiflask import APIBlueprint
from flask import Response, jsonify
from gridgeo_web.auth.roles import needs
from gridgeo_web.service import service

__all__ = ["blueprint"]

blueprint = APIBlueprint("health", __name__, enable_openapi=False)
PACKAGES = ("gridgeo", "flask", "apiflask", "sqlalchemy", "waitress", "numpy", "shapely", "geopandas")


@blueprint.get("/healthz")
@needs("anyone")
def health() -> Response:
    """Say that the process is alive; 200 also when something is wrong, for a restart would not mend it."""
    return jsonify(_state() | {"versions": {name: version(name) for name in PACKAGES} | _libraries()})


@blueprint.get("/readyz")
@needs("anyone")
def ready() -> tuple[Response, int]:
    """Say whether writes can be taken: 503 while the store is down."""
    return jsonify(_state()), 200 if service().store.problem is None else 503


def _state() -> dict[str, Any]:
    """Return what is wrong, each in one word; the log and those who may look learn more."""
    wrong = sorted(service().problems)
    return {"status": "degraded" if wrong else "ok", "problems": wrong}


def _libraries() -> dict[str, str]:
    """Return the versions of what is no Python package."""
    return {"python": platform.python_version(), "geos": shapely.geos_version_string}
