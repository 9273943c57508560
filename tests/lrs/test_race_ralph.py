"""A small race on a real Ralph; the full one is in ``tests/soak``."""

import pytest

from connector.store import database
from tests.lrs.race import race
from tests.lrs.ralph_under_test import RalphUnderTest

pytestmark = [pytest.mark.lrs, pytest.mark.slow, pytest.mark.xdist_group("ralph"), pytest.mark.timeout(300)]


def test_statements_posted_out_of_order_while_we_read_are_all_there(ralph, sqlite_url):
    RalphUnderTest(ralph)
    engine = database.create_engine(sqlite_url)
    database.upgrade(engine)
    assert race(ralph, engine, 400) == (400, 400)
    engine.dispose()
