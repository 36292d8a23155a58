"""The OpenAPI document, whole and for clients of OGC API – Features."""

from typing import Any

from apiflask import APIBlueprint
from flask import Response, current_app
from flask.blueprints import BlueprintSetupState
from gridgeo_web.answers import tagged_answer
from gridgeo_web.auth.roles import needs
from gridgeo_web.contract.document import build_api_document

__all__ = ["blueprint"]

blueprint = APIBlueprint("openapi", __name__, enable_openapi=False)
OPENAPI = "application/vnd.oai.openapi+json;version=3.0"
KEPT = "gridgeo_api"


@blueprint.record_once
def prepare(state: BlueprintSetupState) -> None:
    """Choose the version of OpenAPI that OGC API – Features 1.0 asks for."""
    state.app.config["OPENAPI_VERSION"] = "3.0.3"


@blueprint.get("/openapi.json")
@blueprint.get("/api/v1/openapi.json")
@needs("viewer")
def whole() -> Response:
    """Return the document of the whole API."""
    return tagged_answer(kept("/"))


@blueprint.get("/ogc/api")
@needs("viewer")
def features() -> Response:
    """Return the part that clients of OGC API – Features read."""
    return tagged_answer(kept("/ogc"), OPENAPI)


def kept(only: str) -> dict[str, Any]:
    """Return a document, built once: the routes do not change while the service runs."""
    documents: dict[str, Any] = current_app.extensions.setdefault(KEPT, {})
    if only not in documents:
        documents[only] = build_api_document(current_app, only=only)  # type: ignore[arg-type]
    return documents[only]  # type: ignore[no-any-return]
