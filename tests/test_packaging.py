"""What is installed is what stands here: every package and every file beside the code."""

import re
import subprocess
import sys
import zipfile
from importlib.metadata import distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[1]
LEFT_OUT = {".pyc", ".nbc", ".nbi", ".ready"}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The names in a wheel built of a copy of this tree."""
    out = tmp_path_factory.mktemp("wheel")
    copy = out / "tree"
    for name in ("gridgeo", "web", "pyproject.toml", "README.md", "LICENSE"):
        subprocess.run(["cp", "-r", "--parents", name, str(ensured(copy))], cwd=ROOT, check=True)
    call = [sys.executable, "-m", "pip", "wheel", "--quiet", "--disable-pip-version-check", "--no-deps"]
    call += ["--no-build-isolation", "--no-index", "--wheel-dir", str(out), str(copy)]
    done = subprocess.run(call, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    with zipfile.ZipFile(next(out.glob("gridgeo-*.whl"))) as archive:
        return set(archive.namelist())


def ensured(folder):
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.mark.parametrize(("folder", "package"), [("gridgeo", "gridgeo"), ("web", "gridgeo_web")])
def test_a_wheel_holds_every_module_and_every_file_beside_it(wheel, folder, package):
    files = [path for path in (ROOT / folder).rglob("*") if path.is_file() and path.suffix not in LEFT_OUT]
    here = {
        f"{package}/{path.relative_to(ROOT / folder).as_posix()}" for path in files if path.name != ".ready"
    }
    assert sorted(here - wheel) == []


def test_the_lock_names_every_extra_that_a_package_asks_for():
    """An unnamed extra lets pip look past the lock, to a newer release that has no hash there."""
    locked = set(
        re.findall(r"^([\w.-]+)(\[[^]]+\])?==", (ROOT / "requirements.lock").read_text(), re.MULTILINE)
    )
    plain = {name for name, extras in locked if not extras}
    with_extras = {
        (wanted.name, tuple(wanted.extras)) for wanted in wanted_by_locked({name for name, _ in locked})
    }
    assert {name for name, extras in with_extras if extras} & plain == set()


def wanted_by_locked(names):
    """What the locked packages that are installed here ask for, extras that nobody chose left out."""
    for one in distributions():
        if one.metadata["Name"].lower() in names:
            for line in one.requires or []:
                wanted = Requirement(line)
                if wanted.marker is None or wanted.marker.evaluate({"extra": ""}):
                    yield wanted
