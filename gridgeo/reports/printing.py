"""Print a page to PDF with the Chromium or Chrome of this machine, without a network."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from gridgeo.errors import FileWriteError

__all__ = ["find_browser", "print_page"]

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
MOST_SECONDS = 300  # a city of 150 communities takes half a minute


def find_browser() -> str:
    """Return the command of a browser that can print.

    Raises
    ------
    FileWriteError
        When there is none; the message says what to do instead.
    """
    for name in BROWSERS:
        found = shutil.which(name)
        if found:
            return found
    raise FileWriteError(
        f"a .pdf is printed by Chromium or Chrome, and none of {', '.join(BROWSERS)} is on the PATH; "
        "install one, or write the report as .html and print it from any browser"
    )


def print_page(page: str, path: Path) -> None:
    """Write a page of HTML as PDF.

    Raises
    ------
    FileWriteError
        When there is no browser or it does not print.
    """
    browser = find_browser()
    with tempfile.TemporaryDirectory(prefix="gridgeo-print-") as folder:
        source = Path(folder) / "report.html"
        source.write_text(page, encoding="utf-8")
        command = [browser, "--headless", "--disable-gpu", "--no-first-run", "--disable-extensions"]
        command += [f"--user-data-dir={folder}/profile", "--no-pdf-header-footer", f"--print-to-pdf={path}"]
        if hasattr(os, "geteuid") and os.geteuid() == 0:
            command.append("--no-sandbox")  # Chromium refuses to run as root with it
        try:
            done = subprocess.run(
                [*command, source.as_uri()], capture_output=True, timeout=MOST_SECONDS, check=False
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise FileWriteError(f"{browser} did not print the report: {error}") from error
    if not path.is_file() or not path.read_bytes().startswith(b"%PDF"):
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise FileWriteError(f"{browser} did not print the report: {said[-1] if said else 'it said nothing'}")
