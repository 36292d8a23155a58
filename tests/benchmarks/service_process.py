"""`gridgeo serve` as a process of its own, as a command centre runs it."""

import contextlib
import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

READY_S = 180.0  # a city of 100,000 incidents is read in a quarter of that
HOST = "127.0.0.1"


@dataclass(frozen=True)
class Running:
    """A service that answers."""

    port: int
    pid: int
    ready_s: float

    @property
    def address(self) -> str:
        """Where it is, without a slash at the end."""
        return f"http://{HOST}:{self.port}"

    def ask(self, path: str, *, method: str = "GET", body: bytes | None = None, **headers: str) -> Any:
        """Return status, headers, body and the seconds that a request took."""
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        connection = http.client.HTTPConnection(HOST, self.port, timeout=60)
        before = time.perf_counter()
        try:
            connection.request(method, path, body, {"Origin": self.address, **names})
            answer = connection.getresponse()
            content = answer.read()
        finally:
            connection.close()
        return answer.status, answer.headers, content, time.perf_counter() - before

    @property
    def cpu_s(self) -> float | None:
        """CPU seconds of the process so far; None where the system does not tell."""
        file = Path(f"/proc/{self.pid}/stat")
        if not file.exists():
            return None
        fields = file.read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextlib.contextmanager
def run_service(arguments: list[str], log: Path) -> Iterator[Running]:
    """Start a service, wait until it answers, and stop it afterwards.

    Parameters
    ----------
    arguments
        What stands after ``gridgeo serve``, without the port.
    log
        Where its log goes.
    """
    port = find_port()
    call = [sys.executable, "-c", "from gridgeo.cli import main; main()", "serve", *arguments]
    before = time.perf_counter()
    with log.open("wb") as out:
        process = subprocess.Popen([*call, "--port", str(port)], stdout=out, stderr=out)
    try:
        wait_ready(process, port, log)
        yield Running(port, process.pid, time.perf_counter() - before)
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_ready(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    """Return when the service answers; stop the benchmark when it does not."""
    end = time.monotonic() + READY_S
    while time.monotonic() < end:
        if process.poll() is not None:
            raise SystemExit(f"the service ended at once; {log} says:\n{log.read_text()[-2000:]}")
        try:
            connection = http.client.HTTPConnection(HOST, port, timeout=5)
            connection.request("GET", "/readyz")
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.2)
    raise SystemExit(f"the service did not answer within {READY_S:.0f} s; {log} may say why")


def find_port() -> int:
    """Return a port that nobody uses."""
    with socket.socket() as trial:
        trial.bind((HOST, 0))
        port: int = trial.getsockname()[1]
        return port
