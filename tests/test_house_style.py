"""Rules of the house that no linter knows: what a function takes, how tests are called, what lies where."""

import ast
from functools import cache
from pathlib import Path

import pytest

import gridgeo

ROOT = Path(__file__).resolve().parents[1]
MODULES = sorted([*(ROOT / "gridgeo").rglob("*.py"), *(ROOT / "web").rglob("*.py")])
TESTS = sorted((ROOT / "tests").rglob("test_*.py"))
MOST_LINES = 42  # of the body of a function: a screen


@cache
def tree_of(path):
    return ast.parse(path.read_text(encoding="utf-8"))


def name_of(path):
    return path.relative_to(ROOT).as_posix()


def functions_of(path):
    return [node for node in ast.walk(tree_of(path)) if isinstance(node, ast.FunctionDef)]


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_the_body_of_a_function_fits_on_a_screen(path):
    lengths = {function.name: body_lines(function) for function in functions_of(path)}
    assert {name: n for name, n in lengths.items() if n > MOST_LINES} == {}


def body_lines(function):
    """Return how many lines a function has, signature and docstring left out."""
    body = function.body[1:] if ast.get_docstring(function) is not None else function.body
    return body[-1].end_lineno - body[0].lineno + 1 if body else 0


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_imports_name_the_package_in_full(path):
    relative = [
        node.lineno for node in ast.walk(tree_of(path)) if isinstance(node, ast.ImportFrom) and node.level
    ]
    assert relative == []


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_module_says_what_it_is(path):
    assert ast.get_docstring(tree_of(path))


def test_the_library_needs_no_package_of_the_tests_or_the_service():
    banned = {"flask", "gridgeo_web", "waitress", "sqlalchemy", "ortools", "hypothesis", "pytest", "tests"}
    found = []
    for path in (ROOT / "gridgeo").rglob("*.py"):
        for node in ast.walk(tree_of(path)):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            found += [f"{name_of(path)}: {name}" for name in names if name.split(".")[0] in banned]
    assert [one for one in found if not one.startswith("gridgeo/cli/serve.py")] == []


@pytest.mark.parametrize("path", TESTS, ids=name_of)
def test_a_test_is_a_sentence_and_no_other_hides_it(path):
    tests = [function.name for function in functions_of(path) if function.name.startswith("test_")]
    assert tests, "a file of tests without a test"
    assert len(tests) == len(set(tests)), "of two tests with one name only the last runs"
    assert [name for name in tests if name.count("_") < 3] == []


def test_files_of_tests_have_names_of_their_own():
    names = [path.name for path in TESTS]
    assert sorted({name for name in names if names.count(name) > 1}) == []


def test_public_names_are_explained_to_their_reader():
    for name in gridgeo.__all__:
        assert len((getattr(gridgeo, name).__doc__ or "").split("\n\n")) > 1, (
            f"{name}: one line is not enough"
        )
