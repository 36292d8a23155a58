"""What a page is made of besides its data: our own front end and the vendored Leaflet, read as text."""

import base64
import hashlib
import re
from functools import cache
from pathlib import Path

from gridgeo.errors import FileReadError

__all__ = [
    "VENDOR",
    "bundle_modules",
    "hash_source",
    "read_front",
    "read_vendored",
    "read_vendored_css",
    "to_data_url",
]

FRONT = Path(__file__).parent / "front"
VENDOR = Path(__file__).parent / "vendor"

# Modules import names in curly brackets from their neighbours and nothing else, so a bundle is the files one
# after the other without those lines. Two files that declare one name would not load; a test opens the page.
IMPORT = re.compile(r'^import \{[^}]*\} from "\./(?P<file>[a-z]+\.js)";\n', re.MULTILINE)
EXPORT = re.compile(r"^export (?=(?:async )?function |const |let |class )", re.MULTILINE)
CSS_IMAGE = re.compile(r"url\((?P<file>images/[\w.-]+)\)")


@cache
def read_front(name: str) -> str:
    """Return one of our own front-end files."""
    return (FRONT / name).read_text(encoding="utf-8")


@cache
def read_vendored(name: str) -> str:
    """Return a file that npm brought.

    Raises
    ------
    FileReadError
        When the assets were never brought; the message names the command.
    """
    # A browser turns CRLF into LF before it hashes, so the hash of the policy has to see LF too.
    return read_bytes(name).decode("utf-8").replace("\r\n", "\n")


def read_bytes(name: str) -> bytes:
    """Return the bytes of a vendored file."""
    path = VENDOR / name
    if not path.is_file():
        raise FileReadError(
            f"the map asset {name} is missing; bring it with: python -m gridgeo.maps.vendoring"
        )
    return path.read_bytes()


def to_data_url(name: str) -> str:
    """Return a vendored PNG picture as an address that holds the picture itself."""
    return f"data:image/png;base64,{base64.b64encode(read_bytes(name)).decode('ascii')}"


@cache
def read_vendored_css(name: str) -> str:
    """Return a vendored style sheet with its images inside; those that were not vendored become empty."""

    def inline(found: re.Match[str]) -> str:
        if not (VENDOR / found["file"]).is_file():
            return "none"
        return f"url({to_data_url(found['file'])})"

    return CSS_IMAGE.sub(inline, read_vendored(name))


@cache
def bundle_modules(entry: str) -> str:
    """Return a module and all that it imports as one script that needs no module loader."""
    order: list[str] = []

    def visit(name: str) -> None:
        if name in order:
            return
        for found in IMPORT.finditer(read_front(name)):
            visit(found["file"])
        order.append(name)

    visit(entry)
    bodies = [EXPORT.sub("", IMPORT.sub("", read_front(name))) for name in order]
    return '"use strict";\n(() => {\n' + "\n".join(bodies) + "})();\n"


def hash_source(text: str) -> str:
    """Return the source expression that lets a content security policy run exactly this text."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode('utf-8')).digest()).decode('ascii')}'"
