"""All benchmarks, or those named: ``python -m tests.benchmarks [NAME [OPTIONS…]]``.

A benchmark is a module ``bench_NAME.py`` of this folder with a function ``main(argv: list[str]) -> None``.
"""

import importlib
import pkgutil
import sys
from pathlib import Path

PREFIX = "bench_"


def names() -> list[str]:
    """Return the names of all benchmarks, in the order of the alphabet."""
    found = (module.name for module in pkgutil.iter_modules([str(Path(__file__).parent)]))
    return sorted(name.removeprefix(PREFIX) for name in found if name.startswith(PREFIX))


def menu() -> str:
    """Return each benchmark with the first line of what it says of itself."""
    lines = ["python -m tests.benchmarks             runs all of them"]
    for name in names():
        module = importlib.import_module(f"tests.benchmarks.{PREFIX}{name}")
        said = (module.__doc__ or "").strip().splitlines()[0]
        lines.append(f"python -m tests.benchmarks {name:<11} {said}")
    return "\n".join([*lines, "options of one of them: python -m tests.benchmarks NAME --help"])


def run(argv: list[str]) -> int:
    """Run the benchmark named first with the options after it, all of them without a name."""
    if argv and argv[0] in ("-h", "--help", "menu"):
        print(menu())
        return 0
    if argv and argv[0] not in names():
        print(f"no benchmark {argv[0]!r}\n{menu()}", file=sys.stderr)
        return 2
    for name in argv[:1] or names():
        importlib.import_module(f"tests.benchmarks.{PREFIX}{name}").main(argv[1:])
    return 0


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
