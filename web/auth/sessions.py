"""Sessions in signed cookies: whose they are, from when, and which were ended before their time."""

import secrets
import time
from dataclasses import dataclass

from gridgeo_web.auth.users import User
from itsdangerous import BadSignature, URLSafeTimedSerializer

__all__ = ["COOKIE", "LIFETIME_S", "Session", "SessionSigner"]

COOKIE = "gridgeo_session"
LIFETIME_S = 12 * 3600  # a shift and a bit


@dataclass(frozen=True)
class Session:
    """One sign-in: a number that nobody guesses, whose it is, the user's stamp then, and until when."""

    session_id: str
    name: str
    stamp: str
    until: float


class SessionSigner:
    """Writes sessions into cookies and reads them back; a cookie that was not made here is nobody's."""

    def __init__(self, key: str) -> None:
        self._serializer = URLSafeTimedSerializer(key, salt="gridgeo session")

    def sign(self, user: User) -> str:
        """Return the cookie of a new session. It never takes over what the browser sent before."""
        return str(self._serializer.dumps([secrets.token_hex(16), user.name, user.stamp]))

    def read(self, cookie: str) -> Session | None:
        """Return the session of a cookie, None when it is forged, too old, or no cookie of ours."""
        try:
            (session_id, name, stamp), at = self._serializer.loads(
                cookie, max_age=LIFETIME_S, return_timestamp=True
            )
        except (BadSignature, ValueError, TypeError):
            return None
        left = at.timestamp() + LIFETIME_S - time.time()
        return Session(str(session_id), str(name), str(stamp), time.monotonic() + left)
