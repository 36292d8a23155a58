"""Answers that are made anew each time, with an ETag of what they say: who has them already gets no body."""

from typing import Any

from flask import Response, request
from gridgeo_web.answers.strict_json import to_json

__all__ = ["tagged_answer"]


def tagged_answer(value: Any, mimetype: str = "application/json") -> Response:
    """Return an answer with a value as JSON, or 304 when the client has just this one.

    Parameters
    ----------
    value
        Plain values, or the text or bytes of the body.
    mimetype
        Of the body.
    """
    body = value if isinstance(value, str | bytes) else to_json(value)
    answer = Response(body, mimetype=mimetype)
    answer.headers["Cache-Control"] = "private, no-cache"
    answer.add_etag(weak=True)
    answer.make_conditional(request)
    return answer
