"""kill -9 in the first sync, the tail, the replay and the reconcile: the state is that of a run nobody disturbed.

On SQLite here; fifty kills on both databases are in ``tests/soak``.
"""

import pytest

from tests.contract.racing import RacingLrs, served
from tests.integration.killing import Kills, set_up, story

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

STATEMENTS = 1_000


def test_killed_in_each_kind_of_work_the_state_is_that_of_an_undisturbed_run(sqlite_url, tmp_path):
    lrs = RacingLrs(pause=0.02)
    with served(lrs) as url:
        killed = set_up(sqlite_url, tmp_path / "killed", url)
        _, reached = story(killed, lrs, Kills(1, 1, 1, 1), STATEMENTS, seed=3)
        calm = set_up(f"sqlite:///{tmp_path / 'calm.db'}", tmp_path / "calm", url)
        calm.run()
    assert reached == [1_000, 1_250, 1_250, 1_250]
    assert killed.dump() == calm.dump()
    killed.site.engine.dispose()
    calm.site.engine.dispose()
