"""Files of the front end: ours, those shared with the maps of ``gridgeo map``, and the vendored Leaflet.

``/assets/VERSION/…`` never changes and is kept by browsers for good; modules import each other by relative
addresses and so inherit the version. ``/assets/…`` without one is asked for again each time (ETag).
"""

import hashlib
import posixpath
import re
from functools import cache, lru_cache
from pathlib import Path

from apiflask import APIBlueprint
from flask import Response, request, send_from_directory
from gridgeo_web.answers.kept import pack, takes_packed
from gridgeo_web.auth.roles import needs
from gridgeo_web.errors import MissingError
from werkzeug.exceptions import NotFound

import gridgeo.maps

__all__ = ["FOLDERS", "VERSION", "asset_url", "blueprint", "module_urls"]

MAPS = Path(gridgeo.maps.__file__).parent
FOLDERS = {
    "front": MAPS / "front",
    "vendor": MAPS / "vendor",
    "web": Path(__file__).parents[1] / "static",
}
TEXTS = {".js", ".css", ".json", ".svg", ".txt", ".html"}  # become a third as long when they are packed
IMPORTED = re.compile(r"""^(?:import|export)\b[^;"]*"(\.[^"]+)";""", re.MULTILINE)
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


@cache
def module_urls(entry: str) -> tuple[str, ...]:
    """Return the addresses of all modules that one imports, those of its imports too.

    A browser that is told of them beforehand asks for all at once; it would learn of them one after another,
    which on a slow network takes longer than their bytes.
    """
    found, waiting = dict[str, None](), [entry]
    while waiting:
        path = waiting.pop(0)
        folder, _, name = path.partition("/")
        text = (FOLDERS[folder] / name).read_text(encoding="utf-8")
        beside = [posixpath.normpath(posixpath.join(path, "..", told)) for told in IMPORTED.findall(text)]
        fresh = [other for other in beside if other not in found and other != entry]
        found.update(dict.fromkeys(fresh))
        waiting += fresh
    return tuple(map(asset_url, found))


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
    file = FOLDERS[folder] / name
    if answer.status_code == 200 and file.suffix in TEXTS and takes_packed():
        answer.close()
        answer.direct_passthrough = False
        answer.set_data(_pack_file(file, file.stat().st_mtime_ns))
        answer.headers["Content-Encoding"] = "gzip"
        answer.set_etag(str(answer.get_etag()[0]), weak=True)
    return answer


@lru_cache(maxsize=256)
def _pack_file(file: Path, _changed: int) -> bytes:
    """Return a file packed, once for each of its states."""
    return pack(file.read_bytes())
