"""Answers that are made anew each time, with an ETag of what they say: who has them already gets no body."""

import hashlib
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
    body = to_json(value) if not isinstance(value, str | bytes) else value
    content = body.encode() if isinstance(body, str) else body
    digest = hashlib.sha1(content, usedforsecurity=False).hexdigest()
    is_known = digest in request.environ.get("HTTP_IF_NONE_MATCH", "")
    answer = Response(b"" if is_known else content, 304 if is_known else 200, mimetype=mimetype)
    answer.headers["ETag"] = f'W/"{digest}"'
    return answer
