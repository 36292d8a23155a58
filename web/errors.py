"""What can go wrong with a request, and ONE table: which error is which HTTP status."""

import logging
from http import HTTPStatus
from typing import Any

from apiflask import APIFlask
from apiflask.exceptions import HTTPError
from flask import Response, current_app, g, jsonify, request
from jinja2 import TemplateNotFound
from markupsafe import escape
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from gridgeo.errors import CRSError, GridgeoError, InfeasibleError, PlanError, SchemaError

__all__ = [
    "PLAIN",
    "BadRequestError",
    "ConflictError",
    "ForbiddenError",
    "MissingError",
    "NotSignedInError",
    "OverloadedError",
    "RequestError",
    "StoreDownError",
    "TooLargeError",
    "TooManyError",
    "UnprocessableError",
    "UnsupportedTypeError",
    "error_answer",
    "may_see_paths",
    "register_errors",
    "wants_page",
]

LOG = logging.getLogger(__name__)


class RequestError(GridgeoError):
    """A request that cannot be answered; ``where`` names the field, ``extra`` is more for a program."""

    def __init__(
        self, message: str, *, where: str | None = None, extra: dict[str, Any] | None = None
    ) -> None:
        super().__init__(message)
        self.where = where
        self.extra = extra or {}


class BadRequestError(RequestError):
    """The request cannot be understood."""


class NotSignedInError(RequestError):
    """Nobody is signed in, and this needs somebody."""


class ForbiddenError(RequestError):
    """Whoever is signed in may not do this, or not here."""


class MissingError(RequestError):
    """There is no such thing."""


class ConflictError(RequestError):
    """The thing is no longer, or not yet, in the state that this needs."""


class TooLargeError(RequestError):
    """More was sent than the service takes at once."""


class UnsupportedTypeError(RequestError):
    """A body of a kind that the service does not read."""


class UnprocessableError(RequestError):
    """The request is understood, but a value in it cannot be."""


class TooManyError(RequestError):
    """Too many tries; ``extra["retry_after"]`` says in how many seconds to come back."""


class StoreDownError(RequestError):
    """The store of incidents cannot be written or reached; nothing was acknowledged."""


class OverloadedError(RequestError):
    """More is asked at once than the service can work on; come back in a moment."""


STATUS: tuple[tuple[type[GridgeoError], int, str], ...] = (
    (BadRequestError, 400, "bad_request"),
    (NotSignedInError, 401, "not_signed_in"),
    (ForbiddenError, 403, "forbidden"),
    (MissingError, 404, "not_found"),
    (ConflictError, 409, "conflict"),
    (TooLargeError, 413, "too_large"),
    (UnsupportedTypeError, 415, "unsupported_type"),
    (UnprocessableError, 422, "unprocessable"),
    (TooManyError, 429, "too_many"),
    (StoreDownError, 503, "store_down"),
    (OverloadedError, 503, "overloaded"),
    (CRSError, 422, "unknown_crs"),
    (SchemaError, 422, "unprocessable"),
    (InfeasibleError, 422, "infeasible"),
    (PlanError, 422, "refused"),
    (GridgeoError, 500, "internal"),
)
RETRY_S = 2
# What is wrong with the service, for those who need not know where its files lie; the log has all of it.
PLAIN = {
    "division": "the file of grids cannot be read; the map shows the grids as they were last read",
    "store": "incidents cannot be saved or read anew at the moment; nothing was written, try again soon",
    "users": "the file of users cannot be read; users are as they were before",
}
FAILED = "the service failed on this request; its log says why"


def register_errors(app: APIFlask) -> None:
    """Let every error of a view leave as one typed body."""
    app.error_processor(_answer_validation)  # first: it puts itself before all HTTP errors
    app.register_error_handler(GridgeoError, _answer_own)
    app.register_error_handler(HTTPException, _answer_http)
    app.register_error_handler(Exception, _answer_unknown)


def error_answer(status: int, kind: str, message: str, **more: Any) -> Response:
    """Return the body of an error: JSON, or a page where a browser asked for one."""
    answer: Response
    if wants_page():
        answer = Response(_page(status, message), status, mimetype="text/html")
    else:
        body = {"status": status, "kind": kind, "message": message, **more}
        answer = jsonify({"error": body})
        answer.status_code = status
    answer.headers["Cache-Control"] = "no-store"
    if status in (429, 503):
        answer.headers["Retry-After"] = str(more.get("retry_after", RETRY_S))
    if status == 401:
        answer.headers["WWW-Authenticate"] = "Bearer"
    return answer


def may_see_paths() -> bool:
    """Tell whether the one who asks runs the service, and so may know where its files lie."""
    return getattr(g.get("user"), "role", None) == "admin"


def wants_page() -> bool:
    """Tell whether the one who asks is a person at a page, not a program at the API."""
    if request.path.startswith(("/api/", "/ogc", "/tiles/", "/assets/", "/healthz", "/readyz")):
        return False
    return bool(request.accept_mimetypes.best_match(["application/json", "text/html"]) == "text/html")


def _page(status: int, message: str) -> str:
    """Return the page of an error: the template of the front end, plain text in HTML where it has none."""
    try:
        template = current_app.jinja_env.get_template("error.html")
        return template.render(status=status, message=message)
    except TemplateNotFound:
        title = HTTPStatus(status).phrase
        return (
            f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{status} {title}</title>'
            f'<h1>{status} {title}</h1><p>{escape(message)}</p><p><a href="/">/</a></p></html>'
        )


def _answer_own(error: GridgeoError) -> Response:
    """Return the answer that the table has for an error of gridgeo."""
    status, kind = next((code, kind) for cls, code, kind in STATUS if isinstance(error, cls))
    message = str(error)
    if status == 500:
        LOG.error("request failed", exc_info=error)
    if not may_see_paths():
        message = FAILED if status == 500 else PLAIN["store"] if kind == "store_down" else message
    more = dict(getattr(error, "extra", {}))
    if getattr(error, "where", None) is not None:
        more["where"] = error.where  # type: ignore[attr-defined]
    return error_answer(status, kind, message, **more)


def _answer_http(error: HTTPException) -> Response:
    """Return the answer to what Flask itself refuses: no such page, wrong method, body too long."""
    status = error.code or 500
    if error.response is not None and status < 400:
        return error.response  # type: ignore[return-value]
    kinds = {code: kind for _, code, kind in reversed(STATUS)}
    message = str(error.description or error.name)
    if status == 404:
        message = f"there is no {request.path} here"
    if status == 405:
        message = f"{request.method} is nothing that {request.path} does"
    if isinstance(error, RequestEntityTooLarge):
        message = (
            f"the body is too large; this service takes {current_app.config['MAX_CONTENT_LENGTH']:,} bytes"
        )
    answer = error_answer(status, kinds.get(status, error.name.lower().replace(" ", "_")), message)
    if status == 405:
        answer.headers["Allow"] = ", ".join(sorted(error.valid_methods or ()))  # type: ignore[attr-defined]
    return answer


def _answer_validation(error: HTTPError) -> Response:
    """Return the answer to a query or body that does not fit its schema, every fault named."""
    kinds = {code: kind for _, code, kind in reversed(STATUS)}
    faults = error.detail if isinstance(error.detail, dict) else {}
    told = sorted(pair for place, found in faults.items() for pair in _told(place, found))
    message, more = str(error.message), dict[str, Any]()
    if told:
        message = "; ".join(f"{field}: {reason}" for field, reason in told)
        more = {"where": ", ".join(field for field, _ in told), "faults": faults}
    return error_answer(error.status_code, kinds.get(error.status_code, "bad_request"), message, **more)


def _told(place: str, found: Any) -> list[tuple[str, str]]:
    """Return the fields that a validation found faults in, each with the reasons."""
    fields = found if isinstance(found, dict) else {"": found}
    return [(f"{place}.{name}", _reason(reasons)) for name, reasons in fields.items()]


def _reason(found: Any) -> str:
    """Return the reasons of a field as text, those of its parts with their names."""
    if isinstance(found, dict):
        return ", ".join(f"{name}: {_reason(part)}" for name, part in found.items())
    return " ".join(map(str, found)) if isinstance(found, list) else str(found)


def _answer_unknown(error: Exception) -> Response:
    """Return 500 without telling how the service looks inside; the log has it all."""
    LOG.error("request failed", exc_info=error)
    return error_answer(500, "internal", FAILED)
