"""The shape of the library: imports point down, modules stay small, nothing prints, names are documented."""

import ast
import importlib
import pkgutil
import subprocess
from pathlib import Path

import pytest

import gridgeo

ROOT = Path(__file__).resolve().parents[1]
MODULES = sorted((ROOT / "gridgeo").rglob("*.py"))
MAX_LINES = 300
MAX_FUNCTION_LINES = 60  # with its docstring; the body alone has at most 40 statements (ruff)
BANNED = {"utils", "helpers", "common", "core", "base", "manager"}

# Who may import whom: a room on the left may use those on the right, and itself.
GROUND = {"errors", "spec", "schema", "crs", "zones", "offset", "transform", "alignment", "io"}
ARROWS = {
    "errors": set(),
    "spec": {"errors"},
    "schema": {"errors"},
    "zones": {"errors"},
    "offset": {"errors"},
    "transform": {"errors"},
    "crs": {"errors", "zones", "offset", "transform"},
    "alignment": {"errors", "crs", "offset", "zones", "transform"},
    "io": GROUND,
    "households": GROUND,
    "check": GROUND,
    "partition": GROUND,
    "locate": GROUND,
    "adoption": GROUND
    | {"check", "partition", "preparation", "stitching", "division", "assembly", "comparison", "planning"},
    "levels": GROUND | {"partition", "stitching", "division", "assembly", "comparison", "planning"},
    "networks": GROUND
    | {"check", "partition", "preparation", "stitching", "division", "assembly", "adoption"},
    "reports": GROUND | {"maps", "division"},
    "planning": GROUND | {"partition", "preparation", "stitching", "division", "assembly", "comparison"},
    "demo": GROUND,
    "maps": GROUND | {"division"},
    "preparation": GROUND | {"check", "partition"},
    "stitching": GROUND | {"check", "partition", "preparation"},
    "division": GROUND | {"maps"},
    "assembly": GROUND | {"preparation", "division"},
    "comparison": GROUND | {"partition", "locate", "maps", "division"},
    "pipeline": GROUND | {"check", "partition", "preparation", "stitching", "division", "assembly"},
    "sources": GROUND | {"check", "households", "division", "pipeline"},
    "redivision": GROUND
    | {"partition", "preparation", "stitching", "division", "assembly", "pipeline", "comparison", "planning"},
    "cli": None,
    "__init__": None,
}


def room(path: Path) -> str:
    """Return the folder or module of the first level that a file belongs to."""
    return path.relative_to(ROOT / "gridgeo").parts[0].removesuffix(".py")


def imported_rooms(path: Path) -> set[str]:
    """Return the rooms of gridgeo that a file imports from, wherever in the file."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = []
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        found |= {name.split(".")[1] for name in names if name.startswith("gridgeo.")}
    return found


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_point_down(path):
    allowed = ARROWS[room(path)]
    if allowed is None or path.name == "__main__.py":
        return
    assert imported_rooms(path) <= allowed | {room(path)}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_is_small_and_does_not_print(path):
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= MAX_LINES
    assert path.stem not in BANNED
    calls = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call)]
    assert not [call for call in calls if isinstance(call.func, ast.Name) and call.func.id == "print"]
    assert "import flask" not in text
    assert "from flask" not in text


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_function_fits_on_a_screen(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef):
            body = node.body[1:] if ast.get_docstring(node) else node.body
            length = node.end_lineno - body[0].lineno + 1 if body else 0
            assert length <= MAX_FUNCTION_LINES, f"{node.name} has {length} lines"


def test_public_names_are_sorted_and_documented():
    for info in pkgutil.walk_packages(gridgeo.__path__, "gridgeo."):
        if info.name.endswith("__main__"):
            continue
        module = importlib.import_module(info.name)
        names = list(getattr(module, "__all__", []))
        assert module.__doc__, info.name
        assert names == sorted(names, key=lambda name: (not name.isupper(), not name[0].isupper(), name)) or (
            names == sorted(names)
        ), info.name
        for name in names:
            thing = getattr(module, name)
            if callable(thing) and getattr(thing, "__module__", "").startswith("gridgeo"):
                assert thing.__doc__, f"{info.name}.{name}"


def test_the_front_page_says_what_is_public():
    assert gridgeo.__all__ == sorted(gridgeo.__all__)
    assert all(getattr(gridgeo, name).__doc__ for name in gridgeo.__all__)


def test_no_room_has_the_name_of_a_function():
    # Otherwise ``import gridgeo.NAME.x as y`` finds the function where it looks for the folder.
    assert not {room(path) for path in MODULES} & set(gridgeo.__all__)


def test_no_file_names_a_registry_or_this_machine():
    if not (ROOT / ".git").exists():
        pytest.skip("no git checkout: nothing is tracked here")
    words = "|".join(["index" + "-url", '"resolved": *"ht' + "tp", "/wo" + "rk/"])
    found = subprocess.run(
        ["git", "grep", "-nIE", f"({words})", "--", "."],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.stdout == ""
