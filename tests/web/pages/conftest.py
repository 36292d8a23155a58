"""One browser for all tests of a module; a page of its own for each test."""

import pytest
from browsing import browsing


@pytest.fixture(scope="module")
def browser():
    with browsing() as started:
        yield started
