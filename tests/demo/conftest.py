"""One district and one city, made once for all tests of the demo."""

import pytest

from gridgeo.demo import Demo, build_demo


@pytest.fixture(scope="session")
def district() -> Demo:
    return build_demo()


@pytest.fixture(scope="session")
def city() -> Demo:
    return build_demo(n_communities=150, households=430_000)
