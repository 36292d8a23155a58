import subprocess
import sys
from pathlib import Path

import pytest

from gridgeo.partition import compiled
from gridgeo.partition.energy import outside

CALLEE = "from gridgeo.partition.compiled import compiled\n\n\n@compiled\ndef price():\n    return {price}\n"
CALLER = """from callee import price

from gridgeo.partition.compiled import compiled


@compiled
def total():
    return 2 * price()


if __name__ == "__main__":
    import sys

    sys.stdout.write(f"{total()} {sum(total.stats.cache_hits.values())}")
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "caller.py").write_text(CALLER)
    return tmp_path


def answer(folder, price):
    """What a new process answers, and how often it took machine code from the disk."""
    (folder / "callee.py").write_text(CALLEE.format(price=price))
    call = [sys.executable, "-c", "import runpy; runpy.run_path('caller.py', run_name='__main__')"]
    done = subprocess.run(call, cwd=folder, capture_output=True, text=True, check=True)
    return tuple(int(word) for word in done.stdout.split())


def test_a_change_of_what_is_called_is_a_change_of_the_caller(folder):
    assert answer(folder, 5) == (10, 0)
    assert answer(folder, 5) == (10, 1)
    assert answer(folder, 7) == (14, 0)


def test_this_numba_keeps_machine_code_under_the_fingerprint():
    here = Path(compiled.__file__).parent
    assert outside._cache._cache_file._source_stamp == compiled.fingerprint(here)
