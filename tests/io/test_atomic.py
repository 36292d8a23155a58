import multiprocessing
import os
import subprocess
import sys

import pytest

from gridgeo.errors import FileWriteError
from gridgeo.io import replace_file

can_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork, which Windows has not")
is_root = hasattr(os, "geteuid") and os.geteuid() == 0


def write_text(path, text):
    with replace_file(path) as fresh:
        fresh.write_text(text)


def test_a_file_is_replaced_only_when_the_body_ends_well(tmp_path):
    file = tmp_path / "a.csv"
    write_text(file, "old")

    def fail_half_way():
        with replace_file(file) as fresh:
            fresh.write_text("ne")
            raise RuntimeError("half-way")

    with pytest.raises(RuntimeError, match="half-way"):
        fail_half_way()
    assert file.read_text() == "old"
    write_text(file, "new")
    assert file.read_text() == "new"
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.csv"]


def test_permissions_and_links_of_the_old_file_stay(tmp_path):
    file, link = tmp_path / "a.csv", tmp_path / "link.csv"
    file.write_text("old")
    file.chmod(0o640)
    link.symlink_to(file)
    write_text(link, "new")
    assert link.is_symlink()
    assert file.read_text() == "new"
    assert file.stat().st_mode & 0o777 == 0o640


def test_what_a_killed_run_left_is_removed_and_a_living_run_is_left_alone(tmp_path):
    file = tmp_path / "a.csv"
    dead = tmp_path / ".a.csv.0123456789ab.tmp"
    dead.mkdir()
    (dead / "lock").touch()
    (dead / "new.csv").write_text("half")
    stranger = tmp_path / ".a.csv.notes.tmp"
    stranger.mkdir()
    with replace_file(file) as outer:
        assert not dead.exists()
        outer.write_text("outer")
        write_text(file, "inner")
        assert outer.exists()
    assert file.read_text() == "outer"
    assert stranger.exists()


@can_fork
def test_writers_of_one_file_do_not_hinder_each_other(tmp_path):
    file = tmp_path / "a.csv"

    def write_often(letter):
        for _ in range(30):
            write_text(file, letter * 1000)

    context = multiprocessing.get_context("fork")
    writers = [context.Process(target=write_often, args=(letter,)) for letter in "ab"]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
        assert writer.exitcode == 0
    assert file.read_text() in {"a" * 1000, "b" * 1000}
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.csv"]


@pytest.mark.parametrize("ending", ["-wal", "-journal"])
def test_a_database_that_is_open_elsewhere_is_not_replaced(tmp_path, ending):
    file = tmp_path / "out.gpkg"
    file.write_text("old")
    side = tmp_path / f"out.gpkg{ending}"
    side.write_bytes(b"pages not yet in the database")
    with pytest.raises(FileWriteError, match=r"open in another program.*QGIS"):
        write_text(file, "new")
    side.write_bytes(b"")
    write_text(file, "new")
    assert file.read_text() == "new"


def test_a_missing_folder_and_a_folder_as_target_are_named(tmp_path):
    with pytest.raises(FileWriteError, match=r"the folder .*nowhere does not exist; make it first"):
        write_text(tmp_path / "nowhere" / "a.csv", "new")
    with pytest.raises(FileWriteError, match="is a folder; give the name of a file in it"):
        write_text(tmp_path, "new")


@pytest.mark.skipif(not is_root, reason="only root can become another user")
def test_a_read_only_folder_leaves_the_old_file(tmp_path):
    file = tmp_path / "a.csv"
    file.write_text("old")
    for folder in (tmp_path, *tmp_path.parents[:3]):
        folder.chmod(0o755)
    code = (
        "import os, sys; from pathlib import Path; from gridgeo.io import replace_file\n"
        "os.setuid(65534)\n"
        "with replace_file(Path(sys.argv[1])) as fresh: fresh.write_text('new')"
    )
    run = subprocess.run([sys.executable, "-c", code, file], capture_output=True, text=True, check=False)
    assert "its folder cannot be written to (Permission denied); write to a folder of your own" in run.stderr
    assert file.read_text() == "old"
