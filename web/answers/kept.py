"""Answers with an ETag, packed once and kept: what a wall screen asks every second costs next to nothing."""

import gzip
import hashlib
from collections.abc import Callable

from flask import Response, g, request
from flask.typing import ResponseReturnValue
from gridgeo_web.service import columns, service, snapshot, user

__all__ = ["KEEP", "LEAST_PACKED", "PACKABLE", "keep_answer", "pack", "pack_answer", "takes_packed"]

# The place in a request's environment where a view leaves word that its answer may be kept, see fast.py.
KEEP = "gridgeo.keep"
LEAST_PACKED = 1024  # bytes; shorter answers do not get shorter
MOST_PACKED = 512 * 1024  # bytes that are packed while somebody waits: some ten milliseconds
PACKABLE = ("application/json", "application/geo+json", "application/vnd.mapbox-vector-tile", "text/")


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


def pack_answer(answer: Response) -> None:
    """Pack a text of middle length for those who take it so; a longer one would take too long."""
    is_ready = answer.status_code == 200 and not answer.is_streamed and not answer.direct_passthrough
    is_text = (answer.mimetype or "").startswith(PACKABLE) and "Content-Encoding" not in answer.headers
    is_kept = KEEP in request.environ  # the layer before Flask packs it once for all
    if is_ready and is_text and not is_kept and takes_packed():
        length = answer.content_length or 0
        if LEAST_PACKED <= length <= MOST_PACKED:
            answer.set_data(pack(answer.get_data()))
            answer.headers["Content-Encoding"] = "gzip"


def takes_packed() -> bool:
    """Tell whether the one who asks takes gzip."""
    return "gzip" in request.accept_encodings.values()


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
