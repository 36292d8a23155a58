"""Divide one generated community in a process of its own and print the seconds as JSON.

``python -m tests.benchmarks.divide_once HOUSEHOLDS REPEATS``
"""

import json
import sys
import time

started = time.perf_counter()

from gridgeo.demo import build_demo  # noqa: E402 - what the import takes is measured
from gridgeo.pipeline import divide  # noqa: E402
from gridgeo.spec import GridSpec  # noqa: E402

imported = time.perf_counter()


def main(households: int, repeats: int) -> None:
    """Print the seconds of the import and of each ``divide``."""
    demo = build_demo(1, households)
    wall, cpu = [], []
    for _ in range(repeats):
        wall_0, cpu_0 = time.perf_counter(), time.process_time()
        divide(
            demo.communities,
            demo.buildings,
            demo.streets,
            GridSpec(),
            barriers=[demo.railway, demo.water],
            compounds=demo.compounds,
            dedicated=demo.dedicated,
        )
        wall.append(time.perf_counter() - wall_0)
        cpu.append(time.process_time() - cpu_0)
    print(json.dumps({"import": imported - started, "wall": wall, "cpu": cpu}))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
