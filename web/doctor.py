"""`examine`: is all there that the service needs, on this machine and in these files?"""

import os
import platform
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from gridgeo_web.auth.users import read_users
from gridgeo_web.store.engine import Database
from gridgeo_web.views.assets import FOLDERS
from sqlalchemy import text

from gridgeo import read_division, read_gazetteer
from gridgeo.errors import GridgeoError

__all__ = ["Finding", "examine"]

PACKAGES = ("gridgeo", "flask", "apiflask", "sqlalchemy", "waitress", "psycopg")
OPTIONAL = {"psycopg": "only for PostgreSQL: pip install 'gridgeo[postgresql]'"}
ASSETS = ("vendor/leaflet.js", "vendor/leaflet.css")
LEAST_ROOM = 500 * 1024 * 1024  # bytes on the disk of the store
HANZI = ":lang=zh"


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at: ``ok``, ``warn`` (it runs, but look) or ``fail``."""

    name: str
    state: str
    text: str


def examine(
    division: Path | None, store: str | None, users: Path | None, gazetteer: Path | None
) -> list[Finding]:
    """Return what was found, in the order in which it was looked at; nothing is changed.

    Parameters
    ----------
    division
        The file that the service shall show; what depends on it is left out without one.
    store
        Address of the store; the one beside the division when None.
    users, gazetteer
        Further files, looked at where they are named.
    """
    findings = [*_versions(), _assets(), _fonts()]
    if division is not None:
        findings.append(_try("division", lambda: _describe_division(division)))
        findings.append(_folder(division))
    if store is None and division is not None:
        store = f"sqlite:///{division.with_suffix('.incidents.sqlite')}"
    if store is not None:
        findings.append(_store(store))
    if users is not None:
        findings.append(_try("users", lambda: f"{users}: {len(read_users(users))} users"))
    if gazetteer is not None:
        findings.append(
            _try("gazetteer", lambda: f"{gazetteer}: {len(read_gazetteer(gazetteer).entries):,} places")
        )
    return findings


def _versions() -> Iterator[Finding]:
    """Yield the versions of Python and of the packages."""
    found, missing = [f"python {platform.python_version()}", f"sqlite {sqlite3.sqlite_version}"], []
    for name in PACKAGES:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            missing.append(name)
    yield Finding("versions", "ok", ", ".join(found))
    for name in missing:
        state = "warn" if name in OPTIONAL else "fail"
        yield Finding(name, state, OPTIONAL.get(name, "missing: pip install 'gridgeo[web]'"))


def _assets() -> Finding:
    """Tell whether Leaflet was brought."""
    missing = [name for name in ASSETS if not (FOLDERS["vendor"] / Path(name).name).is_file()]
    if missing:
        remedy = "bring it with: python -m gridgeo.maps.vendoring"
        return Finding("assets", "fail", f"{', '.join(missing)} missing; {remedy}")
    n_files = sum(1 for folder in FOLDERS.values() for file in folder.rglob("*") if file.is_file())
    return Finding("assets", "ok", f"{n_files} files of the front end, Leaflet among them")


def _fonts() -> Finding:
    """Tell whether a browser on this machine could show Chinese; others bring their own fonts."""
    program = shutil.which("fc-list")
    if program is None:
        return Finding("fonts", "warn", "fontconfig is not here, so nobody knows; look at the page itself")
    command = [program, HANZI, "family"]
    families = subprocess.run(command, capture_output=True, text=True, check=False).stdout.splitlines()
    if not families:
        remedy = "for a wall screen at this machine install fonts-noto-cjk"
        return Finding("fonts", "warn", f"no font with Chinese characters; {remedy}")
    return Finding(
        "fonts", "ok", f"{len(families)} with Chinese characters, for example {sorted(families)[0]}"
    )


def _describe_division(file: Path) -> str:
    """Return what a division file holds; reading it whole is the test."""
    division = read_division(file)
    counts = (f"{len(getattr(division, name)):,} {name}" for name in ("communities", "grids", "buildings"))
    return f"{file}: {', '.join(counts)}, {division.grids.crs.name}"


def _folder(division: Path) -> Finding:
    """Tell whether the folder beside the division can take the store."""
    folder = division.resolve().parent
    if not os.access(folder, os.W_OK):
        return Finding("folder", "warn", f"{folder} cannot be written to; name another place with --store")
    room = shutil.disk_usage(folder).free
    state = "ok" if room > LEAST_ROOM else "warn"
    return Finding("folder", state, f"{folder} can be written to, {room / 1e9:.1f} GB free")


def _store(address: str) -> Finding:
    """Tell whether the store can be written, by a transaction that is taken back."""

    def write() -> str:
        database = Database(address)
        if database.file is not None and not database.file.exists():
            folder = database.file.resolve().parent
            if not (folder.is_dir() and os.access(folder, os.W_OK)):
                raise GridgeoError(f"{database.name} cannot be made: {folder} cannot be written to")
            return f"{database.name} is not there yet; the service makes it"
        try:
            with database.write() as connection:
                connection.execute(text("CREATE TABLE gridgeo_doctor (x INTEGER)"))
                connection.rollback()
            return f"{database.name} can be written to"
        finally:
            database.close()

    return _try("store", write)


def _try(name: str, look: Callable[[], str]) -> Finding:
    """Return what a look found, or the error that it ended with."""
    try:
        return Finding(name, "ok", look())
    except (GridgeoError, OSError) as error:
        return Finding(name, "fail", str(error))
