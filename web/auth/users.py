"""Users and their file: names, roles, areas, hashed passwords and tokens."""

import hashlib
import hmac
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gridgeo_web.auth.roles import ROLES
from gridgeo_web.config import ConfigError
from werkzeug.security import check_password_hash, generate_password_hash

__all__ = ["User", "Users", "hash_password", "hash_token", "read_users"]

KEYS = {"name", "role", "area", "password_hash", "tokens", "display"}
SHIFT_S = 12 * 3600  # a session of a person: a shift and a bit
DISPLAY_S = 365 * 86400  # a session of a display: nobody stands there to sign in again
LEAST_PASSWORD = 10  # characters; short ones are guessed
MOST_PASSWORD = 1000  # characters; hashing a novel would keep the service busy


@dataclass(frozen=True, kw_only=True)
class User:
    """Who may do what, where: ``area`` is the beginning of the area codes that they see, "" for all.

    A ``display`` is no person but a screen on a wall: it may only look, and stays signed in for a year.
    """

    name: str
    role: str
    area: str = ""
    password_hash: str | None = None
    tokens: tuple[str, ...] = field(default=())
    display: bool = False

    @property
    def session_s(self) -> int:
        """Seconds that a sign-in holds."""
        return DISPLAY_S if self.display else SHIFT_S

    @property
    def stamp(self) -> str:
        """Changes when the password, the role or the area changes: sessions from before are over then."""
        parts = (
            self.name,
            self.role,
            self.area,
            self.password_hash or "",
            *(["display"] if self.display else []),
        )
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]

    def sees(self, area_code: str | None) -> bool:
        """Tell whether something of an area is in the user's own."""
        return not self.area or (area_code is not None and area_code.startswith(self.area))


class Users:
    """All users of a service."""

    def __init__(self, users: tuple[User, ...] = ()) -> None:
        self._by_name = {user.name: user for user in users}
        self._by_token = {token: user for user in users for token in user.tokens}
        # Whoever guesses names learns nothing from how long the answer takes.
        self._nobody = generate_password_hash("nobody") if users else ""

    def __len__(self) -> int:
        return len(self._by_name)

    def find(self, name: str) -> User | None:
        """Return the user of a name, None when there is none."""
        return self._by_name.get(name)

    def check_password(self, name: str, password: str) -> User | None:
        """Return the user when name and password are right; a wrong name takes as long."""
        user = self._by_name.get(name)
        kept = user.password_hash if user is not None and user.password_hash is not None else self._nobody
        right = check_password_hash(kept, password[:MOST_PASSWORD]) if kept else False
        return user if right and user is not None and user.password_hash is not None else None

    def check_token(self, token: str) -> User | None:
        """Return the user of a token, None when nobody has it."""
        hashed = hash_token(token)
        return next(
            (user for kept, user in self._by_token.items() if hmac.compare_digest(kept, hashed)), None
        )


def read_users(file: Path) -> Users:
    """Return the users of a TOML file of ``[[user]]`` tables.

    Parameters
    ----------
    file
        Each user has ``name``, ``role``, and perhaps ``area``, ``password_hash``, ``tokens`` (their SHA-256).

    Raises
    ------
    ConfigError
        It cannot be read, or a user is not as it should be; all faults are named.
    """
    try:
        parsed = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"{file}: cannot be read as users ({error}); make it with gridgeo user") from error
    tables = parsed.get("user", [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise ConfigError(f"{file}: write each user as a [[user]] table; make it with gridgeo user")
    faults = [fault for number, table in enumerate(tables, 1) for fault in _faults(number, table)]
    names = [str(table.get("name")) for table in tables]
    faults += [f"the name {name!r} stands twice" for name in sorted({n for n in names if names.count(n) > 1})]
    if not tables:
        faults = ["there is no user"]
    if faults:
        raise ConfigError(f"{file}: " + "; ".join(faults))
    return Users(tuple(User(**{**table, "tokens": tuple(table.get("tokens", ()))}) for table in tables))


def hash_password(password: str) -> str:
    """Return what the file of users keeps of a password.

    Raises
    ------
    ConfigError
        It is too short.
    """
    if not LEAST_PASSWORD <= len(password) <= MOST_PASSWORD:
        raise ConfigError(f"a password has at least {LEAST_PASSWORD} characters; a sentence is good")
    return generate_password_hash(password)


def hash_token(token: str) -> str:
    """Return what the file of users keeps of a token, which is long and random and needs no slow hash."""
    return "sha256:" + hashlib.sha256(token.encode()).hexdigest()


def _faults(number: int, table: dict[str, Any]) -> list[str]:
    """Return what is wrong with one user."""
    who = f"user {number} ({table.get('name', 'without a name')})"
    faults = [f"{who}: unknown key {key}" for key in sorted(set(table) - KEYS)]
    texts = {key: table.get(key, "") for key in ("name", "role", "area", "password_hash")}
    faults += [
        f"{who}: {key} must be text in quotes" for key, value in texts.items() if not isinstance(value, str)
    ]
    if not table.get("name"):
        faults.append(f"{who}: has no name")
    if table.get("role") not in ROLES:
        faults.append(f"{who}: the role must be one of {', '.join(ROLES)}")
    if not isinstance(table.get("display", False), bool):
        faults.append(f"{who}: display is true or false")
    elif table.get("display") and table.get("role") != "viewer":
        faults.append(f"{who}: a display stays signed in for a year, so its role must be viewer")
    tokens = table.get("tokens", [])
    if not isinstance(tokens, list) or not all(
        isinstance(t, str) and t.startswith("sha256:") for t in tokens
    ):
        faults.append(f"{who}: tokens are a list of sha256:… hashes")
    if not table.get("password_hash") and not tokens:
        faults.append(f"{who}: has neither password_hash nor tokens")
    return faults
