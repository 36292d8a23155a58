"""The file of users while a service runs: taken over when it changes, left alone when it is damaged."""

import logging
from pathlib import Path
from typing import Any

from gridgeo_web.auth.identity import Identifier
from gridgeo_web.auth.users import Users, read_users
from gridgeo_web.config import ConfigError

__all__ = ["UsersFile"]

LOG = logging.getLogger(__name__)


class UsersFile:
    """Watches one file of users.

    Parameters
    ----------
    file
        The file; None where the service has no users.

    Raises
    ------
    ConfigError
        It cannot be read as users.
    """

    def __init__(self, file: Path | None) -> None:
        self.problem: str | None = None
        self._file = file
        self._seen = self._signature()
        self.users: Users | None = None if file is None else read_users(file)

    def check(self, identifier: Identifier) -> None:
        """Take the users over when their file changed; a damaged one leaves them as they were."""
        signature = self._signature()
        if self._file is None or signature == self._seen:
            return
        self._seen = signature
        try:
            self.users = read_users(self._file)
        except ConfigError as error:
            self.problem = f"{error}; the users are as they were before"
            LOG.error("users cannot be read", extra={"problem": str(error)})
            return
        identifier.users = self.users
        identifier.forget()
        self.problem = None
        LOG.info("users read again", extra={"n_users": len(self.users)})

    def _signature(self) -> Any:
        """Return what changes when the file is replaced."""
        if self._file is None:
            return None
        try:
            stat = self._file.stat()
        except OSError:
            return "gone"
        return stat.st_ino, stat.st_size, stat.st_mtime_ns
