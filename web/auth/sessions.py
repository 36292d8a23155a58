"""Sessions in signed cookies: whose they are, from when, and which were ended before their time."""

import secrets
from dataclasses import dataclass

from gridgeo_web.auth.users import DISPLAY_S, User
from itsdangerous import BadSignature, URLSafeTimedSerializer

__all__ = ["COOKIE", "Session", "SessionSigner"]

COOKIE = "gridgeo_session"


@dataclass(frozen=True)
class Session:
    """One sign-in: a number that nobody guesses, whose it is, the user's stamp then, and when it was.

    How long it holds is the user's, see ``User.session_s``.
    """

    session_id: str
    name: str
    stamp: str
    began: float


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
                cookie, max_age=DISPLAY_S, return_timestamp=True
            )
        except (BadSignature, ValueError, TypeError):
            return None
        return Session(str(session_id), str(name), str(stamp), at.timestamp())
