"""Files of the front end: ours, those shared with the maps of ``gridgeo map``, and the vendored Leaflet.

``/assets/VERSION/…`` never changes and is kept by browsers for good; modules import each other by relative
addresses and so inherit the version. ``/assets/…`` without one is asked for again each time (ETag).
"""

import hashlib
from pathlib import Path

from apiflask import APIBlueprint
from flask import Response, request, send_from_directory
from gridgeo_web.auth.roles import needs
from gridgeo_web.errors import MissingError
from werkzeug.exceptions import NotFound

import gridgeo.maps

__all__ = ["FOLDERS", "VERSION", "asset_url", "blueprint"]

MAPS = Path(gridgeo.maps.__file__).parent
FOLDERS = {
    "front": MAPS / "front",
    "vendor": MAPS / "vendor",
    "web": Path(__file__).parents[1] / "static",
}
ENDINGS = {".js", ".css", ".json", ".png", ".svg", ".txt", ".html", ".ico", ".webmanifest"}

blueprint = APIBlueprint("assets", __name__, enable_openapi=False)


def _version() -> str:
    """Return a text that changes when any of the files changes."""
    whole = hashlib.sha256()
    for name, folder in sorted(FOLDERS.items()):
        for file in sorted(folder.rglob("*")):
            if file.suffix in ENDINGS:
                whole.update(f"{name}/{file.relative_to(folder).as_posix()}\n".encode() + file.read_bytes())
    return whole.hexdigest()[:12]


VERSION = _version()


def asset_url(path: str) -> str:
    """Return the address of a file, such as ``web/map.js``, that browsers may keep for good."""
    return f"/assets/{VERSION}/{path}"


@blueprint.get("/assets/<any(front, vendor, web):folder>/<path:name>")
@needs("anyone")
def plain(folder: str, name: str) -> Response:
    """Return a file that may change."""
    return _send(folder, name, "no-cache")


@blueprint.get("/assets/<version>/<any(front, vendor, web):folder>/<path:name>")
@needs("anyone")
def versioned(version: str, folder: str, name: str) -> Response:
    """Return a file of one version of the front end; for good when it is the present one."""
    return _send(folder, name, "public, max-age=31536000, immutable" if version == VERSION else "no-cache")


def _send(folder: str, name: str, keep: str) -> Response:
    """Return one file of a folder; nothing outside it, nothing of another kind."""
    if Path(name).suffix not in ENDINGS or any(part.startswith(".") for part in name.split("/")):
        raise MissingError(f"there is no file {request.path}")
    try:
        answer = send_from_directory(FOLDERS[folder], name, conditional=True)
    except NotFound as error:
        raise MissingError(f"there is no file {request.path}") from error
    answer.headers["Cache-Control"] = keep
    return answer
