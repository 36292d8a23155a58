"""What every request passes before its view, and the headers that every answer leaves with."""

import logging
import time
from functools import lru_cache
from typing import Any
from urllib.parse import quote, urlsplit

from apiflask import APIFlask
from apiflask.schema_adapters.marshmallow import parser
from flask import Request, Response, current_app, g, redirect, request
from flask.typing import ResponseReturnValue
from gridgeo_web.answers.kept import pack_answer
from gridgeo_web.auth.roles import ANYONE, has_role, role_needed
from gridgeo_web.config import is_loopback
from gridgeo_web.errors import (
    BadRequestError,
    ForbiddenError,
    NotSignedInError,
    TooLargeError,
    UnsupportedTypeError,
    wants_page,
)
from gridgeo_web.service import service, user
from gridgeo_web.views.assets import VERSION
from marshmallow import missing

__all__ = ["register_guard"]

LOG = logging.getLogger("gridgeo_web.access")
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
SLOW_S = 1.0
HEADERS = (
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Referrer-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Permissions-Policy", "geolocation=(self), camera=(), microphone=()"),
    ("Cache-Control", "private, no-cache"),
    ("Vary", "Cookie, Authorization, Accept-Encoding"),
)
POLICY = (
    "default-src 'self'; img-src {images}; style-src 'self'; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)


def register_guard(app: APIFlask) -> None:
    """Let the guard stand before every view."""
    app.before_request(_admit)
    app.after_request(_dress)


def _admit() -> ResponseReturnValue | None:
    """Find out who asks, and refuse what may not be."""
    g.began = time.perf_counter()
    g.version = VERSION
    g.user = service().identifier.identify(request.environ)
    _check_host()
    _check_body()
    if request.endpoint is None or request.routing_exception is not None:
        return None  # Flask answers 404 or 405 by itself
    needed = role_needed(current_app.view_functions[request.endpoint])
    if needed is None:
        LOG.error("route without a role", extra={"endpoint": request.endpoint})
        raise ForbiddenError(f"{request.path} names no role, so nobody may use it; a fault of gridgeo")
    if needed != ANYONE and user() is None:
        if request.method == "GET" and wants_page():
            return redirect(f"/login?next={quote(request.full_path.rstrip('?'), safe='/')}", 303)
        raise NotSignedInError("sign in first, or send a token: Authorization: Bearer TOKEN")
    who = user()
    if not has_role(None if who is None else who.role, needed):
        raise ForbiddenError(f"this needs the role {needed}, {who.name if who else 'nobody'} has not got it")
    if request.method not in SAFE:
        _check_origin()
        _check_json()
    return None


def _check_host() -> None:
    """Refuse names that are not ours: a page elsewhere could give this machine a name of its own."""
    config = service().config
    name = _name_of(request.host)
    if config.trusted_hosts and name not in config.trusted_hosts:
        raise BadRequestError(f"this service is not called {name!r}; add it with --trusted-host")
    if config.users is None and not config.trusted_hosts and not is_loopback(name):
        raise BadRequestError(
            f"without users this service answers to localhost and 127.0.0.1, not to {name!r}"
        )


@lru_cache(maxsize=64)
def _name_of(host: str) -> str:
    """Return the name in a host header, without its port."""
    return urlsplit(f"//{host}").hostname or ""


def _check_body() -> None:
    """Refuse bodies that are too long or packed, before a byte of them is read."""
    if (request.content_length or 0) > current_app.config["MAX_CONTENT_LENGTH"]:
        most = current_app.config["MAX_CONTENT_LENGTH"]
        raise TooLargeError(f"the body has {request.content_length:,} bytes; this service takes {most:,}")
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise UnsupportedTypeError("packed bodies are not read; send it plain", where="Content-Encoding")


def _check_json() -> None:
    """Refuse what is no JSON of ours before any schema reads it: NaN, endless depth or digits."""
    if request.is_json:
        request.get_json()


@parser.location_loader("json")
def _read_checked(_request: Request, _schema: Any) -> Any:
    """Return the body as `_check_json` has read it: the schema looks at it, nobody decodes it again."""
    if request.is_json:
        return request.get_json()
    if request.get_data(cache=True):
        raise UnsupportedTypeError("send JSON, and say so: Content-Type: application/json")
    return missing


def _check_origin() -> None:
    """Refuse writes that a page of another site made the browser send."""
    if request.headers.get("Authorization", "").lower().startswith("bearer "):
        return  # no browser adds a token by itself
    origin = request.headers.get("Origin")
    if origin is None:
        raise ForbiddenError(
            "a write says where it comes from: send the header Origin with this address, or a token",
            where="Origin",
        )
    if urlsplit(origin).netloc.lower() != request.host.lower():
        raise ForbiddenError(f"writes from pages of {origin} are not taken", where="Origin")


def _dress(answer: Response) -> Response:
    """Give an answer the headers that keep a page from doing what it should not, and log what matters."""
    pack_answer(answer)
    told = {name.lower() for name in answer.headers.keys()}  # noqa: SIM118 - iteration gives pairs
    for name, value in (*HEADERS, ("Content-Security-Policy", _policy(service().config.basemap))):
        if name.lower() not in told:
            answer.headers.add(name, value)
    seconds = time.perf_counter() - g.get("began", time.perf_counter())
    level = logging.INFO if answer.status_code >= 400 or request.method not in SAFE else logging.DEBUG
    level = max(level, logging.WARNING if seconds > SLOW_S else level)
    if LOG.isEnabledFor(level):
        who = user()
        said = {"method": request.method, "path": request.path, "status": answer.status_code}
        said |= {"ms": round(seconds * 1000, 1), "user": None if who is None else who.name}
        LOG.log(level, "request", extra=said | {"from": request.remote_addr})
    return answer


@lru_cache(maxsize=8)
def _policy(basemap: str | None) -> str:
    """Return what a page may load: our own files, pictures in the page, and the tiles of the own basemap."""
    images = "'self' data:"
    if basemap is not None and "://" in basemap:
        parts = urlsplit(basemap)
        images += f" {parts.scheme}://{parts.netloc}"
    return POLICY.format(images=images)
