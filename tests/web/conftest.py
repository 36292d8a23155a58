"""A very small town, divided once in a session, and the service on it; see `service_town.py`."""

import os

os.environ.setdefault("OGR_SKIP", "OGR_VRT,GPSBabel")

import pytest
from service_town import ORIGIN, divide_town, start_service


@pytest.fixture(scope="session")
def town_file(tmp_path_factory):
    """The division file of the town; never written to by a test: copy it."""
    return divide_town(tmp_path_factory.mktemp("town"))


@pytest.fixture
def app(town_file, tmp_path):
    """The service on loopback without users: everybody is the local officer."""
    return start_service(town_file, tmp_path)


@pytest.fixture
def client(app):
    """A client whose writes say that they come from the service's own pages."""
    client = app.test_client()
    client.environ_base["HTTP_ORIGIN"] = ORIGIN
    return client
