"""The README says what is there: its Python runs, its options, files and pictures exist."""

import re
from pathlib import Path

import click
import pytest

from gridgeo.cli import main
from gridgeo.demo import build_demo, write_demo

REPO = Path(__file__).resolve().parents[1]
TEXT = (REPO / "README.md").read_text(encoding="utf-8")


def options_of(command: click.Command) -> set[str]:
    if isinstance(command, click.Group):
        context = click.Context(command)
        verbs = [command.get_command(context, name) for name in command.list_commands(context)]
        return set().union(*(options_of(verb) for verb in verbs))
    return {"--help"}.union(*(parameter.opts for parameter in command.params))


def test_the_python_of_the_readme_runs_as_it_stands(tmp_path, monkeypatch):
    write_demo(build_demo(n_communities=2, households=2_000), tmp_path / "data")
    (tmp_path / "out").mkdir()
    monkeypatch.chdir(tmp_path)
    (block,) = re.findall(r"```python\n(.*?)```", TEXT, flags=re.DOTALL)
    assert len(block.strip().splitlines()) == 3
    exec(block, {})
    assert (tmp_path / "out/grids.gpkg").exists()


def test_every_option_in_the_readme_exists():
    own = re.sub(r"`python -m tests.benchmarks[^`]*`", "", TEXT)
    named = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", own))
    assert len(named) > 20
    assert named - options_of(main) == set()


def test_every_verb_is_in_the_readme():
    verbs = main.list_commands(click.Context(main))
    assert [verb for verb in verbs if f"gridgeo {verb}" not in TEXT] == []


@pytest.mark.parametrize("target", sorted(set(re.findall(r"\]\(([^)#:]+)\)", TEXT))))
def test_what_the_readme_links_to_is_there(target):
    assert (REPO / target).exists()


def test_the_pictures_are_small_enough_to_load():
    pictures = sorted((REPO / "notebooks/images").glob("*.png"))
    assert len(pictures) >= 4
    assert all(picture.stat().st_size < 500_000 for picture in pictures)
