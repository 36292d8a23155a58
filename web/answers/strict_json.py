"""JSON without NaN and Infinity, both ways, and not endlessly deep."""

import json
from typing import Any

from flask import Response
from flask.json.provider import JSONProvider
from gridgeo_web.errors import BadRequestError

__all__ = ["StrictJSON", "read_json", "to_json"]

DEEPEST = 100  # levels of lists and objects that a body may have


class StrictJSON(JSONProvider):
    """Reads and writes all JSON of the application."""

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
