"""The layer before Flask: answers that are known already leave at once, and a crowd is told to come back.

Flask takes a few tenths of a millisecond for whatever it does; a wall of screens asks the same every second.
A view that calls ``answers.keep_answer`` lets its answer be kept here, under the address *and* the role and
area of who asked, so nobody gets an answer that was made for others. Who asks is found out for every request,
by the same `Identifier` that Flask's guard uses.
"""

import io
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from gridgeo_web.answers.kept import KEEP, LEAST_PACKED, PACKABLE, pack
from gridgeo_web.answers.strict_json import to_json
from gridgeo_web.auth.users import User
from gridgeo_web.service import Service

__all__ = ["FastLayer"]

Environ = dict[str, Any]
Headers = list[tuple[str, str]]
StartResponse = Callable[..., Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]

MOST_BYTES = 128 * 1024 * 1024
RETRY_S = "1"
MOST_WAIT_S = 1.5  # that a request may be expected to queue; a crowd is over as soon after it ends
LEAST_CROWD = 64  # so few are served, however long it takes
LEARNING = 0.05  # how much one request says about the next
CROWDED = "more is asked at once than the service can work on; come back in a moment"
CROWDED_PAGE = (
    '<!DOCTYPE html><html lang="zh-CN"><meta charset="utf-8"><meta http-equiv="refresh" content="3">'
    "<title>503</title><h1>服务繁忙</h1><p>本页将自动重试。</p>"
    '<p lang="en">The service is busy; this page tries again by itself.</p></html>'
).encode()
LEAST_WRAPPED = 64 * 1024  # bytes that waitress had better read from where they are than copy


@dataclass(frozen=True)
class Kept:
    """An answer that was made once: from what, its headers, and its body plain and packed."""

    depends: tuple[str, ...]
    stamp: str
    etag: str
    headers: Headers
    body: bytes | None
    packed: bytes | None

    @property
    def size(self) -> int:
        """Bytes that it takes."""
        return len(self.body or b"") + len(self.packed or b"") + 1000


class FastLayer:
    """A WSGI application around another one.

    Parameters
    ----------
    application
        Flask's.
    service
        Knows who asks and what is newest.
    """

    def __init__(self, application: Application, service: Service) -> None:
        self.waiting: Callable[[], int] = lambda: 0  # how many requests queue; the server says it
        self._application = application
        self._service = service
        self._lock = threading.Lock()
        self._kept: OrderedDict[Any, Kept] = OrderedDict()
        self._size = 0
        self._usual_s = 0.0  # that Flask takes for a request, lately

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request from what is kept, or let Flask do it."""
        self._service.keep_fresh()
        if environ["REQUEST_METHOD"] != "GET":
            return self._ask(environ, start_response, None)
        key = self._key(environ)
        kept = self._kept.get(key)
        if kept is not None and kept.stamp == self._service.stamp(kept.depends):
            if kept.etag in environ.get("HTTP_IF_NONE_MATCH", ""):
                start_response("304 NOT MODIFIED", kept.headers)
                return ()
            if kept.body is not None:
                return _send(kept, environ, start_response)
        return self._ask(environ, start_response, key)

    def _is_crowded(self) -> bool:
        """Tell whether so many wait that a further one would wait for longer than anybody likes."""
        waiting, config = self.waiting(), self._service.config
        if waiting <= LEAST_CROWD:
            return False
        return waiting > config.max_waiting or waiting * self._usual_s / config.threads > MOST_WAIT_S

    def _key(self, environ: Environ) -> Any:
        """Return what an answer is kept under: the address, the host, and the role and area of who asks."""
        who: User | None = self._service.identifier.identify(environ)
        scope = None if who is None else (who.role, who.area)
        return environ["PATH_INFO"], environ.get("QUERY_STRING", ""), environ.get("HTTP_HOST"), scope

    def _ask(self, environ: Environ, start_response: StartResponse, key: Any) -> Iterable[bytes]:
        """Let Flask answer, and keep the answer where its view says that it may be."""
        if self._is_crowded():
            return _refuse(environ, start_response)
        began = time.perf_counter()
        said: list[Any] = []

        def listen(status: str, headers: Headers, exc_info: Any = None) -> Callable[[bytes], object]:
            said[:] = [status, headers]
            return lambda _: None

        answer = self._application(environ, listen)
        self._usual_s += LEARNING * (time.perf_counter() - began - self._usual_s)
        keep = environ.pop(KEEP, None)
        status, headers = said
        if key is None or keep is None or status[:3] not in ("200", "304"):
            start_response(status, headers)
            return answer
        body = b"".join(answer) if status[:3] == "200" else None
        close = getattr(answer, "close", None)
        if close is not None:
            close()
        kept = _make(keep, headers, body)
        self._remember(key, kept)
        if body is None:
            start_response(status, headers)
            return ()
        return _send(kept, environ, start_response)

    def _remember(self, key: Any, kept: Kept) -> None:
        """Keep an answer, and forget the oldest ones beyond the limit."""
        with self._lock:
            old = self._kept.pop(key, None)
            self._size += kept.size - (old.size if old is not None else 0)
            self._kept[key] = kept
            while self._size > MOST_BYTES and len(self._kept) > 1:
                _, gone = self._kept.popitem(last=False)
                self._size -= gone.size


def _make(keep: tuple[tuple[str, ...], str, str], headers: Headers, body: bytes | None) -> Kept:
    """Return an answer as it is kept, packed where that makes it shorter."""
    rest = [(name, value) for name, value in headers if name.lower() not in ("content-length", "set-cookie")]
    kind = next((value for name, value in headers if name.lower() == "content-type"), "")
    packed = (
        pack(body) if body is not None and len(body) >= LEAST_PACKED and kind.startswith(PACKABLE) else None
    )
    return Kept(*keep, rest, body, packed)


def _send(kept: Kept, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    """Send a kept answer, packed to those who take it so."""
    if kept.packed is not None and "gzip" in environ.get("HTTP_ACCEPT_ENCODING", ""):
        body, coding = kept.packed, [("Content-Encoding", "gzip")]
    else:
        body, coding = kept.body or b"", []
    start_response("200 OK", [*kept.headers, *coding, ("Content-Length", str(len(body)))])
    wrapper = environ.get("wsgi.file_wrapper")
    if wrapper is not None and len(body) >= LEAST_WRAPPED:
        return wrapper(io.BytesIO(body))  # type: ignore[no-any-return]
    return (body,)


def _refuse(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    """Tell one of a crowd to come back in a moment, at the least cost; a page does so by itself."""
    if "text/html" in environ.get("HTTP_ACCEPT", ""):
        kind, body = "text/html; charset=utf-8", CROWDED_PAGE
    else:
        error = {"status": 503, "kind": "overloaded", "message": CROWDED}
        kind, body = "application/json", to_json({"error": error}).encode()
    headers = [
        ("Content-Type", kind),
        ("Content-Length", str(len(body))),
        ("Retry-After", RETRY_S),
        ("Cache-Control", "no-store"),
        ("X-Content-Type-Options", "nosniff"),
        ("X-Frame-Options", "DENY"),
        ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
    ]
    start_response("503 SERVICE UNAVAILABLE", headers)
    return (body,)
