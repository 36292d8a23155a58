"""Answers with an ETag, packed once and kept: what a wall screen asks every second costs next to nothing."""

import gzip
import hashlib
import json
from collections.abc import Callable
from typing import Any

from flask import Response, g, request
from flask.json.provider import JSONProvider
from flask.typing import ResponseReturnValue
from gridgeo_web.errors import BadRequestError
from gridgeo_web.service import columns, service, snapshot, user

__all__ = ["KEEP", "StrictJSON", "keep_answer", "pack", "read_json", "to_json"]

# The place in a request's environment where a view leaves word that its answer may be kept, see fast.py.
KEEP = "gridgeo.keep"
LEAST_PACKED = 1024  # bytes; shorter answers do not get shorter
DEEPEST = 100  # levels of lists and objects that a body may have


class StrictJSON(JSONProvider):
    """JSON without NaN and Infinity, both ways, and not endlessly deep."""

    def dumps(self, obj: Any, **kwargs: Any) -> str:
        """Return a value as JSON text."""
        return to_json(obj)

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:
        """Return the value of a JSON text."""
        return read_json(s)

    def response(self, *args: Any, **kwargs: Any) -> Response:
        """Return an answer with a value as JSON."""
        return Response(to_json(self._prepare_response_obj(args, kwargs)), mimetype="application/json")


def to_json(value: Any) -> str:
    """Return a value as compact JSON text; NaN in it is an error of ours."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def read_json(text: str | bytes) -> Any:
    """Return the value of a JSON text that a client sent.

    Raises
    ------
    BadRequestError
        It is no JSON, holds NaN or Infinity, or is nested too deeply.
    """
    try:
        value = json.loads(text, parse_constant=_refuse_constant)
    except RecursionError as error:
        raise BadRequestError(f"the JSON is nested deeper than {DEEPEST} levels") from error
    except ValueError as error:
        raise BadRequestError(f"the body is no JSON: {error}") from error
    _check_depth(value)
    return value


def keep_answer(
    build: Callable[[], bytes], depends: tuple[str, ...], mimetype: str = "application/json"
) -> ResponseReturnValue:
    """Return an answer that stays the same for all of a role and area until what it depends on changes.

    Parameters
    ----------
    build
        Makes the body; not called when the client has it already.
    depends
        Of ``division``, ``incidents``, ``problems``: what the body was made from.
    mimetype
        Of the body.
    """
    stamp = _stamp(depends)
    etag = f'W/"{stamp}-{_scope_hash()}"'
    answer = Response(mimetype=mimetype)
    answer.headers["ETag"] = etag
    answer.headers["Cache-Control"] = "private, no-cache"
    request.environ[KEEP] = (depends, stamp, etag)
    if etag in request.headers.get("If-None-Match", ""):
        answer.status_code = 304
        return answer
    answer.set_data(build())
    return answer


def pack(body: bytes) -> bytes:
    """Return a body as gzip, the same bytes each time."""
    return gzip.compress(body, compresslevel=5, mtime=0)


def _stamp(depends: tuple[str, ...]) -> str:
    """Return the stamp of what this request looks at, which may be older by now than what the service has."""
    seen = columns() if "incidents" in depends else service().store.columns
    return service().stamp(depends, snapshot(), seen)


def _scope_hash() -> str:
    """Return a short text for role and area: the same address answers others differently."""
    who = user()
    scope = "" if who is None else f"{who.role}\n{who.area}"
    return hashlib.sha256(f"{g.version}\n{scope}".encode()).hexdigest()[:8]


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON number")


def _check_depth(value: Any) -> None:
    """Raise when a value is nested deeper than any body of ours is."""
    level = [value]
    for _ in range(DEEPEST):
        level = [
            item
            for one in level
            if isinstance(one, list | dict)
            for item in (one.values() if isinstance(one, dict) else one)
            if isinstance(item, list | dict)
        ]
        if not level:
            return
    raise BadRequestError(f"the JSON is nested deeper than {DEEPEST} levels")
