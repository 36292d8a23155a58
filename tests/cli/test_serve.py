"""``gridgeo serve`` as people start it: a process of its own, asked over a real connection."""

import json
import logging
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import urllib.error
import urllib.request

import pytest
from click.testing import CliRunner
from drawn_file import write_drawn
from gridgeo_web.serving import build_wsgi

from gridgeo.cli import main
from gridgeo.cli.serve import read_arguments

SERVE = [sys.executable, "-c", "from gridgeo.cli import main; main()", "serve"]


@pytest.fixture(scope="module")
def division_file(tmp_path_factory):
    return write_drawn(tmp_path_factory.mktemp("serve") / "drawn.gpkg")


@pytest.fixture(autouse=True)
def _same_log_afterwards():
    """The command takes over the log of its process; here that is the process of the tests."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = handlers, level


class Served:
    """A service in a process of its own."""

    def __init__(self, *arguments):
        self.process = subprocess.Popen(
            [*SERVE, *map(str, arguments), "--port", "0"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        said = self.process.stdout.readline()
        found = re.search(r"http://\S+", said)
        self.address = found[0] if found else ""
        self.log = []
        self._reader = threading.Thread(target=lambda: self.log.extend(self.process.stderr), daemon=True)
        self._reader.start()

    def get(self, path, **headers):
        request = urllib.request.Request(self.address + path, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read()

    def post(self, path, body, **headers):
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = {"Content-Type": "application/json", "Origin": self.address.rstrip("/"), **headers}
        request = urllib.request.Request(self.address + path, data=data, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, json.loads(answer.read())
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.loads(error.read())

    def end(self, how=signal.SIGTERM):
        self.process.send_signal(how)
        self.process.wait(30)
        self._reader.join(30)
        self.process.stdout.close()
        self.process.stderr.close()


@pytest.fixture(scope="module")
def served(division_file):
    service = Served(division_file, "--lang", "en", "--title", "Drawn")
    yield service
    service.end()


def test_it_says_where_it_is_and_answers_there(served):
    assert served.address.startswith("http://127.0.0.1:")
    status, body = served.get("api/v1/settings")
    assert status == 200
    assert json.loads(body)["title"] == "Drawn"
    assert served.get("healthz")[0] == 200


def test_the_page_and_its_files_come_from_it_alone(served):
    status, page = served.get("")
    assert status == 200
    text = page.decode()
    assert "http://" not in text.replace("http://www.w3.org", "")
    assert "https://" not in text
    for path in re.findall(r'(?:src|href)="/(assets/[^"]+)"', text):
        assert served.get(path)[0] == 200, path


def test_a_write_that_was_acknowledged_survives_a_kill_and_the_log_says_who_did_it(division_file, tmp_path):
    store = f"sqlite:///{tmp_path / 'store.sqlite'}"
    first = Served(division_file, "--store", store, "--proxy", "127.0.0.1")
    status, row = first.post("api/v1/incidents", {"description": "路灯\n不亮", "lon": 111.31, "lat": 30.63})
    first.get("api/v1/incidents/nothing%0A{}", **{"X-Forwarded-For": "10.0.0.7"})
    first.end(signal.SIGKILL)
    assert status == 201
    lines = [json.loads(line) for line in first.log if line.strip()]
    asked = [line for line in lines if line["message"] == "request"]
    assert [(line["method"], line["status"], line["user"]) for line in asked] == [
        ("POST", 201, "local"),
        ("GET", 404, "local"),
    ]
    assert [line["from"] for line in asked] == ["127.0.0.1", "10.0.0.7"]
    second = Served(division_file, "--store", store)
    status, body = second.get(f"api/v1/incidents/{row['incident_id']}")
    second.end()
    assert status == 200
    assert json.loads(body)["description"] == "路灯\n不亮"


def test_nobody_but_the_proxy_is_believed_on_who_asks(served):
    served.get("api/v1/incidents/nothing", **{"X-Forwarded-For": "10.0.0.7"})
    served.get("healthz")
    asked = [json.loads(line) for line in list(served.log) if '"status": 404' in line]
    assert {line["from"] for line in asked} == {"127.0.0.1"}


def test_a_body_that_is_far_too_long_is_cut_off_by_the_server(served):
    host, port = re.match(r"http://(.*):(\d+)/", served.address).groups()
    with socket.create_connection((host, int(port)), timeout=30) as connection:
        head = "POST /api/v1/incidents HTTP/1.1\r\nHost: localhost\r\nContent-Length: 104857600\r\n\r\n"
        connection.sendall(head.encode())
        assert b" 413 " in connection.recv(4096)


def test_headers_without_end_are_cut_off_by_the_server(served):
    host, port = re.match(r"http://(.*):(\d+)/", served.address).groups()
    with socket.create_connection((host, int(port)), timeout=30) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"x" * 20_000 + b"\r\n\r\n")
        assert b" 431 " in connection.recv(4096)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--host", "0.0.0.0"], "--users"),
        (["--store", "mysql://x"], "sqlite:///FILE"),
        (["--layer", "nonsense"], "NAME=FILE:LAYER"),
        (["--users", "missing.toml"], "gridgeo user"),
        (["--incidents", "missing.csv"], "missing.csv"),
        (["--timezone", "Mars"], "Asia/Shanghai"),
    ],
)
def test_what_cannot_work_is_refused_with_a_remedy(division_file, arguments, said, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(main, ["serve", str(division_file), "--port", "0", *arguments])
    assert done.exit_code == 1
    assert said in done.output


def test_a_file_that_is_no_division_is_refused(tmp_path):
    done = CliRunner().invoke(main, ["serve", str(tmp_path / "none.gpkg"), "--port", "0"])
    assert done.exit_code == 1
    assert "gridgeo divide" in done.output


def test_a_port_in_use_is_told(division_file):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = CliRunner().invoke(main, ["serve", str(division_file), "--port", port])
    assert done.exit_code == 1
    assert "another --port" in done.output


def test_another_server_reads_the_same_arguments(division_file):
    config = read_arguments([str(division_file), "--lang", "en", "--layer", f"g={division_file}:grids"])
    assert config.lang == "en"
    assert config.layers[0].name == "g"


def test_another_server_gets_an_application(division_file, tmp_path):
    app = build_wsgi(f"{division_file} --lang en --store sqlite:///{tmp_path / 'store.sqlite'}")
    assert app.test_client().get("/api/v1/settings").get_json()["lang"] == "en"
    app.extensions["gridgeo"].close()


def test_without_the_extra_the_message_names_it(division_file, tmp_path):
    (tmp_path / "flask.py").write_text("raise ImportError('no flask', name='flask')")
    env = {**os.environ, "PYTHONPATH": str(tmp_path)}
    done = subprocess.run([*SERVE, str(division_file)], env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "pip install 'gridgeo[web]'" in done.stderr
