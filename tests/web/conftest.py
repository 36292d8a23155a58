"""A very small town, divided once in a session, the service on it, and stores of both kinds."""

import itertools
import shutil
import tempfile
from pathlib import Path

import pytest
from gridgeo_web.store import IncidentStore
from gridgeo_web.store.engine import Database
from gridgeo_web.tables import find_table, read_workflow
from postgres import Cluster, reason_against
from service_town import ORIGIN, divide_town, start_service

STORES = ("sqlite", "postgresql")
NUMBER = itertools.count()


@pytest.fixture(scope="session")
def town_file(tmp_path_factory):
    """The division file of the town; never written to by a test: copy it."""
    return divide_town(tmp_path_factory.mktemp("town"))


@pytest.fixture
def app(start):
    """The service on loopback without users: everybody is the local officer."""
    return start()


@pytest.fixture
def client(app):
    """A client whose writes say that they come from the service's own pages."""
    client = app.test_client()
    client.environ_base["HTTP_ORIGIN"] = ORIGIN
    return client


@pytest.fixture(scope="session")
def cluster():
    """A PostgreSQL of the tests; skipped, with the reason, where there is none."""
    reason = reason_against()
    if reason is not None:
        pytest.skip(reason)
    folder = Path(tempfile.mkdtemp(prefix="gg", dir="/tmp"))
    server = Cluster(folder)
    yield server
    server.stop()
    shutil.rmtree(folder)


@pytest.fixture
def open_store():
    """Opens stores, and closes them after the test."""
    opened = []

    def build(address):
        store = IncidentStore(Database(address), read_workflow(find_table("workflow.toml", None)))
        opened.append(store)
        assert store.refresh(), store.problem
        return store

    yield build
    for store in opened:
        store.database.close()


@pytest.fixture
def start(town_file, tmp_path):
    """Starts services on the town with the choices given, and closes them after the test."""
    started = []

    def build(**choices):
        started.append(start_service(town_file, tmp_path, **choices))
        return started[-1]

    yield build
    for app in started:
        app.extensions["gridgeo"].close()


@pytest.fixture(params=STORES)
def store_address(request, tmp_path):
    """The address of an empty store: each test that asks for it runs on both kinds."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'store.sqlite'}"
    return request.getfixturevalue("cluster").create(f"store{next(NUMBER)}")
