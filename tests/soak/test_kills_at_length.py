"""Fifty kills over all kinds of work, on both databases: byte for byte the state of a run nobody disturbed."""

import pytest

from tests.contract.racing import RacingLrs, served
from tests.integration.killing import Kills, set_up, story

pytestmark = [pytest.mark.soak, pytest.mark.slow, pytest.mark.timeout(3600)]

STATEMENTS = 20_000
MOST_BEFORE_WORK = 10
"""Kills that may fall after the end of a short read or before its beginning; the others fall into work."""


@pytest.mark.parametrize("seed", [1, 2])
def test_killed_fifty_times_the_state_is_that_of_an_undisturbed_run(database_url, tmp_path, seed):
    lrs = RacingLrs(pause=0.02)
    with served(lrs) as url:
        killed = set_up(database_url, tmp_path / "killed", url)
        at_work, reached = story(killed, lrs, Kills(20, 10, 10, 10), STATEMENTS, seed)
        calm = set_up(f"sqlite:///{tmp_path / 'calm.db'}", tmp_path / "calm", url)
        calm.run()
    assert reached == [20_000, 25_000, 25_000, 25_000]
    assert at_work >= 50 - MOST_BEFORE_WORK
    assert killed.dump() == calm.dump()
    killed.site.engine.dispose()
    calm.site.engine.dispose()
