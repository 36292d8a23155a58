"""What is installed is what stands here: every package and every file beside the code."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

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
