"""The store when things break: killed writers, a full disk, a file taken away, a server that stops."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from gridgeo_web.config import ConfigError
from gridgeo_web.errors import StoreDownError
from gridgeo_web.store import Actor, NewIncident
from gridgeo_web.store.engine import Database
from sqlalchemy import event

ROOT = Path(__file__).resolve().parents[3]
ROUNDS = int(os.environ.get("GRIDGEO_KILLS", "5"))  # the night may have more: GRIDGEO_KILLS=200 pytest …
OFFICER = Actor("wang", "officer")


def lamp(**more):
    return NewIncident(description="路灯不亮", **more)


def test_a_killed_writer_loses_nothing_that_it_acknowledged(store_address):
    command = [sys.executable, "-m", "tests.benchmarks.service_kills", store_address, str(ROUNDS)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["acknowledged"] > ROUNDS
    assert found["lost"] == []
    assert found["damaged"] == []


def test_a_full_disk_refuses_writes_reads_go_on_and_it_recovers_by_itself(open_store, tmp_path):
    store = open_store(f"sqlite:///{tmp_path / 'store.sqlite'}")
    kept = store.report(lamp(), OFFICER)
    full = ["PRAGMA max_page_count=1"]  # SQLite answers as it does when the disk has no room

    def limit(connection, _record, _proxy):
        connection.execute(full[0])

    event.listen(store.database._engine, "checkout", limit)
    store.database.close()
    with pytest.raises(StoreDownError, match=r"full.*make room"):
        store.report(lamp(address="长" * 60_000), OFFICER)
    assert store.columns.row_of(kept) == 0
    assert store.refresh()
    assert "make room" in store.problem
    full[0] = "PRAGMA max_page_count=1000000"
    store._writer._tried = -1e9  # the time of the next try has come
    assert store.refresh()
    assert store.problem is None
    store.report(lamp(), OFFICER)
    assert store.columns.n == 2


def test_a_store_that_is_taken_away_is_never_written_to_and_comes_back(open_store, tmp_path):
    file = tmp_path / "store.sqlite"
    store = open_store(f"sqlite:///{file}")
    store.report(lamp(incident_id="A"), OFFICER)
    store.database.close()
    file.rename(tmp_path / "elsewhere")
    with pytest.raises(StoreDownError, match="is gone; put it back"):
        store.report(lamp(incident_id="B"), OFFICER)
    assert not store.refresh()
    assert "is gone" in store.problem
    assert store.columns.n == 1
    assert not file.exists()
    (tmp_path / "elsewhere").rename(file)
    assert store.refresh()
    assert store.problem is None
    store.report(lamp(incident_id="C"), OFFICER)
    assert store.columns.n == 2


def test_a_backup_put_in_the_place_of_the_store_is_read_anew(open_store, tmp_path):
    file = tmp_path / "store.sqlite"
    store = open_store(f"sqlite:///{file}")
    store.report(lamp(incident_id="A"), OFFICER)
    store.database.close()
    shutil.copyfile(file, tmp_path / "backup")
    store.report(lamp(incident_id="B"), OFFICER)
    store.database.close()
    (tmp_path / "backup").replace(file)
    for side in ("-wal", "-shm"):
        file.with_name(file.name + side).unlink(missing_ok=True)
    store.refresh()
    assert store.refresh()
    assert store.columns.incident_id == ["A"]


def test_a_damaged_store_is_said_to_be_damaged_and_reads_go_on(open_store, tmp_path):
    file = tmp_path / "store.sqlite"
    store = open_store(f"sqlite:///{file}")
    store.report(lamp(), OFFICER)
    store.database.close()
    with file.open("r+b") as raw:
        raw.write(b"\x00" * 4096)
    assert not store.refresh()
    assert "put a backup of" in store.problem
    assert store.columns.n == 1


def test_a_server_that_stops_is_told_of_and_found_again(open_store, cluster):
    store = open_store(cluster.create("stopped"))
    store.report(lamp(incident_id="A"), OFFICER)
    cluster.stop()  # as a power cut would
    try:
        with pytest.raises(StoreDownError, match="see that the database runs"):
            store.report(lamp(incident_id="B"), OFFICER)
        assert not store.refresh()
        assert store.columns.incident_id == ["A"]
    finally:
        cluster.start()
    assert store.refresh()
    store.report(lamp(incident_id="C"), OFFICER)
    assert store.columns.incident_id == ["A", "C"]


@pytest.mark.parametrize(
    "address", ["mysql://x/y", "sqlite://", "sqlite:///:memory:", "no address", "postgresql://h"]
)
def test_an_address_that_is_no_store_of_ours_is_refused(address):
    with pytest.raises(ConfigError, match="sqlite:///FILE"):
        Database(address)
