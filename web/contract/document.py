"""The OpenAPI document: what APIFlask knows of the routes, with answers, errors and ways to sign in."""

import copy
import re
from http import HTTPStatus
from typing import Any

from apiflask import APIFlask
from gridgeo_web.contract import incident_replies, plan_replies
from gridgeo_web.contract.replies import ERROR
from gridgeo_web.ogc.documents import COLLECTIONS
from gridgeo_web.ogc.query import DEFAULT_LIMIT, LAST_OFFSET, MOST_ITEMS

__all__ = ["build_api_document"]

DESCRIPTION = (
    "Which grid is this? What happens there? Longitude comes first, always. Errors are JSON: "
    '{"error": {"status", "kind", "message", "where"}}. GETs carry an ETag; ask with If-None-Match. '
    "Writes need the header Origin with the service's own address, or a token."
)
GET_ERRORS = (400, 401, 403, 422, 429, 500, 503)
BODY_ERRORS = (*GET_ERRORS, 409, 413, 415)
JSON = "application/json"
TOLD = {**incident_replies.REPLIES, **plan_replies.REPLIES}
ITEM_PATH = "/ogc/collections/{collection_id}/items"


def build_api_document(app: APIFlask, *, only: str = "/") -> dict[str, Any]:
    """Return the OpenAPI document of a service.

    Parameters
    ----------
    app
        The service.
    only
        Beginning of the paths to tell of.
    """
    document: dict[str, Any] = copy.deepcopy(app.spec)  # type: ignore[arg-type]
    document["paths"] = {path: ops for path, ops in document["paths"].items() if path.startswith(only)}
    document["info"] = {**document["info"], "description": DESCRIPTION}
    document["servers"] = [{"url": "/"}]
    names = {tag for ops in document["paths"].values() for op in ops.values() for tag in op.get("tags", [])}
    document["tags"] = [{"name": name} for name in sorted(names)]
    parts = document.setdefault("components", {})
    parts.setdefault("schemas", {})["Error"] = ERROR
    parts["securitySchemes"] = {
        "token": {"type": "http", "scheme": "bearer"},
        "session": {"type": "apiKey", "in": "cookie", "name": "gridgeo_session"},
    }
    document["security"] = [{}, {"token": []}, {"session": []}]
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            _tell_answers(operation, method, path)
            _tell_parameters(operation, path)
            operation["operationId"] = _name(method, path)
    return document


def _tell_answers(operation: dict[str, Any], method: str, path: str) -> None:
    """Add the answers that APIFlask does not know, and one typed error for every status that can come."""
    told = TOLD.get((method, path))
    answers = operation["responses"]
    if told is not None:
        answers.pop("200", None)
        status, description, schema, mimetype = told
        answers[str(status)] = {"description": description}
        if mimetype is not None:
            answers[str(status)]["content"] = {mimetype: {"schema": schema}}
    elif answers.get("200", {}).get("content", {}).get(JSON, {}).get("schema") == {}:
        del answers["200"]  # a route that says nothing of its answer: better nothing than a wrong word
        answers["2XX"] = {"description": "Done"}
    if path.endswith("/upload"):
        operation["requestBody"] = incident_replies.UPLOAD_BODY
    errors = {*(GET_ERRORS if method == "get" else BODY_ERRORS), 404}
    if "/drafts/" in path:
        errors.add(409)  # one that is finished is no longer to be seen
    content = {JSON: {"schema": {"$ref": "#/components/schemas/Error"}}}
    for code in sorted(errors):
        answers[str(code)] = {"description": HTTPStatus(code).phrase, "content": content}
    if method == "get":
        answers["304"] = {"description": "The client has it already (If-None-Match)"}
    operation["responses"] = dict(sorted(answers.items()))


def _tell_parameters(operation: dict[str, Any], path: str) -> None:
    """Add the parameters of OGC API – Features, which are read by hand, and what path parameters may be."""
    parameters = operation.setdefault("parameters", [])
    for parameter in parameters:
        if parameter["name"] == "collection_id":
            parameter["schema"] = {"type": "string", "enum": list(COLLECTIONS)}
    if path.startswith("/ogc/"):
        parameters.append(_query("f", {"type": "string", "enum": ["json"]}, "the format"))
    if path == ITEM_PATH:
        box = {"type": "array", "items": {"type": "number"}, "minItems": 4, "maxItems": 6}
        limit = {"type": "integer", "minimum": 1, "maximum": MOST_ITEMS, "default": DEFAULT_LIMIT}
        offset = {"type": "integer", "minimum": 0, "maximum": LAST_OFFSET, "default": 0}
        moment = {"type": "string"}
        parameters += [
            {**_query("bbox", box, "west,south,east,north"), "style": "form", "explode": False},
            _query("datetime", moment, "a time, or two with / between; .. is an open end"),
            _query("limit", limit, "how many features; more than the most is taken for the most"),
            _query("offset", offset, "after how many others"),
        ]
        types = {name: kind for one in COLLECTIONS.values() for name, kind in one.types.items()}
        parameters += [
            _query(name, {"type": kind}, "features with this value; see queryables")
            for name, kind in types.items()
        ]


def _query(name: str, schema: dict[str, Any], description: str) -> dict[str, Any]:
    """Return a query parameter that may be left out."""
    return {"in": "query", "name": name, "required": False, "description": description, "schema": schema}


def _name(method: str, path: str) -> str:
    """Return a name for an operation that is unlike all others."""
    return "_".join([method, *re.findall(r"[a-z0-9]+", path)])
