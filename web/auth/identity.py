"""Who a request comes from: the local user, the owner of a token, the owner of a session, or nobody."""

import threading
import time
from collections import OrderedDict
from http.cookies import CookieError, SimpleCookie
from typing import Any

from gridgeo_web.auth.sessions import COOKIE, SessionSigner
from gridgeo_web.auth.users import User, Users

__all__ = ["Identifier"]

REMEMBERED = 2000  # sessions whose signature need not be checked again at each request


class Identifier:
    """Reads the credentials of a request; looks at nothing but its headers and what is in memory.

    Parameters
    ----------
    users
        All users; None where the service runs on loopback without any.
    local
        Who sits at this machine then.
    signer
        Reads the cookies.
    """

    def __init__(self, users: Users | None, local: User, signer: SessionSigner) -> None:
        self.users = users
        self.signer = signer
        self.ended: set[str] = set()
        self._local = local
        self._lock = threading.Lock()
        self._known: OrderedDict[str, tuple[User, float, str]] = OrderedDict()

    def identify(self, environ: dict[str, Any]) -> User | None:
        """Return the user of a request, None for nobody.

        A wrong token is nobody, even where a session would be right: a program should notice.
        """
        if self.users is None:
            return self._local
        header = environ.get("HTTP_AUTHORIZATION")
        if header:
            kind, _, token = header.partition(" ")
            return self.users.check_token(token.strip()) if kind.lower() == "bearer" else None
        cookie = self.cookie(environ)
        return None if cookie is None else self._of_cookie(cookie, self.users)

    def cookie(self, environ: dict[str, Any]) -> str | None:
        """Return the session cookie of a request."""
        text = environ.get("HTTP_COOKIE", "")
        if COOKIE not in text:
            return None
        try:
            found = SimpleCookie(text).get(COOKIE)
        except CookieError:
            return None
        return None if found is None else found.value

    def end(self, session_id: str) -> None:
        """Let a session be nobody's from now on."""
        with self._lock:
            self.ended.add(session_id)
            self._known.clear()

    def forget(self) -> None:
        """Check every session again, for the users have changed."""
        with self._lock:
            self._known.clear()

    def _of_cookie(self, cookie: str, users: Users) -> User | None:
        """Return the user of a session; the signature is checked the first time."""
        known = self._known.get(cookie)
        if known is not None and known[1] > time.monotonic():
            return known[0]
        session = self.signer.read(cookie)
        if session is None or session.session_id in self.ended:
            return None
        user = users.find(session.name)
        if user is None or user.stamp != session.stamp:
            return None
        left = session.began + user.session_s - time.time()
        if left <= 0:
            return None
        with self._lock:
            if session.session_id not in self.ended:
                self._known[cookie] = (user, time.monotonic() + left, session.session_id)
            while len(self._known) > REMEMBERED:
                self._known.popitem(last=False)
        return user
