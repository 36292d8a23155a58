"""Kill a writer of the incident store with SIGKILL, again and again: is all that it acknowledged still there?

``python -m tests.benchmarks.service_kills STORE_URL ROUNDS [SEED]`` prints what it found as one line of JSON.
"""

import json
import os
import random
import signal
import sys
import time

from gridgeo_web.store import Actor, IncidentStore, NewIncident
from gridgeo_web.store.engine import Database
from gridgeo_web.tables import find_table, read_workflow
from sqlalchemy import text

FLOW = read_workflow(find_table("workflow.toml", None))
ACTOR = Actor("killed", "admin")
LONGEST_LIFE_S = 0.25
OPENING_S = 5.0  # for the first acknowledgement, on a busy machine


def kill_writers(address, rounds, seed=0):
    """Return how many writes were acknowledged in all, how many of them are lost, and what the file says."""
    rng = random.Random(seed)
    acknowledged: dict[str, str] = {}
    lost: list[str] = []
    damaged: list[str] = []
    for number in range(rounds):
        acknowledged |= _one_round(address, number, rng.uniform(0, LONGEST_LIFE_S))
        states, health = _read_back(address)
        lost += [key for key, state in acknowledged.items() if not _is_there(states.get(key), state)]
        damaged += [] if health == "ok" else [health]
    return {
        "rounds": rounds,
        "acknowledged": len(acknowledged),
        "lost": sorted(set(lost)),
        "damaged": damaged,
    }


def _one_round(address, number, life_s):
    """Start a writer, kill it, and return the state of each incident that it had an answer for."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _write_until_killed(address, number, writing)
    os.close(writing)
    with os.fdopen(reading, "rb") as answers:
        first = answers.read(1)  # it writes by now
        time.sleep(life_s)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        lines = (first + answers.read()).decode().split("\n")
    # a line without its end was cut off while it was written: the store may be ahead of it, never behind
    return dict(line.split(" ") for line in lines[:-1])


def _write_until_killed(address, number, out):
    """Report incidents and move them on; tell of each once the store has acknowledged it."""
    store = IncidentStore(Database(address), FLOW)
    store.refresh()
    for count in range(1_000_000):
        key = f"K{number}-{count}"
        store.report(NewIncident(description="x" * 200, incident_id=key), ACTOR)
        os.write(out, f"{key} reported\n".encode())
        store.act(key, "accept", ACTOR)
        os.write(out, f"{key} accepted\n".encode())
    os._exit(0)


def _read_back(address):
    """Return the state of every incident as a fresh process sees it, and what the database says of itself."""
    database = Database(address)
    store = IncidentStore(database, FLOW)
    if not store.refresh():
        return {}, store.problem
    health = "ok"
    if database.file is not None:
        with database.read() as connection:
            health = connection.execute(text("PRAGMA integrity_check")).scalar()
    database.close()
    found = store.columns
    return {found.incident_id[row]: found.states[found.state[row]] for row in range(found.n)}, health


def _is_there(found, acknowledged):
    """Tell whether an incident is at least as far as was acknowledged."""
    return found in ("reported", "accepted") and not (acknowledged == "accepted" and found == "reported")


def main(arguments):
    """Run the rounds that the command line asks for."""
    address, rounds = arguments[0], int(arguments[1])
    seed = int(arguments[2]) if len(arguments) > 2 else 0
    print(json.dumps(kill_writers(address, rounds, seed)))


if __name__ == "__main__":
    main(sys.argv[1:])
