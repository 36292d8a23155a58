"""A real PostgreSQL for the tests: a cluster of its own in a temporary folder, reached by a socket."""

import os
import pwd
import shutil
import subprocess
from pathlib import Path

import psycopg

PLACES = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
OWNER = "postgres"  # initdb refuses root
# a socket's path may have no more than 107 characters, and pytest's folders are long
SETTINGS = ("-c", "listen_addresses=", "-c", "max_connections=40", "-c", "shared_buffers=16MB")


def find_binaries():
    """Return the folder of initdb and pg_ctl, None where PostgreSQL is not installed."""
    found = shutil.which("pg_ctl")
    if found is not None and (Path(found).parent / "initdb").exists():
        return Path(found).parent
    return next((place for place in PLACES if (place / "initdb").exists()), None)


def reason_against():
    """Return why no PostgreSQL can be started here, None when it can."""
    if find_binaries() is None:
        return "PostgreSQL is not installed (apt-get install postgresql)"
    if os.geteuid() == 0 and OWNER not in {entry.pw_name for entry in pwd.getpwall()}:
        return f"PostgreSQL does not run as root and there is no user {OWNER}"
    return None


class Cluster:
    """A server that a test may stop and start again."""

    def __init__(self, folder):
        self.folder = folder
        self.data = folder / "data"
        self._bin = find_binaries()
        if os.geteuid() == 0:
            owner = pwd.getpwnam(OWNER)
            os.chown(folder, owner.pw_uid, owner.pw_gid)
        self._run(
            "initdb", "-D", self.data, "-A", "trust", "-U", OWNER, "-E", "UTF8", "--no-sync", "--no-locale"
        )
        self.start()

    def start(self):
        options = " ".join((*SETTINGS, "-c", f"unix_socket_directories={self.folder}"))
        patience = ("-w", "-t", "240")  # it syncs all its files after a power cut; a busy disk takes its time
        self._run("pg_ctl", "-D", self.data, *patience, "-l", self.folder / "log", "-o", options, "start")

    def stop(self, mode="immediate"):
        self._run("pg_ctl", "-D", self.data, "-w", "-m", mode, "stop")

    def create(self, name):
        """Make an empty database and return its address."""
        with psycopg.connect(host=str(self.folder), user=OWNER, dbname="postgres", autocommit=True) as server:
            server.execute(f'CREATE DATABASE "{name}"')
        return f"postgresql+psycopg://{OWNER}@/{name}?host={self.folder}"

    def _run(self, program, *arguments):
        """Run one of PostgreSQL's programs; what it says goes to a file, which the server may inherit."""
        said = self.folder / f"{program}.said"
        with said.open("wb") as out:
            command = [str(self._bin / program), *map(str, arguments)]
            who = {"user": OWNER, "group": OWNER, "extra_groups": []} if os.geteuid() == 0 else {}
            done = subprocess.run(
                command, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=out, stderr=out, check=False, **who
            )
        if done.returncode:
            raise RuntimeError(f"{program} failed: {said.read_text(errors='replace')}")
