"""The shape of the service: small modules, sorted public names, a role for every route, no geometry."""

import ast
import importlib
import pkgutil
from pathlib import Path

import gridgeo_web
import pytest
from gridgeo_web.auth.roles import role_needed

ROOT = Path(gridgeo_web.__path__[0])
MODULES = sorted(ROOT.rglob("*.py"))
MAX_LINES = 300
BANNED = {"utils", "helpers", "common", "core", "base", "manager"}
# What computes geometry belongs to gridgeo; a view may hold a layer, never cut or measure one.
GEOMETRY = {
    "buffer",
    "intersection",
    "difference",
    "union_all",
    "unary_union",
    "distance",
    "overlay",
    "sjoin",
    "simplify",
}
# Imports only point down: what stands in a line may use what stands above it, and its own room.
ORDER = (
    ("config", "errors", "logs", "words"),
    ("tables", "auth"),
    ("store",),
    ("service",),
    ("answers",),
    ("division",),
    ("incidents",),
    ("planning",),
    ("ogc",),
    ("contract",),
    ("views",),
    ("guard",),
    ("app", "doctor"),
    ("serving",),
    ("rehearsal",),
)
LEVEL = {room: level for level, rooms in enumerate(ORDER) for room in rooms}


def room_of(dotted):
    return dotted.split(".")[1] if "." in dotted else "__init__"


def imports_of(path):
    """The rooms that a module imports from, at its head or inside a function."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (room_of(name.name) for name in node.names if name.name.startswith("gridgeo_web."))
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "gridgeo_web":
            names = [f"gridgeo_web.{name.name}" for name in node.names]
            yield from map(room_of, names if node.module == "gridgeo_web" else [node.module])


def name_of(path):
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_web_module_is_small_and_does_not_print(path):
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= MAX_LINES
    assert path.stem not in BANNED
    calls = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call)]
    assert not [call for call in calls if isinstance(call.func, ast.Name) and call.func.id == "print"]


@pytest.mark.parametrize("path", [path for path in MODULES if path.parent != ROOT], ids=name_of)
def test_imports_of_a_room_point_down(path):
    room = path.relative_to(ROOT).parts[0]
    up = {used for used in imports_of(path) if used != room and LEVEL[used] >= LEVEL[room]}
    assert up == set()


@pytest.mark.parametrize("path", sorted(ROOT.glob("*.py")), ids=name_of)
def test_imports_of_a_module_outside_all_rooms_point_down(path):
    up = {used for used in imports_of(path) if LEVEL[used] >= LEVEL.get(path.stem, 0)}
    assert up == set()


def test_every_room_and_module_has_its_place_in_the_order():
    here = {path.stem for path in ROOT.glob("*.py")} | {
        path.parent.name for path in ROOT.glob("*/__init__.py")
    }
    assert here - {"__init__"} == set(LEVEL)


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_web_module_computes_no_geometry(path):
    nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    used = {node.attr for node in nodes if isinstance(node, ast.Attribute)}
    assert used & GEOMETRY == set()


def test_public_names_of_the_service_are_sorted_and_documented():
    for info in pkgutil.walk_packages(gridgeo_web.__path__, "gridgeo_web."):
        if info.name.endswith("__main__"):
            continue
        module = importlib.import_module(info.name)
        names = list(getattr(module, "__all__", []))
        assert module.__doc__, info.name
        assert names == sorted(names, key=lambda name: (not name.isupper(), not name[0].isupper(), name)), (
            info.name
        )
        for name in names:
            thing = getattr(module, name)
            if callable(thing) and getattr(thing, "__module__", "").startswith("gridgeo_web"):
                assert thing.__doc__, f"{info.name}.{name}"


def test_every_route_names_the_role_that_it_needs(app):
    unmarked = [
        rule.rule
        for rule in app.url_map.iter_rules()
        if role_needed(app.view_functions[rule.endpoint]) is None
    ]
    assert unmarked == []
