"""One tool for a whole module where nothing is changed, one of its own for a test that changes something."""

import pytest

from tests.lti.http.stage import Stage, staged


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    """A tool that all tests of a module attack; each must leave it as it was."""
    with staged(f"sqlite:///{tmp_path_factory.mktemp('http') / 'onward.db'}") as stage:
        stage.forget_floods()
        yield stage


@pytest.fixture
def stage(sqlite_url):
    with staged(sqlite_url) as stage:
        yield stage


@pytest.fixture
def stocked(stage) -> Stage:
    """A tool with courses and a Model; the person "4" completed courses 1 to 4."""
    stage.stock(history_of="4")
    return stage


@pytest.fixture
def stage_on_both(database_url):
    with staged(database_url) as stage:
        yield stage
