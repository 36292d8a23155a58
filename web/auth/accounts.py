"""Adding users to their file."""

import json
import os
import secrets
from pathlib import Path

from gridgeo_web.auth.users import hash_password, hash_token, read_users
from gridgeo_web.config import ConfigError

from gridgeo.io import replace_file

__all__ = ["add_user"]

HEAD = (
    "# Who may sign in to the map service. gridgeo user adds to it; take a user away by deleting the block.\n"
)
MOST_NAME = 64


def add_user(
    file: Path, name: str, role: str, area: str, password: str | None, *, display: bool = False
) -> str | None:
    """Add a user to a file; return a new token where there is no password.

    What else stands in the file stays as it is. Only its owner may read it.

    Parameters
    ----------
    file
        Made when it is not there.
    name, role, area
        Who may do what, where.
    password
        None for a program, which gets a token.
    display
        A screen on a wall: it may only look, and stays signed in.

    Raises
    ------
    ConfigError
        The name is taken or no name, the password is too short, or the file is damaged.
    FileWriteError
        It cannot be written.
    """
    if not name.strip() or len(name) > MOST_NAME or not name.isprintable():
        raise ConfigError(f"{name!r} is no name; give 1 to {MOST_NAME} letters")
    text = file.read_text(encoding="utf-8") if file.exists() else HEAD
    if file.exists() and read_users(file).find(name) is not None:
        raise ConfigError(f"{file}: {name!r} is there already; delete the block to make it anew")
    token = None if password is not None else "gg_" + secrets.token_urlsafe(32)
    block = {"name": name, "role": role, "area": area}
    lines = [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in block.items()]
    if display:
        lines.append("display = true")
    if password is not None:
        lines.append(f'password_hash = "{hash_password(password)}"')
    if token is not None:
        lines.append(f'tokens = ["{hash_token(token)}"]')
    with replace_file(file) as fresh:
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as out:
            out.write(text.rstrip("\n") + "\n\n[[user]]\n" + "\n".join(lines) + "\n")
        read_users(fresh)
    return token
