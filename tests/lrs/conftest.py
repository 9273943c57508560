"""A real LRS for tests: Ralph as its own process, in its own environment in the git-ignored folder ``.peers``."""

from pathlib import Path
from secrets import token_urlsafe

import pytest

from connector.demo.ralph import ensure_ralph, running_ralph

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def ralph_python():
    return ensure_ralph(ROOT / ".peers")


@pytest.fixture(scope="session")
def ralph(ralph_python, tmp_path_factory):
    """A running Ralph for all tests; ``RalphUnderTest`` empties it."""
    with running_ralph(ralph_python, tmp_path_factory.mktemp("ralph"), "reader", token_urlsafe(12)) as running:
        yield running


@pytest.fixture
def own_ralph(ralph_python, tmp_path):
    """A Ralph of one test's own, to be stopped."""
    with running_ralph(ralph_python, tmp_path, "reader", token_urlsafe(12)) as running:
        yield running
