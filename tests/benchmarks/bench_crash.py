"""Kill −9 under writes, 200 times, on SQLite and PostgreSQL: how many acknowledged writes are lost."""

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

from tests.benchmarks.service_kills import kill_writers

WEB = Path(__file__).resolve().parents[1] / "web"


def main(argv):
    """Print one line for each store."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks crash", description=__doc__)
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    told = parser.parse_args(argv)
    sys.path.insert(0, str(WEB))
    from postgres import Cluster, reason_against

    print("store        kills  acknowledged   lost   damaged")
    folder = Path(tempfile.mkdtemp(prefix="gg", dir="/tmp"))
    try:
        show("SQLite", kill_writers(f"sqlite:///{folder / 'store.sqlite'}", told.rounds, told.seed))
        reason = reason_against()
        if reason is not None:
            print(f"PostgreSQL   not measured: {reason}")
            return
        (folder / "server").mkdir()
        folder.chmod(0o755)
        cluster = Cluster(folder / "server")
        try:
            show("PostgreSQL", kill_writers(cluster.create("kills"), told.rounds, told.seed))
        finally:
            cluster.stop()
    finally:
        shutil.rmtree(folder)


def show(name, found):
    """Print what happened to one store."""
    lost, damaged = len(found["lost"]), len(found["damaged"])
    print(f"{name:<12} {found['rounds']:>5}  {found['acknowledged']:>12,}  {lost:>5}  {damaged:>8}")
